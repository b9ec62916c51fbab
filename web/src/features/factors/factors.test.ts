import { describe, expect, it } from "vitest";

import type { LibraryShelf, ShelvedFactor } from "@/api/libraries";

import { matching, without } from "./Library";
import { holds } from "./useView";

const factor = (name: string, more: Partial<ShelvedFactor> = {}): ShelvedFactor => ({
  id: name, name, zh: "", en: "", category: "momentum", source: "", expression: null, stated: true, native: null, runnable: true,
  reason_zh: null, reason_en: null, warmup: 0, unit: null, fields: [], tags: [], ...more,
});

describe("search", () => {
  it("wants every word, in any of the texts and in any case", () => {
    expect(holds("Rank CORR", "x", "rank(ts_corr(close, volume, 5))")).toBe(true);
    expect(holds("rank missing", "rank(close)")).toBe(false);
    expect(holds("  ", "anything")).toBe(true);
    expect(holds("量价", null, "量价背离")).toBe(true);
  });

  it("keeps the order of the library and the category", () => {
    const all = [factor("b", { native: "rank(close)" }), factor("a", { category: "volume", tags: ["industry"] }), factor("c", { en: "rank" })];
    expect(matching(all, { category: undefined, query: "rank" }).map((one) => one.name)).toEqual(["b", "c"]);
    expect(matching(all, { category: "volume", query: "" }).map((one) => one.name)).toEqual(["a"]);
    expect(matching(all, { category: undefined, query: "industry" }).map((one) => one.name)).toEqual(["a"]);
  });

  it("leaves out what is about to be removed, and nothing else", () => {
    const shelf = { total: 3, factors: [factor("a"), factor("b"), factor("c")] } as unknown as LibraryShelf;
    expect(without(shelf, ["b", "s1"])).toMatchObject({ total: 2, factors: [{ id: "a" }, { id: "c" }] });
    expect(without(shelf, ["s1"])).toBe(shelf);
  });

  it("is plain text, not a pattern", () => {
    expect(holds("ts_corr(", "ts_corr(close")).toBe(true);
    expect(holds("[a-z]*", "abc")).toBe(false);
  });
});
