// Each role walks through what it is shown: every link answers, every kind of page is sound.
import { mkdirSync } from "node:fs";
import { accessible, fitsPhone, labelled, validHtml } from "./checks.js";
import { PHONE, WIDE, open, signIn } from "./browser.js";
import { fail, pass } from "./report.js";

const PAGES_PER_ROLE = Number(process.env.PAGES ?? 70); // PAGES=6 for a glance
const SKIP = /\/(export|download|file|q)(\/|\?|$)|[?&](format|export)=|\.(csv|xlsx|pdf|json|zip)$/;

/** The kind of a page: ids and values are left out, so that two devices are the same kind, and so are
 *  all the lists that one filters. */
export function kind(address) {
  const url = new URL(address, "http://x");
  const path = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/\/\d+(?=\/|$)/g, "/{n}");
  return url.search ? `${path}?` : path;
}

/** The pieces a page is made of: its elements by class. What is not on a page of that kind for one role
 *  may be there for another, and is then examined too. */
function pieces(source) {
  const main = source.slice(source.indexOf("<main"));
  return new Set([...main.matchAll(/<([a-z0-9]+)(?:[^>]*? class="([^"]*)")?/g)].map(([, tag, names = ""]) => `${tag}.${names.split(/\s+/).filter((name) => !/^is-/.test(name)).sort().join(".")}`));
}

const examined = new Map();

/** Does this page hold a piece that no page of its kind showed yet? */
function isNews(sort, source) {
  const known = examined.get(sort);
  const here = pieces(source);
  if (!known) { examined.set(sort, here); return true; }
  const fresh = [...here].filter((piece) => !known.has(piece));
  for (const piece of fresh) known.add(piece);
  return fresh.length > 0;
}
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
    if (samples.has(sort)) continue;
    samples.set(sort, 1);
    visited += 1;
    // Asked for first: a page that shows this role nothing new needs no browser.
    const asked = await page.request.get(address);
    const name = `${address} as ${role}`;
    if (asked.status() >= 400) { fail(`${name} answers`, `status ${asked.status()}`); continue; }
    pass();
    if (!(asked.headers()["content-type"] ?? "").includes("html")) continue;
    const source = await asked.text();
    if (isNews(sort, source)) {
      page.complaints.length = 0;
      await page.goto(address, { waitUntil: "load" });
      await examine(page, role, address, source);
      if (page.complaints.length) fail(`${name} raises no complaint of the browser`, page.complaints.join("\n")); else pass();
    }
    const links = [...source.matchAll(/<a [^>]*?href="([^"]*)"/g)].map(([, href]) => new URL(href.replaceAll("&amp;", "&").replaceAll("&#39;", "'"), new URL(address, url)).href);
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
