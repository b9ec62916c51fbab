/** What the data page shows, in its address: `market`, `tab`, and the words of each tab. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

type Search = Record<string, unknown>;

/** One word of the address, and a way to change it; undefined takes it out. Numbers are words too. */
export function useParam(name: string): readonly [string | undefined, (value: string | undefined) => void] {
  const search: Search = useSearch({ strict: false });
  const found = search[name];
  const value = typeof found === "string" && found !== "" ? found : typeof found === "number" ? String(found) : undefined;
  const change = useChange();
  const set = useCallback((next: string | undefined) => change({ [name]: next }), [change, name]);
  return [value, set] as const;
}

/** Change several words of the address at once. */
export function useChange(): (part: Record<string, string | undefined>) => void {
  const navigate = useNavigate();
  return useCallback((part) => void navigate({ to: ".", search: (old: Search) => ({ ...old, ...part }), replace: true, resetScroll: false } as never), [navigate]);
}

/** A word that is one of several; the first is what it is without. */
export function useOneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): readonly [T, (value: T) => void] {
  const [asked, set] = useParam(name);
  const value = choices.find((choice) => choice === asked) ?? choices[0];
  return [value, (next) => set(next === choices[0] ? undefined : next)] as const;
}
