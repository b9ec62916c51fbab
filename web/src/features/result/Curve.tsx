/** The net value and its drawdown, one hair line through both. */

import { useMediaQuery } from "@mantine/hooks";
import type { EChartsOption } from "echarts";
import { useCallback, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useManySeries, useSealedState } from "@/api/result";
import { column, labels, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { Card } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { LinkContext, useShownRange, type Range } from "@/ui/chart/link";
import { dayTooltip, grid, level, limits, stamp, timeAxis, timed, valueAxis, type TipLine } from "@/ui/chart/parts";
import { Segmented } from "@/ui/controls";
import { DataView } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { continued } from "./continued";
import css from "./Result.module.css";
import { twinOf } from "./twin";

export type CurveView = "nav" | "excess" | "log" | "drawdown";
type Span = "1" | "3" | "all";
type Num = number | null;

const HEIGHT = { wide: 496, phone: 320 };

/** The last years of what is drawn, as a range. */
export function lastYears(days: readonly string[], span: Span): Range | null {
  const last = days[days.length - 1];
  if (span === "all" || !last) return null;
  const from = `${Number(last.slice(0, 4)) - Number(span)}${last.slice(4)}`;
  return from <= (days[0] ?? "") ? null : { from, to: last };
}

interface CurveProps {
  readonly nav: SeriesTable;
  readonly drawdown: SeriesTable;
  readonly daily: SeriesTable;
  readonly after: SeriesTable | null;
  readonly view: CurveView;
  readonly benchmark: string;
  readonly height: number;
  readonly both: boolean;
}

const line = (data: unknown, color: string, more: Record<string, unknown> = {}) => ({ type: "line" as const, data, showSymbol: false, sampling: "lttb" as const, connectNulls: false, itemStyle: { color }, emphasis: { disabled: true }, ...more });

function deepestOf(fall: readonly Num[]): number {
  let deepest = -1;
  fall.forEach((value, i) => {
    if (value !== null && (deepest < 0 || value < (fall[deepest] ?? 0))) deepest = i;
  });
  return deepest;
}

/** Place of the last day without a drawdown before each day: since when the value has been below its high. */
export function sinceHigh(fall: readonly Num[]): (number | null)[] {
  let at: number | null = null;
  return fall.map((value, i) => {
    if (value === 0) at = i;
    return at;
  });
}

/** Net value above, drawdown below, one hair line through both. */
function Curve({ nav, drawdown, daily, after, view, benchmark, height, both }: CurveProps) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const option = useCallback(
    (tokens: Tokens): EChartsOption => {
      const { days, strategy, bench, excess } = continued(nav, after);
      const [fall, benchFall] = [column(drawdown, "strategy"), column(drawdown, "benchmark")];
      const since = sinceHigh(fall);
      const returns = new Map(labels(daily).map((day, i) => [day, column(daily, "strategy")[i] ?? null]));
      const hasBench = bench.some((value) => value !== null);
      const main = view === "excess" ? excess : strategy;
      const upper = view === "excess" || !hasBench ? [main] : [main, bench];
      const deepest = deepestOf(fall);
      const deepestValue = fall[deepest] ?? null;
      const top = view !== "drawdown";
      const bottom = both || view === "drawdown";
      const low = top ? 1 : 0;
      const tone = (value: Num) => (value === null || value === 0 ? undefined : value > 0 ? tokens.up : tokens.down);
      const tipLines = (i: number): TipLine[] => {
        const value = strategy[i];
        const change = returns.get(days[i] ?? "");
        const gap = excess[i] ?? null;
        const from = since[i];
        return [
          { name: t("strategyNav"), value: format.nav(value), color: tokens.accent },
          ...(hasBench ? [{ name: benchmark, value: format.nav(bench[i]), color: tokens.bench, dashed: true }] : []),
          ...(change === undefined ? [] : [{ name: t("dayReturn"), value: format.percent(change, 2), tone: tone(change) }]),
          ...(hasBench ? [{ name: t("excessNav"), value: format.percent(gap === null ? null : gap - 1, 2), tone: tone(gap === null ? null : gap - 1) }] : []),
          ...(fall[i] === undefined ? [] : [{ name: t("drawdown"), value: format.share(fall[i], 1) }]),
          ...(typeof from === "number" && from < i && (fall[i] ?? 0) < 0 ? [{ name: t("sinceHigh"), value: t("sinceHighValue", { day: days[from], count: i - from }) }] : []),
        ];
      };
      const lower = bottom
        ? [
            line(timed(labels(drawdown), fall), tokens.accent, {
              name: view === "drawdown" ? t("drawdown") : "",
              xAxisIndex: low,
              yAxisIndex: low,
              lineStyle: { color: tokens.accent, width: 1.25 },
              areaStyle: { color: tokens.accent, opacity: 0.12 },
              markPoint:
                deepestValue === null
                  ? { data: [] }
                  : {
                      silent: true,
                      symbol: "circle",
                      symbolSize: 6,
                      itemStyle: { color: tokens.ink },
                      label: { show: true, position: deepest > fall.length * 0.5 ? "left" : "right", color: tokens.ink2, fontSize: 12, backgroundColor: tokens.surface, padding: [0, 3], formatter: `${t("words:max_drawdown")} ${format.share(deepestValue)}` },
                      data: [{ coord: [stamp(days[deepest] ?? ""), deepestValue] }],
                    },
            }),
            ...(hasBench ? [line(timed(labels(drawdown), benchFall), tokens.bench, { xAxisIndex: low, yAxisIndex: low, lineStyle: { color: tokens.bench, width: 1, type: [5, 3] } })] : []),
          ]
        : [];
      const shares = limits([fall, ...(hasBench ? [benchFall] : [])], [0, -0.1], 3);
      return {
        grid: [...(top ? [grid({ bottom: bottom ? 158 : 26 })] : []), ...(bottom ? [top ? grid({ top: "auto", height: 96, bottom: 26 }) : grid()] : [])],
        xAxis: [...(top ? [timeAxis(tokens, days, { gridIndex: 0, ...(bottom ? { axisLabel: { show: false }, axisTick: { show: false } } : {}) })] : []), ...(bottom ? [timeAxis(tokens, days, { gridIndex: low })] : [])],
        yAxis: [
          ...(top ? [valueAxis(tokens, (value) => format.number(value, 2), view === "log" ? { type: "log", min: "dataMin", max: "dataMax", gridIndex: 0 } : { ...limits(upper, [1]), gridIndex: 0 })] : []),
          ...(bottom ? [valueAxis(tokens, (value) => format.share(value, 0), { ...shares, gridIndex: low })] : []),
        ],
        tooltip: dayTooltip(tokens, days, i18n.language, tipLines),
        series: [
          ...(top
            ? [
                line(timed(days, main), tokens.accent, { name: t("strategyNav"), lineStyle: { color: tokens.accent, width: 2 }, z: 3, markLine: level(tokens, 1) }),
                ...(view === "excess" || !hasBench ? [] : [line(timed(days, bench), tokens.bench, { name: benchmark, lineStyle: { color: tokens.bench, width: 1.25, type: [5, 3] } })]),
              ]
            : []),
          ...lower,
        ],
      } as EChartsOption;
    },
    [nav, drawdown, daily, after, view, benchmark, both, i18n.language, t],
  );
  return <Chart label={t("navLabel")} height={height} seal="note" option={option} />;
}

interface CurveCardProps {
  /** Why nothing is sealed, when nothing is. */
  readonly unsealed: string | undefined;
  readonly task: string;
  readonly benchmark: string;
  readonly longGroup: string;
  readonly hasBenchmark: boolean;
}

export function CurveCard({ task, benchmark, longGroup, hasBenchmark, unsealed }: CurveCardProps) {
  const { t } = useTranslation(["result", "words"]);
  const phone = useMediaQuery("(max-width: 767px)") ?? false;
  const [asked, setView] = useState<CurveView>("nav");
  const view = !phone && asked === "drawdown" ? "nav" : asked;
  const link = useContext(LinkContext);
  const range = useShownRange();
  const sealed = useSealedState(task).data;
  const after = sealed?.opened?.is_this ? (sealed.series?.nav ?? null) : null;
  const [nav, drawdown, daily] = useManySeries(task, ["nav", "drawdown", "daily_returns"]);
  const days = useMemo(() => (nav?.data ? labels(nav.data) : []), [nav?.data]);
  const span: Span | "" = !range ? "all" : ((["1", "3"] as const).find((years) => lastYears(days, years)?.from === range.from && lastYears(days, years)?.to === range.to) ?? "");
  const both = {
    data: nav?.data && drawdown?.data && daily?.data ? { nav: nav.data, drawdown: drawdown.data, daily: daily.data } : undefined,
    error: nav?.error ?? drawdown?.error ?? daily?.error ?? null,
    refetch: () => Promise.all([nav?.refetch(), drawdown?.refetch(), daily?.refetch()]),
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
  const views: { value: CurveView; label: string }[] = [
    { value: "nav", label: t("viewNav") },
    ...(hasBenchmark ? [{ value: "excess" as const, label: t("viewExcess") }] : []),
    phone ? { value: "drawdown", label: t("drawdown") } : { value: "log", label: t("viewLog") },
  ];
  const switches = (
    <>
      <Segmented label={t("viewLabel")} value={view} onChange={setView} options={views} />
      <Segmented<Span | ""> label={t("spanLabel")} value={span} onChange={(next) => link?.setRange(lastYears(days, next === "" ? "all" : next))} options={[{ value: "1", label: t("span1") }, { value: "3", label: t("span3") }, { value: "all", label: t("spanAll") }]} />
    </>
  );
  return (
    <Card
      id="nav"
      title={t("nav")}
      legend={[
        { label: `${t("words:long_group", { group: longGroup })}${t("comma")}${t("words:net")}`, color: "var(--accent)" },
        ...(hasBenchmark && view !== "excess" ? [{ label: t("priceIndex", { name: benchmark }), color: "var(--bench)", look: "dashed" as const }] : []),
      ]}
      caption={unsealed}
      table={twin}
      tools={phone ? undefined : switches}
    >
      <DataView of={both} height={phone ? HEIGHT.phone : HEIGHT.wide}>
        {(data) => <Curve nav={data.nav} drawdown={data.drawdown} daily={data.daily} after={after} view={view} benchmark={benchmark} height={phone ? HEIGHT.phone : HEIGHT.wide} both={!phone} />}
      </DataView>
      {phone ? <div className={css["switches"]} data-unpictured="">{switches}</div> : null}
    </Card>
  );
}
