import { describe, expect, it, vi } from "vitest";

import type { KeptFactor } from "@/api/library";
import type { Operator, Vocabulary } from "@/api/operators";

import { callArguments, callAt, fitting, offersOf, operatorNamed, placeholders, proseOf, templateOf } from "./vocabulary";

const operator = (name: string, example: string, places: string, more: Partial<Operator> = {}): Operator => ({
  name,
  symbol: "",
  signature: `${name}(…)`,
  category: "time_series",
  category_zh: "",
  category_en: "",
  aliases: [],
  zh: "",
  en: "",
  doc: "",
  example,
  warmup: 0,
  places: places.split(" ").map((place) => ({ name: place[0] ?? "", takes: { x: "series", y: "series", n: "window", p: "number", v: "value" }[place] ?? "value" })),
  ...more,
});

const mean = operator("ts_mean", "ts_mean(close, 20)", "x n", { aliases: ["sma"], zh: "过去 N 日均值", en: "Mean of the last sessions." });
const corr = operator("ts_corr", "ts_corr(close, volume, 10)", "x y n", { aliases: ["correlation"] });
const rank = operator("rank", "rank(close / ts_mean(close, 20))", "x");
const plus = operator("add", "open + close", "x y", { symbol: "+" });
const and = operator("and", "close > open and volume > adv20", "x y", { symbol: "and" });
const vocabulary: Vocabulary = {
  operators: [rank, mean, corr, plus, and],
  categories: [],
  fields: [{ name: "volume", unit: "shares", zh: "成交量", en: "volume" }, { name: "close", unit: "price", zh: "收盘价", en: "close" }],
  special: [{ name: "adv{N}", zh: "平均成交量", en: "mean volume" }],
};
const kept: KeptFactor = { id: "1", name: "反转 5", expression: "rank(-returns)", direction: 1, universe: null, task_id: null, note: "", facts: {}, created_at: "" };

describe("templates", () => {
  it("take their placeholders from the example where it is simple", () => {
    expect(placeholders(corr)).toEqual(["close", "volume", "10"]);
    expect(placeholders(rank)).toEqual(["close"]);
    expect(placeholders(operator("f", "f(log(close), 3)", "x n"))).toEqual(["close", "3"]);
    expect(placeholders(operator("f", "f(close) + 1", "x n"))).toEqual(["close", "20"]);
  });

  it("mark every place for Tab and end behind the bracket", () => {
    expect(templateOf(corr)).toBe("ts_corr(${1:close}, ${2:volume}, ${3:10})${}");
  });

  it("put what is selected in the first place", () => {
    expect(templateOf(mean, "high - low")).toBe("ts_mean(high - low, ${2:20})${}");
    expect(templateOf(plus)).toBe(" + ");
    expect(templateOf(mean, "a{b}")).toBe("ts_mean(a\\{b\\}, ${2:20})${}");
  });

  it("keep to the names of their dialect", () => {
    expect(placeholders(operator("Corr", "Corr($close,Log($volume+1),20)", "x y n"))).toEqual(["$close", "$volume", "20"]);
  });

  it("cut arguments at outer commas only", () => {
    expect(callArguments("f(g(a, b), c)", "f")).toEqual(["g(a, b)", "c"]);
    expect(callArguments("f(a) + f(b)", "f")).toBeNull();
    expect(callArguments("g(a)", "f")).toBeNull();
  });
});

describe("completion", () => {
  const offers = offersOf(vocabulary, [kept]);
  const found = (typed: string) => fitting(offers, typed).map((offer) => offer.label);

  it("offers functions, fields, kept factors and words, no signs", () => {
    expect(offers.map((offer) => offer.label)).toEqual(["rank", "ts_mean", "ts_corr", "and", "volume", "close", "adv20", "反转 5"]);
  });

  it("puts the beginning before the middle, aliases and meanings after", () => {
    expect(found("ts")).toEqual(["ts_mean", "ts_corr"]);
    expect(found("cor")).toEqual(["ts_corr"]);
    expect(found("sma")).toEqual(["ts_mean"]);
    expect(found("vol")[0]).toBe("volume");
    expect(found("VOLUME")[0]).toBe("volume");
    expect(found("zz")).toEqual([]);
  });

  it("finds by Chinese words and by what a person called a factor", () => {
    expect(found("均值")).toEqual(["ts_mean"]);
    expect(found("反转")).toEqual(["反转 5"]);
  });

  it("keeps a kept factor together in brackets", () => {
    expect(offers.find((offer) => offer.kind === "factor")?.template).toBe("(rank(-returns))");
  });
});

describe("the call around the cursor", () => {
  const at = (marked: string) => callAt(marked.replace("|", ""), marked.indexOf("|"));

  it("is the innermost one that is still open", () => {
    expect(at("rank(ts_corr(close, |volume, 10))")).toEqual({ name: "ts_corr", from: 5, index: 1 });
    expect(at("ts_corr(ts_mean(close, 5), volume, |")).toEqual({ name: "ts_corr", from: 0, index: 2 });
    expect(at("rank((close - |open))")).toEqual({ name: "rank", from: 0, index: 0 });
    expect(at("ts_mean((a, b|), 5)")).toEqual({ name: "ts_mean", from: 0, index: 0 });
    expect(at("rank(close)|")).toBeNull();
    expect(at("|rank(close)")).toBeNull();
    expect(at("ts_mean (close|")).toEqual({ name: "ts_mean", from: 0, index: 0 });
  });

  it("is found in long and deep texts at once", () => {
    const deep = `${"rank(".repeat(2000)}close`;
    // A name is looked for at open parentheses only, in the few characters before them.
    const looks = vi.spyOn(String.prototype, "slice");
    expect(callAt(deep, deep.length)?.from).toBe(9995);
    expect(callAt(`${"f(1)+".repeat(2000)}`, 10_000)).toBeNull();
    expect(callAt("(".repeat(10_000), 10_000)).toBeNull();
    expect(looks.mock.calls.length).toBeLessThan(10_010);
    expect(looks.mock.results.every(({ value }) => String(value).length <= 80)).toBe(true);
    looks.mockRestore();
  });

  it("knows operators by alias", () => {
    expect(operatorNamed(vocabulary, "SMA")?.name).toBe("ts_mean");
    expect(operatorNamed(vocabulary, "add")).toBeUndefined();
  });
});

it("reads prose out of a docstring", () => {
  expect(proseOf("Rank of `x`.\n\nNaN:    missing when\n  today is.\n\n>>> rank(1)\n1")).toEqual(["Rank of x.", "NaN: missing when today is."]);
});
