// Pages of a visitor who is not signed in.
import { accessible, fitsPhone, labelled, validHtml } from "./checks.js";
import { open } from "./browser.js";
import { expect, test } from "./report.js";

export async function plainPages(browser, url) {
  const page = await open(browser, url);
  for (const [path, status] of [["/accounts/sessions/new", 200], ["/about", 200], ["/no-such-page", 404]]) {
    await test(`${path} before sign-in is sound`, async () => {
      page.complaints.length = 0;
      const answer = await page.goto(path);
      expect(answer.status() === status, `status ${answer.status()}`);
      const wrong = [...await validHtml(await answer.text(), path), ...await labelled(page), ...await accessible(page), ...await fitsPhone(page)];
      const complaints = page.complaints.filter((text) => !text.includes("404"));
      expect(!wrong.length && !complaints.length, [...wrong, ...complaints].join("\n"));
    });
  }
  await test("a visitor is led to the sign-in page and back", async () => {
    await page.goto("/inventory/devices");
    expect(page.url().includes("/accounts/sessions/new"), `led to ${page.url()}`);
    await page.locator(".person").first().click();
    await page.waitForURL((address) => address.pathname === "/inventory/devices");
  });
  await page.context().close();
}
