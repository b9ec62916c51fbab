/** Trades and lattices as places on a chart of bars. */

import type { ChartBars, JobTrade, LaidGrid } from "@/api/cryptoTypes";
import { valueOf } from "@/lib/exact";
import type { Range } from "@/ui/chart/link";
import { momentName, stamp } from "@/ui/chart/parts";

/** Position of the bar that a moment falls in; -1 before the first and in a gap behind the last. */
export function barAt(bars: Pick<ChartBars, "open_time" | "length_ms">, ms: number): number {
  const times = bars.open_time;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  const found = low - 1;
  return found >= 0 && ms < (times[found] ?? 0) + bars.length_ms ? found : -1;
}

export const namesOf = (bars: ChartBars): string[] => bars.open_time.map(momentName);

/** Why a trade was closed; a fill that opens has none. */
export type Cause = string;

export interface Mark {
  readonly bar: number;
  readonly price: number;
  readonly buys: boolean;
  readonly opens: boolean;
  readonly cause: Cause;
  /** Fills that stand behind this one mark. */
  readonly count: number;
}

/** Up to this many fills each have a mark of their own; more are drawn one per bar, side and kind. */
export const MOST_MARKS = 800;

/** Fills of one symbol on the bars that are drawn. Of several in a bar the mark stands at the farthest price of its side. */
export function marksOf(bars: ChartBars, trades: readonly JobTrade[], causes: readonly Cause[], symbol: string): Mark[] {
  const all: Mark[] = [];
  trades.forEach((trade, i) => {
    if (trade.symbol !== symbol) return;
    const long = trade.side === "buy";
    const ends = [
      { time: trade.entry_time, price: trade.entry_price, buys: long, opens: true, cause: "" },
      { time: trade.exit_time, price: trade.exit_price, buys: !long, opens: false, cause: causes[i] ?? "" },
    ];
    for (const { time, price, ...rest } of ends) {
      const bar = barAt(bars, Date.parse(time));
      const value = valueOf(price);
      if (bar >= 0 && value !== null) all.push({ bar, price: value, count: 1, ...rest });
    }
  });
  return all.length <= MOST_MARKS ? all : joined(all);
}

function joined(all: readonly Mark[]): Mark[] {
  const found = new Map<string, Mark>();
  for (const mark of all) {
    const forced = mark.cause === "liquidation";
    const key = `${mark.bar} ${mark.buys} ${mark.opens} ${forced}`;
    const old = found.get(key);
    const price = old === undefined ? mark.price : mark.buys ? Math.min(old.price, mark.price) : Math.max(old.price, mark.price);
    found.set(key, { ...mark, price, count: (old?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

export const fillsOf = (marks: readonly Mark[]) => marks.reduce((sum, mark) => sum + mark.count, 0);

/** Marks on the bars of a range; all of them without one. */
export function shownOf(bars: Pick<ChartBars, "open_time">, marks: readonly Mark[], range: Range | null): number {
  if (range === null) return marks.length;
  const [from, to] = [stamp(range.from), stamp(range.to)];
  return marks.filter((mark) => {
    const time = bars.open_time[mark.bar] ?? 0;
    return time >= from && time <= to;
  }).length;
}

export interface Lattice {
  /** Bars from…to that it stood over. */
  readonly from: number;
  readonly to: number;
  readonly prices: readonly number[];
}

/** The price lines of the lattices of a symbol; each stands until the next one is laid. */
export function latticesOf(bars: ChartBars, grids: readonly LaidGrid[], symbol: string): Lattice[] {
  const mine = grids.filter((grid) => grid.symbol === symbol).map((grid) => ({ ...grid, at: Date.parse(grid.from) }));
  const last = bars.open_time.length - 1;
  const first = bars.open_time[0] ?? 0;
  return mine.flatMap((grid, i) => {
    const next = mine[i + 1]?.at ?? Infinity;
    const from = grid.at <= first ? 0 : bars.open_time.findIndex((time) => time + bars.length_ms > grid.at);
    const behind = bars.open_time.findIndex((time) => time >= next);
    const to = behind < 0 ? last : behind;
    if (from < 0 || to <= from || next <= first) return [];
    // A line sells one tick above where it buys at most: the buying prices and the highest selling one are the lines.
    const prices = [...grid.buys, ...grid.sells.slice(-1)].map((text) => valueOf(text)).filter((price): price is number => price !== null);
    return [{ from, to, prices }];
  });
}

/** Bounds of the lattices where none of their lines is among the prices of the bars; else null. */
export function outsideOf(bars: Pick<ChartBars, "low" | "high">, lattices: readonly Lattice[]): { readonly low: number; readonly high: number } | null {
  const prices = lattices.flatMap((lattice) => [lattice.prices[0] ?? 0, lattice.prices[lattice.prices.length - 1] ?? 0]);
  if (prices.length === 0 || bars.low.length === 0) return null;
  const [least, most] = [bars.low.reduce((a, b) => Math.min(a, b)), bars.high.reduce((a, b) => Math.max(a, b))];
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  return high < least || low > most ? { low, high } : null;
}

/** Lines between two bounds, as a form shows them before anything is run. Drawn only: the prices that count are the server's. */
export function previewLines(lower: string, upper: string, levels: string, geometric: boolean): number[] {
  const [low, high, count] = [valueOf(lower), valueOf(upper), valueOf(levels)];
  if (low === null || high === null || count === null || !(low > 0) || !(high > low) || !Number.isInteger(count) || count < 2 || count > 200) return [];
  return Array.from({ length: count }, (_, k) => (geometric ? low * (high / low) ** (k / (count - 1)) : low + (k * (high - low)) / (count - 1)));
}
