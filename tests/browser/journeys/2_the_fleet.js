// A biomedical engineer at work in the fleet: find, open, list, change a state, register.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

const ROLE = "Ingénieur biomédical";
const NUMBER = 'tbody th[scope="row"] a';
const SERIAL = 'td[data-label^="N° de série"]';

/** A device of the demonstration with a serial number: its row's texts. */
async function known(page, filter = "") {
  await page.goto(`/inventory/devices?f=serial_number:filled:${filter}`);
  const row = page.locator("#list tbody tr").first();
  return {
    number: (await row.locator("th a").textContent()).trim(),
    serial: (await row.locator(SERIAL).textContent()).trim(),
  };
}

const headline = (page) => page.locator("h1").textContent();

/** Chooses in a combobox as a person does: a few letters, down, Enter. */
async function choose(page, label, words) {
  const box = page.getByRole("combobox", { name: label });
  await box.focus();
  await page.keyboard.type(words.slice(0, 6), { delay: 30 });
  await page.locator("[role=listbox]:not([hidden]) [role=option]").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const chosen = await box.inputValue();
  expect(chosen.length > 0, `nothing was chosen for ${words}`);
  return chosen;
}

export async function journeys({ browser, url }) {
  await test("a serial number typed in the search box opens the device, by the keyboard alone", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    const device = await known(page);
    await page.goto("/");
    await page.locator("#main").focus();
    await page.keyboard.press("/");
    await page.keyboard.type(device.serial);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}|\/search/);
    expect((await headline(page)).includes(device.number) || (await page.locator("main").textContent()).includes(device.number), `${device.serial} led to ${page.url()}`);
    await page.context().close();
  });

  await test("a label scanned with a keyboard-wedge scanner opens the device, wherever the focus is", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    const device = await known(page);
    await page.goto("/inventory/devices");
    await page.locator("#list-quick").focus();
    // Key events as a scanner sends them: within one turn, then Enter.
    await page.evaluate((text) => {
      const target = document.activeElement;
      for (const key of [...text, "Enter"]) {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        if (target.dispatchEvent(event) && key.length === 1) target.value += key;
      }
    }, device.number);
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    expect((await headline(page)).includes(device.number), `opened ${await headline(page)}`);
    await page.context().close();
  });

  await test("typing at a human speed is never taken for a scan", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/help");
    await page.locator("#main").focus();
    await page.keyboard.type("monitor", { delay: 90 });
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname === "/help", `went to ${page.url()}`);
    await page.context().close();
  });

  await test("the quick filter narrows the list while typing, keeps the focus and the address", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    const device = await known(page);
    await page.goto("/inventory/devices");
    await page.locator("#list-quick").click();
    await page.keyboard.type(device.number, { delay: 60 });
    await page.waitForURL((address) => address.searchParams.get("q") === device.number);
    await page.waitForFunction((number) => {
      const rows = document.querySelectorAll("#list tbody tr");
      return rows.length >= 1 && rows.length < 10 && rows[0].textContent.includes(number);
    }, device.number);
    expect(await page.evaluate(() => document.activeElement?.id === "list-quick"), "the focus left the filter");
    expect(await page.locator("#list-quick").inputValue() === device.number, "what was typed changed");
    await page.context().close();
  });

  await test("a filter becomes a chip, in the address, and goes away with it", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    const all = await page.locator(".chips .total").textContent();
    await page.locator("#list .toolbar summary", { hasText: "Filtrer" }).click();
    await page.locator("#list details.fold > summary", { hasText: /^État$/ }).click();
    await page.getByRole("checkbox", { name: "En service", exact: true }).check();
    await page.locator("#list .menu[open] button", { hasText: "Appliquer" }).click();
    await page.locator(".chip").waitFor();
    expect(page.url().includes("state"), `the address is ${page.url()}`);
    const some = await page.locator(".chips .total").textContent();
    expect(some !== all, `still ${all}`);
    await page.locator(".chip a").click();
    await page.locator(".chip").waitFor({ state: "detached" });
    expect(await page.locator(".chips .total").textContent() === all, "the total did not come back");
    await page.context().close();
  });

  await test("j and k walk the rows, Enter opens, and the record knows its neighbours", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    const numbers = await page.locator(NUMBER).allTextContents();
    await page.locator("#main").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    expect((await headline(page)).includes(numbers[1].trim()), `opened ${await headline(page)} instead of ${numbers[1]}`);
    await page.getByRole("link", { name: "Suivant" }).click();
    await page.waitForFunction((number) => document.querySelector("h1").textContent.includes(number), numbers[2].trim());
    await page.getByRole("link", { name: "Précédent" }).click();
    await page.waitForFunction((number) => document.querySelector("h1").textContent.includes(number), numbers[1].trim());
    await page.context().close();
  });

  await test("the list is exported as it is shown", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    const device = await known(page);
    await page.goto(`/inventory/devices?q=${encodeURIComponent(device.number)}`);
    await page.locator("#list summary", { hasText: "Exporter" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#list .menu[open] a", { hasText: "CSV" }).first().click()]);
    const text = (await import("node:fs")).readFileSync(await download.path(), "utf8");
    expect(text.includes(device.number), "the file does not hold the device");
    const rows = await page.locator("#list tbody tr").count();
    expect(text.trim().split("\n").length === rows + 1, `${text.trim().split("\n").length} lines for ${rows} rows`);
    await page.context().close();
  });

  await test("a failure is declared with its reason, shows on the device, and its history says who", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices?f=state:is:in_service");
    await page.locator(NUMBER).last().click();
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    const address = new URL(page.url()).pathname;
    await page.locator("summary", { hasText: "Actions" }).click();
    await page.getByRole("link", { name: "Déclarer en panne" }).click();
    const reason = `écran noir au démarrage ${Date.now()}`;
    await page.getByLabel("Pourquoi").fill(reason);
    await page.keyboard.press("Control+Enter");
    await page.waitForURL((next) => next.pathname === address);
    await page.locator(".flash").waitFor();
    expect((await page.locator(".state-box").textContent()).includes("En panne"), "the state is not shown");
    await page.goto(`${address}/history`);
    expect((await page.locator("main").textContent()).includes(reason), "the reason is not in the history");
    await page.context().close();
  });

  await test("a device is registered by the keyboard; what is wrong is said, nothing typed is lost", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/models");
    const model = (await page.locator(NUMBER).first().textContent()).trim();
    await page.goto("/accounts/units");
    const unit = (await page.locator(NUMBER).first().textContent()).trim();
    await page.goto("/inventory/devices/new");
    const chosen = await choose(page, /^Modèle/, model);
    await choose(page, /^Unité/, unit);
    const serial = `NAV${Date.now()}`;
    await page.getByLabel("N° de série").fill(serial);
    await page.getByLabel("Ou pourquoi il est inconnu").fill("plaque arrachée");
    await page.locator("form.form .btn.primary").click();
    // A serial number and a reason not to know it contradict each other.
    await page.locator(".error-list").waitFor();
    expect(await page.getByLabel("N° de série").inputValue() === serial, "the serial number was lost");
    expect(await page.getByRole("combobox", { name: /^Modèle/ }).inputValue() === chosen, "the model was lost");
    expect(await page.evaluate(() => document.activeElement?.classList.contains("error-list")), "the errors do not have the focus");
    await page.getByLabel("Ou pourquoi il est inconnu").fill("");
    await page.locator("form.form .btn.primary").click();
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}$/);
    expect((await page.locator("main").textContent()).includes(serial), "the record does not show its serial number");
    await page.context().close();
  });

  await test("leaving a form with unsaved entries asks first", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices/new");
    await page.getByLabel("N° de série").fill("X1");
    let asked = false;
    page.on("dialog", (dialog) => { asked = true; dialog.dismiss(); });
    await page.getByRole("link", { name: "Annuler" }).click().catch(() => {});
    await page.waitForTimeout(200);
    expect(asked, "nothing was asked");
    expect(page.url().endsWith("/inventory/devices/new"), "the page was left");
    await page.context().close();
  });

  await test("a device prints without its menus, with who printed", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/inventory/devices");
    await page.locator(NUMBER).first().click();
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    await page.emulateMedia({ media: "print" });
    for (const gone of [".top", "nav.side", ".tabs", ".page-head .actions"]) expect(!(await page.locator(gone).first().isVisible()), `${gone} is on paper`);
    expect(await page.locator(".print-stamp").isVisible(), "nobody says who printed");
    const sheet = await page.pdf({ preferCSSPageSize: true });
    expect(sheet.length > 5000, "the sheet is empty");
    await page.context().close();
  });
}
