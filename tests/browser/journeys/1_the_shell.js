// What everybody does on every page: keys, theme, menus, leaving; and the same without JavaScript.
import { PHONE, open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

export async function journeys({ browser, url, people }) {
  const role = people.find((name) => name.startsWith("Ingénieur")) ?? people[0];

  await test("the first Tab offers to skip to the content, and does", async () => {
    const page = await open(browser, url);
    await signIn(page, role);
    await page.keyboard.press("Tab");
    const first = page.locator(":focus");
    expect((await first.textContent()).includes("Aller au contenu"), "the first stop is not the skip link");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id === "main"), "the focus is not in the content");
    await page.context().close();
  });

  await test("/ goes to the search box, ? shows the keys, Escape closes them", async () => {
    const page = await open(browser, url);
    await signIn(page, role);
    await page.locator("#main").focus();
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.id === "q"), "/ did not reach the search box");
    await page.keyboard.press("Escape");
    await page.locator("#main").focus();
    await page.keyboard.type("?");
    await page.locator("#keys[open]").waitFor();
    await page.keyboard.press("Escape");
    expect(!(await page.locator("#keys").isVisible()), "the keys stay open");
    await page.context().close();
  });

  await test("a theme once chosen stays, on the next page too", async () => {
    const page = await open(browser, url, { colorScheme: "light" });
    await signIn(page, role);
    const ground = () => page.evaluate(() => getComputedStyle(document.querySelector("#main")).color);
    const before = await ground();
    await page.locator(".top-end details.menu > summary").last().click();
    await page.getByRole("button", { name: "Thème sombre" }).click();
    const dark = await ground();
    expect(dark !== before, "nothing changed");
    await page.goto("/help");
    expect(await page.evaluate(() => document.documentElement.dataset.theme) === "dark", "the server forgot the theme");
    expect(await ground() === dark, "the next page has other colours");
    await page.context().close();
  });

  await test("a menu opens, closes with Escape and gives the focus back", async () => {
    const page = await open(browser, url);
    await signIn(page, role);
    const summary = page.locator(".top-end details.menu > summary").last();
    await summary.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Mon compte" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    expect(await page.locator(".top-end details.menu[open]").count() === 0, "still open");
    expect(await summary.evaluate((node) => node === document.activeElement), "the focus is lost");
    await page.context().close();
  });

  await test("on a phone the menu stands at the bottom and holds everything", async () => {
    const page = await open(browser, url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await signIn(page, role);
    expect(!(await page.locator("nav.side").isVisible()), "the left menu is still there");
    const entries = await page.locator("nav.side .nav-item").count();
    await page.locator(".bottom summary").tap();
    expect(await page.locator(".bottom .sheet .nav-item").count() === entries, "the sheet misses entries");
    const low = await page.locator(".bottom > a, .bottom > details > summary").evaluateAll((nodes) => nodes.filter((node) => node.getBoundingClientRect().height < 44).length);
    expect(low === 0, `${low} targets are under 44 px`);
    await page.context().close();
  });

  await test("without JavaScript one signs in, searches, opens a menu and signs out", async () => {
    const page = await open(browser, url, { javaScriptEnabled: false });
    await signIn(page, role);
    await page.locator("#q").fill("moniteur");
    await page.locator("#q").press("Enter");
    await page.waitForURL(/\/search\?q=moniteur/);
    await page.locator(".top-end details.menu > summary").last().click();
    await page.getByRole("button", { name: "Se déconnecter" }).click();
    await page.waitForURL(/\/accounts\/sessions\/new/);
    const answer = await page.goto("/");
    expect(answer.url().includes("/accounts/sessions/new"), "the session is still open");
    await page.context().close();
  });

  await test("after signing out, going back shows nothing of the hospital", async () => {
    const page = await open(browser, url);
    await signIn(page, role);
    await page.goto("/");
    await page.locator(".top-end details.menu > summary").last().click();
    await page.getByRole("button", { name: "Se déconnecter" }).click();
    await page.waitForURL(/\/accounts\/sessions\/new/);
    await page.goBack();
    await page.waitForLoadState();
    expect(page.url().includes("/accounts/sessions/new") || await page.locator("form[action='/accounts/sessions']").count() > 0, `still at ${page.url()}`);
    await page.context().close();
  });

  await test("an address that does not exist says so in plain French, with the way out", async () => {
    const page = await open(browser, url);
    await signIn(page, role);
    const answer = await page.goto("/inventory/nothing/here");
    expect(answer.status() === 404, `status ${answer.status()}`);
    await page.getByRole("heading", { name: "Cette page n’existe pas" }).waitFor();
    await page.getByRole("link", { name: "Aller à l’accueil" }).click();
    await page.waitForURL(`${url}/`);
    await page.context().close();
  });

  await test("a role sees in the menu only what it may open", async () => {
    for (const name of people) {
      const page = await open(browser, url);
      await signIn(page, name);
      const links = await page.locator("nav.side a").evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute("href")));
      for (const link of links) {
        const answer = await page.request.get(link);
        expect(answer.status() === 200, `${link} answers ${answer.status()} to ${name}`);
      }
      await page.context().close();
    }
  });
}
