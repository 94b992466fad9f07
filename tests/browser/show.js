// Takes the pictures that README.md shows, from the demonstration as it is: node show.js (or VIGIE_URL=… node show.js)
import { launch, open, signIn } from "./browser.js";
import { start } from "./server.js";

const server = await start();
const browser = await launch();
const page = await open(browser, server.url, { viewport: { width: 1280, height: 800 }, colorScheme: "light" });
await signIn(page, "Ingénieur biomédical");
await page.goto("/inventory/devices?q=A000001");
await page.locator("main table tbody a").first().click();
await page.waitForLoadState();
await page.screenshot({ path: new URL("shown/device.png", import.meta.url).pathname });
await browser.close();
await server.stop();
