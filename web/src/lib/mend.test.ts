import { describe, expect, it } from "vitest";

import { applied, isUnfinished, mendOf, spanOf, unitsOf } from "./mend";

describe("places", () => {
  it("count characters, not UTF-16 units", () => {
    expect(unitsOf("a𝒳b", 2)).toBe(3);
    expect(unitsOf("abc", 9)).toBe(3);
    expect(spanOf("𝒳 amt", { start: 2, end: 5 })).toEqual({ from: 3, to: 6 });
  });

  it("are at least one character wide, also at the end of the text", () => {
    expect(spanOf("close/", { start: 6, end: 6 })).toEqual({ from: 5, to: 6 });
    expect(spanOf("a b", { start: 1, end: 1 })).toEqual({ from: 1, to: 2 });
    expect(spanOf("", { start: 0, end: 0 })).toEqual({ from: 0, to: 0 });
    expect(spanOf("close/\n\n", { start: 8, end: 8 })).toEqual({ from: 5, to: 6 });
  });
});

describe("mending", () => {
  const mended = (text: string, code: string, start: number, end: number, nearest: unknown) => {
    const change = mendOf(text, { code, start, end, nearest });
    return change && applied(text, change);
  };

  it("puts the nearest word, number or call in place", () => {
    expect(mended("rank(amt)", "unknown_column", 5, 8, "amount")).toBe("rank(amount)");
    expect(mended("ts_mean(close, 2500)", "window", 15, 19, 1000)).toBe("ts_mean(close, 1000)");
    expect(mended("close/preclose", "unknown_column", 6, 14, "ts_shift(close, 1)")).toBe("close/ts_shift(close, 1)");
    expect(mended("Mean($clos, 5)", "unknown_column", 5, 10, "$close")).toBe("Mean($close, 5)");
    expect(mended("close**2", "operator", 5, 7, "^")).toBe("close^2");
    expect(mended("𝒳amt", "unknown_column", 1, 4, "amount")).toBe("𝒳amount");
  });

  it("turns a wide character narrow and takes a dollar sign away", () => {
    expect(mended("rank(close，1)", "character", 10, 11, ",")).toBe("rank(close,1)");
    expect(mended("$close/2", "character", 0, 1, "close")).toBe("close/2");
  });

  it("leaves alone what cannot simply be exchanged", () => {
    expect(mended("subtract(a, b)", "unknown_function", 0, 8, "-")).toBeNull();
    expect(mended("industry", "unknown_column", 0, 8, "indneutralize(x)")).toBeNull();
    expect(mended("kdj(9)", "unknown_function", 0, 3, "(close - ts_min(low, 9)) / 2")).toBeNull();
    expect(mended("close", "syntax", 5, 5, "close")).toBeNull();
    expect(mended("x", "unknown_column", 0, 1, null)).toBeNull();
  });
});

it("tells an unfinished text from a wrong one", () => {
  expect(isUnfinished("close/ ", { code: "syntax", start: 7, end: 7 })).toBe(true);
  expect(isUnfinished("rank(close", { code: "brackets", start: 4, end: 5 })).toBe(true);
  expect(isUnfinished("close)", { code: "brackets", start: 5, end: 6 })).toBe(false);
  expect(isUnfinished("close close", { code: "syntax", start: 6, end: 11 })).toBe(false);
});
