// The legal register: Q3, the register of a device in two clicks with its proof; a line written and corrected.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

export async function journeys({ browser, url }) {
  await test("Q3: from the list, the register of a device is one click away and its proof another", async () => {
    const page = await open(browser, url);
    await signIn(page, "Ingénieur biomédical");
    await page.goto("/register/lines");
    await page.locator('tbody td[data-label="Équipement"] a').first().click();
    await page.waitForURL(/\/register\/devices\/[0-9a-f-]{36}/);
    const words = await page.locator("main").textContent();
    for (const item of ["Réalisée par", "Niveau de performances obtenu", "Conformité", "Arrêt et reprise", "Code de vérification"])
      expect(words.includes(item), `the register does not say ${item}`);
    await page.locator("summary", { hasText: "Exporter" }).click();
    const [answer] = await Promise.all([
      page.context().request.get(await page.locator("a", { hasText: "PDF/A" }).evaluate((a) => a.href)),
    ]);
    expect(answer.status() === 200 && (await answer.body()).subarray(0, 5).toString() === "%PDF-", `export: ${answer.status()}`);
    await page.context().close();
  });

  await test("an operation is written from the device's tab, refused without its performance, then corrected by a line", async () => {
    const page = await open(browser, url);
    await signIn(page, "Ingénieur biomédical");
    await page.goto("/register/lines");
    await page.locator('tbody td[data-label="Équipement"] a').first().click();
    await page.locator("a", { hasText: "Consigner une opération" }).click();
    await page.locator("#f-kind").selectOption("corrective");
    await page.locator("#f-nature").fill("Remplacement du câble patient");
    await page.locator("#f-conformity").selectOption("conform");
    await page.locator("main form button[type=submit]").first().click();
    expect((await page.locator(".error-list").textContent()).includes("niveau de performances"), "nothing was asked");
    await page.locator("#f-performance").fill("Signal net sur les 5 dérivations");
    await page.locator("main form button[type=submit]").first().click();
    await page.waitForURL(/\/register\/devices\/[0-9a-f-]{36}$/);
    const first = page.locator("tbody tr").first();
    expect((await first.textContent()).includes("Remplacement du câble patient"), "the line is not on top");
    await first.locator("th a").click();
    await page.locator("a", { hasText: "Corriger par une nouvelle ligne" }).click();
    await page.locator("#f-reason").fill("Le câble était celui de la sonde");
    await page.locator("#f-nature").fill("Remplacement du câble de la sonde");
    await page.locator("main form button[type=submit]").first().click();
    await page.waitForURL(/\/register\/lines\/[0-9a-f-]{36}$/);
    expect((await page.locator("main").textContent()).includes("corrige la ligne"), "the correction does not point at its line");
    await page.context().close();
  });
}
