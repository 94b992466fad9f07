// Conformity, doubles, take-over: what the engineer watches and settles, as he does it on the screen.
import { PHONE, open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

const ENGINEER = "Ingénieur biomédical";

export async function journeys({ browser, url }) {
  await test("the engineer goes from his home to a certificate that is no longer worth anything, and to its devices", async () => {
    const page = await open(browser, url);
    await signIn(page, ENGINEER);
    await page.goto("/inventory/certificates?f=status:in:suspended,withdrawn");
    await page.locator("main table tbody a").first().click();
    await page.waitForLoadState();
    expect((await page.locator("main").textContent()).includes("par l’organisme notifié"), "the standing is not said");
    await page.locator("#models table a").first().click();
    await page.waitForLoadState();
    expect((await page.locator("#conformity").textContent()).includes("organisme notifié"), "the model does not show its certificate");
    await page.context().close();
  });

  await test("two devices are compared before anything is merged, and the merge is taken back", async () => {
    const page = await open(browser, url);
    await signIn(page, ENGINEER);
    const ids = [];
    for (const number of ["V000006", "V000007"]) {
      await page.goto(`/inventory/devices?q=${number}`);
      ids.push((await page.locator("main table tbody th a, main table tbody td a").first().getAttribute("href")).split("/").pop().split("?")[0]);
    }
    await page.goto(`/inventory/merges/new?kind=device&kept=${ids[0]}&double=${ids[1]}`);
    expect((await page.locator("main").textContent()).includes("Rien n’est encore fait"), "the preview is not one");
    await page.getByLabel(/Pourquoi c’est la même chose/).fill("même appareil saisi deux fois");
    await page.getByRole("button", { name: "Fusionner" }).click();
    await page.waitForURL(/\/inventory\/merges\/[0-9a-f-]{36}/);
    await page.getByLabel(/Pourquoi/).fill("essai de démonstration");
    await page.getByRole("button", { name: "Défaire la fusion" }).click();
    const confirm = page.locator("dialog[open] button").last();
    if (await confirm.isVisible().catch(() => false)) await confirm.click();
    await page.getByText("Fusion défaite").first().waitFor();
    await page.context().close();
  });

  await test("the take-over is read on a phone without scrolling sideways", async () => {
    const page = await open(browser, url, { viewport: PHONE });
    await signIn(page, ENGINEER);
    await page.goto("/inventory/take-over");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide <= 0, `the page is ${wide} px too wide`);
    await page.context().close();
  });
}
