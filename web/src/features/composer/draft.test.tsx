import { act, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { MarketFacts, Task } from "@/api/types";

import { draftFrom, parametersOf, submissionOf, useDraft, type Draft } from "./draft";

type Hands = ReturnType<typeof useDraft>;

let hands: Hands | null = null;

function Page({ session }: { session: string | null }) {
  const draft = useDraft(session);
  useEffect(() => {
    hands = draft;
  });
  return null;
}

const kept = (session: string) => JSON.parse(localStorage.getItem(`quantgpt.draft.${session}`) ?? "null") as Draft | null;
const use = (work: (draft: Hands) => void) => act(() => void (hands && work(hands)));

describe("a draft", () => {
  let close: () => void = () => undefined;
  const open = (session: string | null) => {
    const root = createRoot(document.body.appendChild(document.createElement("div")));
    act(() => root.render(<Page session={session} />));
    close = () => act(() => root.unmount());
  };
  beforeEach(() => localStorage.clear());
  afterEach(() => {
    close();
    vi.restoreAllMocks();
  });

  it("is kept with the key that it is sent with, so that a press in another tab is the same one", () => {
    open(null);
    use((draft) => draft.setText("rank(close)"));
    expect(kept("new")?.text).toBe("rank(close)");
    expect(kept("new")?.key).toBe(hands?.draft.key);
  });

  it("gets another key with every change, and keeps it while nothing changes", () => {
    open(null);
    use((draft) => draft.setText("a"));
    const first = hands?.draft.key;
    use((draft) => draft.setText("a"));
    expect(hands?.draft.key).toBe(first);
    use((draft) => draft.setText("ab"));
    expect(hands?.draft.key).not.toBe(first);
  });

  it("belongs to its session and hands its parameters to the one that it begins", () => {
    open(null);
    use((draft) => draft.setText("a"));
    use((draft) => draft.change({ n_groups: 10 }, "demo"));
    const sent = hands?.draft.key;
    use((draft) => draft.done("s1", sent ?? ""));
    expect(kept("s1")).toMatchObject({ text: "", changed: { n_groups: 10 }, market: "demo" });
    expect(kept("new")?.text).toBe("");
    expect(kept("new")?.key).not.toBe(sent);
    close();
    open("s1");
    expect(hands?.draft.changed).toEqual({ n_groups: 10 });
  });

  it("loses nothing that was written while a submission was under way", () => {
    open(null);
    use((draft) => draft.setText("sent"));
    const sent = hands?.draft.key ?? "";
    use((draft) => draft.setText("sent, and more"));
    use((draft) => draft.done("s1", sent));
    expect(kept("s1")?.text).toBe("sent, and more");
  });

  it("brings back what something else was put in the place of", () => {
    open(null);
    use((draft) => draft.setText("mine"));
    use((draft) => draft.change({ n_groups: 10 }, "demo"));
    use((draft) => void draft.put({ text: "theirs", key: "k9" }));
    expect(hands?.draft).toMatchObject({ text: "theirs", key: "k9", earlier: { text: "mine", changed: { n_groups: 10 } } });
    use((draft) => draft.bringBack());
    expect(hands?.draft).toMatchObject({ text: "mine", changed: { n_groups: 10 }, market: "demo", earlier: null });
    use((draft) => void draft.put({ text: "mine" }));
    expect(hands?.draft.earlier).toBeNull();
  });

  it("is not lost to the parameters of a run that are to be changed", () => {
    open(null);
    use((draft) => draft.setText("unsent"));
    close();
    draftFrom({ expression: "rank(close)", params: { n_groups: 3, options: { costs: "itemised", seal: false, market: "demo" } } } as Pick<Task, "expression" | "params">, "demo");
    open(null);
    expect(hands?.draft).toMatchObject({ text: "rank(close)", changed: { n_groups: 3, costs: "itemised", seal: false }, earlier: { text: "unsent" } });
  });

  it("follows another tab only while nobody looks at this one", () => {
    open("s2");
    const other: Draft = { text: "from the other tab", changed: {}, market: null, key: "k", earlier: null };
    localStorage.setItem("quantgpt.draft.s2", JSON.stringify(other));
    const tell = () => act(() => void window.dispatchEvent(new StorageEvent("storage", { key: "quantgpt.draft.s2" })));
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    tell();
    expect(hands?.draft.text).toBe("");
    vi.spyOn(document, "hasFocus").mockReturnValue(false);
    tell();
    expect(hands?.draft).toEqual(other);
  });
});

describe("what is sent", () => {
  const market = { market: "demo", defaults: { universe: "hs300", start_date: "2023-01-01", end_date: "2025-12-31", n_groups: 5, holding_period: 5, benchmark: "hs300" } } as unknown as MarketFacts;

  it("keeps the sealed slice closed unless somebody says otherwise, and names the market", () => {
    const ask = submissionOf("  rank(close) ", parametersOf({ text: "", changed: {}, market: null, key: "k", earlier: null }, market), "demo");
    expect(ask).toMatchObject({ prompt: "rank(close)", universe: "hs300", options: { seal: true, costs: "flat", market: "demo" } });
  });
});
