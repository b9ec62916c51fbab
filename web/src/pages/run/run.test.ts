import { describe, expect, it } from "vitest";

import type { SealedState } from "@/api/result";
import type { RunResult, Task } from "@/api/types";

import { compared, sameAgain } from "./again";
import { sealOf } from "./seals";

const t = (key: string) => key;
const KEPT = { state: "sealed", first_day: "2024-10-09", last_day: "2025-12-31", sessions: 303 };
const now = (state: SealedState["state"], opened: SealedState["opened"] = null) => ({ state, opened, slice: { first_day: "2024-10-09", last_day: "2025-12-31", sessions: 303 } }) as SealedState;

describe("the slice on the charts", () => {
  it("is closed while nobody has opened it, known to the lineage or not", () => {
    for (const state of [undefined, now("sealed")]) expect(sealOf(KEPT, state, t)).toMatchObject({ state: "sealed", note: ["sealed", "2024-10-09 → 2025-12-31", "sealedDays", "sealedWhen"] });
  });
  it("is nowhere when the run saw it, or when there is none", () => {
    expect(sealOf({ ...KEPT, state: "open" }, now("seen"), t)).toBeNull();
    expect(sealOf({ ...KEPT, state: "open" }, undefined, t)).toBeNull();
    expect(sealOf({ ...KEPT, state: "open" }, now("sealed"), t)).toBeNull();
    expect(sealOf(KEPT, now("seen"), t)).toBeNull();
    expect(sealOf({ state: "none" }, now("none"), t)).toBeNull();
    expect(sealOf(null, undefined, t)).toBeNull();
  });
  it("says that it is being opened, or that the test on it failed", () => {
    expect(sealOf(KEPT, now("opening"), t)?.note[0]).toBe("opening");
    expect(sealOf(KEPT, now("failed"), t)?.note[0]).toBe("openingFailed");
  });
  it("is open once opened, for this factor or another of the lineage", () => {
    const opened = { at: "2026-11-20T17:15:56", expression: "x", is_this: false, number: 1 };
    expect(sealOf(KEPT, now("opened", opened), t)).toMatchObject({ state: "opened", note: ["opened", "openedElsewhere"] });
    expect(sealOf(KEPT, now("opened", { ...opened, is_this: true }), t)?.note[1]).toBe("openedHere");
  });
});

describe("a run again", () => {
  const result = { params: { expression: "rank(close)", universe: "all", start_date: "2021-01-01", end_date: "2022-01-01", n_groups: 7, holding_period: 3, benchmark: "zz500", market: "other", execution: "next_close", cost_model: "itemised", neutralize_industry: true, seal: false } } as unknown as RunResult;
  it("asks for the same in every respect, by its expression", () => {
    const task = { params: { prompt: "words", options: { market: null, execution: "next_close", costs: "itemised", neutralize_industry: true, seal: false, direction: -1 } }, session_id: "s1" } as unknown as Task;
    expect(sameAgain(task, result)).toEqual({ prompt: "rank(close)", universe: "all", start_date: "2021-01-01", end_date: "2022-01-01", n_groups: 7, holding_period: 3, benchmark: "zz500", session_id: "s1", options: { market: "other", execution: "next_close", costs: "itemised", neutralize_industry: true, seal: false, direction: -1 } });
  });
  it("knows the options from the result when the task tells none", () => {
    expect(sameAgain({ params: {}, session_id: null } as unknown as Task, result).options).toEqual({ market: "other", execution: "next_close", costs: "itemised", neutralize_industry: true, seal: false });
  });
  it("is judged by its fingerprints; corrections for further trials stand apart", () => {
    const mine = { factor_hash: "a", daily_hash: "b", data_snapshot: "c", seed: 1, engine: "e", result_hash: "x" };
    const found = compared(mine, { ...mine, result_hash: "y" });
    expect([found?.prints.every((row) => row.same), found?.result.same]).toEqual([true, false]);
    expect(compared(mine, { ...mine, daily_hash: "z" })?.prints.filter((row) => !row.same).map((row) => row.name)).toEqual(["daily_hash"]);
    expect(compared(mine, null)).toBeNull();
  });
});
