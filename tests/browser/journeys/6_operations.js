// The administrator answers for the base: its backups are asked for, seen, and aged on the home page.
import { open, signIn } from "../browser.js";
import { expect, test } from "../report.js";

export async function journeys({ browser, url, people }) {
  const administrator = people.find((name) => name.startsWith("Administrateur"));

  await test("the administrator saves the base and reads its age on the home page", async () => {
    const page = await open(browser, url);
    await signIn(page, administrator);
    await page.goto("/admin/backups");
    await page.getByRole("button", { name: "Sauvegarder maintenant" }).click();
    await page.locator(".flash").waitFor();
    let told = "";
    for (let tries = 0; tries < 60 && !told.includes("Dernière sauvegarde"); tries += 1) {
      await page.waitForTimeout(500);
      await page.goto("/admin/backups");
      told = await page.locator(".verdict").textContent();
    }
    expect(told.includes("il y a moins d’une heure"), `the page says: ${told}`);
    await page.goto("/");
    const home = await page.locator("main").textContent();
    expect(home.includes("Dernière sauvegarde"), "the home page does not say how old it is");
    await page.context().close();
  });
}
