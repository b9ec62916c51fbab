/** Axes, tooltips and marks in our style, so that a chart says only what is special about it. */

import type { EChartsOption } from "echarts";

import { MISSING, roundLimits, weekday } from "@/lib/format";

import type { Tokens } from "@/ui/tokens";

type Num = number | null;
export type Point = [number, Num];

/** The time of a month, of a day, or of a moment of a day ("2025-03-01 08:00"); always UTC. */
export const stamp = (day: string) => Date.parse(day.length > 10 ? `${day.slice(0, 10)}T${day.slice(11)}Z` : `${day.length === 7 ? `${day}-01` : day}T00:00:00Z`);

/** A time as charts name it: a day, or at another hour the moment. */
export function momentName(time: number): string {
  const text = new Date(time).toISOString();
  return text.slice(11, 16) === "00:00" ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

export function timed(days: readonly string[], values: readonly Num[]): Point[] {
  return days.map((day, i) => [stamp(day), values[i] ?? null]);
}

/** Smallest and largest of several columns and of the values that must be in view. */
export function limits(columns: readonly (readonly Num[])[], also: readonly number[] = [], parts = 5): { min: number; max: number; interval: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...columns.flat(), ...also]) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const { min, max, step } = roundLimits(low, high, parts);
  return { min, max, interval: step };
}

export const grid = (extra: Record<string, unknown> = {}) => ({ left: 52, right: 16, top: 10, bottom: 26, outerBoundsMode: "none" as const, ...extra });

/** Years at their first day, months at theirs, else the day; the first tick says its year. */
function tickDay(time: number, index: number): string {
  const day = new Date(time).toISOString().slice(0, 10);
  if (day.endsWith("-01-01")) return day.slice(0, 4);
  if (day.endsWith("-01")) return day.slice(0, 7);
  return index === 0 ? day : day.slice(5);
}

export function timeAxis(tokens: Tokens, days: readonly string[], extra: Record<string, unknown> = {}) {
  // A range that starts in the first days of a month begins at its first, so that the year has its tick.
  const first = days[0] ?? "";
  const aligned = Number(first.slice(8, 10)) <= 10 && first.length >= 7;
  return {
    type: "time" as const,
    ...(aligned ? { min: stamp(first.slice(0, 7)) } : {}),
    axisLine: { lineStyle: { color: tokens.line2 }, onZero: false },
    axisTick: { show: true, lineStyle: { color: tokens.line2 }, length: 4 },
    axisLabel: { color: tokens.ink3, fontSize: 12, hideOverlap: true, align: "left" as const, formatter: tickDay, showMinLabel: aligned, showMaxLabel: false },
    splitLine: { show: false },
    minInterval: 86_400_000,
    splitNumber: 6,
    ...extra,
  };
}

export function valueAxis(tokens: Tokens, format: (value: number) => string, extra: Record<string, unknown> = {}) {
  return {
    type: "value" as const,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: tokens.ink3, fontSize: 12, formatter: format },
    splitLine: { lineStyle: { color: tokens.line, width: 1 } },
    ...extra,
  };
}

export function categoryAxis(tokens: Tokens, data: readonly (string | number)[], extra: Record<string, unknown> = {}) {
  return {
    type: "category" as const,
    data: data.map(String),
    axisLine: { lineStyle: { color: tokens.line2 }, onZero: false },
    axisTick: { show: false },
    axisLabel: { color: tokens.ink3, fontSize: 12 },
    ...extra,
  };
}

/** A dashed or solid line at a value of the y axis, with a word above its end. */
export function level(tokens: Tokens, value: number, label = "", type: "solid" | "dashed" | "dotted" = "solid") {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: label ? tokens.ink2 : tokens.ctl, type, width: 1 },
    label: { show: label !== "", formatter: label, position: "insideEndTop" as const, color: tokens.ink2, fontSize: 12, distance: [4, 2], backgroundColor: tokens.surface, padding: [0, 3], borderRadius: 3 },
    data: [{ yAxis: value }],
  };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export interface TipLine {
  readonly name: string;
  readonly value: string;
  readonly color?: string;
  readonly dashed?: boolean;
  readonly tone?: string | undefined;
}

/** The box beside the pointer. */
export function tip(tokens: Tokens, title: string, lines: readonly TipLine[], foot = ""): string {
  const row = ({ name, value, color, dashed, tone }: TipLine) =>
    `<tr><td style="padding:0 18px 0 0;color:${tokens.ink2}">${
      color ? `<span style="display:inline-block;width:10px;border-top:2px ${dashed ? "dashed" : "solid"} ${color};vertical-align:middle;margin-right:6px"></span>` : ""
    }${escaped(name)}</td><td style="text-align:right;font-weight:600;color:${tone ?? tokens.ink}">${escaped(value)}</td></tr>`;
  return `<div style="font:12px/20px ${tokens.sans.replaceAll('"', "'")};font-variant-numeric:tabular-nums"><div style="color:${tokens.ink3};margin-bottom:2px">${escaped(title)}</div><table style="width:100%">${lines.map(row).join("")}</table>${
    foot ? `<div style="color:${tokens.ink3};margin-top:4px">${escaped(foot)}</div>` : ""
  }</div>`;
}

/** What a chart over days says about one of them. */
export interface DayReading {
  readonly days: readonly string[];
  readonly html: (index: number, foot: string) => string;
}

/** Tooltip of a chart over days: `lines` gets the position in the day list. The chart itself finds the day and draws the hair line. */
export function dayTooltip(tokens: Tokens, days: readonly string[], language: string, lines: (index: number) => readonly TipLine[]): EChartsOption["tooltip"] & { readonly reading: DayReading } {
  const html = (index: number, foot: string) => {
    const day = days[index] ?? MISSING;
    return tip(tokens, `${day} ${day.length > 7 ? weekday(day.slice(0, 10), language) : ""}`, lines(index), foot);
  };
  return { show: false, trigger: "none", reading: { days, html } };
}

/** Tooltip of a chart over categories. */
export function itemTooltip(tokens: Tokens, text: (index: number) => { title: string; lines: readonly TipLine[] }): EChartsOption["tooltip"] {
  return {
    ...box(tokens),
    trigger: "axis",
    axisPointer: { type: "line", lineStyle: { color: tokens.line2, width: 1, type: "solid" } },
    formatter: (hits: unknown) => {
      const first = (Array.isArray(hits) ? hits[0] : hits) as { dataIndex?: number } | undefined;
      if (first?.dataIndex === undefined) return "";
      const { title, lines } = text(first.dataIndex);
      return tip(tokens, title, lines);
    },
  };
}

export function box(tokens: Tokens) {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: tokens.surface,
    borderColor: tokens.line2,
    borderWidth: 1,
    padding: [8, 12],
    extraCssText: "border-radius:8px;box-shadow:0 8px 28px rgb(0 0 0 / .14)",
    textStyle: { color: tokens.ink },
  };
}
