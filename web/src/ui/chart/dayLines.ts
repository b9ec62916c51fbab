/** Lines over trading days: the form of most charts here. A missing value is a gap, never a bridge. */

import type { EChartsOption, LineSeriesOption } from "echarts";

import { MISSING } from "@/lib/format";

import type { Tokens } from "@/ui/tokens";
import { hatched } from "./seal";
import { dayTooltip, grid, level, limits, stamp, timeAxis, timed, valueAxis, type TipLine } from "./parts";

type Num = number | null;

export interface DayLine {
  readonly name: string;
  readonly values: readonly Num[];
  readonly color: string;
  readonly width?: number;
  readonly dashed?: boolean;
  /** A dash pattern of its own, instead of `dashed`. */
  readonly dash?: readonly number[];
  /** Letter at the end of the line in a badge of the line's colour; `ink` is the colour of the letter. */
  readonly badge?: { readonly letter: string; readonly ink: string };
  /** Word at the end of the line. */
  readonly endLabel?: string;
  readonly area?: boolean;
}

export interface DayLines {
  readonly days: readonly string[];
  readonly lines: readonly DayLine[];
  readonly language: string;
  readonly format: (value: number) => string;
  readonly axisFormat?: (value: number) => string;
  /** Reference value, drawn as a line in the control colour. */
  readonly zero?: number;
  readonly reference?: { readonly value: number; readonly label: string } | undefined;
  readonly keepInView?: readonly number[];
  readonly log?: boolean;
  readonly extraTip?: (index: number) => readonly TipLine[];
  readonly right?: number;
}

/** Shortest stretch without a value that is hatched; shorter ones are plain gaps. */
const LEAST_GAP = 5;

/** Stretches in which none of the lines has a value, as positions from…to. */
export function gapsOf(columns: readonly (readonly Num[])[], least = LEAST_GAP): readonly (readonly [number, number])[] {
  const count = Math.max(0, ...columns.map((values) => values.length));
  const out: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= count; i += 1) {
    const empty = i < count && columns.every((values) => (values[i] ?? null) === null);
    if (empty && from < 0) from = i;
    if (!empty && from >= 0) {
      if (i - from >= least) out.push([from, i - 1]);
      from = -1;
    }
  }
  return out;
}

export function dayLines(tokens: Tokens, spec: DayLines): EChartsOption {
  const bounds = limits(spec.lines.map((line) => line.values), [...(spec.zero === undefined ? [] : [spec.zero]), ...(spec.keepInView ?? [])]);
  const series: LineSeriesOption[] = spec.lines.map((line, i) => ({
    type: "line",
    name: line.name,
    data: timed(spec.days, line.values),
    showSymbol: false,
    sampling: "lttb",
    connectNulls: false,
    lineStyle: { color: line.color, width: line.width ?? 1.5, type: line.dash ? [...line.dash] : line.dashed ? [5, 3] : "solid" },
    itemStyle: { color: line.color },
    emphasis: { disabled: true },
    ...(line.area ? { areaStyle: { color: line.color, opacity: 0.12 } } : {}),
    ...(line.endLabel ? { endLabel: { show: true, formatter: line.endLabel, color: tokens.ink, fontSize: 12, fontWeight: 600, distance: 6 }, labelLayout: { moveOverlap: "shiftY" as const } } : {}),
    ...(line.badge ? { endLabel: { show: true, formatter: line.badge.letter, color: line.badge.ink, backgroundColor: line.color, borderRadius: 3, padding: [2, 4], fontSize: 11, fontWeight: 600, distance: 5 }, labelLayout: { moveOverlap: "shiftY" as const } } : {}),
    ...(i === 0 && spec.zero !== undefined ? { markLine: level(tokens, spec.zero) } : {}),
    z: spec.lines.length - i,
  }));
  const gaps = gapsOf(spec.lines.map((line) => line.values));
  if (gaps.length > 0) {
    series.push({ type: "line", name: "", silent: true, data: [], markArea: { silent: true, itemStyle: { color: hatched(tokens.line), opacity: 0.9 }, data: gaps.map(([from, to]) => [{ xAxis: stamp(spec.days[from] ?? "") }, { xAxis: stamp(spec.days[to] ?? "") }]) as never } });
  }
  if (spec.reference && series[0]) {
    series.push({ type: "line", name: "", data: [], markLine: level(tokens, spec.reference.value, spec.reference.label, "dotted") });
  }
  return {
    grid: grid({ right: spec.right ?? 14 }),
    xAxis: timeAxis(tokens, spec.days),
    yAxis: valueAxis(tokens, spec.axisFormat ?? spec.format, spec.log ? { type: "log", min: "dataMin", max: "dataMax" } : bounds),
    tooltip: dayTooltip(tokens, spec.days, spec.language, (index) => [
      ...spec.lines.map((line) => {
        const value = line.values[index];
        return { name: line.name, value: value === null || value === undefined ? MISSING : spec.format(value), color: line.color, dashed: line.dashed ?? false };
      }),
      ...(spec.extraTip?.(index) ?? []),
    ]),
    series,
  };
}
