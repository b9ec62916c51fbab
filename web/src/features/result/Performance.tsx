/** 业绩: the curve and its drawdown, the metrics beside the benchmark, months, rolling Sharpe, days, years. */

import type { EChartsOption } from "echarts";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useManySeries, useSeries } from "@/api/queries";
import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { Card } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { dayLines } from "@/ui/chart/dayLines";
import { categoryAxis, dayTooltip, grid, itemTooltip, level, limits, timeAxis, timed, valueAxis } from "@/ui/chart/parts";
import { Segmented, Term } from "@/ui/controls";
import { DataTable } from "@/ui/DataTable";
import { MonthHeat } from "@/ui/Figures";
import { DataView } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { ChartCard, SeriesCard } from "./ChartCard";
import css from "./Result.module.css";
import { meta, twinOf } from "./twin";

const GROUP = "performance";
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
  return <Chart label={t("navLabel")} height={496} group={GROUP} points={nav.index.length} option={option} />;
}

function CurveCard({ task, benchmark, longGroup, hasBenchmark }: { task: string; benchmark: string; longGroup: string; hasBenchmark: boolean }) {
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

interface MetricRow {
  readonly key: string;
  readonly value: string;
  readonly bench?: string;
  readonly tone?: "up" | "down" | undefined;
}

function MetricTable({ result, benchmark }: { result: RunResult; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const { metrics: m, backtest_summary: summary } = result;
  const number = (key: string) => (typeof summary[key] === "number" ? (summary[key] as number) : null);
  const excess = m["excess_return"] ?? null;
  const sections: { name: string; rows: MetricRow[] }[] = [
    {
      name: t("sectionReturn"),
      rows: [
        { key: "total_return", value: format.percent(m["total_return"]), bench: format.percent(m["benchmark_total_return"]), tone: format.direction(m["total_return"]) },
        { key: "cagr", value: format.percent(m["cagr"]), bench: format.percent(m["benchmark_cagr"]), tone: format.direction(m["cagr"]) },
        { key: "excess_return", value: format.percent(excess), tone: format.direction(excess) },
        { key: "information_ratio", value: format.number(m["information_ratio"]) },
      ],
    },
    {
      name: t("sectionRisk"),
      rows: [
        { key: "sharpe", value: format.number(m["sharpe"]), bench: format.number(m["benchmark_sharpe"]) },
        { key: "sortino", value: format.number(m["sortino"]), bench: m["benchmark_sortino"] === undefined ? "" : format.number(m["benchmark_sortino"]) },
        { key: "max_drawdown", value: format.share(m["max_drawdown"]), bench: format.share(m["benchmark_max_drawdown"]) },
        { key: "volatility", value: format.share(m["volatility"]), bench: format.share(m["benchmark_volatility"]) },
        { key: "calmar", value: format.number(m["calmar"]) },
        { key: "var_95", value: format.percent(m["var_95"], 2) },
      ],
    },
    {
      name: t("sectionTrade"),
      rows: [
        { key: "win_rate", value: format.share(m["win_rate"]) },
        { key: "profit_factor", value: format.number(m["profit_factor"]) },
        { key: "turnover", value: format.share(number("turnover")) },
        { key: "annual_cost_drag", value: format.share(number("annual_cost_drag")) },
      ],
    },
  ];
  const rows = sections.flatMap((section) => section.rows.filter((row) => m[row.key] !== undefined || ["turnover", "annual_cost_drag"].includes(row.key)));
  const twin = {
    columns: [{ key: "metric", label: t("metric") }, { key: "strategy", label: t("words:strategy"), numeric: true }, { key: "benchmark", label: benchmark, numeric: true }],
    rows: rows.map((row) => ({ metric: t(`words:${row.key}`), strategy: row.value, benchmark: row.bench ?? "" })),
  };
  return (
    <Card id="metrics" title={t("metrics")} table={twin} isTable flush>
      <table className={css["metrics"]} aria-label={t("metrics")}>
        <thead>
          <tr>
            <td />
            <th scope="col" className="num" style={{ textAlign: "right" }}>{t("words:strategy")}</th>
            <th scope="col" className="num" style={{ textAlign: "right" }}>{t("words:benchmark")}</th>
          </tr>
        </thead>
        <tbody>
          {sections.map((section) => [
            <tr key={section.name} className={css["section"]}>
              <th scope="rowgroup" colSpan={3}>{section.name}</th>
            </tr>,
            ...section.rows
              .filter((row) => rows.includes(row))
              .map((row) => (
                <tr key={row.key}>
                  <th scope="row"><Term meaning={t(`words:${row.key}_meaning`)}>{t(`words:${row.key}`)}</Term></th>
                  <td style={row.tone ? { color: `var(--${row.tone})` } : undefined} data-metric={row.key}>{row.value}</td>
                  <td>{row.bench ?? ""}</td>
                </tr>
              )),
          ])}
        </tbody>
      </table>
    </Card>
  );
}

function MonthsCard({ task, benchmark }: { task: string; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const yearly = useSeries(task, "yearly");
  return (
    <SeriesCard
      task={task}
      series="monthly_returns"
      title={t("months")}
      caption={t("monthsCaption")}
      height={180}
      indexLabel={t("month")}
      columns={[
        { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value, 2) },
        { key: "benchmark", label: benchmark, show: (value) => format.percent(value, 2) },
        { key: "days", label: t("days") },
      ]}
    >
      {(data) => {
        const months = labels(data);
        const [own, bench, days] = [column(data, "strategy"), column(data, "benchmark"), column(data, "days")];
        const years = new Map<string, number | null>(months.map((month) => [month.slice(0, 4), null]));
        if (yearly.data) {
          const values = column(yearly.data, "strategy");
          labels(yearly.data).forEach((year, i) => years.set(year, values[i] ?? null));
        }
        const at = new Map(months.map((month, i) => [month, i]));
        return (
          <MonthHeat
            label={t("months")}
            months={new Map(months.map((month, i) => [month, own[i] ?? null]))}
            totals={years}
            cap={0.1}
            palette="price"
            show={(value) => format.signed(value * 100, 1)}
            hint={(month) => {
              const i = at.get(month) ?? -1;
              const excess = typeof own[i] === "number" && typeof bench[i] === "number" ? (own[i] as number) - (bench[i] as number) : null;
              return t("monthHint", { month, own: format.percent(own[i], 2), bench: format.percent(bench[i], 2), excess: format.percent(excess, 2), days: format.integer(days[i]) });
            }}
          />
        );
      }}
    </SeriesCard>
  );
}

function YearsCard({ task, benchmark }: { task: string; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const tone = (value: unknown) => (typeof value === "number" ? format.direction(value) : undefined);
  return (
    <SeriesCard
      task={task}
      series="yearly"
      title={t("years")}
      height={160}
      flush
      indexLabel={t("year")}
      columns={[
        { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value) },
        { key: "benchmark", label: benchmark, show: (value) => format.percent(value) },
        { key: "sharpe", label: t("words:sharpe"), show: (value) => format.number(value) },
        { key: "max_drawdown", label: t("words:max_drawdown"), show: (value) => format.share(value) },
        { key: "turnover", label: t("words:turnover"), show: (value) => format.share(value) },
        { key: "days", label: t("days"), show: format.integer },
      ]}
    >
      {(data) => {
        const twin = twinOf(data, t("year"), [
          { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value) },
          { key: "benchmark", label: benchmark, show: (value) => format.percent(value) },
          { key: "sharpe", label: t("words:sharpe"), show: (value) => format.number(value) },
          { key: "max_drawdown", label: t("words:max_drawdown"), show: (value) => format.share(value) },
          { key: "turnover", label: t("words:turnover"), show: (value) => format.share(value) },
          { key: "days", label: t("days"), show: format.integer },
        ]);
        if (!twin) return null;
        const columns = twin.columns.map((one) =>
          one.key === "strategy" || one.key === "benchmark" ? { ...one, show: (value: unknown) => <span className={tone(value)}>{typeof value === "number" ? format.percent(value) : format.MISSING}</span> } : one,
        );
        return <DataTable label={t("years")} columns={columns} rows={twin.rows} />;
      }}
    </SeriesCard>
  );
}

export function Performance({ task, result, benchmark }: { task: string; result: RunResult; benchmark: string }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const hasBenchmark = typeof result.metrics["benchmark_cagr"] === "number";
  const full = result.metrics["sharpe"] ?? null;
  const rolling = useCallback(
    (data: SeriesTable, tokens: Tokens) =>
      dayLines(tokens, {
        days: labels(data),
        language: i18n.language,
        format: (value) => format.number(value, 2),
        axisFormat: (value) => format.number(value, 0),
        zero: 0,
        reference: full === null ? undefined : { value: full, label: t("wholeRange", { value: format.number(full) }) },
        lines: [
          { name: t("words:strategy"), values: column(data, "strategy"), color: tokens.accent, width: 1.75 },
          ...(hasBenchmark ? [{ name: benchmark, values: column(data, "benchmark"), color: tokens.bench, dashed: true, width: 1.25 }] : []),
        ],
      }),
    [full, hasBenchmark, benchmark, i18n.language, t],
  );
  const histogram = useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const left = data.index.map(Number);
      const width = meta(data, "bin_width") ?? 0.0025;
      const counts = column(data, "count");
      const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      const tail = meta(data, "var_95");
      const at = tail === null ? -1 : left.findIndex((from) => tail >= from && tail < from + width);
      return {
        grid: grid({ left: 44, top: 26 }),
        xAxis: categoryAxis(tokens, left.map((from) => format.percent(from, 1)), { axisLabel: { color: tokens.ink3, fontSize: 12, hideOverlap: true, interval: (i: number) => Math.abs(Math.round((left[i] ?? 0) / width) % 8) === 0 } }),
        yAxis: valueAxis(tokens, (value) => format.integer(value)),
        tooltip: itemTooltip(tokens, (i) => ({
          title: `${format.percent(left[i], 2)} – ${format.percent((left[i] ?? 0) + width, 2)}`,
          lines: [{ name: t("daysCount"), value: format.integer(counts[i]) }, { name: t("shareOfDays"), value: format.share((counts[i] ?? 0) / (total || 1)) }],
        })),
        series: [
          {
            type: "bar",
            barCategoryGap: "8%",
            data: counts.map((count, i) => ({ value: count, itemStyle: { color: (left[i] ?? 0) >= -width / 2 ? tokens.up : tokens.down, opacity: 0.72, borderRadius: [2, 2, 0, 0] } })),
            markLine: at < 0 ? { data: [] } : { silent: true, symbol: "none", lineStyle: { color: tokens.ink, type: "dashed" }, label: { formatter: `VaR 5% ${format.percent(tail, 2)}`, color: tokens.ink2, fontSize: 12, position: "end" }, data: [{ xAxis: at }] },
          },
        ],
      } as EChartsOption;
    },
    [t],
  );
  return (
    <div className={css["grid"]}>
      <div className={css["split"]}>
        <CurveCard task={task} benchmark={benchmark} longGroup={result.backtest_summary.strategy_group ?? ""} hasBenchmark={hasBenchmark} />
        <MetricTable result={result} benchmark={benchmark} />
      </div>
      <div className={css["wide"]}>
        <MonthsCard task={task} benchmark={benchmark} />
      </div>
      <div className={css["side"]}>
        <ChartCard
          task={task}
          series="rolling_sharpe"
          title={t("rollingSharpe")}
          caption={t("rollingSharpeCaption")}
          height={220}
          group={GROUP}
          indexLabel={t("date")}
          columns={[{ key: "strategy", label: t("words:strategy"), show: (value) => format.number(value) }, { key: "benchmark", label: benchmark, show: (value) => format.number(value) }]}
          option={rolling}
        />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="return_histogram" title={t("returnHistogram")} caption={t("returnHistogramCaption")} height={220} zoom={false} indexLabel={t("binFrom")} columns={[{ key: "count", label: t("daysCount"), show: format.integer }]} option={histogram} />
      </div>
      <div className={css["half"]}>
        <YearsCard task={task} benchmark={benchmark} />
      </div>
    </div>
  );
}
