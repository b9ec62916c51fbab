/** The state of the result page, kept in its address: tab, day, candidate, paper. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { tabOf, type TabName } from "./tabs";

export interface View {
  readonly tab: TabName;
  readonly day: string | null;
  /** Which candidate of an iteration is shown. */
  readonly candidate: number | null;
  /** All tabs under each other, for printing. */
  readonly paper: boolean;
}

type Change = { readonly tab?: TabName; readonly day?: string | null; readonly candidate?: number; readonly paper?: boolean };

const DAY = /^\d{4}-\d\d-\d\d$/;

export function useView(): readonly [View, (change: Change) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const { day, candidate } = search;
  const index = Number(candidate);
  const change = useCallback(
    ({ paper, day: nextDay, ...rest }: Change) =>
      void navigate({
        to: ".",
        search: (old: Record<string, unknown>) => ({ ...old, ...rest, ...(nextDay === undefined ? {} : { day: nextDay ?? undefined }), ...(paper === undefined ? {} : { view: paper ? "paper" : undefined }) }),
        replace: true,
        resetScroll: false,
      } as never),
    [navigate],
  );
  return [
    {
      tab: tabOf(search["tab"]),
      day: typeof day === "string" && DAY.test(day) ? day : null,
      candidate: candidate !== undefined && Number.isInteger(index) && index >= 0 && index <= 1000 ? index : null,
      paper: search["view"] === "paper",
    },
    change,
  ] as const;
}
