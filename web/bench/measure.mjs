// Measures the web app in Chromium and prints one JSON object. BASE_URL: a server with the demo market; PARTS_URL: the built bench page.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import { chromium } from "playwright-core";

const { BASE_URL: base, PARTS: parts, CHROMIUM: executablePath = "/usr/bin/chromium" } = process.env;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const files = createServer((request, answer) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  const file = join(parts, path === "/" ? "index.html" : path);
  if (!existsSync(file)) return answer.writeHead(404).end();
  answer.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(answer);
});
await new Promise((resolve) => files.listen(0, "127.0.0.1", resolve));
const partsUrl = `http://127.0.0.1:${files.address().port}/`;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"] });
const fresh = async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
  return { context, page: await context.newPage() };
};

/** Navigation start → the input has the focus, the parameters are there and the main thread is idle. */
async function firstLoad() {
  const { context, page } = await fresh();
  await page.addInitScript(() => {
    globalThis.longest = 0;
    globalThis.busyUntil = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        globalThis.longest = Math.max(globalThis.longest, entry.duration);
        globalThis.busyUntil = Math.max(globalThis.busyUntil, entry.startTime + entry.duration);
      }
    }).observe({ type: "longtask", buffered: true });
    const look = () => {
      if (document.activeElement?.tagName === "TEXTAREA" && document.querySelector("[data-testid=run]") && document.querySelector("[data-example]")) {
        requestAnimationFrame(() => setTimeout(() => (globalThis.readyAt = performance.now())));
        return;
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(base, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.readyAt !== undefined, null, { timeout: 30_000 });
  await page.waitForTimeout(600);
  const found = await page.evaluate(() => ({ ready: globalThis.readyAt, busy: globalThis.busyUntil, shift: 0 }));
  await context.close();
  return Math.max(found.ready, found.busy < found.ready + 300 ? found.busy : 0);
}

/** A press on a link of the navigation → the new page has painted. First visits fetch the page's code. */
async function routes() {
  const { context, page } = await fresh();
  await page.goto(base);
  await page.waitForSelector("[data-page]", { state: "attached" });
  await page.waitForLoadState("networkidle");
  const targets = await page.locator("nav a[href]").evaluateAll((links) => [...new Set(links.filter((link) => link.checkVisibility()).map((link) => link.getAttribute("href")))].filter((path) => path !== "/"));
  const go = (path) =>
    page.evaluate(
      (to) =>
        new Promise((resolve, reject) => {
          const link = [...document.querySelectorAll("nav a[href]")].find((one) => one.getAttribute("href") === to && one.checkVisibility());
          const before = document.querySelector("[data-page]")?.getAttribute("data-page");
          const began = performance.now();
          const look = () => {
            const now = document.querySelector("[data-page]")?.getAttribute("data-page");
            if (now && now !== before && location.pathname === to) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
            else if (performance.now() - began > 5000) reject(new Error(`${to} did not open`));
            else setTimeout(look, 1);
          };
          link.click();
          look();
        }),
      path,
    );
  const first = [];
  const again = [];
  for (const path of targets) {
    first.push(await go(path));
    await page.waitForLoadState("networkidle");
    again.push(await go("/"));
    await page.waitForTimeout(200);
  }
  for (let i = 0; i < ROUNDS; i++) {
    for (const path of targets) {
      again.push(await go(path));
      await page.waitForTimeout(120);
      again.push(await go("/"));
      await page.waitForTimeout(120);
    }
  }
  await context.close();
  return { first_visit_worst: Math.max(...first), first_visit_median: median(first), again_median: median(again), again_p95: quantile(again, 0.95), pages: targets.length };
}

/** Longest main-thread task of each step of a pan. */
async function pan() {
  const { context, page } = await fresh();
  await page.goto(`${partsUrl}?what=chart`);
  await page.waitForSelector("canvas");
  await page.waitForTimeout(800);
  const frame = await page.locator("canvas").first().boundingBox();
  await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline", "devtools.timeline", "toplevel", "blink.user_timing"] });
  const STEPS = 120;
  const range = () => page.evaluate(() => performance.now());
  await page.evaluate(() => performance.mark("pan-0"));
  await page.keyboard.down("Shift");
  for (let i = 1; i <= STEPS; i++) {
    await page.mouse.wheel(0, i % 40 < 20 ? 60 : -60);
    await page.waitForTimeout(16);
    await page.evaluate((n) => performance.mark(`pan-${n}`), i);
  }
  await page.keyboard.up("Shift");
  await range();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString("utf8"));
  const main = traceEvents.find((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain" && traceEvents.some((other) => other.tid === event.tid && other.pid === event.pid && /^pan-/.test(other.name)));
  const marks = traceEvents.filter((event) => /^pan-\d+$/.test(event.name) && event.pid === main.pid).map((event) => event.ts).toSorted((a, b) => a - b);
  const tasks = traceEvents.filter((event) => event.name === "RunTask" && event.tid === main.tid && event.pid === main.pid && event.dur !== undefined);
  const longest = marks.slice(1).map((end, i) => Math.max(0, ...tasks.filter((task) => task.ts >= marks[i] && task.ts < end).map((task) => task.dur / 1000)));
  await context.close();
  if (longest.length < STEPS * 0.9 || Math.max(...longest) < 0.5) throw new Error("the pan was not seen in the trace");
  return { p95: quantile(longest, 0.95), worst: Math.max(...longest), steps: longest.length };
}

/** A press → a 300 × 250 heat map has painted. */
async function heatMap() {
  const { context, page } = await fresh();
  await page.goto(`${partsUrl}?what=heatmap`);
  await page.waitForSelector("button");
  const times = [];
  for (let i = 0; i < ROUNDS; i++) {
    times.push(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            const began = performance.now();
            document.querySelector("button").click();
            const look = () => {
              const canvas = document.querySelector("canvas");
              const pen = canvas?.getContext("2d");
              const drawn = canvas && canvas.width > 0 && pen.getImageData(Math.floor(canvas.width / 2), Math.floor(canvas.height / 2), 40, 40).data.some((value) => value !== 0);
              if (drawn) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
              else setTimeout(look, 1);
            };
            look();
          }),
      ),
    );
    await page.click("button");
    await page.waitForSelector("canvas", { state: "detached" });
  }
  await context.close();
  return median(times);
}

/** Rows of a table of 10,000 that stand in the document, and the slowest frame while it scrolls from end to end. */
async function table() {
  const { context, page } = await fresh();
  await page.goto(`${partsUrl}?what=table`);
  await page.waitForSelector("tbody tr");
  const found = await page.evaluate(async () => {
    const box = document.querySelector("table").parentElement;
    const frames = [];
    let most = 0;
    for (let i = 0; i <= 60; i++) {
      const began = performance.now();
      box.scrollTop = (box.scrollHeight * i) / 60;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      frames.push(performance.now() - began);
      most = Math.max(most, document.querySelectorAll("tbody tr").length);
    }
    return { most, frames, last: document.querySelector("tbody").innerText.includes("609999") };
  });
  await context.close();
  if (!found.last) throw new Error("the last row was not reached");
  return { rows: found.most, frame_p95: quantile(found.frames, 0.95) };
}

try {
  const loads = [];
  for (let i = 0; i < ROUNDS; i++) loads.push(await firstLoad());
  const figures = { first_load: median(loads), first_load_worst: Math.max(...loads), routes: await routes(), pan: await pan(), heat_map: await heatMap(), table: await table() };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await browser.close();
  files.close();
}
