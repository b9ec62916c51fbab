/** What the charts of the IC tab draw. */

import type { CustomSeriesRenderItem, EChartsOption } from "echarts";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { normalCounts, rollingMean } from "@/lib/stats";
import { box, categoryAxis, dayTooltip, grid, itemTooltip, level, limits, timeAxis, timed, tip, valueAxis } from "@/ui/chart/parts";
import type { Tokens } from "@/ui/tokens";

import { meta } from "./twin";

const WINDOW = 60;

export function useIcSeries(result: RunResult) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const mean = typeof result.backtest_summary["rank_ic_mean"] === "number" ? result.backtest_summary["rank_ic_mean"] : null;
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const days = labels(data);
      const [daily, names] = [column(data, "rank_ic"), column(data, "names")];
      const smooth = rollingMean(daily, WINDOW);
      return {
        grid: grid({ right: 14 }),
        xAxis: timeAxis(tokens, days),
        yAxis: valueAxis(tokens, (value) => format.number(value, 1), limits([daily], [0])),
        tooltip: dayTooltip(tokens, days, i18n.language, (i) => [
          { name: "Rank IC", value: format.ic(daily[i]) },
          { name: t("names"), value: format.integer(names[i]) },
        ]),
        series: [
          { type: "bar", data: timed(days, daily), barWidth: 1, itemStyle: { color: tokens.null }, emphasis: { disabled: true }, large: days.length > 3000, markLine: level(tokens, 0) },
          { type: "line", data: timed(days, smooth), showSymbol: false, lineStyle: { color: tokens.accent, width: 2 }, itemStyle: { color: tokens.accent }, emphasis: { disabled: true }, ...(mean === null ? {} : { markLine: level(tokens, mean, t("mean", { value: format.ic(mean, 3) }), "dotted") }) },
        ],
      } as EChartsOption;
    },
    [mean, i18n.language, t],
  );
}

/** The multiple of 0.1 inside a bin, if there is one: the bins that get a label. */
function roundIn(from: number, width: number): number | null {
  const nearest = Math.ceil(from / 0.1 - 1e-9) * 0.1;
  return nearest < from + width ? nearest : null;
}

export function useHistogram() {
  const { t } = useTranslation("result");
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const left = data.index.map(Number);
      const counts = column(data, "count");
      const width = meta(data, "bin_width") ?? 0.01;
      const [mean, std] = [meta(data, "mean") ?? 0, meta(data, "std") ?? 0];
      const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      const centres = left.map((from) => from + width / 2);
      const curve = normalCounts(centres, mean, std, width, total);
      const place = (mean - (left[0] ?? 0)) / width - 0.5;
      return {
        grid: grid({ top: 26, left: 44 }),
        xAxis: [
          categoryAxis(tokens, left.map((from) => format.number(roundIn(from, width) ?? from, 1)), { axisLabel: { color: tokens.ink3, fontSize: 12, interval: (i: number) => roundIn(left[i] ?? 0, width) !== null } }),
          { type: "value", min: -0.5, max: left.length - 0.5, show: false },
        ],
        yAxis: valueAxis(tokens, (value) => format.integer(value)),
        tooltip: itemTooltip(tokens, (i) => ({
          title: `${format.number(left[i], 3)} – ${format.number((left[i] ?? 0) + width, 3)}`,
          lines: [{ name: t("daysCount"), value: format.integer(counts[i]) }, { name: t("normal"), value: format.number(curve[i], 1) }],
        })),
        series: [
          { type: "bar", barCategoryGap: "6%", data: counts.map((count, i) => ({ value: count, itemStyle: { color: (centres[i] ?? 0) < 0 ? tokens.g2 : tokens.g4, borderRadius: [1, 1, 0, 0] } })), emphasis: { disabled: true } },
          { type: "line", data: curve, smooth: true, showSymbol: false, lineStyle: { color: tokens.ink2, width: 1.25, type: [4, 3] }, itemStyle: { color: tokens.ink2 }, emphasis: { disabled: true } },
          { type: "line", xAxisIndex: 1, data: [], markLine: { silent: true, symbol: "none", animation: false, lineStyle: { color: tokens.ink, type: "solid", width: 1.5 }, label: { formatter: t("mean", { value: format.ic(mean, 3) }), color: tokens.ink, fontSize: 12 }, data: [{ xAxis: place }] } },
        ],
      } as EChartsOption;
    },
    [t],
  );
}

export function useDecay() {
  const { t } = useTranslation("result");
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const lags = data.index.map(Number);
      const [ic, low, high, p, names] = [column(data, "ic"), column(data, "ci_low"), column(data, "ci_high"), column(data, "p"), column(data, "names")];
      const halfLife = meta(data, "half_life");
      const holding = meta(data, "holding_period");
      const interval = data.meta["half_life_ci"];
      const [from, to] = Array.isArray(interval) && typeof interval[0] === "number" && typeof interval[1] === "number" ? [interval[0], interval[1]] : [null, null];
      const fit = data.meta["fit"] as { a?: number; b?: number } | null | undefined;
      const last = Math.max(1, ...lags);
      const whisker: CustomSeriesRenderItem = (_params, api) => {
        const x = api.value(0) as number;
        const [top, bottom] = [api.coord([x, api.value(2)]), api.coord([x, api.value(1)])];
        return { type: "line", shape: { x1: top[0] ?? 0, y1: top[1] ?? 0, x2: bottom[0] ?? 0, y2: bottom[1] ?? 0 }, style: { stroke: tokens.accent, lineWidth: 1.75 } };
      };
      const tooltip = (i: number) =>
        tip(tokens, t("lagTitle", { lag: lags[i] }), [
          { name: "Rank IC", value: format.ic(ic[i]) },
          { name: t("interval95"), value: format.interval(low[i], high[i], 4) },
          { name: "p", value: format.pValue(p[i]) },
          { name: t("names"), value: format.integer(names[i]) },
        ]);
      return {
        grid: grid({ top: 26 }),
        xAxis: { type: "value", min: 0, max: last + 1, interval: last >= 10 ? 5 : 1, axisLine: { lineStyle: { color: tokens.line2 }, onZero: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: tokens.ink3, fontSize: 12, formatter: (value: number) => (value === 0 || (last >= 10 && value % 5 !== 0) ? "" : t("lagDays", { lag: value })) } },
        yAxis: valueAxis(tokens, (value) => format.number(value, 3), limits([ic, low, high], [0])),
        tooltip: { ...box(tokens), trigger: "item", formatter: (hit: unknown) => tooltip((hit as { dataIndex: number }).dataIndex) },
        series: [
          { type: "custom", renderItem: whisker, data: lags.map((lag, i) => [lag, low[i], high[i]]), encode: { x: 0, y: [1, 2] }, silent: true, z: 2 },
          {
            type: "scatter",
            symbolSize: 9,
            itemStyle: { color: tokens.accent },
            data: lags.map((lag, i) => [lag, ic[i]]),
            z: 3,
            markLine: {
              silent: true,
              symbol: "none",
              animation: false,
              data: [
                { yAxis: 0, lineStyle: { color: tokens.ctl, type: "solid", width: 1 }, label: { show: false } },
                ...(halfLife === null || halfLife > last + 1 ? [] : [{ xAxis: halfLife, lineStyle: { color: tokens.accent, type: "solid" as const, width: 1.75 }, label: { formatter: t("halfLifeLine", { value: format.number(halfLife, 1) }), color: tokens.accent, fontWeight: "bold" as const, fontSize: 12 } }]),
                ...(holding === null || holding > last + 1 ? [] : [{ xAxis: holding, lineStyle: { color: tokens.ink2, type: "dashed" as const }, label: { show: halfLife === null || Math.abs(halfLife - holding) > 3, formatter: t("holdingLine", { value: holding }), color: tokens.ink2, fontSize: 12 } }]),
              ],
            },
            markArea: from === null || to === null ? { data: [] } : { silent: true, itemStyle: { color: tokens.accent, opacity: 0.1 }, data: [[{ xAxis: from }, { xAxis: Math.min(to, last + 1) }]] },
          },
          {
            type: "line",
            showSymbol: false,
            silent: true,
            lineStyle: { color: tokens.ink2, width: 1.25, type: [4, 3] },
            data: typeof fit?.a === "number" && typeof fit.b === "number" ? Array.from({ length: last * 4 - 3 }, (_, i) => [1 + i / 4, (fit.a as number) * Math.exp(-(fit.b as number) * (1 + i / 4))]) : [],
          },
        ],
      } as EChartsOption;
    },
    [t],
  );
}
