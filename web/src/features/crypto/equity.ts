/** Equity over time with its drawdown below, and what is said of a finished job. */

import type { EChartsOption } from "echarts";

import type { CurvePoint } from "@/api/cryptoTypes";
import { exact, valueOf } from "@/lib/exact";
import { percent, share } from "@/lib/format";
import { dayTooltip, grid, level, limits, stamp, timeAxis, timed, valueAxis, type TipLine } from "@/ui/chart/parts";
import type { Tokens } from "@/ui/tokens";

type Num = number | null;
/** Of the capital; less than this would be drawn as if it were much. */
const LEAST_RANGE = 0.005;
type Translate = (key: string, values?: Record<string, unknown>) => string;

export interface Equity {
  /** "2025-03-01", or "2025-03-01 08:00" at another hour; UTC. */
  readonly moments: readonly string[];
  readonly printed: readonly string[];
  readonly values: readonly Num[];
  /** Share below the highest value so far; 0 or negative. */
  readonly falls: readonly Num[];
}

const momentOf = (text: string) => (text.slice(11, 19) === "00:00:00" ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`);

export function equityOf(curve: readonly CurvePoint[]): Equity {
  let high = -Infinity;
  const values = curve.map(([, text]) => valueOf(text));
  const falls = values.map((value) => {
    if (value === null) return null;
    high = Math.max(high, value);
    return high > 0 ? value / high - 1 : 0;
  });
  return { moments: curve.map(([time]) => momentOf(time)), printed: curve.map(([, text]) => text), values, falls };
}

/** Position of the deepest drawdown; -1 where there is none. */
export function deepestOf(falls: readonly Num[]): number {
  let at = -1;
  falls.forEach((value, i) => {
    if (value !== null && value < 0 && (at < 0 || value < (falls[at] ?? 0))) at = i;
  });
  return at;
}

export function equityOption(equity: Equity, capital: Num, tokens: Tokens, language: string, t: Translate): EChartsOption {
  const { moments, values, falls, printed } = equity;
  const deepest = deepestOf(falls);
  const axis = (gridIndex: number, labels: boolean) => timeAxis(tokens, moments, { gridIndex, min: stamp(moments[0] ?? ""), max: stamp(moments[moments.length - 1] ?? ""), ...(labels ? {} : { axisLabel: { show: false }, axisTick: { show: false } }) });
  const tipLines = (i: number): TipLine[] => {
    const before = values[i - 1] ?? null;
    const value = values[i] ?? null;
    const change = i > 0 && before !== null && value !== null && before > 0 ? value / before - 1 : null;
    const total = capital !== null && value !== null && capital > 0 ? value / capital - 1 : null;
    const tone = (of: Num) => (of === null || of === 0 ? undefined : of > 0 ? tokens.up : tokens.down);
    return [
      { name: t("equity"), value: exact(printed[i]), color: tokens.accent },
      ...(change === null ? [] : [{ name: t("sinceLast"), value: percent(change, 2), tone: tone(change) }]),
      { name: t("sinceStart"), value: percent(total, 2), tone: tone(total) },
      { name: t("drawdown"), value: share(falls[i], 2) },
    ];
  };
  const line = { type: "line" as const, showSymbol: moments.length < 3, sampling: "lttb" as const, connectNulls: false, emphasis: { disabled: true } };
  return {
    grid: [grid({ bottom: 152, left: 64 }), grid({ top: "auto", height: 104, bottom: 26, left: 64 })],
    xAxis: [axis(0, false), axis(1, true)],
    yAxis: [valueAxis(tokens, (value) => exact(String(value)), { ...limits([values], capital === null ? [] : [capital * (1 - LEAST_RANGE), capital * (1 + LEAST_RANGE)], 4), gridIndex: 0 }), valueAxis(tokens, (value) => share(value, Math.abs(Math.min(...falls.map((fall) => fall ?? 0))) < 0.02 ? 1 : 0), { ...limits([falls], [0, -LEAST_RANGE], 2), gridIndex: 1 })],
    tooltip: dayTooltip(tokens, moments, language, tipLines),
    series: [
      { ...line, name: t("equity"), data: timed(moments, values), itemStyle: { color: tokens.accent }, lineStyle: { color: tokens.accent, width: 2 }, ...(capital === null ? {} : { markLine: level(tokens, capital) }), z: 3 },
      {
        ...line,
        name: "",
        data: timed(moments, falls),
        xAxisIndex: 1,
        yAxisIndex: 1,
        itemStyle: { color: tokens.accent },
        lineStyle: { color: tokens.accent, width: 1.25 },
        areaStyle: { color: tokens.accent, opacity: 0.12 },
        markPoint: {
          silent: true,
          symbol: "circle",
          symbolSize: 6,
          itemStyle: { color: tokens.ink },
          label: { show: true, position: deepest > falls.length * 0.5 ? "left" : "right", color: tokens.ink2, fontSize: 12, backgroundColor: tokens.surface, padding: [0, 3], formatter: `${t("deepest")} ${share(falls[deepest] ?? null, 2)}` },
          data: deepest < 0 ? [] : [{ coord: [stamp(moments[deepest] ?? ""), falls[deepest] ?? 0] }],
        },
      },
    ],
  } as EChartsOption;
}
