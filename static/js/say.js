// Says a sentence to who listens to the page instead of looking at it.
let later = 0;

export function say(text) {
  const live = document.getElementById("live");
  if (!live) return;
  clearTimeout(later);
  live.textContent = "";
  later = setTimeout(() => { live.textContent = text; }, 60);
}
