// From an idea to a compared factor: open → idea in Chinese → expression → progress → result → iterate → select → compare → report.
// The argument says by what: mouse, keyboard (no pointer at all) or phone (390 px, touch).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { accessible, figure, fits, patience, readable, startRig, step } from "./_rig.mjs";

const way = process.argv[2] ?? "mouse";
const IDEA = { mouse: "最近一个月跌得多而且缩量的股票", keyboard: "过去一个月波动率最低的股票", phone: "换手率低的股票" }[way];
const rig = await startRig();
const phone = way === "phone";
const { page, shot } = await rig.open(phone ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, acceptDownloads: true } : { acceptDownloads: true });

/** Reach an element by Tab alone, as somebody without a pointer does. */
async function tabTo(locator, { back = false } = {}) {
  await locator.first().waitFor({ timeout: patience });
  for (let i = 0; i < 260; i++) {
    if (await locator.evaluateAll((nodes) => nodes.some((node) => node === document.activeElement))) return;
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
  }
  assert.fail(`${locator} cannot be reached by Tab`);
}

/** Use a control the way this run does. */
async function use(locator, options = {}) {
  if (way === "keyboard") {
    await tabTo(locator, options);
    const focused = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    assert.ok(focused, "the focus can be seen");
    await page.keyboard.press("Enter");
  } else if (phone) await locator.first().tap();
  else await locator.first().click();
}

const card = page.getByTestId("result-card");

process.exitCode = await rig.run(async () => {
  await step("open", async () => {
    await page.goto(rig.base);
    await page.locator("form textarea").waitFor();
    await page.locator("header").getByText(/演示/).filter({ visible: true }).first().waitFor();
    if (!phone) assert.equal(await page.evaluate(() => document.activeElement?.tagName), "TEXTAREA", "one can type at once");
  });

  await step("an idea in Chinese", async () => {
    if (phone) await page.locator("form textarea").tap();
    await page.keyboard.insertText(IDEA);
    await page.getByTestId("words").waitFor();
  });

  let task = "";
  await step("run: the expression, the stages, the result", async () => {
    if (phone) await page.getByTestId("run").tap();
    else await page.keyboard.press("Enter");
    await page.waitForSelector("[data-run]");
    await page.waitForURL(/\/s\//);
    await card.or(page.getByTestId("failed")).first().waitFor({ timeout: patience });
    assert.equal(await page.getByTestId("failed").count(), 0, await page.locator("main").innerText());
    const { tasks } = await rig.api("/tasks?page_size=1");
    task = tasks[0].task_id;
    assert.equal(tasks[0].params.prompt ?? tasks[0].prompt, IDEA);
    await page.getByText("离线引擎").first().waitFor();
    assert.equal(tasks[0].result.search.sealed.state, "sealed");
    const score = figure(await page.getByTestId("score").first().innerText());
    assert.ok(Math.abs(score - tasks[0].result.score) < 0.051);
    await readable(page, "the result");
    await fits(page, "the result");
    await shot(`flow-${way}-result`);
  });

  let iteration = "";
  await step("iterate: five candidates arrive one by one", async () => {
    if (way === "keyboard") {
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press("i");
    } else await use(page.getByTestId("iterate"));
    const box = page.getByTestId("iteration");
    await box.first().waitFor({ timeout: patience });
    await page.locator("[data-testid=iteration][data-state=completed]").first().waitFor({ timeout: patience });
    const { tasks } = await rig.api("/tasks?page_size=3");
    iteration = tasks.find((one) => one.task_id.startsWith("iter_")).task_id;
    const { result } = await rig.api(`/tasks/${iteration}`);
    assert.equal(await page.locator("[data-testid=iteration] [data-candidate]").count(), result.candidates.length);
    await accessible(page, "an iteration");
    await shot(`flow-${way}-iteration`);
  });

  await step("select: the sealed slice is opened once, after a question", async () => {
    await use(page.getByTestId("select"));
    const yes = page.getByTestId("open-seal");
    await yes.waitFor();
    await accessible(page, "the question before the opening");
    await use(yes);
    await page.getByTestId("opened").first().waitFor({ timeout: patience });
    const openings = await rig.api(`/tasks/${iteration}/openings`);
    assert.equal(openings.openings?.length ?? openings.length, 1);
    await readable(page, "the opened slice");
    await shot(`flow-${way}-opened`);
  });

  await step("compare: the run beside its candidate", async () => {
    const adders = page.getByTestId("compare-add");
    await use(adders);
    const chosen = await page.evaluate(() => JSON.parse(localStorage.getItem("quantgpt.compare") ?? "[]"));
    if (chosen.length < 2) {
      const { result } = await rig.api(`/tasks/${iteration}`);
      const best = result.candidates.findIndex((one) => one.status === "success");
      await page.goto(`${rig.base}/compare?ids=${task},${iteration}-${best}`);
    } else if (way === "keyboard") {
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press("g");
      await page.keyboard.press("c");
    } else await page.goto(`${rig.base}/compare`);
    await page.getByTestId("compare-table").waitFor({ timeout: patience });
    await page.getByTestId("compare-verdict").waitFor();
    await page.waitForLoadState("networkidle");
    assert.equal(await page.getByRole("alert").filter({ hasText: /./ }).count(), 0, await page.locator("main").innerText());
    await readable(page, "the comparison");
    await fits(page, "the comparison");
    await accessible(page, "the comparison");
    await shot(`flow-${way}-compare`, { fullPage: true });
  });

  await step("the report is downloaded", async () => {
    await page.goto(`${rig.base}/runs/${task}`);
    await page.waitForSelector("[data-panel]");
    const report = page.getByTestId("report");
    const href = await report.first().getAttribute("href").catch(() => null);
    const download = page.waitForEvent("download", { timeout: 30_000 });
    if (!href) await use(report);
    else await use(report);
    const file = await (await download).path();
    const text = readFileSync(file, "utf8");
    assert.match(text, /<!doctype html>/i);
    assert.ok(text.length > 100_000);
    assert.ok(text.includes("QuantGPT"));
  });
});
