import { describe, expect, it } from "vitest";

import { choicesOf, type ComparedMetric, type Comparison } from "@/api/compare";
import type { Task } from "@/api/types";

import { comparisonCsv } from "./comparisonCsv";
import { sortedTip } from "./Curves";
import { idsOf, letterOf, partsOf } from "./ids";
import { absenceOf, cellsOf, difference, entryOf, nameOf, noInterval, spread, standing, written } from "./metrics";
import { matching } from "./Picker";
import { unlike } from "./SettingsCard";

const metric = (part: Partial<ComparedMetric>): ComparedMetric => ({ name: "sharpe", kind: "ratio", better: "high", aligned: true, values: [0.5, 0.7], own: [0.6, 0.8], best: 1, runner_up: 0, clear: false, lead: null, to_first: [null, null], ...part });

describe("ids in the address", () => {
  it("keep order, drop doubles, rubbish and everything after the sixth", () => {
    expect(idsOf("a, b,a,<script>,,c")).toEqual(["a", "b", "c"]);
    expect(idsOf("1,2,3,4,5,6,7")).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(idsOf(undefined)).toEqual([]);
    expect(idsOf(123)).toEqual(["123"]);
    expect(idsOf(["a", "b"])).toEqual(["a", "b"]);
    expect(idsOf("x".repeat(10_000))).toEqual([]);
  });

  it("name a task or a candidate of it", () => {
    expect(partsOf("57d3af787585")).toEqual({ task: "57d3af787585", candidate: null });
    expect(partsOf("iter_f9527b6c98-3")).toEqual({ task: "iter_f9527b6c98", candidate: 3 });
    expect([0, 5, 6].map(letterOf)).toEqual(["A", "F", "?"]);
  });
});

describe("figures", () => {
  it("are written in their unit, and absent ones are a dash", () => {
    expect(written(metric({ name: "rank_ic_mean" }), 0.02841)).toBe("0.0284");
    expect(written(metric({ name: "cagr", kind: "percent" }), 0.179)).toBe("+17.9%");
    expect(written(metric({ name: "turnover", kind: "percent" }), 0.314)).toBe("31.4%");
    expect(written(metric({ kind: "p" }), 0.0004)).toBe("< 0.001");
    expect(written(metric({}), null)).toBe("—");
    expect(written(metric({}), undefined)).toBe("—");
  });

  it("differ with a sign and an interval", () => {
    const cagr = metric({ name: "cagr", kind: "percent" });
    const points = (text: string) => `${text} pp`;
    expect(difference(cagr, -0.041, points)).toBe("−4.1 pp");
    expect(difference(metric({ name: "rank_ic_win_rate", kind: "percent" }), 0.02, points)).toBe("+2.0 pp");
    expect(difference(metric({}), 0.2, points)).toBe("+0.20");
    expect(difference(cagr, null, points)).toBe("—");
    expect(spread(cagr, { value: -0.041, ci95: [-0.1, 0.02], p: 0.3 }, points)).toBe("−10.0 – +2.0 pp");
    expect(spread(cagr, { value: 0, ci95: null, p: null }, points)).toBe("—");
  });

  it("have no differences beside figures of other ranges", () => {
    expect(cellsOf("difference", "own")).toBe("values");
    expect(cellsOf("difference", "aligned")).toBe("difference");
  });

  it("say why they are absent", () => {
    expect(absenceOf(metric({ name: "sharpe" }), "aligned", 0)).toBe("absent_common");
    expect(absenceOf(metric({ name: "sharpe" }), "own", 0)).toBe("absent_spread");
    expect(absenceOf(metric({ name: "half_life", aligned: false }), "aligned", 0)).toBe("absent_half_life");
    expect(absenceOf(metric({ name: "whatever" }), "aligned", 500)).toBe("absent_figure");
    expect([noInterval(metric({})), noInterval(metric({ aligned: false }))]).toEqual(["noInterval_few", "noInterval_whole"]);
  });

  it("have a best one only where they compare", () => {
    expect(standing(metric({}), 1, "aligned")).toBe("best");
    expect(standing(metric({ clear: true }), 1, "aligned")).toBe("clear");
    expect(standing(metric({}), 0, "aligned")).toBeUndefined();
    expect(standing(metric({ clear: true }), 1, "own")).toBeUndefined();
    expect(standing(metric({ best: null }), 0, "aligned")).toBeUndefined();
  });

  it("find their entry in the dictionary", () => {
    expect(entryOf("rank_ic_mean")).toBe("rank_ic_oriented");
    expect(entryOf("sharpe")).toBe("sharpe");
  });
});

describe("the readings of a day", () => {
  it("stand highest first, missing last", () => {
    const line = (name: string, number: number | null) => ({ name, value: String(number), number });
    expect(sortedTip([line("A", 1), line("B", null), line("C", 2), line("D", -1)]).map((one) => one.name)).toEqual(["C", "A", "D", "B"]);
  });
});

describe("settings", () => {
  it("are unlike the first run's also when one is absent", () => {
    const setting = { name: "cost_model", values: ["flat", "flat", null, { rate: 1 }], differs: true };
    expect([0, 1, 2, 3].map((place) => unlike(setting, place))).toEqual([false, false, true, true]);
  });
});

describe("what can be picked", () => {
  const tasks = [
    { task_id: "t1", status: "completed", expression: "rank(close)", params: {}, candidates: null, result: { score: 61, grade: "B" }, finished_at: "2026-01-01T00:00:00" },
    { task_id: "t2", status: "failed", expression: "x", params: {}, candidates: null, result: null },
    { task_id: "t3", status: "completed", expression: null, params: { prompt: "words" }, candidates: null, result: null },
    { task_id: "it", status: "iteration_completed", params: {}, candidates: [{ expression: "a", status: "failed", score: null }, { expression: "rank(open)", status: "success", score: 40, grade: "C" }], result: null },
    { task_id: "going", status: "running", params: {}, candidates: [{ expression: "rank(low)", status: "success", score: 90, grade: "A" }], result: null },
  ] as unknown as readonly Task[];

  it("are finished runs and candidates with a score", () => {
    expect(choicesOf(tasks).map((one) => [one.id, one.score, one.candidate])).toEqual([["t1", 61, null], ["it-1", 40, 1]]);
  });

  it("are found by every word", () => {
    const all = choicesOf(tasks);
    expect(matching(all, "RANK open").map((one) => one.id)).toEqual(["it-1"]);
    expect(matching(all, "  ")).toHaveLength(2);
    expect(matching(all, "nothing")).toHaveLength(0);
  });
});

describe("the file of a comparison", () => {
  it("has every figure, both ranges, differences and settings, and says when the data is made up", () => {
    const run = (letter: string) => ({ letter, expression: `rank(${letter})`, synthetic: true });
    const data = {
      runs: [run("A"), run("B")],
      metrics: [metric({ to_first: [null, { value: 0.2, ci95: [-0.1, 0.5], p: 0.3 }] }), metric({ name: "grade", kind: "grade", values: ["A", null], own: ["A", null] })],
      settings: [{ name: "cost_model", values: ["flat", { rate: 1 }], differs: true }],
      correlation: { matrix: [] },
      verdict: { code: "within_error" },
    } as unknown as Comparison;
    const lines = comparisonCsv(data, ["run A"]).split("\r\n");
    expect(lines.slice(0, 4)).toEqual(["\ufeff# run A", "# verdict within_error", "# synthetic data: not for investment", "name,part,A,B"]);
    expect(lines).toContain("sharpe,common,0.5,0.7");
    expect(lines).toContain("sharpe,own,0.6,0.8");
    expect(lines).toContain("sharpe,minus_A,,0.2");
    expect(lines).toContain("sharpe,minus_A_low,,-0.1");
    expect(lines).toContain("grade,common,A,");
    expect(lines).toContain('cost_model,setting,flat,"{""rate"":1}"');
  });
});

it("a candidate is called by its own expression, a run by the words that were asked for", () => {
  expect(nameOf({ prompt: "rank(close)", expression: "rank(open)", candidate: 1 })).toBe("rank(open)");
  expect(nameOf({ prompt: "reversal", expression: "rank(open)", candidate: null })).toBe("reversal");
  expect(nameOf({ prompt: null, expression: "rank(open)" })).toBe("rank(open)");
});
