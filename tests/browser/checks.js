// What must hold on every page, whoever looks at it.
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { PHONE, WIDE } from "./browser.js";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const html = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "long-title": "off",
    "no-raw-characters": "off",
    "doctype-style": "off",
    "no-implicit-button-type": "off",
    "no-implicit-input-type": "off",
    // Boxes of one name make a list, buttons of one name a choice.
    "form-dup-name": "off",
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // The status regions are made by role on purpose: <output> belongs to a form.
    "prefer-native-element": ["error", { exclude: ["status", "alert", "region", "group", "navigation", "main", "note"] }],
    "no-inline-style": "error",
    "valid-id": ["error", { relaxed: true }],
  },
});

export async function validHtml(source, name) {
  const report = await html.validateString(source, name);
  return report.results.flatMap((result) => result.messages.filter((m) => m.severity === 2).map((m) => `${m.ruleId} line ${m.line}: ${m.message}`));
}

async function axe(page) {
  const found = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return found.violations.flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.html.slice(0, 160)} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? violation.help})`));
}

/** Accessibility in both themes, wide and on a phone. Returns what is wrong, theme by theme. */
export async function accessible(page) {
  const wrong = [];
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const message of await axe(page)) wrong.push(`${scheme}: ${message}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
  for (const message of await axe(page)) wrong.push(`phone: ${message}`);
  await page.setViewportSize(WIDE);
  return wrong;
}

/** Nothing scrolls the page sideways on a phone. */
export async function fitsPhone(page) {
  await page.setViewportSize(PHONE);
  const wrong = await page.evaluate(async (width) => {
    // The new width is laid out first.
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    const over = document.documentElement.scrollWidth - width;
    if (over <= 0) return [];
    const guilty = [...document.querySelectorAll("body *")].filter((node) => node.getBoundingClientRect().right > width + 1).slice(0, 4).map((node) => `${node.tagName.toLowerCase()}.${node.className}`);
    return [`${over} px too wide: ${guilty.join(", ")}`];
  }, PHONE.width);
  await page.setViewportSize(WIDE);
  return wrong;
}

/** Every input has a name for who listens, every page one h1 and a title. */
export function labelled(page) {
  return page.evaluate(() => {
    const wrong = [];
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) wrong.push(`${headings} h1`);
    if (document.documentElement.lang !== "fr") wrong.push("the page does not say that it is in French");
    if (!/ · Vigie$/.test(document.title)) wrong.push(`title: ${document.title}`);
    if (document.querySelector("[style]:not(svg *)")) wrong.push("a style attribute");
    return wrong;
  });
}
