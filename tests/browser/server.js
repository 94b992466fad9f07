// A Vigie of our own, with its demonstration, on a free port and a folder of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export async function start() {
  if (process.env.VIGIE_URL) return { url: process.env.VIGIE_URL.replace(/\/$/, ""), stop: async () => 0 };
  const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
  const binary = process.env.VIGIE_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/vigie");
  if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build first`);
  const folder = mkdtempSync(join(tmpdir(), "vigie-browser-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // A database of the machine's settings must not be used by mistake.
  const env = { ...process.env, VIGIE_PUBLIC_URL: url, PUBLIC_URL: url };
  delete env.DATABASE_URL;
  const child = spawn(binary, ["serve", "--data-dir", folder, "--listen", `127.0.0.1:${port}`, "--demo"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  let code = null;
  const keep = (bytes) => { log = (log + bytes).slice(-20000); };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise((done) => child.on("exit", (status) => { code = status ?? -1; done(code); }));
  const stop = async () => {
    if (code === null) child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 15000);
    await ended;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  process.on("exit", () => { if (code === null) child.kill("SIGTERM"); });
  const deadline = Date.now() + 240000;
  while (Date.now() < deadline) {
    if (code !== null) throw new Error(`vigie stopped at start (${code}):\n${log.slice(-2000)}`);
    const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok).catch(() => false);
    if (ready) return { url, stop, log: () => log };
    await new Promise((next) => setTimeout(next, 300));
  }
  await stop();
  throw new Error(`vigie was not ready in time:\n${log.slice(-2000)}`);
}
