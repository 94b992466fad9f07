// Light, dark, or as the system says; kept in a cookie that the server reads, so that no page flashes.

export function startTheme() {
  const root = document.documentElement;
  const buttons = document.querySelectorAll("[data-theme-set]");
  const show = () => {
    for (const button of buttons) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === (root.dataset.theme ?? "")));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const wanted = button.dataset.themeSet;
      if (wanted) root.dataset.theme = wanted; else delete root.dataset.theme;
      const age = wanted ? 31536000 : 0;
      document.cookie = `vigie_theme=${wanted}; Path=/; Max-Age=${age}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
      show();
    });
  }
  show();
}
