// Forms: Ctrl+Enter saves, leaving with unsaved entries asks, a form is sent once, the first error is
// brought into view, and a long form marked data-draft="KEY" keeps what was typed in this browser tab.

const changed = new Set();

function draftKey(form) {
  return form.dataset.draft ? `vigie:draft:${form.dataset.draft}` : null;
}

function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => !name.startsWith("_") && typeof value === "string");
}

function restore(form) {
  const key = draftKey(form);
  const kept = key && sessionStorage.getItem(key);
  if (!kept || form.querySelector("[aria-invalid]")) return;
  const offer = document.createElement("div");
  offer.className = "notice is-info";
  offer.setAttribute("role", "status");
  const words = document.createElement("div");
  words.textContent = "Une saisie non enregistrée a été gardée.";
  const take = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: "La reprendre" });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn small quiet", textContent: "L’oublier" });
  offer.append(words, take, drop);
  form.prepend(offer);
  take.addEventListener("click", () => {
    for (const [name, value] of JSON.parse(kept)) {
      for (const field of form.elements) {
        if (field.name !== name) continue;
        if (field.type === "checkbox" || field.type === "radio") { if (field.value === value) field.checked = true; } else field.value = value;
      }
    }
    changed.add(form);
    offer.remove();
  });
  drop.addEventListener("click", () => { sessionStorage.removeItem(key); offer.remove(); });
}

export function startForms() {
  document.querySelector("[data-focus]")?.focus();
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  // Fields folded away must be seen when they are wrong.
  for (const wrong of document.querySelectorAll("details [aria-invalid=true]")) wrong.closest("details").open = true;
  for (const link of document.querySelectorAll(".error-list a[href^='#']")) {
    link.addEventListener("click", (event) => {
      const field = document.querySelector(link.getAttribute("href"));
      if (!field) return;
      event.preventDefault();
      field.closest("details")?.setAttribute("open", "");
      (field.matches("fieldset") ? field.querySelector("input") : field).focus();
    });
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || form.method !== "post" || form.hasAttribute("data-no-warning")) return;
    changed.add(form);
    const key = draftKey(form);
    if (key) sessionStorage.setItem(key, JSON.stringify(entries(form)));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form;
    if (!form || form.method !== "post") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".btn.primary[type=submit]") ?? undefined);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    changed.delete(form);
    const key = draftKey(form);
    if (key) sessionStorage.removeItem(key);
    // The button's own name=value must leave with the form, so it is disabled one turn later.
    const buttons = [...form.querySelectorAll("button[type=submit], button:not([type])")];
    setTimeout(() => { for (const button of buttons) button.disabled = true; });
    addEventListener("pageshow", () => { for (const button of buttons) button.disabled = false; }, { once: true });
  });

  addEventListener("beforeunload", (event) => {
    for (const form of changed) if (!form.isConnected) changed.delete(form);
    if (changed.size) event.preventDefault();
  });
}
