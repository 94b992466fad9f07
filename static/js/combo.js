// <select data-combo="/address"> becomes a search: type, at most 20 answers, arrows and Enter choose.
// The select stays the field that is sent; without this module it is used as it is.
// The address answers JSON: [{value,label,hint}] or {items:[…]}; id/name are understood too.
import { say } from "./say.js";

let count = 0;

async function answers(src, text) {
  const url = new URL(src, location.href);
  url.searchParams.set("q", text);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const body = await answer.json();
  return (Array.isArray(body) ? body : body.items ?? []).slice(0, 20).map((item) => ({
    value: String(item.value ?? item.id ?? ""),
    label: String(item.label ?? item.name ?? item.value ?? ""),
    hint: item.hint ? String(item.hint) : "",
  }));
}

function grow(select) {
  count += 1;
  const listId = `combo-${count}`;
  const box = document.createElement("input");
  Object.assign(box, { type: "text", id: select.id, autocomplete: "off", placeholder: "Taper pour chercher…", required: select.required });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list" })) box.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
  const list = document.createElement("ul");
  list.id = listId;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Propositions");
  list.hidden = true;
  const wrap = document.createElement("div");
  wrap.className = "combo";
  select.removeAttribute("id");
  select.required = false;
  select.hidden = true;
  select.before(wrap);
  wrap.append(box, list, select);
  const chosen = () => select.selectedOptions[0];
  const shown = () => (select.value ? chosen().textContent.trim() : "");
  box.value = shown();

  let found = [];
  let at = -1;
  let timer = 0;
  let turn = 0;

  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
    const line = list.children[at];
    if (line) { box.setAttribute("aria-activedescendant", line.id); line.scrollIntoView({ block: "nearest" }); }
  };
  const take = (item) => {
    if (![...select.options].some((option) => option.value === item.value)) select.add(new Option(item.label, item.value));
    select.value = item.value;
    box.value = shown();
    box.setCustomValidity("");
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (items) => {
    found = items;
    list.replaceChildren(...(items.length ? items : [{ label: "Aucune proposition", hint: "", none: true }]).map((item, i) => {
      const line = document.createElement("li");
      line.id = `${listId}-${i}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      if (item.none) line.setAttribute("aria-disabled", "true");
      const words = document.createElement("span");
      words.textContent = item.label;
      line.append(words);
      if (item.hint) { const hint = document.createElement("small"); hint.textContent = item.hint; line.append(hint); }
      if (!item.none) line.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); });
      return line;
    }));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    at = -1;
    say(items.length ? `${items.length} propositions` : "Aucune proposition");
  };
  const ask = async () => {
    const mine = ++turn;
    try {
      const items = await answers(select.dataset.combo, box.value);
      if (mine === turn && document.activeElement === box) show(items);
    } catch { close(); }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (!box.value) { select.value = ""; close(); return; }
    timer = setTimeout(ask, 160);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { ask(); return; }
      if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      take(found[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
      box.value = shown();
    }
  });
  box.addEventListener("blur", () => {
    close();
    // Words that were not chosen are not a choice.
    if (box.value.trim() !== shown()) {
      const same = found.find((item) => item.label.toLowerCase() === box.value.trim().toLowerCase());
      if (same) take(same); else box.value = shown();
    }
  });
}

export function startCombos() {
  for (const select of document.querySelectorAll("select[data-combo]")) grow(select);
  document.addEventListener("vigie:part", (event) => {
    for (const select of event.detail.node.querySelectorAll("select[data-combo]:not([hidden])")) grow(select);
  });
}
