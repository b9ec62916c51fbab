/** Places of days on an axis. */

import { stamp } from "./parts";

/** Position of the time nearest to `time` in rising `stamps`; -1 of none. */
export function nearest(stamps: readonly number[], time: number): number {
  if (stamps.length === 0) return -1;
  let low = 0;
  let high = stamps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stamps[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  const before = stamps[low - 1];
  return before !== undefined && time - before < (stamps[low] ?? 0) - time ? low - 1 : low;
}

/** How a chart places its days: by time, or one after the other (K-lines). */
export interface DayAxis {
  readonly first: number;
  readonly last: number;
  /** The day at a value of the axis; -1 outside. */
  readonly indexAt: (value: number) => number;
  readonly valueOf: (day: string) => number;
  readonly dayOf: (value: number) => string;
}

const iso = (time: number) => new Date(time).toISOString().slice(0, 10);

export function timeAxisOf(days: readonly string[], first?: number, last?: number): DayAxis {
  const stamps = days.map(stamp);
  const [low, high] = [first ?? stamps[0] ?? 0, last ?? stamps[stamps.length - 1] ?? 0];
  return { first: low, last: high, indexAt: (value) => (value < low - 1 || value > (stamps[stamps.length - 1] ?? 0) + 86_400_000 ? -1 : nearest(stamps, value)), valueOf: stamp, dayOf: iso };
}

export function indexAxisOf(days: readonly string[]): DayAxis {
  const stamps = days.map(stamp);
  const last = Math.max(0, days.length - 1);
  return {
    first: 0,
    last,
    indexAt: (value) => (Math.round(value) < 0 || Math.round(value) > last ? -1 : Math.round(value)),
    valueOf: (day) => Math.max(0, nearest(stamps, stamp(day))),
    dayOf: (value) => days[Math.min(last, Math.max(0, Math.round(value)))] ?? "",
  };
}

/** Move a range by `shift` without leaving the axis. */
export function moved(range: readonly [number, number], shift: number, first: number, last: number): [number, number] {
  const kept = Math.min(last - range[1], Math.max(first - range[0], shift));
  return [range[0] + kept, range[1] + kept];
}

/** Zoom a range around a value of the axis; never below `least`, never beyond the axis. */
export function zoomed(range: readonly [number, number], around: number, factor: number, first: number, last: number, least: number): [number, number] {
  const width = Math.min(last - first, Math.max(least, (range[1] - range[0]) * factor));
  const share = (around - range[0]) / (range[1] - range[0] || 1);
  const from = Math.min(last - width, Math.max(first, around - share * width));
  return [from, from + width];
}
