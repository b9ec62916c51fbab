import { describe, expect, it, vi } from "vitest";

import { indexAxisOf, moved, nearest, timeAxisOf, zoomed } from "./days";
import { dayLines, gapsOf } from "./dayLines";
import { inTurn } from "./frames";
import { makeLink, parseRange, writeRange } from "./link";
import { momentName, stamp, type DayReading } from "./parts";

const DAYS = ["2023-01-03", "2023-01-04", "2023-01-06", "2023-01-09"];

describe("days on an axis", () => {
  it("finds the session nearest to a time, with weekends and holidays between", () => {
    const stamps = DAYS.map(stamp);
    expect([stamp("2022-12-01"), stamp("2023-01-05") - 1, stamp("2023-01-05") + 1, stamp("2023-01-08"), stamp("2024-01-01")].map((time) => nearest(stamps, time))).toEqual([0, 1, 2, 3, 3]);
    expect(nearest([], 0)).toBe(-1);
  });

  it("reads nothing beyond the last session: a sealed slice has no values", () => {
    const axis = timeAxisOf(DAYS, undefined, stamp("2023-06-30"));
    expect(axis.indexAt(stamp("2023-01-09"))).toBe(3);
    expect(axis.indexAt(stamp("2023-03-01"))).toBe(-1);
    expect(axis.last).toBe(stamp("2023-06-30"));
  });

  it("counts positions on a category axis", () => {
    const axis = indexAxisOf(DAYS);
    expect([axis.indexAt(1.4), axis.indexAt(-2), axis.valueOf("2023-01-05"), axis.dayOf(2.2)]).toEqual([1, -1, 2, "2023-01-06"]);
  });

  it("knows the moments of a day, too", () => {
    const hours = ["2023-01-03", "2023-01-03 08:00", "2023-01-03 16:30"];
    expect(hours.map((hour) => momentName(stamp(hour)))).toEqual(hours);
    expect(indexAxisOf(hours).valueOf("2023-01-03 09:00")).toBe(1);
    expect(timeAxisOf(hours).indexAt(stamp("2023-01-03 15:00"))).toBe(2);
  });

  it("pans and zooms without leaving the axis", () => {
    expect(moved([10, 20], 100, 0, 50)).toEqual([40, 50]);
    expect(moved([10, 20], -100, 0, 50)).toEqual([0, 10]);
    expect(zoomed([0, 100], 25, 0.5, 0, 100, 1)).toEqual([12.5, 62.5]);
    expect(zoomed([0, 100], 25, 9, 0, 100, 1)).toEqual([0, 100]);
    const [from, to] = zoomed([40, 50], 45, 0.001, 0, 100, 5);
    expect(to - from).toBeCloseTo(5);
  });
});

describe("the link between charts", () => {
  it("tells of a new range or day once, and of the same one not at all", () => {
    const link = makeLink();
    const heard = vi.fn();
    link.watch(heard);
    link.setRange({ from: "2023-01-03", to: "2023-02-01" });
    link.setRange({ from: "2023-01-03", to: "2023-02-01" });
    const me = {};
    link.setCursor({ day: "2023-01-04", by: me });
    link.setCursor({ day: "2023-01-04", by: me });
    link.setCursor(null);
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it("keeps a range in an address, and takes nothing else for one", () => {
    const range = { from: "2023-01-03", to: "2023-02-01" };
    expect(parseRange(writeRange(range))).toEqual(range);
    const hours = { from: "2023-01-03 08:00", to: "2023-01-03 16:30" };
    expect(parseRange(writeRange(hours))).toEqual(hours);
    for (const wrong of [undefined, 5, "", "2023-01-03", "2023-02-01_2023-01-03", "<script>", "2023-1-3_2023-2-1"]) expect(parseRange(wrong)).toBeNull();
  });
});

it("work of several charts is done one per frame, the newest of each", async () => {
  const done: string[] = [];
  const [a, b] = [{}, {}];
  inTurn(a, () => done.push("a1"));
  inTurn(a, () => done.push("a2"));
  inTurn(b, () => done.push("b"));
  await vi.waitFor(() => expect(done).toEqual(["a2", "b"]));
});

describe("a line over days", () => {
  const tokens = new Proxy({}, { get: (_, name) => (name === "groups" ? () => [] : "#123456") }) as never;
  const option = dayLines(tokens, { days: DAYS, language: "en", format: String, lines: [{ name: "<b>", values: [1, null, 3, 4], color: "#123456" }] });

  it("leaves gaps where values are missing and never joins over them", () => {
    const [series] = option.series as { data: unknown[][]; connectNulls: boolean }[];
    expect(series?.connectNulls).toBe(false);
    expect(series?.data[1]).toEqual([stamp("2023-01-04"), null]);
  });

  it("hatches long stretches without any value, not short ones", () => {
    const none = Array.from({ length: 6 }, () => null);
    expect(gapsOf([[...none, 1, null, null, 2, ...none], [...none, 1, null, 3, 2, ...none]])).toEqual([[0, 5], [10, 15]]);
    expect(gapsOf([[...none, 1], [1, ...none]])).toEqual([[1, 5]]);
    expect(gapsOf([[1, null, 2], [1, 2, 3]])).toEqual([]);
  });

  it("reads a missing value as a dash, and names as text", () => {
    const { reading } = option.tooltip as { reading: DayReading };
    expect(reading.html(1, "")).toContain("—");
    expect(reading.html(0, "foot")).toContain("&lt;b&gt;");
    expect(reading.html(0, "foot")).toContain("foot");
  });
});
