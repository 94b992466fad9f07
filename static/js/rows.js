// A list under the keyboard: j k move, Enter opens, x ticks, e edits. <table data-rows>; the first
// link of a row opens it, a link with data-edit edits it. Also the boxes and the bar they raise.
import { say } from "./say.js";

const typing = (node) => node.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]");
const lines = () => [...document.querySelectorAll("table[data-rows] tbody tr")];
const present = () => document.querySelector("table[data-rows] tbody tr.here");

function go(step) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(present());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  present()?.classList.remove("here");
  next.classList.add("here");
  const link = next.querySelector("a[href]");
  (link ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function tick(row) {
  const box = row?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.click();
}

function refresh() {
  const boxes = [...document.querySelectorAll("table[data-rows] tbody input[type=checkbox]")];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const bar = document.querySelector("[data-bulk]");
  if (bar) {
    bar.hidden = !chosen.length;
    const words = bar.querySelector("[data-bulk-count]");
    if (words) words.textContent = chosen.length === 1 ? "1 ligne sélectionnée" : `${chosen.length} lignes sélectionnées`;
  }
  const all = document.querySelector("table[data-rows] thead input[data-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  return chosen.length;
}

export function startRows() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const row = event.target.closest("table[data-rows] tbody tr") ?? present();
    switch (event.key) {
      case "j": go(1); break;
      case "k": go(-1); break;
      case "x": tick(row); break;
      case "e": {
        const edit = row?.querySelector("a[data-edit]") ?? document.querySelector("main a[data-edit]");
        if (!edit) return;
        edit.click();
        break;
      }
      default: return;
    }
    event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("table[data-rows] input[type=checkbox]")) return;
    if (box.matches("[data-all]")) {
      for (const each of document.querySelectorAll("table[data-rows] tbody input[type=checkbox]")) each.checked = box.checked;
    }
    const count = refresh();
    say(count === 1 ? "1 ligne sélectionnée" : `${count} lignes sélectionnées`);
  });

  document.addEventListener("vigie:part", refresh);
  addEventListener("pageshow", refresh);
  refresh();
}
