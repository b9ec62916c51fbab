/** What the charts of a page share: the days they show and the day under the pointer. */

import { createContext, useContext, useSyncExternalStore } from "react";

export interface Range {
  readonly from: string;
  readonly to: string;
}

export interface ChartLink {
  readonly range: () => Range | null;
  /** null is everything. */
  readonly setRange: (range: Range | null) => void;
  /** The day under the pointer or the keys, and the chart that says so. */
  readonly cursor: () => Cursor | null;
  readonly setCursor: (cursor: Cursor | null) => void;
  readonly watch: (watcher: () => void) => () => void;
}

export interface Cursor {
  readonly day: string;
  readonly by: object;
}

const same = (a: Range | null, b: Range | null) => a === b || (a !== null && b !== null && a.from === b.from && a.to === b.to);

export function makeLink(first: Range | null = null): ChartLink {
  let range = first;
  let cursor: Cursor | null = null;
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const watcher of watchers) watcher();
  };
  return {
    range: () => range,
    setRange: (next) => {
      if (same(range, next)) return;
      range = next;
      tell();
    },
    cursor: () => cursor,
    setCursor: (next) => {
      if (next?.day === cursor?.day && next?.by === cursor?.by) return;
      cursor = next;
      tell();
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}

/** Charts outside of a provider keep to themselves. */
export const LinkContext = createContext<ChartLink | null>(null);

const NO_WATCH = () => () => undefined;
const NO_RANGE = () => null;

/** The range that the charts show now. */
export function useShownRange(): Range | null {
  const link = useContext(LinkContext);
  return useSyncExternalStore(link?.watch ?? NO_WATCH, link?.range ?? NO_RANGE);
}

const MOMENT = String.raw`\d{4}-\d\d-\d\d(?: \d\d:\d\d)?`;
const RANGE = new RegExp(`^(${MOMENT})_(${MOMENT})$`);

/** `range=2023-05-04_2024-01-31` of an address; the ends may be moments of a day. */
export function parseRange(text: unknown): Range | null {
  const [, from, to] = RANGE.exec(typeof text === "string" ? text : "") ?? [];
  return from && to && from < to ? { from, to } : null;
}

export const writeRange = (range: Range | null) => (range ? `${range.from}_${range.to}` : undefined);
