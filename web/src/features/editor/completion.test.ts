import { CompletionContext, snippet } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { describe, expect, it } from "vitest";

import type { Operator, Vocabulary } from "@/api/operators";

import { completionSource, type Knowledge } from "./completion";
import { offerNote, signatureNote } from "./notes";
import { groupsOf } from "./Palette";
import { begins } from "./useFindings";
import { offersOf } from "./vocabulary";

const mean: Operator = {
  name: "ts_mean", symbol: "", signature: "ts_mean(x, n)", category: "time_series", category_zh: "时序", category_en: "Over time", aliases: ["sma"],
  zh: "均值", en: "Mean of the last `window` sessions <b>.", doc: "", example: "ts_mean(close, 20)", warmup: 19,
  places: [{ name: "x", takes: "series" }, { name: "n", takes: "window" }],
};
const plus: Operator = { ...mean, name: "add", symbol: "+", signature: "x + y", category: "arithmetic", aliases: [], zh: "加", en: "Sum.", example: "open + close" };
const vocabulary: Vocabulary = {
  operators: [mean, plus],
  categories: [{ name: "time_series", zh: "时序", en: "Over time" }, { name: "arithmetic", zh: "算术", en: "Arithmetic" }],
  fields: [{ name: "close", unit: "price", zh: "收盘价", en: "close" }],
  special: [{ name: "adv{N}", zh: "平均成交量", en: "mean volume" }],
};
const words = { language: "en", takes: (kind: string) => `takes ${kind}`, unit: (unit: string) => unit, kept: "kept" };
const know: Knowledge = { offers: offersOf(vocabulary, []), vocabulary, words };

const ask = (marked: string, explicit = false) => {
  const at = marked.indexOf("|");
  const state = EditorState.create({ doc: marked.replace("|", "") });
  return completionSource(know)(new CompletionContext(state, at, explicit));
};

describe("the completion list", () => {
  it("comes after two letters, from where the word began", () => {
    expect(ask("rank(t|")).toBeNull();
    const result = ask("rank(ts|");
    expect(result?.from).toBe(5);
    expect(result?.options.map((option) => option.label)).toEqual(["ts_mean"]);
    expect(result?.options[0]?.detail).toBe("x, n");
  });

  it("comes at once when it is asked for, with everything", () => {
    expect(ask("|", true)?.options.map((option) => option.label)).toEqual(["ts_mean", "close", "adv20"]);
  });

  it("stays away for a complete word, a number and nonsense", () => {
    expect(ask("close|")).toBeNull();
    expect(ask("200|")).toBeNull();
    expect(ask("qqq|")).toBeNull();
  });

  it("writes only the name where the bracket stands already", () => {
    const view = new EditorView({ state: EditorState.create({ doc: "ts(close, 5)" }) });
    const option = ask("ts|(close, 5)")?.options[0];
    if (typeof option?.apply === "function") option.apply(view, option, 0, 2);
    expect(view.state.doc.toString()).toBe("ts_mean(close, 5)");
    view.destroy();
  });

  it("writes the call with its first place chosen", () => {
    const view = new EditorView({ state: EditorState.create({ doc: "ts" }) });
    const option = ask("ts|")?.options[0];
    if (typeof option?.apply === "function") option.apply(view, option, 0, 2);
    expect(view.state.doc.toString()).toBe("ts_mean(close, 20)");
    expect(view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to)).toBe("close");
    view.destroy();
  });
});

describe("notes", () => {
  it("hold the server's words as text, never as markup", () => {
    const note = offerNote(know.offers[0] as (typeof know.offers)[number], words);
    expect(note?.textContent).toContain("Mean of the last window sessions <b>.");
    expect(note?.querySelector("b")).toBeNull();
  });

  it("point at the place that is being written, the last one when there are too many", () => {
    expect(signatureNote(mean, 1, words).querySelector(".note-here")?.textContent).toBe("n");
    expect(signatureNote(mean, 7, words).textContent).toContain("takes window");
  });
});

describe("the palette", () => {
  it("groups by category and leaves out what does not match", () => {
    expect(groupsOf(vocabulary, "", "en", "Fields").map((group) => group.title)).toEqual(["Over time", "Arithmetic", "Fields"]);
    expect(groupsOf(vocabulary, "均", "zh", "字段").flatMap((group) => group.chips.map((chip) => chip.label))).toEqual(["ts_mean", "adv20"]);
    expect(groupsOf(vocabulary, "sma", "en", "Fields").flatMap((group) => group.chips.map((chip) => chip.label))).toEqual(["ts_mean"]);
    expect(groupsOf(vocabulary, "zzz", "en", "Fields")).toEqual([]);
  });

  it("puts what is selected into the first place", () => {
    const chip = groupsOf(vocabulary, "ts_mean", "en", "Fields")[0]?.chips[0];
    const view = new EditorView({ state: EditorState.create({ doc: "close - open", selection: { anchor: 0, head: 12 } }) });
    snippet(chip?.template("close - open") ?? "")(view, null, 0, 12);
    expect(view.state.doc.toString()).toBe("ts_mean(close - open, 20)");
    view.destroy();
  });
});

it("a word that could still become a known one is not wrong yet", () => {
  expect(begins(know.offers, "ts_")).toBe(true);
  expect(begins(know.offers, "ts_mean")).toBe(false);
  expect(begins(know.offers, "x")).toBe(false);
  expect(begins(know.offers, "")).toBe(false);
});
