import { describe, expect, it } from "vitest";

import type { CryptoJob } from "@/api/cryptoTypes";

import { deepestOf, equityOf, equityOption } from "./equity";
import { doubtsOf, isGrave, sentenceOf } from "./verdict";

// The documented sample: flat, one winner, one loser.
const job: CryptoJob = {
  id: "bt_7d40c2e1", status: "done", submitted_at: "2026-05-04T13:06:40Z", started_at: "2026-05-04T13:06:41Z", finished_at: "2026-05-04T13:06:43Z", progress: 1, error: null,
  config: { template_id: "tpl_breakout", params: { lookback: 24 }, symbols: ["BTCUSDT"], timeframe: "1h", start: "2025-03-01T00:00:00Z", end: "2025-03-02T23:59:59Z", capital: "1000.00", leverage: 1, fee_model: "fixed_bps", fee_bps: "5" },
  result: {
    metrics: { sharpe: "2.8829", sortino: null, calmar: "178.8470", max_drawdown: "-0.005555", win_rate: "0.500000", profit_factor: "1.6754", cagr: "0.993550", expected_value: "1.89375", total_trades: 2, avg_trade_duration_seconds: 32400 },
    equity_curve: [["2025-03-01T00:00:00Z", "1000.00"], ["2025-03-02T00:00:00Z", "1009.395"], ["2025-03-02T23:59:59Z", "1003.7875"]],
    trades: [],
  },
};
const tokens = new Proxy({}, { get: (_, name) => (name === "groups" ? () => [] : "#123456") }) as never;

describe("equity", () => {
  const equity = equityOf(job.result?.equity_curve ?? []);

  it("falls from its highest value so far, as the stored drawdown says", () => {
    expect(equity.moments).toEqual(["2025-03-01", "2025-03-02", "2025-03-02 23:59"]);
    expect(equity.falls[2]).toBeCloseTo(Number(job.result?.metrics.max_drawdown), 6);
    expect(deepestOf(equity.falls)).toBe(2);
    expect([deepestOf([]), deepestOf([0, 0])]).toEqual([-1, -1]);
  });

  it("is read as it was printed, and draws what is constant or empty", () => {
    const option = equityOption(equity, 1000, tokens, "en", (key) => key);
    const { reading } = option.tooltip as unknown as { reading: { html: (i: number, foot: string) => string } };
    expect(reading.html(2, "")).toContain("1,003.7875");
    expect(() => equityOption(equityOf([]), null, tokens, "en", (key) => key)).not.toThrow();
    expect(() => equityOption(equityOf([["2025-03-01T00:00:00Z", "5.00"], ["2025-03-02T00:00:00Z", "5.00"]]), 5, tokens, "en", (key) => key)).not.toThrow();
  });

  it("has a sentence from its stored figures", () => {
    expect(sentenceOf(job)).toEqual({ key: "verdict_gain", values: { count: 2, capital: "1,000.00", ended: "1,003.79", total: "+0.38%", fall: "0.56%", trades: "2", wins: "50%" } });
    expect(sentenceOf({ ...job, result: null })).toBeNull();
  });

  it("names what is doubtful, the strongest first", () => {
    expect(doubtsOf(job, { liquidated: ["BTCUSDT"], skipped: { margin: 3, notional: 0 }, causes: ["limit", "end"] }).map(({ key }) => key)).toEqual(["doubt_liquidated", "doubt_few", "doubt_short", "doubt_margin", "doubt_open"]);
    expect(doubtsOf({ ...job, result: null }, undefined)).toEqual([]);
    const said = { zh: "", en: "BTCUSDT was liquidated in the bar of 2025-03-01T00:00:00Z and traded no more" };
    expect(doubtsOf(job, { liquidated: ["BTCUSDT"], warnings: [said], causes: ["end"] }).map(({ key }) => key)).toEqual(["doubt_few", "doubt_short"]);
    expect([isGrave(said, { liquidated: ["BTCUSDT"] }), isGrave(said, { liquidated: [] })]).toEqual([true, false]);
  });
});
