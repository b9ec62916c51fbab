import { describe, expect, it } from "vitest";

import type { RunResult } from "@/api/types";

import { flagOf, groupsOf, saysTooMuch, tiles } from "./figures";

const result = (over: Partial<RunResult> = {}) =>
  ({
    metrics: { cagr: 0.179, benchmark_cagr: 0.078, sharpe: 0.86, max_drawdown: -0.198 },
    backtest_summary: {
      group_returns: { "10": { group: "G11", annual_return: 0.2 }, "0": { group: "G1", annual_return: null }, "2": { group: "G3", annual_return: 0.1 } },
      rank_ic_mean: 0.0284, rank_ic_ci95: [0.0154, 0.0414], rank_ic_t_hac: 4.26, icir_annual: 2.09, rank_ic_win_rate: 0.62, turnover: 0.314,
    },
    anti_overfit: { tests: [{ name: "安慰剂检验", code: "placebo", p: 0.002, details: {} }] },
    ...over,
  }) as unknown as RunResult;
const t = (key: string, values?: Record<string, unknown>) => (values ? `${key} ${Object.values(values).join(" ")}` : key);

describe("the figures of a result", () => {
  it("come in the order and the form of every page", () => {
    const shown = tiles(result(), t, "zh").map(({ label, value, note }) => [label, value, note]);
    expect(shown).toEqual([
      ["rank_ic", "0.0284", "ci_half 0.0130"],
      ["t_hac", "4.26", "permutation_p p = 0.002"],
      ["icir", "2.09", "positive_share 62%"],
      ["cagr", "+17.9%", "bench +7.8%"],
      ["sharpe", "0.86", undefined],
      ["max_drawdown", "−19.8%", undefined],
      ["turnover", "31.4%", "per_rebalance"],
    ]);
  });

  it("are dashes where the result has no number", () => {
    const bare = result({ metrics: {}, backtest_summary: { group_returns: {} } as never, anti_overfit: null });
    for (const { value } of tiles(bare, t, "zh")) expect(value).toBe("—");
  });

  it("list groups by number, not by text", () => {
    expect(groupsOf(result().backtest_summary).map((group) => group.name)).toEqual(["G1", "G3", "G11"]);
  });

  it("carry a mark when a warning singles them out, none when it touches them all", () => {
    const warned = (metrics: string[]) => result({ warnings: [{ code: "w", zh: "基准缺 2 日", en: "2 days missing", metrics }] });
    expect(flagOf("sharpe", warned(["sharpe"]), "zh")).toBe("基准缺 2 日");
    expect(flagOf("rank_ic", warned(["sharpe"]), "zh")).toBeUndefined();
    expect(flagOf("sharpe", warned(["metrics", "rank_ic_mean", "group_returns"]), "zh")).toBeUndefined();
  });
});

describe("the tag of the tests", () => {
  const tested = (recommendation: string, over: object = {}) => saysTooMuch({ anti_overfit: { recommendation, passed_count: 4, total_count: 4, tests: [], score: 1 }, ...over });

  it("says no more than the verdict: not beside a capped grade, nor below a deflated Sharpe ratio of 0.95", () => {
    expect(tested("推荐", { caps: [{ code: "outside", zh: "", en: "" }] })).toBe(true);
    expect(tested("推荐", { search: { dsr: 0.85 } })).toBe(true);
  });

  it("stands where nothing speaks against it, and where it warns itself", () => {
    expect(tested("推荐", { caps: [], search: { dsr: 0.95 } })).toBe(false);
    expect(tested("推荐")).toBe(false);
    expect(tested("谨慎", { search: { dsr: 0.2 } })).toBe(false);
  });
});
