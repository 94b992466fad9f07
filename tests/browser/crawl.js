// Each role walks through what it is shown: every link answers, every kind of page is sound.
import { mkdirSync } from "node:fs";
import { accessible, fitsPhone, labelled, validHtml } from "./checks.js";
import { PHONE, WIDE, open, signIn } from "./browser.js";
import { fail, pass } from "./report.js";

const PAGES_PER_ROLE = Number(process.env.PAGES ?? 6); // PAGES=70 walks everything, for a quiet hour
const SAMPLES = 2;
const SKIP = /\/(export|download|file|q)(\/|\?|$)|[?&](format|export)=|\.(csv|xlsx|pdf|json|zip)$/;

/** The kind of a page: ids and values are left out, so that two devices are the same kind. */
export function kind(address) {
  const url = new URL(address, "http://x");
  const path = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/\/\d+(?=\/|$)/g, "/{n}");
  const keys = [...new Set(url.searchParams.keys())].sort().join("&");
  return keys ? `${path}?${keys}` : path;
}

const examined = new Set();
const answered = new Map();

async function examine(page, role, address, source) {
  const name = `${kind(address)} as ${role}`;
  const checks = {
    "is valid HTML": () => validHtml(source, address),
    "has one heading, a title and a language": () => labelled(page),
    "is accessible in both themes and on a phone": () => accessible(page),
    "fits a phone": () => fitsPhone(page),
  };
  for (const [what, check] of Object.entries(checks)) {
    const wrong = await check();
    if (wrong.length) fail(`${name} ${what}`, wrong.join("\n")); else pass();
  }
  if (process.env.SHOTS) await shoot(page, kind(address), process.env.SHOTS);
}

async function shoot(page, name, folder) {
  mkdirSync(folder, { recursive: true });
  const file = name.replace(/[^a-z0-9]+/gi, "_").replace(/^_|_$/g, "") || "home";
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(WIDE);
    await page.screenshot({ path: `${folder}/${file}-${scheme}-wide.png` });
    await page.setViewportSize(PHONE);
    await page.screenshot({ path: `${folder}/${file}-${scheme}-phone.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(WIDE);
}

export async function crawl(browser, url, role) {
  const page = await open(browser, url);
  await signIn(page, role);
  const queue = [new URL(page.url()).pathname];
  const seen = new Set(queue);
  const samples = new Map();
  let visited = 0;
  while (queue.length && visited < PAGES_PER_ROLE) {
    const address = queue.shift();
    const sort = kind(address);
    if ((samples.get(sort) ?? 0) >= SAMPLES) continue;
    samples.set(sort, (samples.get(sort) ?? 0) + 1);
    visited += 1;
    page.complaints.length = 0;
    const answer = await page.goto(address, { waitUntil: "load" });
    const name = `${address} as ${role}`;
    if (!answer || answer.status() >= 400) { fail(`${name} answers`, `status ${answer?.status()}`); continue; }
    pass();
    if (!(answer.headers()["content-type"] ?? "").includes("html")) continue;
    const source = await answer.text();
    if (!examined.has(sort)) {
      examined.add(sort);
      await examine(page, role, address, source);
    }
    if (page.complaints.length) fail(`${name} raises no complaint of the browser`, page.complaints.join("\n")); else pass();
    const links = await page.$$eval("a[href]", (anchors) => anchors.map((anchor) => anchor.href));
    for (const link of links) {
      const target = new URL(link);
      if (target.origin !== url) continue;
      const path = target.pathname + target.search;
      if (seen.has(path)) continue;
      seen.add(path);
      if (seen.size > 4000) continue;
      if (SKIP.test(path)) await alive(page, role, path, address); else queue.push(path);
    }
  }
  // What was not visited must answer all the same: one of each kind is asked for.
  for (const path of queue) {
    const sort = kind(path);
    if (samples.has(sort)) continue;
    samples.set(sort, 1);
    await alive(page, role, path, "a page not visited");
  }
  await page.context().close();
  return visited;
}

async function alive(page, role, path, from) {
  const key = `${role} ${kind(path)}`;
  if (answered.has(key)) return;
  answered.set(key, true);
  const answer = await page.request.get(path, { maxRedirects: 5 }).catch((problem) => ({ status: () => `cut: ${problem.message.split("\n")[0]}` }));
  if (answer.status() !== 200) fail(`${path} as ${role} is no dead link`, `status ${answer.status()}, linked from ${from}`); else pass();
}
