// A biomedical engineer finds, corrects many devices at once, and undoes it; views, keys and the palette.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

const ROLE = "Ingénieur biomédical";
const digits = (text) => Number(text.replace(/\D/g, ""));

/** From a filtered list to its preview for a field. */
async function prepare(page, field, type) {
  await page.getByRole("button", { name: /^Modifier/ }).first().waitFor();
  await page.getByLabel("Champ à modifier").selectOption({ label: field });
  await page.getByRole("button", { name: "Choisir" }).click();
  await type(page.getByLabel("Valeur pour tous"));
  await page.getByRole("button", { name: "Voir ce qui changerait" }).click();
  await page.locator("#preview").waitFor();
}

export async function journeys({ browser, url }) {
  await test("an engineer finds devices in service, gives them a market number, sees it, and undoes it", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices?f=state:is:in_service");
    const total = digits(await page.locator(".chips .total").textContent());
    expect(total > 100, `${total} devices in service`);
    await page.locator("table[data-rows] tbody input[type=checkbox]").first().check();
    expect(await page.locator("[data-bulk]").isVisible(), "the bar is raised");
    await page.getByRole("button", { name: /Modifier toute la liste/ }).click();
    await page.getByLabel("Champ à modifier").selectOption({ label: "N° de marché" });
    await page.getByRole("button", { name: "Choisir" }).click();
    await page.getByLabel("Valeur pour tous").fill("M-2026-ESSAI");
    await page.getByRole("button", { name: "Voir ce qui changerait" }).click();
    const announced = digits(await page.locator("#preview p b").first().textContent());
    expect(announced > 100 && announced <= total, `${announced} announced of ${total}`);
    await page.getByLabel(/Nombre d’équipements à modifier/).fill("1");
    await page.getByRole("button", { name: "Modifier", exact: true }).click();
    expect((await page.locator("main").textContent()).includes("n’est pas le nombre"), "a wrong number is refused");
    await page.getByLabel(/Nombre d’équipements à modifier/).fill(String(announced));
    await page.getByRole("button", { name: "Modifier", exact: true }).click();
    await page.waitForURL(/\/inventory\/corrections\/[0-9a-f-]{36}/);
    // The wrong number was refused, which the console tells.
    page.complaints.splice(0, page.complaints.length, ...page.complaints.filter((text) => !text.includes("422")));
    await page.goto("/inventory/devices?f=market_number:is:M-2026-ESSAI");
    expect(digits(await page.locator(".chips .total").textContent()) === announced, "the list finds them");
    await page.goBack();
    await page.getByRole("button", { name: "Annuler la modification" }).click();
    await page.locator("#confirm[open] [value=yes]").click();
    await page.getByText("Modification annulée.", { exact: true }).waitFor();
    await page.goto("/inventory/devices?f=market_number:is:M-2026-ESSAI");
    expect((await page.locator("main").textContent()).includes("Aucun résultat"), "nothing holds the value any more");
    expect(page.complaints.length === 0, page.complaints.join("\n"));
    await page.context().close();
  });

  await test("numbers copied from a sheet are found, and those that are not are told", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    const numbers = await page.locator('tbody th[scope="row"] a').allTextContents();
    await page.getByRole("link", { name: "Coller une liste" }).click();
    await page.getByLabel("Numéros").fill(`${numbers.slice(0, 3).join("\n")}\nINCONNU-1`);
    await page.getByRole("button", { name: "Chercher", exact: true }).last().click();
    await page.getByText("4 numéros = 3 trouvés").waitFor();
    expect((await page.locator("#missing").textContent()).includes("INCONNU-1"), "the missing one is named");
    await page.getByRole("link", { name: "Voir les trouvés dans la liste" }).click();
    expect((await page.locator("#list tbody tr").count()) === 3, "three rows");
    await page.context().close();
  });

  await test("a list is saved as a view and found again from its menu", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices?f=state:is:broken&group=unit");
    await page.locator(".toolbar summary", { hasText: "Vues" }).click();
    await page.getByRole("link", { name: "Enregistrer cette liste comme vue" }).click();
    await page.getByLabel(/^Nom/).fill("Pannes par unité");
    await page.getByRole("button", { name: "Enregistrer la vue" }).click();
    await page.locator(".toolbar summary", { hasText: "Vue : Pannes par unité" }).waitFor();
    expect((await page.locator(".parts li").count()) > 0, "gathered by unit");
    await page.goto("/inventory/devices?view=none");
    await page.locator(".toolbar summary", { hasText: "Vues" }).click();
    await page.getByRole("link", { name: /Pannes par unité/ }).click();
    await page.locator(".chips .chip", { hasText: "En panne" }).waitFor();
    await page.context().close();
  });

  await test("the palette opens a record and an action by the keyboard, the recent ones first", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    const first = page.locator('tbody th[scope="row"] a').first();
    const number = (await first.textContent()).trim();
    await first.click();
    await page.waitForURL(/[0-9a-f-]{36}/);
    await page.goto("/help");
    await page.keyboard.press("Control+k");
    await page.locator("#palette-list [role=option]", { hasText: number }).first().waitFor();
    expect((await page.locator("#palette-list [role=option]").first().textContent()).includes("récent"), "recent first");
    await page.keyboard.type("nomenclat");
    await page.locator("#palette-list [role=option]", { hasText: "Nomenclatures" }).first().waitFor();
    await page.goto("/help");
    await page.keyboard.press("Control+k");
    await page.locator("#palette-box").fill(number);
    await page.locator("#palette-list [role=option]", { hasText: number }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    expect(page.complaints.length === 0, page.complaints.join("\n"));
    await page.context().close();
  });

  await test("j, x and e walk, tick and edit without a mouse", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    await page.locator("#main").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    expect((await page.locator("[data-bulk-count]").textContent()).startsWith("1 ligne"), "one row is ticked");
    await page.keyboard.press("Enter");
    await page.waitForURL(/[0-9a-f-]{36}/);
    await page.locator("#main").focus();
    await page.keyboard.press("e");
    await page.waitForURL(/\/edit$/);
    await page.context().close();
  });

  await test("an establishment chosen in the top bar keeps the lists to it", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    const everywhere = await page.locator(".chips .total").textContent();
    await page.locator("header .menu summary", { hasText: "Tous les établissements" }).click();
    await page.locator("header form[action^='/accounts/profile/place'] button").nth(1).click();
    await page.waitForLoadState();
    expect(new URL(page.url()).pathname === "/inventory/devices", page.url());
    expect((await page.locator(".chips .total").textContent()) !== everywhere, "fewer devices");
    await page.context().close();
  });
}
