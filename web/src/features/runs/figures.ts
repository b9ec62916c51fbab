/** The figures of a result in the order and the words in which every page shows them. */

import type { DataWarning, RunResult, Summary } from "@/api/types";
import * as format from "@/lib/format";
import type { TileItem } from "@/ui/Figures";

type Translate = (key: string, values?: Record<string, unknown>) => string;

export function figure(summary: Summary, key: string): number | null {
  const value = summary[key];
  return typeof value === "number" ? value : null;
}

export function permutationP(result: RunResult): number | null {
  const test = result.anti_overfit?.tests.find((one) => one.code === "placebo" || one.name === "安慰剂检验");
  const value = test?.p ?? test?.details["p"];
  return typeof value === "number" ? value : null;
}

/** Names by which data warnings speak of each tile. */
const TOUCHED_BY: Record<string, readonly string[]> = {
  rank_ic: ["rank_ic_mean", "rank_ic"],
  t_hac: ["rank_ic_mean", "rank_ic"],
  icir: ["rank_ic_mean", "rank_ic"],
  cagr: ["metrics", "cagr"],
  sharpe: ["metrics", "sharpe"],
  max_drawdown: ["metrics", "max_drawdown"],
  turnover: ["group_returns", "turnover"],
};

/** The warning that singles out a tile. One that touches all of them stands above the page and marks none. */
export function flagOf(key: string, result: RunResult, language: string): string | undefined {
  const touches = (warning: DataWarning, tile: string) => (TOUCHED_BY[tile] ?? []).some((name) => warning.metrics?.includes(name));
  const found = (result.warnings ?? []).find((warning) => touches(warning, key) && !Object.keys(TOUCHED_BY).every((tile) => touches(warning, tile)));
  return found ? (language.startsWith("en") ? found.en : found.zh) : undefined;
}

export function tiles(result: RunResult, t: Translate, language: string): TileItem[] {
  const { metrics, backtest_summary: summary } = result;
  const ci = summary.rank_ic_ci95;
  const half = ci && ci[0] !== null && ci[1] !== null ? (ci[1] - ci[0]) / 2 : null;
  const bench = (text: string) => t("bench", { value: text });
  const noted = (value: number | null | undefined, write: (value: number) => string) => (typeof value === "number" ? bench(write(value)) : undefined);
  const item = (key: string, value: string, note?: string, tone?: TileItem["tone"]): TileItem => ({ label: t(key), metric: key, value, note, tone, flag: flagOf(key, result, language) });
  return [
    item("rank_ic", format.ic(figure(summary, "rank_ic_mean")), half === null ? undefined : t("ci_half", { value: format.ic(half) })),
    item("t_hac", format.number(figure(summary, "rank_ic_t_hac")), t("permutation_p", { clause: format.pClause(permutationP(result)) })),
    item("icir", format.number(figure(summary, "icir_annual")), t("positive_share", { value: format.share(figure(summary, "rank_ic_win_rate") ?? figure(summary, "ic_win_rate"), 0) })),
    item("cagr", format.percent(metrics["cagr"]), noted(metrics["benchmark_cagr"], (value) => format.percent(value)), format.direction(metrics["cagr"])),
    item("sharpe", format.number(metrics["sharpe"]), noted(metrics["benchmark_sharpe"], (value) => format.number(value))),
    item("max_drawdown", format.share(metrics["max_drawdown"]), noted(metrics["benchmark_max_drawdown"], (value) => format.share(value))),
    item("turnover", format.share(figure(summary, "turnover")), t("per_rebalance")),
  ];
}

const DEFLATED_ENOUGH = 0.95;

/** Whether the tests alone say more than the verdict: they all hold, and yet the grade is held down or the search may explain the result. */
export function saysTooMuch({ anti_overfit: test, caps, search }: Pick<RunResult, "anti_overfit" | "caps" | "search">): boolean {
  const dsr = search?.dsr;
  return test?.recommendation === "推荐" && ((caps?.length ?? 0) > 0 || (typeof dsr === "number" && dsr < DEFLATED_ENOUGH));
}

/** How the contract's recommendation reads as a mark. */
export function recommendationMark(recommendation: string): "pass" | "doubt" | "fail" {
  return recommendation === "推荐" ? "pass" : recommendation === "谨慎" ? "doubt" : "fail";
}

export function groupsOf(summary: Summary): { name: string; value: number | null }[] {
  return Object.entries(summary.group_returns)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, group]) => ({ name: group.group, value: group.annual_return }));
}

/** Name of a universe or a benchmark as the market calls it. */
export function nameOf(pairs: readonly { name: string; zh: string; en: string }[] | undefined, key: string | undefined, language: string): string {
  const pair = pairs?.find((one) => one.name === key);
  return pair ? (language.startsWith("en") ? pair.en : pair.zh) : (key ?? format.MISSING);
}
