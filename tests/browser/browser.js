// Chromium, and pages that remember every complaint of the browser.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const WIDE = { width: 1366, height: 768 };
export const PHONE = { width: 390, height: 844 };

export async function launch() {
  const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  if (!found) throw new Error("no Chromium found (apt-get install chromium), or name it in CHROMIUM");
  return chromium.launch({
    executablePath: found,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A page whose `.complaints` lists console errors, script errors and refusals of the content policy. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, locale: "fr-FR", timezoneId: "Europe/Paris", baseURL: url, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (problem) => page.complaints.push(`script: ${problem.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (!why.includes("ERR_ABORTED")) page.complaints.push(`request: ${request.url()} ${why}`);
  });
  return page;
}

/** The roles that the demonstration offers on its sign-in page. */
export async function roles(page) {
  await page.goto("/accounts/sessions/new");
  return page.$$eval(".person", (buttons) => buttons.map((button) => button.querySelector("b").textContent.trim()));
}

/** One click signs in as this role. */
export async function signIn(page, role) {
  await page.goto("/accounts/sessions/new");
  await page.locator(".person").filter({ has: page.locator("b", { hasText: new RegExp(`^${role.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) }) }).first().click();
  await page.waitForURL((address) => !address.pathname.startsWith("/accounts/sessions"));
  await page.waitForLoadState();
}
