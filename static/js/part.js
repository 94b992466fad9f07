// Replaces one element of the page by its new state instead of loading the page again.
// <form data-part="ID"> and <a data-part="ID"> do as usual, but only the element ID is exchanged;
// data-live on a form sends it while typing. The focus stays, the address follows, the change is said.
import { say } from "./say.js";

let running = null;
let shown = location.pathname + location.search;

function remember(root) {
  const active = document.activeElement;
  if (!active || active === document.body) return () => {};
  const path = active.id ? `#${CSS.escape(active.id)}` : active.name ? `[name="${CSS.escape(active.name)}"]` : null;
  const inside = root.contains(active);
  const caret = "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const typed = active.value;
  return (fresh) => {
    if (!inside) return;
    const target = (path && fresh.querySelector(path)) || (fresh.matches("[tabindex]") ? fresh : null);
    if (!target) return;
    if (caret && "value" in target && typeof typed === "string" && target.matches("input, textarea")) target.value = typed;
    target.focus({ preventScroll: true });
    if (caret && caret[0] !== null) try { target.setSelectionRange(...caret); } catch { /* not a text input */ }
  };
}

export async function load(url, id, { push = true, quiet = false, method = "GET", body = null } = {}) {
  const old = document.getElementById(id);
  if (!old) { location.assign(url); return; }
  running?.abort();
  running = new AbortController();
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, {
      method, body, credentials: "same-origin", signal: running.signal,
      headers: { Accept: "text/html", "X-Part": id },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    // Signed out, refused or another page: show it whole rather than guess.
    if (!fresh || (method === "GET" && answer.redirected)) { location.assign(answer.url || url); return; }
    const restore = remember(old);
    const node = document.adoptNode(fresh);
    old.replaceWith(node);
    restore(node);
    if (push) history.pushState({ part: id }, "", url);
    shown = location.pathname + location.search;
    if (!quiet) say(node.dataset.announce || node.querySelector("[data-announce]")?.dataset.announce || "Contenu mis à jour");
    document.dispatchEvent(new CustomEvent("vigie:part", { detail: { id, node } }));
  } catch (problem) {
    if (problem.name === "AbortError") return;
    old.removeAttribute("aria-busy");
    if (!quiet) say("Le serveur ne répond pas.");
    if (push) location.assign(url);
  }
}

function queryOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") query.append(name, value);
  const url = new URL(form.action, location.href);
  url.search = query;
  return url.href;
}

export function startParts() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!document.getElementById(link.dataset.part)) return;
    event.preventDefault();
    load(link.href, link.dataset.part);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.part || event.defaultPrevented || form.method !== "get") return;
    event.preventDefault();
    load(queryOf(form), form.dataset.part);
  });

  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-part][data-live]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const url = queryOf(form);
      history.replaceState({ part: form.dataset.part }, "", url);
      load(url, form.dataset.part, { push: false });
    }, 220);
  });

  // Back over an exchanged part shows the page of that address; a jump inside the page is no such step.
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) location.reload();
  });
}
