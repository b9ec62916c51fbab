import { describe, expect, it } from "vitest";

import * as format from "./format";

describe("numbers", () => {
  it("are never zero, blank or NaN when they do not exist", () => {
    for (const write of [format.number, format.signed, format.share, format.percent, format.nav, format.ic, format.pValue, format.seconds]) {
      for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(write(nothing)).toBe("—");
    }
  });

  it("use a real minus sign, thousands commas and a plus sign only on differences", () => {
    expect(format.number(-1234567.891, 1)).toBe("−1,234,567.9");
    expect(format.number(0.86)).toBe("0.86");
    expect(format.percent(0.179)).toBe("+17.9%");
    expect(format.percent(-0.198)).toBe("−19.8%");
    expect(format.share(0.314)).toBe("31.4%");
  });

  it("never write a negative or signed zero", () => {
    expect(format.number(-0.0004, 2)).toBe("0.00");
    expect(format.signed(0.0001, 2)).toBe("0.00");
    expect(format.percent(-0.00001)).toBe("0.0%");
  });

  it("write a tiny p as a bound", () => {
    expect(format.pValue(0.0004)).toBe("< 0.001");
    expect(format.pClause(0.0004)).toBe("p < 0.001");
    expect(format.pClause(0.002)).toBe("p = 0.002");
  });

});

it("durations keep two or three digits", () => {
  expect([0.0023, 0.58, 12.44, 125].map(format.seconds)).toEqual(["2.3\u00a0ms", "0.58\u00a0s", "12.4\u00a0s", "2\u00a0min 5\u00a0s"]);
});

describe("axes", () => {
  it.each([[0.62, 1.93], [-0.4, 0.31], [0, 0], [0.98, 1.02], [-12_000, 3], [5, 5]])("limits of %d…%d are round and hold the data", (low, high) => {
    const { min, max, step } = format.roundLimits(low, high);
    expect(min).toBeLessThanOrEqual(low);
    expect(max).toBeGreaterThanOrEqual(high);
    expect(Math.abs(min / step - Math.round(min / step))).toBeLessThan(1e-6);
    expect((max - min) / step).toBeLessThanOrEqual(12);
  });
});

describe("days", () => {
  it("keep their date in every zone", () => {
    expect(format.weekday("2023-04-13", "en")).toBe("Thu");
    expect(format.weekday("2023-04-13", "zh")).toBe("周四");
  });
});

describe("codes", () => {
  it("are shown one way, and what is no code is left alone", () => {
    expect(["sh.600273", "sz.000001", "BJ.830799", "600273.SH", "sh.index", "", null].map(format.stockCode)).toEqual(["600273.SH", "000001.SZ", "830799.BJ", "600273.SH", "sh.index", "", "—"]);
  });
});
