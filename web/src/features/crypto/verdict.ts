/** What a person would say of a finished job: one sentence, then what is doubtful about it. By rules, from stored figures only. */

import type { CryptoJob, JobDetails, Said } from "@/api/cryptoTypes";
import { valueOf } from "@/lib/exact";
import { integer, number, percent, share } from "@/lib/format";

export interface Words {
  readonly key: string;
  /** `count` chooses between one and many; what is shown of it is `shown`. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** Fewer trades than this say little. */
export const FEW_TRADES = 30;
/** Shorter windows than this make yearly figures of days. */
const SHORT_DAYS = 60;

const counted = (count: number) => ({ count, shown: integer(count) });

const spanDays = (job: CryptoJob) => (Date.parse(job.config.end) - Date.parse(job.config.start)) / 86_400_000;

export function sentenceOf(job: CryptoJob): Words | null {
  const { result, config } = job;
  const curve = result?.equity_curve;
  const last = curve?.[curve.length - 1]?.[1];
  if (!result || last === undefined) return null;
  const [begun, ended] = [valueOf(config.capital), valueOf(last)];
  const total = begun !== null && ended !== null && begun > 0 ? ended / begun - 1 : null;
  const { total_trades: trades, win_rate: wins, max_drawdown: fall } = result.metrics;
  const values = { count: trades, capital: number(begun), ended: number(ended), total: percent(total, 2), fall: share(Math.abs(valueOf(fall) ?? 0), 2), trades: integer(trades), wins: share(valueOf(wins), 0) };
  return { key: trades === 0 ? "verdict_none" : total !== null && total < 0 ? "verdict_loss" : total === 0 ? "verdict_flat" : "verdict_gain", values };
}

/** A warning of the run that says of a symbol that it was liquidated. */
export const isGrave = (warning: Said, details: JobDetails | undefined) => (details?.liquidated ?? []).some((symbol) => warning.en.startsWith(`${symbol} was liquidated`));

/** What stands against taking the figures at their word, the strongest first. What a run has warned of itself is not said again. */
export function doubtsOf(job: CryptoJob, details: JobDetails | undefined): Words[] {
  const metrics = job.result?.metrics;
  if (!metrics) return [];
  const gone = details?.liquidated ?? [];
  const { margin = 0, notional = 0 } = details?.skipped ?? {};
  const few = metrics.total_trades > 0 && metrics.total_trades < FEW_TRADES;
  const ended = (details?.causes ?? []).filter((cause) => cause === "end").length;
  const told = (details?.warnings ?? []).length > 0;
  return [
    ...(gone.length > 0 && !told ? [{ key: "doubt_liquidated", values: { symbols: gone.join(", ") } }] : []),
    ...(few ? [{ key: "doubt_few", values: counted(metrics.total_trades) }] : []),
    ...(spanDays(job) < SHORT_DAYS ? [{ key: "doubt_short", values: { days: integer(Math.ceil(spanDays(job))) } }] : []),
    ...(margin > 0 && !told ? [{ key: "doubt_margin", values: counted(margin) }] : []),
    ...(notional > 0 && !told ? [{ key: "doubt_notional", values: counted(notional) }] : []),
    ...(ended > 0 && !told ? [{ key: "doubt_open", values: counted(ended) }] : []),
  ];
}
