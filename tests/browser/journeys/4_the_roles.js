// Each role does what is its own and is offered nothing else.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

const DEVICE = /\/inventory\/devices\/[0-9a-f-]{36}/;

async function firstDevice(page) {
  await page.goto("/inventory/devices");
  await page.locator('tbody th[scope="row"] a').first().click();
  await page.waitForURL(DEVICE);
  return new URL(page.url()).pathname;
}

export async function journeys({ browser, url, people }) {
  const named = (start) => people.find((name) => name.startsWith(start));

  for (const start of ["Auditeur", "Directeur", "Qualité"]) {
    await test(`${named(start)} reads a device and is offered no change`, async () => {
      const page = await open(browser, url);
      await signIn(page, named(start));
      const address = await firstDevice(page);
      expect(await page.getByRole("link", { name: "Modifier", exact: true }).count() === 0, "« Modifier » is offered");
      const answer = await page.goto(`${address}/edit`);
      expect(answer.status() === 403, `the form answers ${answer.status()}`);
      await page.getByRole("heading", { name: "Vous n’avez pas ce droit" }).waitFor();
      await page.context().close();
    });
  }

  await test("a technician changes what is said of a device and is told of it", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Technicien biomédical"));
    const address = await firstDevice(page);
    await page.keyboard.press("e");
    await page.waitForURL(/\/edit/);
    const note = `vu en tournée ${Date.now()}`;
    await page.getByLabel("Remarques").fill(note);
    await page.getByLabel("Remarques").press("Control+Enter");
    await page.waitForURL((next) => next.pathname === address);
    await page.locator(".flash").waitFor();
    expect((await page.locator("main").textContent()).includes(note), "the note is not shown");
    await page.context().close();
  });

  await test("a ward user may not export, and no export is offered", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Personnel"));
    await page.goto("/inventory/devices");
    expect(await page.locator("#list summary", { hasText: "Exporter" }).count() === 0, "an export is offered");
    const answer = await page.request.get("/inventory/devices?format=csv");
    expect(answer.status() === 403, `the export answers ${answer.status()}`);
    await page.context().close();
  });

  await test("the security officer says in which network zone a device is", async () => {
    const page = await open(browser, url);
    await signIn(page, named("RSSI"));
    const address = await firstDevice(page);
    const answer = await page.goto(`${address}/network`);
    expect(answer.status() === 200, `the network page answers ${answer.status()}`);
    expect(await page.locator("main a[href*='network'], main form").count() > 0, "nothing can be said of the network");
    await page.context().close();
  });

  await test("an administrator sees who may do what, and the journal of changes", async () => {
    const page = await open(browser, url);
    await signIn(page, named("Administrateur"));
    const matrix = await page.goto("/accounts/matrix");
    expect(matrix.status() === 200, `the matrix answers ${matrix.status()}`);
    expect(await page.locator("table tbody tr").count() > 15, "the matrix is short");
    const journal = await page.goto("/audit/rows");
    expect(journal.status() === 200, `the journal answers ${journal.status()}`);
    await page.context().close();
  });

  await test("the home page of each role says what waits, and each line opens", async () => {
    for (const role of people) {
      const page = await open(browser, url);
      await signIn(page, role);
      await page.goto("/");
      const lists = await page.locator(".waits").count();
      expect(lists >= 1 && lists <= 8, `${role} has ${lists} lists`);
      const lines = page.locator(".waits li a");
      if (await lines.count()) {
        const answer = await page.request.get(await lines.first().getAttribute("href"));
        expect(answer.status() === 200, `the first line of ${role} answers ${answer.status()}`);
      }
      await page.context().close();
    }
  });
}
