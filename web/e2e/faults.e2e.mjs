// What goes wrong around the page: a server that dies and returns, a dead network, two tabs, hostile text, an empty installation.
// It starts servers of its own, because it kills them.
import assert from "node:assert/strict";

import { fits, patience, startRig, step } from "./_rig.mjs";
import { startServer } from "./_server.mjs";

const EXPRESSION = "rank(close/ts_mean(close, 20))";
const server = await startServer();
const rig = await startRig({ base: server.base });
const tasks = async () => (await rig.api("/tasks?page_size=100&brief=true")).tasks;
const card = (page) => page.getByTestId("result-card").last();

let code = await rig.run(async () => {
  await step("a server that is killed and started again: the page says so, keeps the text and goes on", async () => {
    const { page, context } = await rig.open();
    await page.goto(server.base);
    await page.fill("textarea", EXPRESSION);
    await server.stop("serve", "SIGKILL");
    await page.getByTestId("offline").waitFor({ timeout: 40_000 });
    await page.press("textarea", "Enter");
    await page.waitForTimeout(800);
    assert.equal(await page.inputValue("textarea"), EXPRESSION);
    await page.reload().catch(() => undefined);
    server.start("serve");
    await server.ready();
    await page.goto(server.base);
    await page.waitForFunction((text) => document.querySelector("textarea")?.value === text, EXPRESSION, { timeout: 30_000 });
    assert.equal((await tasks()).length, 0, "nothing was sent behind the person's back");
    await page.press("textarea", "Enter");
    await card(page).waitFor({ timeout: patience });
    assert.equal((await tasks()).length, 1);
    await context.close();
  });

  await step("a server that is killed while a run is shown: the run goes on and its result arrives", async () => {
    const { page, context } = await rig.open();
    await page.goto(server.base);
    await page.getByTestId("new-session").first().click().catch(() => undefined);
    await page.fill("textarea", "rank(ts_corr(close, volume, 60)) * rank(-ts_std(returns, 60))");
    await page.press("textarea", "Enter");
    await page.waitForSelector("[data-run]");
    await server.stop("serve", "SIGKILL");
    await page.waitForTimeout(2500);
    server.start("serve");
    await server.ready();
    await card(page).waitFor({ timeout: patience });
    await page.getByTestId("offline").waitFor({ state: "detached", timeout: 30_000 });
    await context.close();
  });

  await step("30 s without a network: a strip with a countdown, then everything is there again", async () => {
    const { page, context } = await rig.open();
    await page.goto(server.base);
    await page.waitForSelector("textarea");
    await context.setOffline(true);
    await page.getByTestId("offline").waitFor({ timeout: 40_000 });
    await page.fill("textarea", "rank(open)");
    await page.waitForTimeout(30_000);
    await context.setOffline(false);
    await page.getByTestId("offline").waitFor({ state: "detached", timeout: 30_000 });
    assert.equal(await page.inputValue("textarea"), "rank(open)");
    await context.close();
  });

  await step("two tabs and two presses in each send once", async () => {
    const before = (await tasks()).length;
    const { page, context } = await rig.open();
    await page.goto(server.base);
    await page.fill("textarea", "rank(volume / adv20)");
    await page.waitForTimeout(400);
    const other = await context.newPage();
    await other.goto(server.base);
    await other.waitForFunction(() => document.querySelector("textarea")?.value === "rank(volume / adv20)");
    await other.waitForFunction(() => document.querySelector("[data-testid=run]")?.disabled === false);
    const press = (tab) =>
      tab.evaluate(() => {
        const form = document.querySelector("form");
        form.requestSubmit();
        form.requestSubmit();
      });
    await Promise.all([press(page), press(other)]);
    await page.waitForSelector("[data-run]");
    await card(page).waitFor({ timeout: patience });
    await page.waitForTimeout(1500);
    assert.equal((await tasks()).length, before + 1);
    await context.close();
  });

  await step("10,000 characters and markup are text", async () => {
    const { page, context } = await rig.open();
    let ran = false;
    await page.exposeFunction("hostile", () => (ran = true));
    const name = `<script>hostile()</script><img src=x onerror=hostile()>${"长".repeat(40)}`;
    const session = await rig.post("/sessions", { name: name.slice(0, 80) });
    const id = session.session_id ?? session.id;
    const task = await rig.finished({ prompt: EXPRESSION, start_date: "2024-01-02", end_date: "2025-06-30", session_id: id });
    assert.equal(task.status, "completed");
    for (const path of ["/", `/s/${id}`, `/runs/${task.task_id}`]) {
      await page.goto(server.base + path);
      await page.waitForLoadState("networkidle");
      await fits(page, path);
    }
    await page.goto(server.base);
    const long = "<b>价</b>".repeat(1250);
    await page.fill("textarea", long);
    await page.waitForTimeout(900);
    await fits(page, "a text of 10,000 characters");
    await page.reload();
    await page.waitForSelector("textarea");
    assert.equal(await page.inputValue("textarea"), long);
    assert.equal(ran, false);
    await context.close();
  });

  await step("a run that fails says why and can be changed or repeated", async () => {
    const { page, context } = await rig.open();
    await page.goto(server.base);
    const text = "rank(log(-close))";
    await page.fill("textarea", text);
    await page.press("textarea", "Enter");
    const failed = page.getByTestId("failed").last();
    await failed.waitFor({ timeout: patience });
    assert.equal(await page.getByTestId("result-card").count(), 0);
    assert.match(await failed.innerText(), /\p{Script=Han}{6,}/u, "the reason is a sentence");
    const before = (await tasks()).length;
    await failed.getByRole("button", { name: "改参数" }).click();
    await page.waitForFunction((value) => document.querySelector("textarea")?.value === value, text);
    assert.equal((await tasks()).length, before, "changing sends nothing");
    await failed.getByRole("button", { name: "原样重试" }).click();
    await page.waitForTimeout(1500);
    const now = await tasks();
    assert.equal(now.length, before + 1, "repeating sends one");
    assert.equal(now[0].params.prompt ?? now[0].prompt, text);
    await context.close();
  });
  // The browser itself logs the requests that this test lets die.
  rig.forgive(/ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_INCOMPLETE|ERR_EMPTY|Failed to load resource|net::/);
});
await server.close();

const bare = await startServer({ market: false });
const second = await startRig({ base: bare.base });
code ||= await second.run(async () => {
  await step("an installation without a market says what to do, on every page", async () => {
    const { page } = await second.open();
    for (const path of ["/", "/data", "/factors", "/editor", "/compare", "/jobs", "/settings", "/help"]) {
      await page.goto(bare.base + path);
      await page.waitForSelector("[data-page]", { state: "attached" });
      await page.waitForTimeout(1500);
      const text = await page.locator("body").innerText();
      assert.doesNotMatch(text, /undefined|\bNaN\b|\{\{/, path);
      await fits(page, path);
    }
    await page.goto(bare.base);
    await page.getByText(/quantgpt data|导入|演示/).first().waitFor();
  });
  second.forgive(/Failed to load resource/);
});
await bare.close();
process.exit(code);
