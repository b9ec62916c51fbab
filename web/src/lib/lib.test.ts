import { describe, expect, it } from "vitest";

import { toCsv } from "./csv";
import { broken, pieces } from "./lexer";
import { rollingMean } from "./stats";

describe("expression colours", () => {
  it("lose no character of any text", () => {
    for (const text of ["", "rank(close/ts_mean(close, 20))", "1e-8 + .5*x", "最近 跌得多 😀\n\t(", "a".repeat(5000), "__import__('os')", "\u202eabc"]) {
      expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
    }
  });

  it("tell functions, fields and numbers apart", () => {
    expect(pieces("rank(-close, 20)").map(({ kind, text }) => [kind, text])).toEqual([
      ["function", "rank"], ["plain", "("], ["operator", "-"], ["field", "close"], ["plain", ", "], ["number", "20"], ["plain", ")"],
    ]);
  });

  it("break long expressions at their outermost operators only", () => {
    const text = "rank(-ts_delta(close, 20) / ts_shift(close, 20)) * rank(-ts_mean(volume, 5) / ts_mean(volume, 60))";
    expect(broken(text).split("\n")).toEqual(["rank(-ts_delta(close, 20) / ts_shift(close, 20))", "  * rank(-ts_mean(volume, 5) / ts_mean(volume, 60))"]);
    expect(broken("rank(close)")).toBe("rank(close)");
  });
});

describe("csv", () => {
  it("keeps formulas from running and quotes what needs it", () => {
    const text = toCsv(["run 1\nx"], ["a", "b"], [["=SUM(1)", 'say "hi", twice'], [-1.5, null], ["-0.5", "@x"]]);
    expect(text.startsWith("\ufeff# run 1 x\r\n")).toBe(true);
    expect(text).toContain(`'=SUM(1),"say ""hi"", twice"`);
    expect(text).toContain("\r\n-1.5,\r\n");
    expect(text).toContain("-0.5,'@x");
  });
});

describe("smoothing", () => {
  it("says nothing before the window is full or when most of it is missing", () => {
    expect(rollingMean([1, 2, 3, 4], 2)).toEqual([null, 1.5, 2.5, 3.5]);
    expect(rollingMean([null, null, 3], 3)).toEqual([null, null, null]);
    expect(rollingMean([1, null, 3], 3)).toEqual([null, null, 2]);
  });
});
