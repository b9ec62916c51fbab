/** What a person would say of a finished job: one sentence, then what is doubtful about it. By rules, from stored figures only. */

import type { CryptoJob, JobDetails } from "@/api/cryptoTypes";
import { valueOf } from "@/lib/exact";
import { integer, number, percent, share } from "@/lib/format";

export interface Words {
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Fewer trades than this say little. */
export const FEW_TRADES = 30;
/** Shorter windows than this make yearly figures of days. */
const SHORT_DAYS = 60;

const spanDays = (job: CryptoJob) => (Date.parse(job.config.end) - Date.parse(job.config.start)) / 86_400_000;

export function sentenceOf(job: CryptoJob): Words | null {
  const { result, config } = job;
  const curve = result?.equity_curve;
  const last = curve?.[curve.length - 1]?.[1];
  if (!result || last === undefined) return null;
  const [begun, ended] = [valueOf(config.capital), valueOf(last)];
  const total = begun !== null && ended !== null && begun > 0 ? ended / begun - 1 : null;
  const { total_trades: trades, win_rate: wins, max_drawdown: fall } = result.metrics;
  const values = { capital: number(begun), ended: number(ended), total: percent(total, 2), fall: share(Math.abs(valueOf(fall) ?? 0), 2), trades: integer(trades), wins: share(valueOf(wins), 0) };
  return { key: trades === 0 ? "verdict_none" : total !== null && total < 0 ? "verdict_loss" : total === 0 ? "verdict_flat" : "verdict_gain", values };
}

/** What stands against taking the figures at their word, the strongest first. */
export function doubtsOf(job: CryptoJob, details: JobDetails | undefined): Words[] {
  const metrics = job.result?.metrics;
  if (!metrics) return [];
  const gone = details?.liquidated ?? [];
  const { margin = 0, notional = 0 } = details?.skipped ?? {};
  const few = metrics.total_trades > 0 && metrics.total_trades < FEW_TRADES;
  const ended = (details?.causes ?? []).filter((cause) => cause === "end").length;
  return [
    ...(gone.length > 0 ? [{ key: "doubt_liquidated", values: { symbols: gone.join(", ") } }] : []),
    ...(few ? [{ key: "doubt_few", values: { trades: integer(metrics.total_trades) } }] : []),
    ...(spanDays(job) < SHORT_DAYS ? [{ key: "doubt_short", values: { days: integer(Math.ceil(spanDays(job))) } }] : []),
    ...(margin > 0 ? [{ key: "doubt_margin", values: { count: integer(margin) } }] : []),
    ...(notional > 0 ? [{ key: "doubt_notional", values: { count: integer(notional) } }] : []),
    ...(ended > 0 ? [{ key: "doubt_open", values: { count: integer(ended) } }] : []),
  ];
}
