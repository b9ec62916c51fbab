// From a template to a closed trade: form → what is wrong with it → run → verdict, charts, trades → change → the same job signed, from a shell and from Python → key revoked.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { accessible, fits, patience, readable, startRig, step } from "./_rig.mjs";

const python = process.env.PYTHON ?? fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const rig = await startRig();
const { page, shot } = await rig.open({ language: "en" });
const field = (name) => page.locator(`[data-field=${name}]`);
const run = page.getByTestId("run-crypto");
const over = () => page.waitForSelector("[data-status=done]", { timeout: patience });

process.exitCode = await rig.run(async () => {
  await step("the form comes filled, and the server finds nothing wrong with it", async () => {
    await page.goto(`${rig.base}/crypto`);
    await page.getByTestId("price-chart").locator("canvas").waitFor({ timeout: patience });
    await page.getByText("Ready to run").waitFor({ timeout: patience });
    assert.ok(Number(await field("upper_price").inputValue()) > Number(await field("lower_price").inputValue()));
  });

  await step("a fault is said at its field, and the nearest value is one press away", async () => {
    await field("leverage").fill("50");
    await page.getByRole("button", { name: "Use 20" }).click();
    assert.equal(await field("leverage").inputValue(), "20");
    await field("leverage").fill("1");
    await field("upper_price").fill("1");
    await page.waitForSelector("[data-field=upper_price][aria-invalid=true]");
    await run.click();
    assert.equal(new URL(page.url()).pathname, "/crypto", "nothing was sent");
    await accessible(page, "a form with a fault");
  });

  await step("spot knows neither leverage nor a short side; a row of buttons is one stop of the Tab key", async () => {
    const venues = page.getByRole("toolbar", { name: "Venue" });
    await venues.getByRole("button", { name: "Perpetual" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await field("leverage").isDisabled(), true);
    assert.deepEqual(await field("mode").locator("option").allTextContents(), ["Long"]);
    assert.equal(await venues.locator("button[tabindex='0']").count(), 1);
    await venues.getByRole("button", { name: "Perpetual" }).click();
    assert.equal(await field("leverage").isDisabled(), false);
  });

  await step("what was typed survives a reload", async () => {
    await field("upper_price").fill("76000");
    await field("lower_price").fill("56000");
    await field("start").fill("2025-01-01");
    await field("end").fill("2025-03-31");
    await page.reload();
    assert.equal(await field("upper_price").inputValue(), "76000");
    await page.getByText("Ready to run").waitFor({ timeout: patience });
  });

  let first = "";
  await step("one press runs it once", async () => {
    const count = async () => (await rig.api("/crypto/jobs?limit=100")).data.filter((job) => job.config.params.upper_price === "76000").length;
    const before = await count();
    await run.dblclick();
    await page.waitForURL(/\/crypto\/bt_[0-9a-f]{8}$/, { timeout: patience });
    first = page.url().split("/").pop() ?? "";
    await over();
    assert.equal(await count(), before + 1);
  });

  await step("the verdict and the metrics are those of the interface", async () => {
    const job = await rig.api(`/crypto/jobs/${first}`);
    const sharpe = page.locator("[data-metric=sharpe]");
    await sharpe.waitFor();
    assert.equal((await sharpe.innerText()).replace("−", "-"), job.result.metrics.sharpe);
    assert.match(await page.getByTestId("verdict").innerText(), new RegExp(`${job.result.metrics.total_trades} trades`));
    await page.locator("[data-chart=equity] canvas").waitFor();
    await readable(page, "the page of a crypto backtest");
    await accessible(page, "the page of a crypto backtest");
    await shot("crypto-job");
  });

  await step("a trade shows itself on the chart", async () => {
    await page.getByRole("button", { name: "Show trade 2 on the chart" }).click();
    await page.getByTestId("chosen-trade").waitFor();
    await page.waitForURL(/range=/);
  });

  await step("the job goes back into the form", async () => {
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.waitForURL(/\/crypto$/);
    assert.equal(await field("grid_levels").inputValue(), "12");
    assert.equal(await field("upper_price").inputValue(), "76000");
  });

  let secret = "";
  let key = "";
  await step("a key: its secret is shown once", async () => {
    await page.goto(`${rig.base}/keys`);
    await page.getByRole("button", { name: "New key" }).first().click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByLabel("Name").fill("shell");
    await dialog.getByRole("button", { name: "New key" }).click();
    await page.getByTestId("secret").waitFor();
    [key, secret] = await page.getByTestId("secret").locator("code").allInnerTexts();
    assert.match(key, /^pk_/);
    await accessible(page, "the sight of a secret");
    await page.keyboard.press("Escape");
    await page.getByRole("alert").getByText("Once closed").waitFor();
    assert.equal(await page.getByTestId("secret").locator("code").nth(1).innerText(), secret, "Escape only asks");
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.waitForSelector("dialog[open]", { state: "detached" });
    assert.ok(!(await page.content()).includes(secret), "the page has forgotten it");
  });

  for (const way of ["curl", "Python"]) {
    await step(`the same job by ${way}, as the page writes it`, async () => {
      await page.goto(`${rig.base}/crypto/${first}`);
      await page.getByRole("button", { name: "As code" }).click();
      const dialog = page.locator("dialog[open]");
      await dialog.getByRole("button", { name: way, exact: true }).click();
      const text = await dialog.locator("pre").innerText();
      const env = { ...process.env, API_KEY: key, SECRET: secret };
      const made = way === "curl" ? spawnSync("bash", ["-c", text.replace("'pk_…'", `'${key}'`).replace("'…'", `'${secret}'`)], { env, encoding: "utf8" }) : spawnSync(python, ["-c", text], { env, encoding: "utf8" });
      assert.equal(made.status, 0, made.stderr);
      if (way === "curl") assert.deepEqual(JSON.parse(made.stdout).config, (await rig.api(`/crypto/jobs/${first}`)).config);
      else assert.match(made.stdout, /'sharpe'/);
    });
  }

  await step("both are listed beside the one of the page", async () => {
    await page.goto(`${rig.base}/crypto`);
    await page.getByRole("table", { name: "Jobs" }).locator("tbody tr").nth(2).waitFor();
    await shot("crypto");
  });

  await step("a revoked key signs nothing", async () => {
    await page.goto(`${rig.base}/keys`);
    await page.getByRole("row").filter({ hasText: key }).getByRole("button", { name: "Revoke" }).click();
    await page.locator("dialog[open]").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("row").filter({ hasText: key }).getByText("Revoked", { exact: true }).waitFor();
    const asked = spawnSync(python, ["-c", `from quantgpt.client import SignedJobs; SignedJobs("${rig.base}", "${key}", "${secret}").list()`], { encoding: "utf8" });
    assert.match(asked.stderr, /INVALID_API_KEY/);
  });

  await step("at 390 px nothing is wider than the screen", async () => {
    const phone = await rig.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const place of ["/crypto", `/crypto/${first}`, "/keys"]) {
      await phone.page.goto(rig.base + place);
      await phone.page.waitForLoadState("networkidle");
      await fits(phone.page, place);
    }
  });
});
