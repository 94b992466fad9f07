// Maintenance as it is lived: a problem said from the label of a device, on a phone and without an account;
// qualified and repaired, back in service with its record; a visit with eight values in at most fifteen inputs.
import { open, PHONE, signIn } from "../browser.js";
import { expect, test } from "../report.js";

/** Counts what a person does: a press, a value typed. */
function hand(page) {
  let inputs = 0;
  return {
    async press(locator) {
      inputs += 1;
      await locator.click();
    },
    async type(locator, text) {
      inputs += 1;
      await locator.fill(text);
    },
    get inputs() {
      return inputs;
    },
  };
}

const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export async function journeys({ browser, url }) {
  // The label of a device in use, as an engineer finds it in the register's list.
  const engineer = await open(browser, url);
  await signIn(engineer, "Ingénieur biomédical");
  const { device, label } = await (async () => {
    await engineer.goto("/maintenance/interventions?f=state:is:closed");
    await engineer.locator("tbody th a").first().click();
    await engineer.waitForURL(/\/maintenance\/interventions\/[0-9a-f-]{36}/);
    const id = await engineer.locator('a[href^="/inventory/devices/"]').evaluateAll((links) =>
      links.map((a) => a.getAttribute("href").match(/^\/inventory\/devices\/([0-9a-f-]{36})$/)?.[1]).find(Boolean));
    const answer = await engineer.context().request.get(`/inventory/devices/${id}`, { headers: { accept: "application/json" } });
    return { device: id, label: (await answer.json()).label_code };
  })();

  const stateOf = async () => {
    const answer = await engineer.context().request.get(`/inventory/devices/${device}`, { headers: { accept: "application/json" } });
    return (await answer.json()).state;
  };

  let number = "";
  await test("a ward says a problem from the label, on a phone, without an account", async () => {
    const ward = await open(browser, url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await ward.goto(`/q/${label}`);
    await ward.waitForURL(/\/maintenance\/reports\//);
    const does = hand(ward);
    await does.type(ward.locator("#f-symptom"), "S’éteint toute seule après dix minutes");
    await does.press(ward.locator('input[name="usable"][value="no"]'));
    await does.press(ward.locator('input[name="harm"][value="no"]'));
    await does.type(ward.locator("#f-name"), "Inès Caron");
    await does.press(ward.locator("main form button[type=submit]"));
    await ward.waitForURL(/\/maintenance\/receipts\//);
    number = (await ward.locator("main b.mono").first().textContent()).trim();
    expect(/^IN-\d{4}-\d{5}$/.test(number), `no number: ${number}`);
    expect(does.inputs <= 5, `${does.inputs} inputs`);
    expect((await wide(ward)) <= 0, "the receipt is wider than the phone");
    expect(ward.complaints.length === 0, ward.complaints.join("; "));
    await ward.context().close();
  });

  await test("the request is qualified, the device stops; it comes back with its test, and the register says so", async () => {
    await engineer.goto("/maintenance/interventions?f=state:is:requested");
    await engineer.locator("tbody th a", { hasText: number }).click();
    await engineer.locator("#f-priority").selectOption("urgent");
    expect(await engineer.locator("#f-broken").isChecked(), "said unusable, it is not proposed as broken");
    await engineer.locator('form[action$="/qualification"] button[type=submit]').click();
    await engineer.waitForLoadState();
    expect((await stateOf()) === "broken", "the device is not out of order");
    await engineer.locator("a", { hasText: "Rendre compte et clôturer" }).click();
    await engineer.locator("#f-work_done").fill("Connecteur de batterie remplacé");
    await engineer.locator("#f-performance_level").fill("Autonomie mesurée à 92 min");
    await engineer.locator("#f-back").check();
    await engineer.locator("main form button[type=submit]").last().click();
    await engineer.waitForSelector(".error-list");
    expect((await engineer.locator(".error-list").textContent()).includes("essai"), "it came back without a test");
    await engineer.locator("#f-test").fill("Essai fonctionnel complet réussi");
    await engineer.locator("main form button[type=submit]").last().click();
    await engineer.waitForURL(/\/maintenance\/interventions\/[0-9a-f-]{36}$/);
    expect((await stateOf()) === "in_service", "the device is not back");
    await engineer.locator("a", { hasText: /^ligne \d+$/ }).click();
    await engineer.waitForURL(/\/register\/lines\//);
    const line = await engineer.locator("main").textContent();
    for (const item of ["Connecteur de batterie remplacé", "Autonomie mesurée à 92 min", number]) expect(line.includes(item), `the register does not say ${item}`);
  });

  await test("a visit with eight values is closed on a phone in at most fifteen inputs", async () => {
    const page = await open(browser, url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await signIn(page, "Ingénieur biomédical");
    await page.goto(`/maintenance/devices/${device}`);
    const does = hand(page);
    await does.press(page.locator("tr", { hasText: "Maintenance préventive" }).locator("button", { hasText: "Faire" }).first());
    await page.waitForURL(/\/report\/new$/);
    const values = page.locator("input[name=value]");
    expect((await values.count()) === 8, `${await values.count()} values`);
    for (const [n, found] of ["60", "97", "119", "37,1", "84", "66", "0,12", "41"].entries()) await does.type(values.nth(n), found);
    expect((await wide(page)) <= 0, "the checklist is wider than the phone");
    await does.press(page.locator("button", { hasText: "Terminer et clôturer" }));
    await page.waitForURL(/\/maintenance\/interventions\/[0-9a-f-]{36}$/);
    expect((await page.locator("main").textContent()).includes("8 valeurs sur 8 dans leurs limites"), "the level is not said");
    expect(does.inputs <= 15, `${does.inputs} inputs`);
    console.log(`    ${does.inputs} inputs`);
    await page.goto(`/register/devices/${device}`);
    expect((await page.locator("tbody tr").first().textContent()).includes("8 valeurs sur 8"), "the register has no line of it");
    expect(page.complaints.length === 0, page.complaints.join("; "));
    await page.context().close();
  });
  await engineer.context().close();
}
