// The old system's export becomes the fleet: file, columns, trial, decisions, import, undo.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

const ROLE = "Ingénieur biomédical";

/** A file as an old GMAO writes it: semicolons, Windows-1252, French dates, one impossible day, one line twice. */
function exported(mark) {
  const lines = [
    "N° Inventaire;Désignation;Marque;Modèle;N° de série;Date de mise en service;UF",
    `${mark}001;Pompe à perfusion;Fabricant de l’Essai ${mark};Modèle Éssai ${mark};S${mark}A;12/03/2019;`,
    `${mark}002;Pompe à perfusion;Fabricant de l’Essai ${mark};Modèle Éssai ${mark};S${mark}B;28/02/2020;`,
    `${mark}003;Pompe à perfusion;Fabricant de l’Essai ${mark};Modèle Éssai ${mark};S${mark}C;avant 2003;`,
    `${mark}001;Pompe à perfusion;Fabricant de l’Essai ${mark};Modèle Éssai ${mark};S${mark}Z;12/03/2019;`,
  ];
  // Windows-1252: everything used here is Latin-1 but the typographic apostrophe.
  return Buffer.from(lines.join("\r\n").replaceAll("’", "\u0092"), "latin1");
}

export async function journeys({ browser, url }) {
  await test("an export is read, tried, decided, imported, and imported again without change", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    const mark = `N${String(Date.now()).slice(-7)}`;
    const send = async () => {
      await page.goto("/exchange/imports/new");
      await page.getByLabel("Fichier").setInputFiles({ name: `export_${mark}.csv`, mimeType: "text/csv", buffer: exported(mark) });
      const establishment = page.getByLabel(/^Établissement/);
      await establishment.selectOption({ index: 1 });
      await page.locator("form.form .btn.primary").click();
      await page.waitForURL(/\/exchange\/imports\/[0-9a-f-]{36}/);
      expect((await page.locator("main").textContent()).includes("windows-1252"), "the encoding is not said");
      await page.locator(".btn.primary", { hasText: "Essayer l’import" }).click();
      await page.locator(".sum").waitFor({ timeout: 60000 });
    };
    await send();
    const sums = async () => (await page.locator(".sum b").allTextContents()).map((text) => Number(text.replace(/\D/g, "")));
    const adds = ([read, created, updated, unchanged, rejected]) => read === created + updated + unchanged + rejected;
    const first = await sums();
    expect(first[0] === 4 && adds(first), `the header does not add up: ${first}`);

    // Nothing unknown is created in silence: a person accepts the proposals, and is asked.
    const commit = page.locator("form[action$='/commitment'] button");
    expect(await commit.isDisabled(), "one may import while decisions remain");
    await page.locator(".tabs a", { hasText: "Propositions" }).click();
    await page.locator("form[action$='/acceptance'] button").click();
    await page.locator("#confirm[open] button[value=yes]").click();
    await page.waitForFunction(() => document.querySelector("form[action$='/commitment'] button:not(:disabled)"), null, { timeout: 60000 });
    const second = await sums();
    expect(adds(second) && second[1] === 3, `three to create, not ${second}`);
    expect(second[4] === 1, `the number met twice with another serial is not rejected: ${second}`);
    await commit.click();
    await page.locator("button", { hasText: "Annuler l’import" }).waitFor({ timeout: 60000 });
    await page.goto(`/inventory/devices?q=${mark}`);
    expect(await page.locator("#list tbody tr").count() === 3, "the three devices are not in the list");
    await page.locator('tbody th[scope="row"] a').first().click();
    await page.waitForURL(/\/inventory\/devices\/[0-9a-f-]{36}/);
    expect((await page.locator("main").textContent()).includes("preuves non vérifiées"), "the take-over is not marked");

    await send();
    const again = await sums();
    expect(again[1] === 0 && again[2] === 0, `a second import would change: ${again}`);
    await page.context().close();
  });

  await test("a file that is none is refused at its field, in plain French", async () => {
    const page = await open(browser, url);
    await signIn(page, ROLE);
    await page.goto("/exchange/imports/new");
    await page.getByLabel("Fichier").setInputFiles({ name: "photo.csv", mimeType: "text/csv", buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]) });
    await page.getByLabel(/^Établissement/).selectOption({ index: 1 });
    await page.locator("form.form .btn.primary").click();
    await page.locator(".error-list, .notice, .verdict.is-bad").first().waitFor();
    await page.context().close();
  });
}
