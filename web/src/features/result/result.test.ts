import { describe, expect, it } from "vitest";

import { candidateResult, resultName } from "@/api/result";
import type { SeriesTable, Task } from "@/api/types";
import { METRIC_CHAPTERS } from "@/lib/metrics";
import en from "@/lib/metrics.en.json";
import zh from "@/lib/metrics.zh.json";
import { pixels } from "@/ui/HeatMap";

import { continued } from "./continued";
import { lastYears, sinceHigh } from "./Curve";
import { sessionAt } from "./DaySheet";
import { binHint } from "./FourTests";
import { filtered } from "./Holdings";
import { daysByYear } from "./IcTables";
import { ledgerCount } from "./Luck";

const table = (index: string[], columns: Record<string, (number | null)[]>) => ({ name: "", index_name: "date", unit: "", meta: {}, index, columns }) as unknown as SeriesTable;

describe("results are named", () => {
  it("by their task, and candidates by its index", () => {
    expect(resultName("06c34a129713")).toEqual({ task: "06c34a129713", candidate: null });
    expect(resultName("iter_3633e2b5a3-12")).toEqual({ task: "iter_3633e2b5a3", candidate: 12 });
  });

  it("and a candidate takes the settings of its iteration, its own figures, and never another's expression", () => {
    const task = { params: { market: "demo", expression: "parent", direction: 1 }, candidates: [{ status: "success", expression: "child", report_metrics: { cagr: 0.1 }, backtest_summary: { group_returns: {} }, direction: { sign: -1, source: "calibration" } }, { status: "failed", expression: "x" }] } as unknown as Task;
    const result = candidateResult(task, 0);
    expect(result?.params).toMatchObject({ market: "demo", expression: "child", direction: -1, direction_source: "calibration" });
    expect(result?.metrics).toEqual({ cagr: 0.1 });
    expect([candidateResult(task, 1), candidateResult(task, 7)]).toEqual([null, null]);
  });
});

describe("days", () => {
  const days = ["2023-01-03", "2023-01-04", "2024-03-01", "2024-12-31"];
  it("that are no session fall back to the one before", () => {
    expect(["2022-01-01", "2023-01-03", "2023-07-01", "2030-01-01"].map((day) => sessionAt(days, day))).toEqual([-1, 0, 1, 3]);
  });
  it("of the last years are a range, and everything is none", () => {
    expect(lastYears(days, "1")).toEqual({ from: "2023-12-31", to: "2024-12-31" });
    expect([lastYears(days, "3"), lastYears(days, "all"), lastYears([], "1")]).toEqual([null, null, null]);
  });
});

describe("an opened slice", () => {
  const nav = table(["2024-01-02", "2024-01-03"], { strategy: [1, 2], benchmark: [1, 1.5], excess: [1, 4 / 3] });
  it("carries the curve on from its last level, without counting a day twice", () => {
    const after = table(["2024-01-03", "2024-01-04", "2024-01-05"], { strategy: [1, 1.1, null], benchmark: [1, 0.9, 1], excess: [1, 1.2, 1] });
    const { days, strategy, bench } = continued(nav, after);
    expect(days).toEqual(["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]);
    expect(strategy).toEqual([1, 2, 2.2, null]);
    expect(bench[2]).toBeCloseTo(1.35);
  });
  it("that is closed adds nothing", () => expect(continued(nav, null).strategy).toEqual([1, 2]));
});

it("a drawdown lasts since the last day without one", () => {
  expect(sinceHigh([0, -0.1, null, 0, -0.2])).toEqual([0, 0, 0, 3, 3]);
  expect(sinceHigh([-0.1, 0])).toEqual([null, 1]);
});

describe("a bin of a null distribution", () => {
  const say = (key: string, values?: Record<string, unknown>) => `${key} ${String(values?.["beyond"] ?? values?.["part"] ?? "")}`;
  const null_ = (meta: Record<string, unknown>) => ({ ...table([], { count: [10, 20, 40, 20, 10] }), index: [-2.5, -1.5, -0.5, 0.5, 1.5], meta: { bin_width: 1, ...meta } }) as unknown as SeriesTable;
  it("counts the side that decides: the right, or both", () => {
    expect(binHint(null_({ tail: "right" }), "ic_stability", say)(3)).toBe("binHint 30.0%");
    expect(binHint(null_({ tail: "both" }), "placebo", say)(0)).toBe("binBoth 20.0%");
    expect(binHint(null_({ tail: "both" }), "placebo", say)(3)).toBe("binBoth 60.0%");
  });
  it("of a bootstrap is a part, not a chance", () => {
    expect(binHint(null_({ tail: "right", bootstrap: true }), "half_life", say)(2)).toBe("binPart 40.0%");
  });
});

it("a heat map leaves missing cells clear and caps the rest", () => {
  const colors = new Uint8ClampedArray((2 * 128 + 1) * 3).fill(7);
  colors.set([200, 100, 50], 256 * 3);
  const out = pixels([[null, 5], [Number.NaN, 0]], 2, 1, colors);
  expect([out[3], out[11]]).toEqual([0, 0]);
  expect([...out.slice(4, 8)]).toEqual([200, 100, 50, 255]);
  expect(out[15]).toBe(255);
});

it("words filter rows by any cell", () => {
  const rows = [{ code: "sh.600273", name: "演示" }, { code: "sz.000182", name: null }];
  expect(filtered(rows, " 6002 ").length).toBe(1);
  expect(filtered(rows, "").length).toBe(2);
  for (const words of ["600273.SH", "sh.600273", "600273", "600273.sh"]) expect(filtered(rows, words), words).toEqual([rows[0]]);
  expect(filtered(rows, "600273.SZ")).toEqual([]);
});

it("the ledger says how many trials a run was judged among and, when more came since, how many there are now", () => {
  expect(ledgerCount(4, 7)).toEqual({ name: "ledgerThen", count: 4 });
  expect([ledgerCount(7, 7), ledgerCount(null, 7), ledgerCount(undefined, 7)]).toEqual(Array(3).fill({ name: "ledgerCaption", count: 7 }));
});

it("years count the days with an IC that their months count", () => {
  const months = table(["2021-11", "2021-12", "2022-01"], { days: [20, 23, null] });
  expect([...daysByYear(months)]).toEqual([["2021", 43], ["2022", 0]]);
});

it("every metric has a name, a formula, inputs and a convention in both languages", () => {
  for (const words of [zh, en] as Record<string, unknown>[]) {
    for (const name of Object.values(METRIC_CHAPTERS).flat()) {
      expect(words[name], name).toEqual({ name: expect.stringMatching(/\S/), formula: expect.stringMatching(/\S/), inputs: expect.stringMatching(/\S/), convention: expect.stringMatching(/\S/) });
    }
  }
});
