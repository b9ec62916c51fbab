// Every page and tab there is, on a server where something has been done: two runs in a session, an iteration, two crypto backtests, a key.
import assert from "node:assert/strict";

const SPAN = { universe: "hs300", start_date: "2021-01-04", end_date: "2025-12-31" };
export const WORDS = "最近一个月跌得多而且缩量的股票";

/** Do the work that fills the pages. */
export async function furnish(rig) {
  const session = await rig.post("/sessions", { name: "反转 × 缩量" });
  const ask = { ...SPAN, session_id: session.session_id ?? session.id, options: { seal: true } };
  const first = await rig.finished({ ...ask, prompt: WORDS });
  const second = await rig.finished({ ...ask, prompt: "rank(-ts_delta(close, 20) / ts_shift(close, 20)) * rank(-ts_mean(volume, 5) / ts_mean(volume, 60))" });
  for (const task of [first, second]) assert.equal(task.status, "completed", task.error);
  const iteration = await rig.post(`/tasks/${second.task_id}/iterate`, { n_candidates: 3 });
  assert.equal((await rig.ended(iteration.task_id)).status, "iteration_completed");
  const failed = await rig.finished({ ...SPAN, prompt: "rank(close)", start_date: "2030-01-01", end_date: "2030-12-31" }).catch(() => null);
  const crypto = await cryptoJob(rig, GRID);
  assert.equal(crypto.status, "done", JSON.stringify(crypto.error));
  const short = await cryptoJob(rig, { ...GRID, start: "2019-01-01T00:00:00Z", end: "2019-03-01T00:00:00Z" });
  assert.equal(short.status, "failed");
  await rig.post("/api-keys", { name: "laptop", scopes: ["backtest:read"] });
  return { crypto: crypto.id, short: short.id, session: ask.session_id, first: first.task_id, second: second.task_id, iteration: iteration.task_id, failed: failed?.task_id ?? null };
}

export const GRID = {
  template_id: "tpl_grid", params: { grid_levels: 12, upper_price: "75000", lower_price: "57000" }, symbols: ["BTCUSDT"], timeframe: "1h",
  start: "2025-01-01T00:00:00Z", end: "2025-03-31T23:59:59Z", capital: "10000",
};

/** A crypto backtest, followed to its end. */
export async function cryptoJob(rig, config) {
  let job = await rig.post("/crypto/jobs", config);
  assert.ok(job.id, job.detail);
  for (let i = 0; i < 480 && !["done", "failed", "cancelled"].includes(job.status); i++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    job = await rig.api(`/crypto/jobs/${job.id}`);
  }
  return job;
}

export const RESULT_TABS = ["performance", "ic", "groups", "robustness", "holdings", "blocked", "provenance"];

/** Name → path. */
export function places({ session, first, second, crypto, short }) {
  const tabs = (path, names) => Object.fromEntries(names.map((tab) => [`${path.slice(1)}-${tab}`, `${path}?tab=${tab}`]));
  return {
    research: "/",
    session: `/s/${session}`,
    ...Object.fromEntries(RESULT_TABS.map((tab) => [`result-${tab}`, `/runs/${second}?tab=${tab}`])),
    compare: `/compare?ids=${first},${second}`,
    "compare-empty": "/compare",
    factors: "/factors",
    ...Object.fromEntries(["fields", "alpha158", "kept"].map((from) => [`factors-${from}`, `/factors?from=${from}`])),
    editor: `/editor?expr=${encodeURIComponent("rank(ts_corr(close, volume, 10)) * rank(-returns)")}`,
    ...tabs("/data", ["overview", "import", "sources", "members", "bars"]),
    crypto: "/crypto",
    "crypto-job": `/crypto/${crypto}`,
    "crypto-failed": `/crypto/${short}`,
    keys: "/keys",
    jobs: "/jobs",
    ...tabs("/admin", ["overview", "users", "tasks", "feedback"]),
    settings: "/settings",
    help: "/help",
  };
}

/** The page is there and has what it asked for. */
export async function settled(page) {
  await page.waitForSelector("[data-page]", { state: "attached" });
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(350);
}
