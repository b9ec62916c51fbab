// Every page and tab there is, on a server where something has been done: two runs in a session, an iteration, a feedback.
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
  return { session: ask.session_id, first: first.task_id, second: second.task_id, iteration: iteration.task_id, failed: failed?.task_id ?? null };
}

export const RESULT_TABS = ["performance", "ic", "groups", "robustness", "holdings", "blocked", "provenance"];

/** Name → path. */
export function places({ session, first, second }) {
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
