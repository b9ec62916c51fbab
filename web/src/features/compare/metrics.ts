/** How a compared figure is written, and which entry of the dictionary explains it. */

import type { ComparedMetric, MetricValue, PairedDifference } from "@/api/compare";
import * as format from "@/lib/format";

/** Names of the comparison that the dictionary of figures knows by another name. */
const DICTIONARY: Record<string, string> = {
  rank_ic_mean: "rank_ic_oriented",
  ic_mean: "ic",
  rank_ic_t_hac: "t_hac",
  icir_annual: "icir",
  rank_ic_win_rate: "positive_share",
  rank_ic_p_permutation: "permutation_p",
};
export const entryOf = (name: string): string => DICTIONARY[name] ?? name;

/** Returns are signed and wear the direction of price. */
const RETURNS = new Set(["cagr", "excess_return", "total_return"]);
export const isReturn = (name: string): boolean => RETURNS.has(name);

const DIGITS: Record<string, number> = { rank_ic_mean: 4, ic_mean: 4, half_life: 1, score: 1, tests_passed: 0 };
const digitsOf = (metric: ComparedMetric) => DIGITS[metric.name] ?? (metric.kind === "score" ? 1 : metric.kind === "count" ? 0 : 2);

/** What a run is called: the words that were asked for, or its expression. A candidate was not asked for: the words are those of its parent. */
export const nameOf = (run: { readonly prompt: string | null; readonly expression: string; readonly candidate?: number | null }): string =>
  typeof run.candidate === "number" ? run.expression : run.prompt || run.expression;

/** A value as its table cell; a number that is absent is a dash. */
export function written(metric: ComparedMetric, value: MetricValue | undefined): string {
  if (value === null || value === undefined) return format.MISSING;
  if (typeof value === "string") return value;
  if (metric.kind === "percent") return isReturn(metric.name) ? format.percent(value) : format.share(value);
  if (metric.kind === "p") return format.pValue(value);
  return format.number(value, digitsOf(metric));
}

const size = (metric: ComparedMetric, value: number | null | undefined): string =>
  metric.kind === "percent" ? format.signed(typeof value === "number" ? value * 100 : value, 1) : format.signed(value, metric.kind === "p" ? 3 : digitsOf(metric));

/** Puts the unit of differences between percentages behind a text: percentage points, never per cent. */
export type Points = (text: string) => string;
const inUnit = (metric: ComparedMetric, text: string, points: Points): string => (metric.kind === "percent" && text !== format.MISSING ? points(text) : text);

/** A difference in the unit of the metric, with its sign. */
export const difference = (metric: ComparedMetric, value: number | null | undefined, points: Points): string => inUnit(metric, size(metric, value), points);

/** "−0.0012 – +0.0065": the interval of a paired difference, the unit once behind it. */
export function spread(metric: ComparedMetric, paired: PairedDifference | null, points: Points): string {
  const [low, high] = paired?.ci95 ?? [null, null];
  return typeof low === "number" && typeof high === "number" ? inUnit(metric, `${size(metric, low)} – ${size(metric, high)}`, points) : format.MISSING;
}

/** What the cells of the table show: differences to the first run exist on the common sessions only. */
export type Cells = "values" | "difference";
export const cellsOf = (asked: Cells, look: Look): Cells => (look === "own" ? "values" : asked);

/** Why a figure is absent: a key of the language file. */
export function absenceOf(metric: ComparedMetric, look: Look, sessions: number): string {
  if (look === "aligned" && metric.aligned && sessions < 2) return "absent_common";
  return { half_life: "absent_half_life", excess_return: "absent_excess_return", dsr: "absent_dsr", sharpe: "absent_spread", icir_annual: "absent_spread", rank_ic_p_permutation: "absent_permutation", sealed: "absent_state" }[metric.name] ?? "absent_figure";
}

/** Why a difference has no interval: the row is over whole results, or too few sessions are common. */
export const noInterval = (metric: ComparedMetric): string => (metric.aligned ? "noInterval_few" : "noInterval_whole");

export type Look = "aligned" | "own";

/** The figures of a look: on the common sessions, or each run over its own. */
export const valuesOf = (metric: ComparedMetric, look: Look): readonly MetricValue[] => (look === "own" ? metric.own : metric.values);

/** Best, and whether by more than the interval of the paired difference. Own ranges are not comparable: nothing is best there. */
export function standing(metric: ComparedMetric, place: number, look: Look): "best" | "clear" | undefined {
  if (look === "own" || metric.best !== place) return undefined;
  return metric.clear ? "clear" : "best";
}
