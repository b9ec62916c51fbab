import { describe, expect, it } from "vitest";

import { exact, valueOf } from "./exact";

describe("decimal strings", () => {
  it("are grouped, with a real minus, and keep every digit", () => {
    expect(exact("1234567.50")).toBe("1,234,567.50");
    expect(exact("-1003.78750001")).toBe("−1,003.78750001");
    expect(exact("12345678901234567890.123456789")).toBe("12,345,678,901,234,567,890.123456789");
    expect(exact("999")).toBe("999");
  });

  it("show the plus sign of a gain where it is asked for, and none of nothing", () => {
    expect([exact("9.395", true), exact("-5.6075", true), exact("0.00", true)]).toEqual(["+9.395", "−5.6075", "0.00"]);
  });

  it("are a dash where there is none, and never a value of the program", () => {
    expect([exact(null), exact(undefined), exact(""), exact("abc")]).toEqual(["—", "—", "—", "abc"]);
    expect([valueOf("2.5"), valueOf(null), valueOf(""), valueOf("x")]).toEqual([2.5, null, null, null]);
  });
});
