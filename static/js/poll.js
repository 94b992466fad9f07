// Long work shows where it is: an element with an id and data-poll="SECONDS" is read again until the
// server stops sending that attribute. Hidden tabs wait.
import { load } from "./part.js";

function plan() {
  const node = document.querySelector("[data-poll][id]");
  if (!node) return;
  const seconds = Math.max(1, Number(node.dataset.poll) || 2);
  setTimeout(async () => {
    if (!node.isConnected) { plan(); return; }
    if (!document.hidden) await load(location.href, node.id, { push: false, quiet: true });
    plan();
  }, seconds * 1000);
}

export function startPolling() {
  plan();
}
