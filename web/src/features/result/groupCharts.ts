/** What the charts of the groups tab draw. */

import type { CustomSeriesRenderItem, EChartsOption } from "echarts";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { dayLines } from "@/ui/chart/dayLines";
import { box, categoryAxis, dayTooltip, grid, itemTooltip, level, limits, timeAxis, timed, tip, valueAxis } from "@/ui/chart/parts";
import { type Tokens } from "@/ui/tokens";


export function useGroupNav() {
  const { i18n } = useTranslation();
  return useCallback(
    (data: SeriesTable, tokens: Tokens) => {
      const names = Object.keys(data.columns);
      const colors = tokens.groups(names.length);
      return dayLines(tokens, {
        days: labels(data),
        language: i18n.language,
        format: format.nav,
        axisFormat: (value) => format.number(value, 2),
        zero: 1,
        right: 44,
        lines: names
          .map((name, i) => ({ name, values: column(data, name), color: colors[i] ?? tokens.ink, width: i === 0 || i === names.length - 1 ? 2 : 1.25, ...(names.length <= 10 || i === 0 || i === names.length - 1 ? { endLabel: name } : {}) }))
          .reverse(),
      });
    },
    [i18n.language],
  );
}

export function useMonotonicity() {
  const { t } = useTranslation("result");
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const names = labels(data);
      const colors = tokens.groups(names.length);
      const [value, low, high] = [column(data, "annual_return"), column(data, "ci_low"), column(data, "ci_high")];
      const whisker: CustomSeriesRenderItem = (params, api) => {
        const x = api.value(0) as number;
        const [top, bottom] = [api.coord([x, api.value(2)]), api.coord([x, api.value(1)])];
        return { type: "line", shape: { x1: top[0] ?? 0, y1: top[1] ?? 0, x2: bottom[0] ?? 0, y2: bottom[1] ?? 0 }, style: { stroke: colors[params.dataIndex] ?? tokens.ink, lineWidth: 2 } };
      };
      return {
        grid: grid({ top: 14 }),
        xAxis: categoryAxis(tokens, names),
        yAxis: valueAxis(tokens, (v) => format.share(v, 0), limits([value, low, high], [0])),
        tooltip: {
          ...box(tokens),
          trigger: "item",
          formatter: (hit: unknown) => {
            const i = (hit as { dataIndex: number }).dataIndex;
            return tip(tokens, names[i] ?? "", [{ name: t("groupAnnual"), value: format.percent(value[i]) }, { name: t("interval95"), value: `${format.percent(low[i])} – ${format.percent(high[i])}` }]);
          },
        },
        series: [
          { type: "line", data: value, showSymbol: false, silent: true, lineStyle: { color: tokens.line2, width: 1.25 }, z: 1 },
          { type: "custom", renderItem: whisker, data: names.map((_, i) => [i, low[i], high[i]]), encode: { x: 0, y: [1, 2] }, silent: true, z: 2 },
          { type: "scatter", symbolSize: 13, data: value.map((v, i) => ({ value: v, itemStyle: { color: colors[i] ?? tokens.ink } })), z: 3, markLine: level(tokens, 0) },
        ],
      } as EChartsOption;
    },
    [t],
  );
}

export function useLongShort() {
  const { t, i18n } = useTranslation(["result", "words"]);
  return useCallback(
    (data: SeriesTable, tokens: Tokens) =>
      dayLines(tokens, {
        days: labels(data),
        language: i18n.language,
        format: format.nav,
        axisFormat: (value) => format.number(value, 2),
        zero: 1,
        lines: [
          { name: t("words:net"), values: column(data, "net"), color: tokens.accent, width: 2 },
          { name: t("words:gross"), values: column(data, "gross"), color: tokens.bench, dashed: true, width: 1.25 },
        ],
      }),
    [i18n.language, t],
  );
}

export function useTurnover(result: RunResult) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const mean = typeof result.backtest_summary["turnover"] === "number" ? result.backtest_summary["turnover"] : null;
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const days = labels(data);
      const [target, traded, cost, into, out] = [column(data, "target"), column(data, "traded"), column(data, "cost"), column(data, "names_in"), column(data, "names_out")];
      return {
        grid: grid({ right: 14 }),
        xAxis: timeAxis(tokens, days),
        yAxis: valueAxis(tokens, (v) => format.share(v, 0), limits([target], [0])),
        tooltip: dayTooltip(tokens, days, i18n.language, (i) => [
          { name: t("words:turnover"), value: format.share(target[i]) },
          { name: t("traded"), value: format.share(traded[i]) },
          { name: t("inOut"), value: `${format.integer(into[i])} / ${format.integer(out[i])}` },
          { name: t("cost"), value: format.share(cost[i], 2) },
        ]),
        series: [
          { type: "bar", data: timed(days, target), barMinWidth: 1, barMaxWidth: 8, itemStyle: { color: tokens.bench, borderRadius: [1, 1, 0, 0] }, emphasis: { disabled: true }, ...(mean === null ? {} : { markLine: level(tokens, mean, t("mean", { value: format.share(mean) }), "dotted") }) },
        ],
      } as EChartsOption;
    },
    [mean, i18n.language, t],
  );
}

export function useQuantiles() {
  const { t } = useTranslation("result");
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const names = labels(data);
      const colors = tokens.groups(names.length);
      const horizons = Object.keys(data.columns);
      const columns = horizons.map((key) => column(data, key));
      return {
        grid: grid(),
        xAxis: categoryAxis(tokens, horizons.map((key) => t("lagDays", { lag: key.replace(/\D/g, "") }))),
        yAxis: valueAxis(tokens, (v) => format.share(v, 1), limits(columns, [0])),
        tooltip: itemTooltip(tokens, (h) => ({ title: t("afterDays", { lag: (horizons[h] ?? "").replace(/\D/g, "") }), lines: names.map((name, g) => ({ name, value: format.percent(columns[h]?.[g], 2), color: colors[g] ?? tokens.ink })).reverse() })),
        series: names.map((name, g) => ({ type: "bar" as const, name, barGap: "6%", barCategoryGap: "30%", itemStyle: { color: colors[g] ?? tokens.ink, borderRadius: 2 }, emphasis: { disabled: true }, data: columns.map((values) => values[g] ?? null), ...(g === 0 ? { markLine: level(tokens, 0) } : {}) })),
      } as EChartsOption;
    },
    [t],
  );
}
