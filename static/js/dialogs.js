// A question before what is hard to undo: data-confirm="…?" on a button or a form.
// data-open="ID" opens a dialog of the page; "?" shows the keys.
import { say } from "./say.js";

const agreed = new WeakSet();

function ask(text, label) {
  const dialog = document.getElementById("confirm");
  if (!dialog?.showModal) return Promise.resolve(window.confirm(text));
  dialog.querySelector("#confirm-text").textContent = text;
  dialog.querySelector("[value=yes]").textContent = label || "Confirmer";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

export function startDialogs() {
  for (const opener of document.querySelectorAll("[data-open][hidden]")) opener.hidden = false;

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const text = button?.dataset.confirm ?? form.dataset.confirm;
    if (!text || agreed.has(form)) { agreed.delete(form); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(text, button?.dataset.confirmOk ?? button?.textContent.trim())) {
      agreed.add(form);
      form.requestSubmit(button ?? undefined);
    } else {
      say("Annulé, rien n’a été fait.");
      button?.focus();
    }
  }, true);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    event.preventDefault();
    document.getElementById("keys")?.showModal();
  });
}
