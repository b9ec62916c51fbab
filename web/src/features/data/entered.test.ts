import { describe, expect, it } from "vitest";

import { enteredCode } from "./entered";

const first20 = { query: "", codes: ["000001.SZ", "000002.SZ"] };

describe("Enter in the search of a name", () => {
  it("waits for the answer to what was typed and never takes a line of an older list", () => {
    expect(enteredCode({ text: "600519", answered: first20, marked: 0, open: true })).toBe("wait");
    expect(enteredCode({ text: "600519", answered: { query: "6005", codes: ["600500.SH"] }, marked: 0, open: true })).toBe("wait");
    expect(enteredCode({ text: "600519", answered: null, marked: 0, open: true })).toBe("wait");
  });

  it("takes the marked line of the list that belongs to the text", () => {
    expect(enteredCode({ text: " 600519 ", answered: { query: "600519", codes: ["600519.SH"] }, marked: 0, open: true })).toEqual({ code: "600519.SH" });
    expect(enteredCode({ text: "", answered: first20, marked: 1, open: true })).toEqual({ code: "000002.SZ" });
  });

  it("asks for what no list knows, and for nothing where nothing was typed", () => {
    expect(enteredCode({ text: "zzz", answered: { query: "zzz", codes: [] }, marked: 0, open: true })).toEqual({ code: "zzz" });
    expect(enteredCode({ text: "600519", answered: first20, marked: 0, open: false })).toEqual({ code: "600519" });
    expect(enteredCode({ text: " ", answered: null, marked: 0, open: true })).toBeNull();
  });
});
