// Labels, a second factor without scripts of ours, delegations, the simulator and the past.
import { createHmac } from "node:crypto";
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

/** The six digits an authenticator shows (RFC 6238) for a base32 secret. */
function digits(base32, at = Date.now()) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32.replace(/\s/g, "")].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const from = hash[19] & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function journeys({ browser, url, people }) {
  const named = (start) => people.find((name) => name.startsWith(start));

  await test("an engineer labels a list of devices and gets a PDF and a ZPL file", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Ingénieur biomédical"));
    await page.goto("/inventory/devices?f=state:is:in_maintenance");
    await page.locator("#list summary", { hasText: "Exporter" }).click();
    await page.getByRole("link", { name: "Étiquettes à coller…" }).click();
    await page.getByRole("heading", { name: "Imprimer des étiquettes" }).waitFor();
    await page.getByRole("img", { name: "Aperçu de la première étiquette" }).waitFor();
    const sheet = await page.locator("#f-format option").first().getAttribute("value");
    const roll = await page.locator("#f-format option", { hasText: "Rouleau" }).first().getAttribute("value");
    const list = await page.locator('input[name="list"]').inputValue();
    const pdf = await page.request.get(`/inventory/labels?list=${encodeURIComponent(list)}&format=${sheet}&first=3&as=pdf`);
    expect((await pdf.body()).subarray(0, 5).toString() === "%PDF-", "no PDF");
    const zpl = await page.request.get(`/inventory/labels?list=${encodeURIComponent(list)}&format=${roll}&as=zpl203`);
    expect((await zpl.text()).startsWith("^XA"), "no ZPL");
    await page.context().close();
  });

  await test("a list is read as it was a month ago", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Ingénieur biomédical"));
    await page.goto("/inventory/devices");
    await page.locator("#list summary", { hasText: "À une date" }).click();
    const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
    await page.locator("#list-as-of").fill(day);
    await page.locator("#list-as-of").press("Enter");
    await page.locator("#list .notice", { hasText: "État au" }).waitFor();
    await page.locator('#list tbody th[scope="row"] a').first().click();
    await page.waitForURL(/\/as-of\?on=/);
    await page.locator(".verdict", { hasText: "État au" }).waitFor();
    await page.context().close();
  });

  await test("a second factor is set up and passed", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Acheteur"));
    await page.goto("/accounts/profile/second-factor");
    await page.getByRole("button", { name: "Installer un second facteur" }).click();
    await page.getByRole("img", { name: /Code QR/ }).waitFor();
    const secret = await page.locator("#secret").textContent();
    await page.getByLabel("Code à six chiffres").fill(digits(secret));
    await page.getByRole("button", { name: "Confirmer" }).click();
    await page.getByRole("heading", { name: "Codes de secours" }).waitFor();
    const codes = await page.locator("#codes li").allTextContents();
    expect(codes.length === 10, `${codes.length} codes`);
    await page.context().close();
    const again = await open(browser, url);
    await again.goto("/accounts/sessions/new");
    await again.getByRole("button", { name: named("Acheteur") }).click();
    await again.waitForURL(/second-factor/);
    await again.getByRole("textbox", { name: /Code/ }).fill(codes[0]);
    await again.getByRole("button", { name: "Continuer" }).click();
    await again.waitForURL((next) => !next.pathname.includes("second-factor"));
    // The next journeys sign in as this person with one click.
    await again.goto("/accounts/profile/second-factor");
    await again.locator("#f-remove").fill(codes[1]);
    again.on("dialog", (dialog) => dialog.accept());
    await again.getByRole("button", { name: "Retirer" }).click();
    const confirm = again.locator("dialog[open] button.danger, dialog[open] button.primary");
    if (await confirm.count()) await confirm.first().click();
    await again.locator(".flash", { hasText: "retiré" }).waitFor();
    await again.context().close();
  });

  await test("an administrator asks who may do what, and by which role", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Administrateur"));
    await page.goto("/accounts/simulator?permission=inventory.devices.edit");
    await page.getByRole("heading", { name: "Qui le peut" }).waitFor();
    await page.context().close();
  });
}
