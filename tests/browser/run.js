import { readdirSync } from "node:fs";
import { launch, open, roles } from "./browser.js";
import { crawl } from "./crawl.js";
import { plainPages } from "./plain.js";
import { close, expect, fail, test } from "./report.js";
import { start } from "./server.js";

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);
const begun = Date.now();
let server = null;
let browser = null;
try {
  server = await start();
  console.log(`vigie is ready at ${server.url} (${seconds(begun)} s)`);
  browser = await launch();
  const page = await open(browser, server.url);
  const people = await roles(page);
  await page.context().close();
  await test("the demonstration offers a click for each of the eighteen roles", () => {
    expect(people.length >= 18, `${people.length} offered: ${people.join(", ")}`);
  });

  if (!process.argv.includes("--journeys")) {
    console.log("pages before sign-in");
    await plainPages(browser, server.url);
    // The biomedical engineer first: he sees most, so most kinds of pages are examined once, as him.
    const order = [...people].sort((a, b) => Number(b.startsWith("Ingénieur")) - Number(a.startsWith("Ingénieur")));
    for (const role of order) {
      const from = Date.now();
      try {
        const visited = await crawl(browser, server.url, role);
        console.log(`${role}: ${visited} pages (${seconds(from)} s)`);
      } catch (problem) {
        fail(`the pages of ${role}`, problem.stack ?? problem);
      }
    }
  }

  if (!process.argv.includes("--pages")) {
    const folder = new URL("./journeys/", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".js")).sort()) {
      const { journeys } = await import(new URL(file, folder));
      console.log(file.replace(/\.js$/, "").replaceAll("_", " "));
      await journeys({ browser, url: server.url, people });
    }
  }
} catch (problem) {
  fail("the run itself", problem.stack ?? problem);
} finally {
  await browser?.close();
  if (server) {
    const code = await server.stop();
    if (code !== 0) fail("vigie stops cleanly on SIGTERM", `exit code ${code}`);
  }
}
console.log(`browser tests took ${seconds(begun)} s`);
process.exitCode = close();
