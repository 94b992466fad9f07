// Menus are <details>: one open at a time, closed by Escape or by a click elsewhere, arrows move inside.

const SELECTOR = "details.menu[open], .bottom details[open]";

function close(menu, focus) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(SELECTOR)) if (!menu.contains(event.target)) close(menu, false);
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of document.querySelectorAll(SELECTOR)) if (!menu.contains(event.target)) close(menu, false);
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(SELECTOR);
    if (!menu) return;
    if (event.key === "Escape") { close(menu, true); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.target.matches("input, select, textarea")) return;
    const items = [...menu.querySelectorAll("summary, a[href], button:not([hidden], :disabled), input, select")];
    const next = items[items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    event.preventDefault();
    next?.focus();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print]");
    if (button) print();
  });
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
}
