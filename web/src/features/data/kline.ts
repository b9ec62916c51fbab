/** The option of a K-line with its volume: form tells rise from fall as much as colour does. */

import type { CustomSeriesRenderItem, EChartsOption } from "echarts";

import type { BarColumns, Bars } from "@/api/dataTypes";
import { integer, MISSING, money, number, percent } from "@/lib/format";
import { dayTooltip, grid, type TipLine, valueAxis } from "@/ui/chart/parts";
import { hatched } from "@/ui/chart/seal";
import type { Tokens } from "@/ui/tokens";


type Translate = (key: string, values?: Record<string, unknown>) => string;

const price = (value: number | null | undefined) => number(value, 2);

/** The last bars only: a small card has no room for more. */
export function tailOf(bars: Bars, most: number): Bars {
  if (bars.count <= most) return bars;
  const columns = Object.fromEntries(Object.entries(bars.columns).map(([name, values]: [string, readonly unknown[]]) => [name, values.slice(-most)])) as unknown as BarColumns;
  return { ...bars, columns, count: most, start: columns.day[0] ?? bars.start };
}

/** A bar rises when it closes above its open; one that closes where it opened follows the day before. */
export function rises(bars: Bars, i: number): boolean {
  const { open, close, change } = bars.columns;
  const [from, to] = [open[i] ?? null, close[i] ?? null];
  if (from !== null && to !== null && from !== to) return to > from;
  return (change[i] ?? 0) >= 0;
}

/** Words on what is special about a bar: suspended, without a row, closed at a limit, under special treatment. */
export function marksOf(bars: Bars, i: number, t: Translate): string[] {
  const { suspended, missing, at_limit: limit, st } = bars.columns;
  return [
    ...(missing[i] ? [t("barMissing")] : suspended[i] ? [t("barSuspended")] : []),
    ...(limit[i] === 1 ? [t("atLimitUp")] : limit[i] === -1 ? [t("atLimitDown")] : []),
    ...(st[i] === true ? [t("underSt")] : []),
  ];
}

/** How many bars are hatched or ticked; what is not there needs no legend. */
export function countsOf(bars: Bars): { readonly suspended: number; readonly missing: number; readonly up: number; readonly down: number } {
  const { suspended, missing, at_limit: limit } = bars.columns;
  const count = (test: (i: number) => boolean) => suspended.reduce((sum, _, i) => sum + (test(i) ? 1 : 0), 0);
  return { suspended: count((i) => suspended[i] === true && missing[i] !== true), missing: count((i) => missing[i] === true), up: count((i) => limit[i] === 1), down: count((i) => limit[i] === -1) };
}

export function readingOf(bars: Bars, i: number, tokens: Tokens | null, language: string, t: Translate): TipLine[] {
  const c = bars.columns;
  const change = c.change[i] ?? null;
  const tone = tokens && change !== null && change !== 0 ? (change > 0 ? tokens.up : tokens.down) : undefined;
  const marks = marksOf(bars, i, t);
  const limits = c.limit_up[i] ?? c.limit_down[i] ?? null;
  return [
    { name: t("open"), value: price(c.open[i]) },
    { name: t("high"), value: price(c.high[i]) },
    { name: t("low"), value: price(c.low[i]) },
    { name: t("close_price"), value: price(c.close[i]), tone },
    { name: t("change"), value: percent(change, 2), tone },
    { name: t("volume"), value: typeof c.volume[i] === "number" ? t("shares", { value: money(c.volume[i], language) }) : MISSING },
    { name: t("turnover"), value: money(c.amount[i], language) },
    { name: t("turn"), value: typeof c.turn[i] === "number" ? `${number(c.turn[i], 2)}%` : MISSING },
    ...(limits === null ? [] : [{ name: t("limits"), value: `${price(c.limit_down[i])} – ${price(c.limit_up[i])}` }]),
    ...((c.sessions[i] ?? 1) > 1 ? [{ name: t("sessionsIn"), value: integer(c.sessions[i]) }] : []),
    ...(marks.length > 0 ? [{ name: t("state"), value: marks.join(" · ") }] : []),
  ];
}

/** Only the first session of a month has a word on the axis; January has its year. */
function monthTicks(days: readonly string[]) {
  const starts = new Set(days.flatMap((day, i) => (i === 0 || day.slice(0, 7) === days[i - 1]?.slice(0, 7) ? [] : [i])));
  const years = new Set([...starts].filter((i) => days[i]?.slice(5, 7) === "01"));
  const many = starts.size > 40;
  return { interval: (i: number) => (many ? years : starts).has(i), formatter: (day: string) => (many ? day.slice(0, 4) : day.slice(0, 7)) };
}

/** Prices at the ticks: whole numbers where the range is wide, two digits elsewhere. */
function priceTick(bars: Bars): (value: number) => string {
  const known = bars.columns.close.filter((value): value is number => value !== null);
  const wide = Math.max(...known) - Math.min(...known) >= 8;
  return (value) => number(value, wide && Number.isInteger(value) ? 0 : 2);
}

export function klineOption(bars: Bars, tokens: Tokens, language: string, t: Translate): EChartsOption {
  const c = bars.columns;
  const days = c.day;
  const up = days.map((_, i) => rises(bars, i));
  const ticks = monthTicks(days);
  const axis = (gridIndex: number, labels: boolean) => ({
    type: "category" as const,
    gridIndex,
    data: [...days],
    boundaryGap: true,
    axisLine: { lineStyle: { color: tokens.line2 }, onZero: false },
    axisTick: { show: labels, interval: ticks.interval, lineStyle: { color: tokens.line2 } },
    axisLabel: { show: labels, color: tokens.ink3, fontSize: 12, interval: ticks.interval, formatter: ticks.formatter, hideOverlap: true, align: "left" as const },
    splitLine: { show: false },
  });
  const looks = (rise: boolean) => (rise ? { color: tokens.surface, borderColor: tokens.up } : { color: tokens.down, borderColor: tokens.down });
  /** A hatched column where nothing was traded. */
  const hatch: CustomSeriesRenderItem = (params, api) => {
    const width = (api.size?.([1, 0]) as number[] | undefined)?.[0] ?? 1;
    const [x = 0] = api.coord([api.value(0), 0]);
    const plot = params.coordSys as unknown as { y: number; height: number };
    return { type: "rect", shape: { x: x - width / 2, y: plot.y, width, height: plot.height }, style: { fill: hatched(tokens.line2) as never } };
  };
  /** A short bar beyond the candle of a day that closed at its limit. */
  const tick: CustomSeriesRenderItem = (_params, api) => {
    const width = Math.max(3, ((api.size?.([1, 0]) as number[] | undefined)?.[0] ?? 1) * 0.8);
    const above = api.value(2) === 1;
    const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
    return { type: "rect", shape: { x: x - width / 2, y: above ? y - 6 : y + 4, width, height: 2 }, style: { fill: above ? tokens.up : tokens.down } };
  };
  // The price beside it keeps the column within the range of the axis.
  let known = c.close.find((value) => value !== null) ?? 0;
  const idle = days.flatMap((_, i) => {
    known = c.close[i] ?? known;
    return c.suspended[i] || c.missing[i] ? [[i, known]] : [];
  });
  const limits = days.flatMap((_, i) => (c.at_limit[i] === 1 ? [[i, c.high[i] ?? c.close[i] ?? 0, 1]] : c.at_limit[i] === -1 ? [[i, c.low[i] ?? c.close[i] ?? 0, -1]] : []));
  return {
    grid: [grid({ bottom: 118, left: 56 }), grid({ top: "auto", height: 72, bottom: 26, left: 56 })],
    xAxis: [axis(0, false), axis(1, true)],
    yAxis: [
      valueAxis(tokens, priceTick(bars), { scale: true, gridIndex: 0, splitNumber: 5 }),
      valueAxis(tokens, (value) => money(value, language).replace(/\.0+(?!\d)/, ""), { min: 0, gridIndex: 1, splitNumber: 2 }),
    ],
    tooltip: dayTooltip(tokens, days, language, (i) => readingOf(bars, i, tokens, language, t)),
    series: [
      { type: "custom", renderItem: hatch, data: idle, encode: { x: 0, y: 1 }, silent: true, z: 1, clip: true },
      {
        type: "candlestick",
        data: days.map((_, i) => {
          const [open, close, low, high] = [c.open[i], c.close[i], c.low[i], c.high[i]];
          if (typeof open !== "number" || typeof close !== "number" || typeof low !== "number" || typeof high !== "number") return ["-", "-", "-", "-"];
          return { value: [open, close, low, high], ...(open === close ? { itemStyle: { borderColorDoji: up[i] ? tokens.up : tokens.down } } : {}) };
        }),
        itemStyle: { color: tokens.surface, borderColor: tokens.up, color0: tokens.down, borderColor0: tokens.down, borderColorDoji: tokens.ink3 },
        barMaxWidth: 14,
        emphasis: { disabled: true },
        z: 3,
      },
      { type: "custom", renderItem: tick, data: limits, encode: { x: 0, y: 1 }, silent: true, z: 4, clip: true },
      {
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: days.map((_, i) => ({ value: c.volume[i] ?? null, itemStyle: looks(up[i] ?? true) })),
        barMaxWidth: 14,
        large: days.length > 3000,
        emphasis: { disabled: true },
      },
    ],
  } as EChartsOption;
}
