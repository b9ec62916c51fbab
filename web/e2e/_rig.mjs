// What every browser test needs: one Chromium, pages that report what goes wrong in them, a check of accessibility, named steps.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const patience = Number(process.env.PATIENCE_MS ?? 180_000);

/** A browser against the server at `base`; `problems` and `strangers` must be empty at the end. */
export async function startRig({ base = process.env.BASE_URL ?? "http://127.0.0.1:8003", shots = process.env.SHOTS ?? "shots", args = [] } = {}) {
  mkdirSync(shots, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", ...args],
  });
  const problems = [];
  const strangers = [];
  let shown = null;

  /** A page in a browser of its own. `language` and `scheme` are what the person chose before. */
  async function open({ language = "zh", scheme = "light", memory = {}, ...options } = {}) {
    const context = await browser.newContext({ locale: "zh-CN", colorScheme: scheme, viewport: { width: 1440, height: 900 }, ...options });
    const kept = { "quantgpt.language": language, ...memory };
    await context.addInitScript((values) => {
      // The browser's own error page has no storage.
      if (!location.protocol.startsWith("http")) return;
      for (const [key, value] of Object.entries(values)) if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
    }, kept);
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()} ${message.location().url}`));
    page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && url.origin !== base) strangers.push(request.url());
    });
    shown = page;
    return { context, page, shot: (name, more = {}) => page.screenshot({ path: join(shots, `${name}.png`), ...more }) };
  }

  /** Forget the complaints that match: those of a fault that the test itself makes. */
  function forgive(pattern) {
    const left = problems.filter((line) => !pattern.test(line));
    problems.splice(0, problems.length, ...left);
  }

  const api = async (path, options = {}) => {
    let answer = await fetch(`${base}/api/v1${path}`, options);
    while (answer.status === 429) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get("Retry-After") ?? 2)));
      answer = await fetch(`${base}/api/v1${path}`, options);
    }
    return answer.status === 204 ? null : answer.json();
  };
  const post = (path, body) => api(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  /** A finished backtest, asked for over the interface. */
  async function finished(body) {
    const { task_id: id, detail } = await post("/auto_backtest", body);
    assert.ok(id, detail);
    return ended(id);
  }

  async function ended(id) {
    const until = Date.now() + patience;
    for (;;) {
      const task = await api(`/tasks/${id}`);
      if (/(^|_)(completed|failed|cancelled)$/.test(task.status)) return task;
      assert.ok(Date.now() < until, `task ${id} is still ${task.status}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Run the steps; the exit code says whether all of them held. */
  async function run(body) {
    let failed = null;
    try {
      await body();
      await step("no error in the console and no request to another origin", () => {
        assert.deepEqual(problems, []);
        assert.deepEqual(strangers, []);
      });
    } catch (error) {
      failed = error;
      await shown?.screenshot({ path: join(shots, "failure.png"), fullPage: true }).catch(() => undefined);
      process.stdout.write(`${error?.stack ?? error}\n${problems.join("\n")}\n${shown?.url() ?? ""}\n`);
    } finally {
      await browser.close();
    }
    return failed ? 1 : 0;
  }

  return { base, shots, browser, open, forgive, problems, api, post, finished, ended, run };
}

export async function step(name, body) {
  const began = performance.now();
  try {
    const made = await body();
    process.stdout.write(`ok   ${name} (${Math.round(performance.now() - began)} ms)\n`);
    return made;
  } catch (error) {
    process.stdout.write(`FAIL ${name}\n`);
    throw error;
  }
}

/** No serious violation of WCAG that axe can find. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`).slice(0, 4).join(" | ")}`), [], `accessibility of ${where}`);
}

/** What a person could not read, or should not have to. */
export async function readable(page, where) {
  const text = await page.locator("body").innerText();
  assert.doesNotMatch(text, /undefined|\bNaN\b|\{\{|\[object |^null$/m, `${where} shows a value of the program`);
}

export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${where} scrolls sideways by ${over} px`);
}

/** A figure as the page prints it, as a number. */
export const figure = (text) => Number(text.replaceAll("−", "-").replaceAll(/[+%,\s]/g, ""));
