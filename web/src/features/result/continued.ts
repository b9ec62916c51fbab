/** The curve of a run carried on over its opened slice. The two stretches were computed apart; only the level is joined. */

import { column, labels, type SeriesTable } from "@/api/types";

type Num = number | null;

export interface Curves {
  readonly days: readonly string[];
  readonly strategy: readonly Num[];
  readonly bench: readonly Num[];
  readonly excess: readonly Num[];
}

const lastOf = (values: readonly Num[]): Num => values.findLast((value) => value !== null) ?? null;

export function continued(nav: SeriesTable, after: SeriesTable | null): Curves {
  const own = { days: labels(nav), strategy: column(nav, "strategy"), bench: column(nav, "benchmark"), excess: column(nav, "excess") };
  if (!after) return own;
  const last = own.days[own.days.length - 1] ?? "";
  const keep = labels(after).map((day, i) => [day, i] as const).filter(([day]) => day > last);
  const join = (values: readonly Num[], name: string): Num[] => {
    const level = lastOf(values);
    const more = column(after, name);
    return [...values, ...keep.map(([, i]) => { const value = more[i] ?? null; return value === null || level === null ? null : value * level; })];
  };
  return { days: [...own.days, ...keep.map(([day]) => day)], strategy: join(own.strategy, "strategy"), bench: join(own.bench, "benchmark"), excess: join(own.excess, "excess") };
}
