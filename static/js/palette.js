// Ctrl+K: one box over records and actions. Nothing typed: what was opened lately on this computer, then
// what one may do. The server finds records and says which actions are allowed; recent ones are kept by
// the browser for the session's person and forgotten when they sign out.
import { say } from "./say.js";

const KEPT = "vigie.recent";
const MOST = 12;
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const who = () => document.body.dataset.person ?? "";

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    return kept?.who === who() ? kept.items : [];
  } catch { return []; }
}

function remember() {
  const title = document.querySelector("main h1")?.textContent.trim().replace(/\s+/g, " ");
  if (!title || !who() || document.prerendering || !/\/[0-9a-f]{8}-[0-9a-f-]{27}$/.test(location.pathname)) return;
  const items = [{ label: title.slice(0, 120), href: location.pathname }, ...recent().filter((item) => item.href !== location.pathname)].slice(0, MOST);
  try { localStorage.setItem(KEPT, JSON.stringify({ who: who(), items })); } catch { /* storage refused: no recent items */ }
}

let offers = null;
async function allowed() {
  if (!offers) {
    const answer = await fetch("/actions", { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) return [];
    const body = await answer.json();
    offers = [...body.actions.map((one) => ({ ...one, hint: "action" })), ...body.places.map((one) => ({ ...one, hint: "aller à" }))];
  }
  return offers;
}

async function records(text, signal) {
  const answer = await fetch(`/search?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" }, credentials: "same-origin", signal });
  if (!answer.ok) return [];
  const body = await answer.json();
  return body.groups.flatMap((group) => group.hits.slice(0, 5).map((hit) => ({ label: hit.title, href: hit.href, hint: hit.subtitle })));
}

function build() {
  const dialog = document.createElement("dialog");
  dialog.id = "palette";
  dialog.setAttribute("aria-label", "Chercher ou faire");
  dialog.innerHTML = '<label class="sr" for="palette-box">Chercher une fiche ou une action</label><input type="text" id="palette-box" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="Fiche, numéro, action…"><ul id="palette-list" role="listbox" aria-label="Fiches et actions"></ul><p class="help">Flèches pour choisir, Entrée pour ouvrir, Échap pour fermer.</p>';
  document.body.append(dialog);
  const box = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let items = [];
  let at = 0;
  let turn = null;
  let timer = 0;

  const mark = (index) => {
    at = items.length ? (index + items.length) % items.length : 0;
    [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
    const line = list.children[at];
    if (line?.id) { box.setAttribute("aria-activedescendant", line.id); line.scrollIntoView({ block: "nearest" }); }
  };
  const show = (found) => {
    items = found;
    list.replaceChildren(...found.map((item, i) => {
      const line = document.createElement("li");
      line.id = `palette-${i}`;
      line.setAttribute("role", "option");
      const words = document.createElement("span");
      words.textContent = item.label;
      line.append(words);
      if (item.hint) { const hint = document.createElement("small"); hint.textContent = item.hint; line.append(hint); }
      line.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(item.href); });
      return line;
    }));
    if (!found.length) {
      const line = document.createElement("li");
      line.setAttribute("role", "option");
      line.setAttribute("aria-disabled", "true");
      line.setAttribute("aria-selected", "false");
      line.textContent = "Rien ne répond";
      list.append(line);
      box.removeAttribute("aria-activedescendant");
    }
    mark(0);
    say(found.length ? `${found.length} réponses` : "Rien ne répond");
  };
  const ask = async () => {
    turn?.abort();
    turn = new AbortController();
    const { signal } = turn;
    const text = box.value.trim();
    try {
      const acts = await allowed();
      if (signal.aborted) return;
      if (!text) { show([...recent().map((item) => ({ ...item, hint: "récent" })), ...acts]); return; }
      const words = fold(text).split(/\s+/);
      const matching = acts.filter((item) => words.every((word) => fold(item.label).includes(word)));
      const late = recent().filter((item) => words.every((word) => fold(item.label).includes(word))).map((item) => ({ ...item, hint: "récent" }));
      const found = text.length > 1 ? await records(text, signal) : [];
      if (signal.aborted) return;
      const known = new Set(late.map((item) => item.href));
      show([...late, ...found.filter((item) => !known.has(item.href)), ...matching]);
    } catch (problem) {
      if (problem.name !== "AbortError") show([]);
    }
  };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
    if (event.key === "Enter") {
      event.preventDefault();
      // What was typed a moment ago is asked before anything is opened.
      clearTimeout(timer);
      if (box.dataset.asked !== box.value) { box.dataset.asked = box.value; await ask(); }
      if (items[at]) location.assign(items[at].href);
    }
  });
  return { dialog, box, ask };
}

export function startPalette() {
  if (!who()) return;
  remember();
  let palette = null;
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    palette ??= build();
    if (palette.dialog.open) { palette.dialog.close(); return; }
    palette.box.value = "";
    palette.dialog.showModal();
    palette.box.focus();
    palette.ask();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.action.includes("/accounts/sessions")) try { localStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
  });
}
