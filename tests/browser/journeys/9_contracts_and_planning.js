// Contracts and planning: a contract covers what is on its lines; a month, and a calendar that another program reads.
import { open, PHONE, signIn } from "../browser.js";
import { expect, test } from "../report.js";

export async function journeys({ browser, url }) {
  await test("devices without contract are one click from the contracts, and a device put on a line is covered", async () => {
    const page = await open(browser, url);
    await signIn(page, "Ingénieur biomédical");
    await page.goto("/contracts/agreements");
    await page.locator("a", { hasText: "Équipements sans contrat" }).click();
    await page.waitForURL(/\/contracts\/coverage/);
    await page.goto(`${page.url()}&per=200`);
    const number = (await page.locator("tbody tr").filter({ hasText: "Sans contrat" }).filter({ hasText: /V1000/ }).first().locator("a").first().textContent()).trim();
    await page.goto("/contracts/agreements?f=standing:in:active,notice");
    await page.locator("tbody a").first().click();
    await page.waitForURL(/\/contracts\/agreements\/[0-9a-f-]{36}/);
    await page.locator("summary", { hasText: "Ajouter des équipements" }).click();
    await page.locator("#f-numbers").fill(`${number}\nXX-INCONNU`);
    await page.locator('form[action$="/lines"] button[type=submit]').click();
    await page.waitForSelector(".error-list");
    expect((await page.locator(".error-list").textContent()).includes("XX-INCONNU"), "the unknown number is not named");
    await page.locator("#f-numbers").fill(number);
    await page.locator('form[action$="/lines"] button[type=submit]').click();
    await page.waitForSelector(`tbody a:has-text("${number}")`);
    await page.goto("/contracts/coverage?f=coverage:is:covered");
    expect((await page.locator("tbody").textContent()).includes(number), `${number} is not said to be covered`);
    expect(page.complaints.filter((c) => !c.includes("422")).length === 0, page.complaints.join("; "));
    await page.context().close();
  });

  await test("a month is read on a phone, and a calendar address answers until it is revoked", async () => {
    const page = await open(browser, url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await signIn(page, "Ingénieur biomédical");
    await page.goto("/maintenance/planning");
    expect((await page.locator("main tbody tr").count()) > 0, "no place has anything due");
    await page.goto("/maintenance/planning/month");
    expect((await page.locator("main tbody td").count()) >= 28, "the month has no days");
    await page.goto("/maintenance/feeds");
    await page.locator("#f-name").fill("Téléphone d’astreinte");
    await page.locator('input[name="shows"][value="all"]').check();
    await page.locator("main form button[type=submit]").last().click();
    await page.waitForSelector("#address");
    const address = (await page.locator("#address").textContent()).trim();
    const outside = await browser.newContext();
    const read = await outside.request.get(address);
    expect(read.status() === 200 && (await read.text()).startsWith("BEGIN:VCALENDAR"), `the calendar answers ${read.status()}`);
    await page.goto("/maintenance/feeds");
    page.on("dialog", (dialog) => dialog.accept());
    await page.locator("button", { hasText: "Révoquer" }).first().click();
    const sure = page.locator("dialog[open] button", { hasText: /Confirmer|Révoquer/ });
    if (await sure.count()) await sure.first().click();
    await page.waitForSelector("text=révoqué");
    expect((await outside.request.get(address)).status() === 404, "a revoked address still answers");
    await outside.close();
    await page.context().close();
  });
}
