// data-copy="text" on a button copies it; data-copy-from="ID" copies the text of that element.
import { say } from "./say.js";

export function startCopy() {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    const text = button.dataset.copy ?? source?.value ?? source?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text.trim());
      say("Copié");
      const label = button.textContent;
      button.textContent = "Copié ✓";
      setTimeout(() => { button.textContent = label; }, 1500);
    } catch {
      say("La copie n’est pas permise par ce navigateur : sélectionnez le texte.");
      if (source) getSelection().selectAllChildren(source);
    }
  });
}
