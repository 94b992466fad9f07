// A keyboard-wedge scanner types fast and ends with Enter. Wherever the focus is, a burst of at least
// six signs within 40 ms of each other goes to the search box, which opens the device it names.
// GS1 separators that scanners send as control keys are kept as U+001D.

const GAP = 40;
const SHORTEST = 6;
const SEPARATOR = "\u001d";

export function startScan() {
  const box = document.querySelector("[data-search]");
  if (!box) return;

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey
      && !event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (slash) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  let burst = "";
  let last = 0;
  let quick = 0;
  document.addEventListener("keydown", (event) => {
    const separator = (event.ctrlKey && event.key === "]") || event.key === SEPARATOR;
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (gap > GAP) { burst = ""; quick = 0; } else { quick += 1; }
    if (separator) {
      burst += SEPARATOR;
      if (quick >= 2) event.preventDefault();
      return;
    }
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) { burst += event.key; return; }
    if (event.key !== "Enter") return;
    const scanned = burst;
    const fast = quick >= SHORTEST - 1;
    burst = "";
    quick = 0;
    if (!fast || scanned.length < SHORTEST) return;
    const target = event.target;
    // In a field that expects a scan, or in the search box itself, the signs are already where they belong.
    if (target.closest("[data-scan]")) return;
    if (target === box) {
      if (scanned.includes(SEPARATOR)) { event.preventDefault(); send(scanned); }
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    // A scan into another input left its signs there: take them back.
    if (target.matches("input, textarea") && target.value.endsWith(scanned)) target.value = target.value.slice(0, -scanned.length);
    send(scanned);
  }, true);

  function send(text) {
    box.dataset.scanned = "";
    const url = new URL(box.form.action, location.href);
    url.searchParams.set("q", text);
    location.assign(url);
  }
}
