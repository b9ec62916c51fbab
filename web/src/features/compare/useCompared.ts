/** The compared runs: the address says which; without one the basket does. Changes here change both. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";

import { compareSet } from "@/lib/compareSet";

import { idsOf } from "./ids";

type Search = Record<string, unknown>;

/** Make the basket hold exactly these runs, in this order. */
function fillBasket(ids: readonly string[]): void {
  if (compareSet.all().join() === ids.join()) return;
  compareSet.clear();
  for (const id of ids) compareSet.toggle(id);
}

export function useCompared(): { readonly ids: readonly string[]; readonly setIds: (ids: readonly string[]) => void } {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = search["ids"];
  const basket = compareSet.useAll();
  const ids = useMemo(() => (asked === undefined ? basket : idsOf(asked)), [asked, basket]);
  const setIds = useCallback(
    (next: readonly string[]) => {
      fillBasket(next);
      void navigate({ to: ".", search: (old: Search) => ({ ...old, ids: next.length > 0 ? next.join(",") : undefined }), replace: true, resetScroll: false } as never);
    },
    [navigate],
  );
  // An address without runs gets those of the basket, so that it can be passed on.
  useEffect(() => {
    if (asked === undefined && basket.length > 0) setIds(basket);
  }, [asked, basket, setIds]);
  return { ids, setIds };
}

/** One word of the view in the address; the first choice is what it is without. */
export function useWord<T extends string>(name: string, choices: readonly [T, ...T[]]): readonly [T, (word: T) => void] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = search[name];
  const word = choices.find((choice) => choice === asked) ?? choices[0];
  const set = useCallback(
    (next: T) => void navigate({ to: ".", search: (old: Search) => ({ ...old, [name]: next === choices[0] ? undefined : next }), replace: true, resetScroll: false } as never),
    [navigate, name, choices],
  );
  return [word, set] as const;
}
