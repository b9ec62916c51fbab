// The first page in a real browser against a real server: an example, a mistake, a run, the result, the report.
// Run by tests/browser, which starts the server: BASE_URL, CHROMIUM and SHOTS come from there.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8003";
const shots = process.env.SHOTS ?? "shots";
const patience = Number(process.env.PATIENCE_MS ?? 180_000);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const problems = [];
const strangers = [];

async function open(options) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()} ${message.location().url}`));
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== base) strangers.push(request.url());
  });
  return { context, page };
}

async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`), [], `accessibility of ${where}`);
}

const api = async (path) => (await fetch(`${base}/api/v1${path}`)).json();
const real = (text) => Number(text.replace("−", "-").replace("+", "").replace("%", ""));
const step = async (name, body) => {
  try {
    await body();
    process.stdout.write(`ok   ${name}\n`);
  } catch (error) {
    process.stdout.write(`FAIL ${name}\n`);
    throw error;
  }
};

let failed = null;
let shown = null;
try {
  const { page } = (shown = await open({ viewport: { width: 1440, height: 900 } }));
  const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });

  await step("the page opens with a title, one heading and a focused input", async () => {
    await page.goto(base);
    await page.waitForSelector("[data-example=momentum]");
    assert.match(await page.title(), /QuantGPT/);
    assert.equal(await page.locator("h1").count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "TEXTAREA");
    await shot("first-run");
    await accessible(page, "the first page");
  });

  await step("synthetic data is named", async () => {
    const market = await api("/market");
    assert.equal(market.synthetic, true);
    await page.locator("header").getByText(/演示/).filter({ visible: true }).first().waitFor();
  });

  await step("an unknown field is marked at its place and mended by one press", async () => {
    await page.fill("textarea", "rank(amt)");
    const fault = page.getByTestId("fault");
    await fault.waitFor();
    assert.match(await fault.innerText(), /第 1 行第 6 列：未知字段 amt。是否想写 amount？/);
    assert.equal(await page.locator("form pre [class*=wavy]").innerText(), "amt");
    assert.equal(await page.getByTestId("run").isDisabled(), true);
    await page.keyboard.press("Enter");
    assert.equal(await page.getByTestId("result-card").count(), 0);
    await shot("fault");
    await accessible(page, "a fault");
    await page.getByRole("button", { name: /替换/ }).click();
    assert.equal(await page.inputValue("textarea"), "rank(amount)");
    await fault.waitFor({ state: "detached" });
  });

  await step("words are taken as words, not as a wrong expression", async () => {
    await page.fill("textarea", "最近一个月跌得多的股票");
    await page.getByTestId("words").waitFor();
    assert.equal(await page.getByTestId("fault").count(), 0);
    await page.getByTestId("run").isEnabled();
    await shot("words");
    await accessible(page, "words");
  });

  await step("an example fills the input and Shift + Enter breaks the line", async () => {
    await page.fill("textarea", "");
    await page.click("[data-example=momentum]");
    assert.equal(await page.inputValue("textarea"), "rank(close/ts_mean(close, 20))");
    await page.getByText("预热").first().waitFor();
    await page.press("textarea", "Shift+Enter");
    assert.match(await page.inputValue("textarea"), /\n$/);
    await page.press("textarea", "Backspace");
  });

  let id = "";
  await step("Enter runs it, stages are shown and the result arrives", async () => {
    await page.press("textarea", "Enter");
    await page.waitForSelector("[data-run]", { timeout: 15_000 });
    id = await page.getAttribute("[data-run]", "data-run");
    await page.getByTestId("result-card").or(page.getByTestId("failed")).waitFor({ timeout: patience });
    assert.equal(await page.getByTestId("failed").count(), 0, await page.locator("main").innerText());
    await page.waitForSelector("[data-testid=result-card] canvas");
    await page.waitForTimeout(400);
    await shot("result-card");
    await accessible(page, "the result card");
  });

  await step("the card shows the numbers of the interface", async () => {
    const { result } = await api(`/tasks/${id}`);
    const figures = Object.fromEntries(await page.locator("[data-figure]").evaluateAll((nodes) => nodes.map((node) => [node.dataset.figure, node.textContent])));
    const near = (name, value, scale, digits) => assert.ok(Math.abs(real(figures[name]) - value * scale) <= 0.5 * 10 ** -digits + 1e-9, `${name}: ${figures[name]} is not ${value}`);
    near("Rank IC", result.backtest_summary.rank_ic_mean, 1, 4);
    near("年化收益", result.metrics.cagr, 100, 1);
    near("夏普", result.metrics.sharpe, 1, 2);
    near("最大回撤", result.metrics.max_drawdown, 100, 1);
    near("单边换手", result.backtest_summary.turnover, 100, 1);
    assert.ok(Math.abs(real(await page.getByTestId("score").first().innerText()) - result.score) < 0.051);
    assert.equal(await page.getByTestId("grade").innerText(), result.grade);
    await page.getByText(result.verdict.zh).first().waitFor();
  });

  await step("the report opens in its own page", async () => {
    const href = await page.getByTestId("report").first().getAttribute("href");
    const answer = await fetch(base + href);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /text\/html/);
  });

  await step("every tab of the result opens and draws", async () => {
    await page.getByTestId("open-result").first().click();
    await page.waitForURL(/\/runs\//);
    for (const [i, tab] of ["performance", "ic", "groups", "robustness", "holdings", "blocked", "provenance"].entries()) {
      await page.keyboard.press(String(i + 1));
      await page.waitForSelector(`[data-panel=${tab}]`);
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(500);
      assert.equal(await page.getByRole("alert").filter({ hasText: /./ }).count(), 0, `${tab} shows an error`);
      await page.screenshot({ path: join(shots, `${tab}.png`), fullPage: true });
      await accessible(page, `the tab ${tab}`);
    }
  });

  await step("a chart has its table, and the table its numbers", async () => {
    await page.keyboard.press("1");
    await page.locator("[data-chart=nav] canvas").waitFor();
    await page.locator("[data-chart=nav]").getByRole("button", { name: "表格" }).click();
    const series = await api(`/tasks/${id}/series/nav`);
    const first = await page.locator("[data-chart=nav] tbody tr:not([aria-hidden]) td").first().innerText();
    assert.equal(first, series.index[0]);
  });

  await step("a dragged range and the keys are remembered where they belong", async () => {
    await page.goto(`${base}/runs/${id}?tab=groups`);
    const chart = page.locator("[data-chart=group_nav] canvas");
    await chart.waitFor();
    await page.waitForLoadState("networkidle");
    const frame = await chart.boundingBox();
    await page.mouse.move(frame.x + 200, frame.y + 80);
    await page.mouse.down();
    await page.mouse.move(frame.x + 400, frame.y + 90, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/range=\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d/);
    await page.mouse.dblclick(frame.x + 300, frame.y + 80);
    await page.waitForURL((url) => !url.search.includes("range"));
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("快捷键").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
  });

  await step("words run, and the result says what they became and who wrote it", async () => {
    await page.goto(base);
    await page.fill("textarea", "过去一个月波动率最低");
    await page.getByTestId("words").waitFor();
    await page.press("textarea", "Enter");
    const said = page.getByTestId("prompt");
    await said.or(page.getByTestId("failed")).first().waitFor({ timeout: patience });
    assert.equal(await page.getByTestId("failed").count(), 0, await page.locator("main").innerText());
    assert.match(await said.innerText(), /过去一个月波动率最低/);
    await page.getByText("离线引擎").first().waitFor();
    const { tasks } = await api("/tasks?page_size=1");
    assert.equal(tasks[0].result.search.sealed.state, "sealed");
    await shot("words-result");
    await accessible(page, "a result of words");
  });

  await step("text, parameters and theme survive a reload", async () => {
    await page.goto(base);
    await page.fill("textarea", "rank(open)");
    await page.getByRole("button", { name: "明暗" }).click();
    await page.getByRole("menuitem", { name: "暗色" }).click();
    await page.reload();
    assert.equal(await page.inputValue("textarea"), "rank(open)");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), "dark");
    await page.getByTestId("result-card").or(page.locator("button[aria-expanded]")).first().waitFor();
  });

  await step("the address of a tab can be opened, in English and dark too", async () => {
    const other = await open({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
    await other.context.addInitScript(() => localStorage.setItem("quantgpt.language", "en"));
    await other.page.goto(`${base}/runs/${id}?tab=robustness`);
    await other.page.getByText("Placebo").first().waitFor();
    await other.page.waitForLoadState("networkidle");
    assert.equal(await other.page.evaluate(() => document.documentElement.lang), "en");
    assert.doesNotMatch(await other.page.locator("main").innerText(), /undefined|NaN|\{\{/);
    await accessible(other.page, "the dark English page");
    await other.page.screenshot({ path: join(shots, "robustness-dark-en.png"), fullPage: true });
    await other.context.close();
  });

  await step("it fits a phone", async () => {
    const phone = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const [name, path] of [["phone-first", "/"], ["phone-result", `/runs/${id}`]]) {
      await phone.page.goto(base + path);
      await phone.page.waitForLoadState("networkidle");
      await phone.page.waitForTimeout(400);
      assert.ok((await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${name} scrolls sideways`);
      await phone.page.screenshot({ path: join(shots, `${name}.png`) });
    }
    await phone.context.close();
  });

  await step("a run that does not exist is said so", async () => {
    const before = problems.length;
    await page.goto(`${base}/runs/000000000000`);
    await page.locator("main").getByText("没有这次运行").waitFor();
    // The browser itself logs the 404 that this step asks for.
    problems.splice(before, problems.length, ...problems.slice(before).filter((line) => !/404/.test(line)));
  });

  await step("no error in the console and no request to another origin", async () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(strangers, []);
  });
} catch (error) {
  failed = error;
  await shown?.page.screenshot({ path: join(shots, "failure.png"), fullPage: true }).catch(() => undefined);
  process.stdout.write(`${error?.stack ?? error}\n${problems.join("\n")}\n`);
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
