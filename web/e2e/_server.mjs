// A server and a worker of one's own on a free port, to be stopped, killed and started again.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = process.env.QUANTGPT ?? fileURLToPath(new URL("../../.venv/bin/quantgpt", import.meta.url));

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** `market: false` leaves the installation without any market. */
export async function startServer({ market = true, settings = {} } = {}) {
  const home = mkdtempSync(join(tmpdir(), "quantgpt-e2e-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = { ...inherited, QUANTGPT_HOME: home, QUANTGPT_PORT: String(port), QUANTGPT_WORKERS: "1", QUANTGPT_RATE_LIMIT: "1000", ...settings };
  const call = (...words) => {
    const made = spawnSync(program, words, { env, cwd: home, encoding: "utf8", timeout: 120_000 });
    if (made.status !== 0) throw new Error(`quantgpt ${words.join(" ")}: ${made.stderr}`);
    return made.stdout;
  };
  if (market) call("data", "demo");
  const running = new Map();

  const start = (name) => {
    const log = openSync(join(home, `${name}.log`), "a");
    const child = spawn(program, [name], { env, cwd: home, stdio: ["ignore", log, log] });
    running.set(name, child);
    child.once("exit", () => running.get(name) === child && running.delete(name));
  };
  const stop = (name, signal = "SIGTERM") =>
    new Promise((resolve) => {
      const child = running.get(name);
      if (!child) return resolve();
      child.once("exit", resolve);
      child.kill(signal);
    });
  const answers = async () => {
    try {
      return (await fetch(`${base}/api/v1/health${market ? "/ready" : ""}`)).ok;
    } catch {
      return false;
    }
  };
  const ready = async () => {
    for (let i = 0; i < 480; i++) {
      if (await answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`the server did not answer; its log is ${home}/serve.log`);
  };
  const close = async () => {
    await Promise.all([...running.keys()].map((name) => stop(name)));
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  start("serve");
  start("worker");
  await ready();
  return { base, home, call, start, stop, ready, close };
}
