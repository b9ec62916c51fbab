import { describe, expect, it } from "vitest";

import type { ChartBars, JobTrade } from "@/api/cryptoTypes";

import { barAt, latticesOf, marksOf, MOST_MARKS, namesOf, previewLines } from "./marks";

const HOUR = 3_600_000;
const start = Date.parse("2025-03-01T00:00:00Z");
// Six hours with the third one missing.
const times = [0, 1, 3, 4, 5].map((hour) => start + hour * HOUR);
const flat = times.map(() => 1);
const bars: ChartBars = { length_ms: HOUR, open_time: times, open: flat, high: flat, low: flat, close: flat, volume: flat, missing: [[start + 2 * HOUR, start + 3 * HOUR]] };
const at = (hour: number) => new Date(start + hour * HOUR).toISOString();
const trade = (id: number, from: number, to: number, side: "buy" | "sell" = "buy", symbol = "BTCUSDT"): JobTrade => ({ id, side, symbol, entry_time: at(from), entry_price: `${100 - id}`, exit_time: at(to), exit_price: `${100 + id}`, qty: "1", pnl: "1", fee: "0" });

describe("places on a chart of bars", () => {
  it("puts a moment into the bar that it falls in, and in none where there is none", () => {
    expect([-1, 0, 0.99, 1, 2.5, 3, 5.999, 6].map((hour) => barAt(bars, start + hour * HOUR))).toEqual([-1, 0, 0, 1, -1, 2, 4, -1]);
    expect(namesOf(bars).slice(0, 2)).toEqual(["2025-03-01", "2025-03-01 01:00"]);
  });

  it("a long one buys and then sells, a short one the other way round; causes belong to exits", () => {
    expect(marksOf(bars, [trade(1, 0, 1), trade(2, 3, 4, "sell"), trade(3, 0, 1, "buy", "ETHUSDT")], ["limit", "stop", "end"], "BTCUSDT")).toEqual([
      { bar: 0, price: 99, buys: true, opens: true, cause: "", count: 1 },
      { bar: 1, price: 101, buys: false, opens: false, cause: "limit", count: 1 },
      { bar: 2, price: 98, buys: false, opens: true, cause: "", count: 1 },
      { bar: 3, price: 102, buys: true, opens: false, cause: "stop", count: 1 },
    ]);
  });

  it("many fills stand behind one mark for each bar and side, none is lost", () => {
    const many = Array.from({ length: MOST_MARKS }, (_, i) => trade((i % 50) + 1, 0, 1));
    const marks = marksOf(bars, many, [], "BTCUSDT");
    expect(marks).toHaveLength(2);
    expect(marks.map(({ price, count }) => [price, count])).toEqual([[50, MOST_MARKS], [150, MOST_MARKS]]);
  });

  it("a lattice stands until the next one is laid", () => {
    const grids = [{ symbol: "BTCUSDT", from: at(0), buys: ["90", "100"], sells: ["100", "110"], quantity: "1" }, { symbol: "BTCUSDT", from: at(4), buys: ["80"], sells: ["90"], quantity: "1" }, { symbol: "ETHUSDT", from: at(0), buys: ["1"], sells: ["2"], quantity: "1" }];
    expect(latticesOf(bars, grids, "BTCUSDT")).toEqual([
      { from: 0, to: 3, prices: [90, 100, 110] },
      { from: 3, to: 4, prices: [80, 90] },
    ]);
  });

  it("shows the lines of a form only where they can be laid", () => {
    expect(previewLines("90", "110", "3", false)).toEqual([90, 100, 110]);
    expect(previewLines("1", "100", "3", true)[1]).toBeCloseTo(10);
    for (const [low, high, levels] of [["", "1", "3"], ["2", "1", "3"], ["0", "1", "3"], ["1", "2", "1"], ["1", "2", "2.5"], ["1", "2", "1000"]] as const) expect(previewLines(low, high, levels, false)).toEqual([]);
  });
});
