/** The option of a price chart: candles, price lines of lattices, fills. Form tells rise from fall and buy from sell; colour only helps. */

import type { CustomSeriesRenderItem, EChartsOption } from "echarts";

import type { ChartBars } from "@/api/cryptoTypes";
import { integer, number, percent } from "@/lib/format";
import { dayTooltip, grid, tip, valueAxis, type TipLine } from "@/ui/chart/parts";
import type { Tokens } from "@/ui/tokens";

import { namesOf, type Lattice, type Mark } from "./marks";

const DAY_MS = 86_400_000;

type Translate = (key: string, values?: Record<string, unknown>) => string;

export interface PriceSpec {
  readonly bars: ChartBars;
  readonly marks: readonly Mark[];
  readonly lattices: readonly Lattice[];
  /** One trade that stands out: bars and prices of its ends. */
  readonly chosen?: { readonly from: number; readonly to: number; readonly entry: number; readonly exit: number } | null;
  /** Digits of a price. */
  readonly digits: number;
  /** What the words on the axis tell apart. */
  readonly scale: Scale;
}

export type Scale = "years" | "days" | "hours";

/** By the span that is shown: only changes now and then, so that a chart is not drawn anew while it is moved. */
export const scaleOf = (shownMs: number): Scale => (shownMs > 400 * DAY_MS ? "years" : shownMs > 6 * DAY_MS ? "days" : "hours");

/** As many digits as the smallest step of the price has. */
export const digitsOf = (tick: string | undefined) => (tick?.includes(".") ? tick.replace(/0+$/, "").split(".")[1]?.length ?? 0 : 0);

/** What is read of one bar. */
export function readingOf(spec: PriceSpec, i: number, tokens: Tokens | null, t: Translate): TipLine[] {
  const { bars, marks, digits } = spec;
  const [open, high, low, close] = [bars.open[i], bars.high[i], bars.low[i], bars.close[i]];
  const change = open && close !== undefined ? close / open - 1 : null;
  const tone = tokens && change ? (change > 0 ? tokens.up : tokens.down) : undefined;
  const here = marks.filter((mark) => mark.bar === i);
  const fills = (["buys", "sells"] as const).flatMap((side) => {
    const mine = here.filter((mark) => mark.buys === (side === "buys"));
    if (mine.length === 0) return [];
    const count = mine.reduce((sum, mark) => sum + mark.count, 0);
    const prices = mine.map((mark) => mark.price);
    const [least, most] = [Math.min(...prices), Math.max(...prices)];
    return [{ name: t(`fill_${side}`, { count: integer(count) }), value: least === most ? number(least, digits) : `${number(least, digits)} – ${number(most, digits)}` }];
  });
  return [
    { name: t("open"), value: number(open, digits) },
    { name: t("high"), value: number(high, digits) },
    { name: t("low"), value: number(low, digits) },
    { name: t("close"), value: `${number(close, digits)} ${percent(change, 2)}`, tone },
    ...fills,
  ];
}

/** Words on the axis: days at their first bar, with the year in long charts; moments in short ones. */
function labelsOf(names: readonly string[], scale: Scale) {
  if (scale === "hours") return { formatter: (name: string) => name.slice(5) };
  const starts = new Set(names.flatMap((name, i) => (i === 0 || name.slice(0, 10) !== names[i - 1]?.slice(0, 10) ? [i] : [])));
  return { interval: (i: number) => starts.has(i), formatter: (name: string) => (scale === "years" ? name.slice(0, 10) : name.slice(5, 10)) };
}

const TRIANGLES = { buy: "triangle", sell: "path://M0,0L10,0L5,9Z" } as const;

/** The more there are the smaller they are, so that the candles stay in sight. */
const sizeOf = (marks: readonly Mark[]) => (marks.length <= 120 ? 8 : marks.length <= 400 ? 6 : 4);

/** Buys point up, sells down; what opens is filled, what closes is hollow; a forced close is a cross in the colour of errors. */
function fillSeries(marks: readonly Mark[], tokens: Tokens) {
  const size = sizeOf(marks);
  const series = (["buy", "sell"] as const).flatMap((side) =>
    [true, false].map((opens) => ({
      type: "scatter",
      name: "",
      data: marks.filter((mark) => mark.cause !== "liquidation" && mark.buys === (side === "buy") && mark.opens === opens).map((mark) => [mark.bar, mark.price]),
      symbol: TRIANGLES[side],
      symbolSize: size,
      symbolOffset: [0, side === "buy" ? size - 1 : 1 - size],
      itemStyle: { color: opens ? tokens.accent : tokens.surface, borderColor: tokens.accent, borderWidth: size > 4 ? 1.25 : 0.75 },
      silent: true,
      emphasis: { disabled: true },
      z: 5,
    })),
  );
  const forced = marks.filter((mark) => mark.cause === "liquidation").map((mark) => [mark.bar, mark.price]);
  return [...series, { type: "scatter", name: "", data: forced, symbol: "path://M0,1L1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5Z", symbolSize: 11, itemStyle: { color: tokens.error }, silent: true, emphasis: { disabled: true }, z: 6 }];
}

/** Pixels between two lines below which a lattice is drawn as a band. */
const LEAST_GAP = 4;

/** Lines of a lattice over the bars that it stood for. They never stretch the axis: lines beyond the prices lie outside. */
function latticeSeries(lattices: readonly Lattice[], tokens: Tokens) {
  const draw: CustomSeriesRenderItem = (_params, api) => {
    const lattice = lattices[api.value(2) as number];
    if (!lattice) return null;
    const ends = [lattice.from - 0.5, lattice.to + 0.5];
    const last = lattice.prices.length - 1;
    const [left = 0, bottom = 0] = api.coord([ends[0] ?? 0, lattice.prices[0] ?? 0]);
    const [right = 0, top = 0] = api.coord([ends[1] ?? 0, lattice.prices[last] ?? 0]);
    const dense = (bottom - top) / Math.max(1, last) < LEAST_GAP;
    const band = { type: "rect" as const, shape: { x: left, y: top, width: right - left, height: bottom - top }, style: { fill: tokens.sunken }, silent: true };
    return {
      type: "group",
      children: [...(dense ? [band] : []), ...(dense ? [lattice.prices[0] ?? 0, lattice.prices[last] ?? 0] : lattice.prices).map((price, k, shown) => {
        const [x1 = 0, y = 0] = api.coord([ends[0] ?? 0, price]);
        const [x2 = 0] = api.coord([ends[1] ?? 0, price]);
        const bound = k === 0 || k === shown.length - 1;
        return { type: "line" as const, shape: { x1, y1: y, x2, y2: y }, style: { stroke: bound ? tokens.ctl : tokens.line2, lineWidth: bound ? 1.25 : 0.75, lineDash: bound ? undefined : [4, 3] }, silent: true };
      })],
    } as never;
  };
  return { type: "custom", renderItem: draw, data: lattices.map((one, i) => [one.from, one.to, i]), encode: { x: [0, 1], y: -1 }, silent: true, clip: true, z: 1 };
}

export function priceOption(spec: PriceSpec, tokens: Tokens, language: string, t: Translate): EChartsOption {
  const { bars, marks, lattices, chosen, digits } = spec;
  const names = namesOf(bars);
  const wide = (bars.close[0] ?? 0) >= 1_000;
  const html = (i: number, foot: string) => tip(tokens, `${names[i] ?? ""}${bars.length_ms < DAY_MS ? " UTC" : ""}`, readingOf(spec, i, tokens, t), foot);
  return {
    grid: grid({ left: wide ? 64 : 56, top: 14, bottom: 26 }),
    xAxis: {
      type: "category",
      data: names,
      boundaryGap: true,
      axisLine: { lineStyle: { color: tokens.line2 }, onZero: false },
      axisTick: { show: false },
      axisLabel: { color: tokens.ink3, fontSize: 12, hideOverlap: true, ...labelsOf(names, spec.scale) },
      splitLine: { show: false },
    },
    yAxis: valueAxis(tokens, (value) => number(value, wide ? 0 : Math.min(digits, 4)), { scale: true, splitNumber: 6, ...(lattices.length > 0 ? { splitLine: { show: false } } : {}) }),
    dataZoom: [{ type: "inside", filterMode: "weakFilter", disabled: true, xAxisIndex: 0 }],
    tooltip: { ...dayTooltip(tokens, names, language, () => []), reading: { days: names, html } } as never,
    series: [
      latticeSeries(lattices, tokens),
      {
        type: "candlestick",
        data: names.map((_, i) => [bars.open[i] ?? "-", bars.close[i] ?? "-", bars.low[i] ?? "-", bars.high[i] ?? "-"]),
        itemStyle: { color: tokens.surface, borderColor: tokens.up, color0: tokens.down, borderColor0: tokens.down, borderColorDoji: tokens.ink3 },
        barMaxWidth: 12,
        large: false,
        emphasis: { disabled: true },
        z: 3,
      },
      ...fillSeries(marks, tokens),
      ...(chosen
        ? [{ type: "line", name: "", data: [[chosen.from, chosen.entry], [chosen.to, chosen.exit]], symbol: "circle", symbolSize: 9, lineStyle: { color: tokens.ink, width: 1.75 }, itemStyle: { color: tokens.ink }, silent: true, emphasis: { disabled: true }, z: 7 }]
        : []),
    ],
  } as EChartsOption;
}
