/** The net value and its drawdown, one hair line through both. */

import type { EChartsOption } from "echarts";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useManySeries } from "@/api/result";
import { column, labels, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { Card } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { dayTooltip, grid, level, limits, timeAxis, timed, valueAxis } from "@/ui/chart/parts";
import { Segmented } from "@/ui/controls";
import { DataView } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { twinOf } from "./twin";

type View = "nav" | "excess" | "log";
type Span = "1" | "3" | "all";

function lastYears(length: number, days: readonly string[], span: Span): number {
  if (span === "all" || length === 0) return 0;
  const last = new Date(`${days[length - 1]}T00:00:00Z`);
  last.setUTCFullYear(last.getUTCFullYear() - Number(span));
  const from = last.toISOString().slice(0, 10);
  return Math.max(0, days.findIndex((day) => day > from));
}

interface CurveProps {
  readonly nav: SeriesTable;
  readonly drawdown: SeriesTable;
  readonly view: View;
  readonly span: Span;
  readonly benchmark: string;
}

/** Net value above, drawdown below, one hair line through both. */
function Curve({ nav, drawdown, view, span, benchmark }: CurveProps) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const option = useCallback(
    (tokens: Tokens): EChartsOption => {
      const all = labels(nav);
      const from = lastYears(all.length, all, span);
      const days = all.slice(from);
      const cut = (table: SeriesTable, name: string) => column(table, name).slice(from);
      const [strategy, bench, excess, daily] = [cut(nav, "strategy"), cut(nav, "benchmark"), cut(nav, "excess"), cut(nav, "strategy")];
      const [fall, benchFall] = [cut(drawdown, "strategy"), cut(drawdown, "benchmark")];
      const hasBench = bench.some((value) => value !== null);
      const main = view === "excess" ? excess : strategy;
      const upper = view === "excess" || !hasBench ? [main] : [main, bench];
      let deepest = -1;
      fall.forEach((value, i) => {
        if (value !== null && (deepest < 0 || value < (fall[deepest] ?? 0))) deepest = i;
      });
      const deepestValue = fall[deepest] ?? null;
      const right = deepest > days.length * 0.7;
      return {
        grid: [grid({ bottom: 158 }), grid({ top: "auto", height: 96, bottom: 26 })],
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        xAxis: [timeAxis(tokens, days, { gridIndex: 0, axisLabel: { show: false }, axisTick: { show: false } }), timeAxis(tokens, days, { gridIndex: 1 })],
        yAxis: [
          valueAxis(tokens, (value) => format.number(value, 2), view === "log" ? { type: "log", min: "dataMin", max: "dataMax", gridIndex: 0 } : { ...limits(upper, [1]), gridIndex: 0 }),
          valueAxis(tokens, (value) => format.share(value, 0), { ...limits([fall, ...(hasBench ? [benchFall] : [])], [0, -0.1]), gridIndex: 1, splitNumber: 2 }),
        ],
        tooltip: dayTooltip(tokens, days, i18n.language, (i) => {
          const before = daily[i - 1];
          const value = strategy[i];
          const change = typeof before === "number" && typeof value === "number" && before !== 0 ? value / before - 1 : null;
          const tone = (number: number | null) => (number === null || number === 0 ? undefined : number > 0 ? tokens.up : tokens.down);
          return [
            { name: t("strategyNav"), value: format.nav(value), color: tokens.accent },
            ...(hasBench ? [{ name: benchmark, value: format.nav(bench[i]), color: tokens.bench, dashed: true }] : []),
            { name: t("dayReturn"), value: format.percent(change, 2), tone: tone(change) },
            ...(hasBench ? [{ name: t("excessNav"), value: format.nav(excess[i]) }] : []),
            { name: t("drawdown"), value: format.share(fall[i], 1) },
          ];
        }),
        series: [
          { type: "line", data: timed(days, main), showSymbol: false, sampling: "lttb", lineStyle: { color: tokens.accent, width: 2 }, itemStyle: { color: tokens.accent }, emphasis: { disabled: true }, z: 3, markLine: level(tokens, 1) },
          ...(view === "excess" || !hasBench ? [] : [{ type: "line" as const, data: timed(days, bench), showSymbol: false, sampling: "lttb" as const, lineStyle: { color: tokens.bench, width: 1.25, type: [5, 3] }, itemStyle: { color: tokens.bench }, emphasis: { disabled: true } }]),
          {
            type: "line",
            xAxisIndex: 1,
            yAxisIndex: 1,
            data: timed(days, fall),
            showSymbol: false,
            sampling: "lttb",
            lineStyle: { color: tokens.accent, width: 1.25 },
            itemStyle: { color: tokens.accent },
            areaStyle: { color: tokens.accent, opacity: 0.12 },
            emphasis: { disabled: true },
            markPoint:
              deepestValue === null
                ? { data: [] }
                : {
                    silent: true,
                    symbol: "circle",
                    symbolSize: 6,
                    itemStyle: { color: tokens.ink },
                    label: { show: true, position: right ? "left" : "right", color: tokens.ink2, fontSize: 12, backgroundColor: tokens.surface, padding: [0, 3], formatter: `${t("words:max_drawdown")} ${format.share(deepestValue)}` },
                    data: [{ coord: [Date.parse(`${days[deepest]}T00:00:00Z`), deepestValue] }],
                  },
          },
          ...(hasBench ? [{ type: "line" as const, xAxisIndex: 1, yAxisIndex: 1, data: timed(days, benchFall), showSymbol: false, sampling: "lttb" as const, lineStyle: { color: tokens.bench, width: 1, type: [5, 3] }, itemStyle: { color: tokens.bench }, emphasis: { disabled: true } }] : []),
        ],
      } as EChartsOption;
    },
    [nav, drawdown, view, span, benchmark, i18n.language, t],
  );
  return <Chart label={t("navLabel")} height={496} points={nav.index.length} option={option} />;
}

export function CurveCard({ task, benchmark, longGroup, hasBenchmark }: { task: string; benchmark: string; longGroup: string; hasBenchmark: boolean }) {
  const { t } = useTranslation(["result", "words"]);
  const [view, setView] = useState<View>("nav");
  const [span, setSpan] = useState<Span>("all");
  const [nav, drawdown] = useManySeries(task, ["nav", "drawdown"]);
  const both = {
    data: nav?.data && drawdown?.data ? { nav: nav.data, drawdown: drawdown.data } : undefined,
    error: nav?.error ?? drawdown?.error ?? null,
    refetch: () => Promise.all([nav?.refetch(), drawdown?.refetch()]),
  };
  const twin = useMemo(
    () =>
      twinOf(nav?.data, t("date"), [
        { key: "strategy", label: t("words:strategy"), show: format.nav },
        { key: "strategy_gross", label: t("strategyGross"), show: format.nav },
        { key: "benchmark", label: benchmark, show: format.nav },
        { key: "excess", label: t("excessNav"), show: format.nav },
      ]),
    [nav?.data, benchmark, t],
  );
  const views: { value: View; label: string }[] = [{ value: "nav", label: t("viewNav") }, ...(hasBenchmark ? [{ value: "excess" as const, label: t("viewExcess") }] : []), { value: "log", label: t("viewLog") }];
  return (
    <Card
      id="nav"
      title={t("nav")}
      caption={`${t("words:long_group", { group: longGroup })} ${t("words:net")}${hasBenchmark ? ` · ${t("dashedIs", { name: benchmark })}` : ""}`}
      table={twin}
      tools={
        <>
          <Segmented label={t("viewLabel")} value={view} onChange={setView} options={views} />
          <Segmented label={t("spanLabel")} value={span} onChange={setSpan} options={[{ value: "1", label: t("span1") }, { value: "3", label: t("span3") }, { value: "all", label: t("spanAll") }]} />
        </>
      }
    >
      <DataView of={both} height={496}>
        {(data) => <Curve nav={data.nav} drawdown={data.drawdown} view={view} span={span} benchmark={benchmark} />}
      </DataView>
    </Card>
  );
}
