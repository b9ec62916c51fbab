/** What the factors page shows, in its address: where from, category, search, the chosen row. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

type Search = Record<string, unknown>;

export interface View {
  /** "operators", "fields", or the name of a library. */
  readonly from: string;
  readonly category: string | undefined;
  readonly query: string;
  readonly item: string | undefined;
  readonly set: (part: { from?: string; category?: string | undefined; query?: string; item?: string | undefined }) => void;
}

const wordOf = (value: unknown) => (typeof value === "string" && value ? value : typeof value === "number" ? String(value) : undefined);

export function useView(): View {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback<View["set"]>(
    (part) => {
      const words: Search = {};
      if ("from" in part) Object.assign(words, { from: part.from, category: undefined, q: undefined, item: undefined });
      if ("category" in part) words["category"] = part.category;
      if ("query" in part) words["q"] = part.query || undefined;
      if ("item" in part) words["item"] = part.item;
      void navigate({ to: ".", search: (old: Search) => ({ ...old, ...words }), replace: true, resetScroll: false } as never);
    },
    [navigate],
  );
  return { from: wordOf(search["from"]) ?? "operators", category: wordOf(search["category"]), query: wordOf(search["q"]) ?? "", item: wordOf(search["item"]), set };
}

/** Every word of the search stands in one of the texts. */
export function holds(query: string, ...texts: readonly (string | null | undefined)[]): boolean {
  const all = texts.filter(Boolean).join("\n").toLowerCase();
  return query.toLowerCase().split(/\s+/).filter(Boolean).every((word) => all.includes(word));
}
