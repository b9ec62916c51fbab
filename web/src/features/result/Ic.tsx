/** IC: is there prediction, is it steady, when does it fade, in which months, years, industries and sizes. */

import type { CustomSeriesRenderItem, EChartsOption } from "echarts";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/queries";
import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { normalCounts, rollingMean } from "@/lib/stats";
import { dayLines } from "@/ui/chart/dayLines";
import { box, categoryAxis, dayTooltip, grid, itemTooltip, LABEL_ROOM, level, limits, timeAxis, timed, tip, valueAxis } from "@/ui/chart/parts";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { MonthHeat, Tiles, type TileItem } from "@/ui/Figures";
import { DotRows } from "@/ui/Plots";
import type { Tokens } from "@/ui/tokens";

import { ChartCard, SeriesCard } from "./ChartCard";
import css from "./Result.module.css";
import { meta } from "./twin";

const GROUP = "ic";
const WINDOW = 60;

function IcTiles({ result, task }: { result: RunResult; task: string }) {
  const { t } = useTranslation(["result", "words"]);
  const yearly = useSeries(task, "yearly");
  const summary = result.backtest_summary;
  const read = (key: string) => (typeof summary[key] === "number" ? (summary[key] as number) : null);
  const ci = summary.rank_ic_ci95;
  const half = ci && ci[0] !== null && ci[1] !== null ? (ci[1] - ci[0]) / 2 : null;
  const placebo = result.anti_overfit?.tests.find((test) => test.code === "placebo" || test.name === "安慰剂检验");
  const permutations = placebo?.details["n_permutations"];
  const years = yearly.data ? labels(yearly.data) : [];
  const lastYear = years[years.length - 1];
  const lastIc = yearly.data ? (column(yearly.data, "rank_ic")[years.length - 1] ?? null) : null;
  const mean = read("rank_ic_mean");
  const items: TileItem[] = [
    { label: t("rankIcMean"), meaning: t("words:rank_ic_meaning"), value: format.ic(mean), note: half === null ? undefined : t("words:ci_half", { value: format.ic(half) }) },
    { label: t("words:t_hac"), meaning: t("words:t_hac_meaning"), value: format.number(read("rank_ic_t_hac")), note: t("twoSided", { clause: format.pClause(read("rank_ic_p_hac")) }) },
    { label: t("permutationP"), meaning: t("permutationMeaning"), value: format.pValue(typeof placebo?.p === "number" ? placebo.p : null), note: typeof permutations === "number" ? t("permutations", { count: permutations }) : undefined },
    { label: t("icirShort"), meaning: t("words:icir_meaning"), value: format.number(read("rank_ic_ir") ?? read("ic_ir")), note: t("annual", { value: format.number(read("icir_annual")) }) },
    { label: t("positive"), value: format.share(read("rank_ic_win_rate") ?? read("ic_win_rate")), note: t("icDays", { count: read("n_ic_dates") ?? 0, value: format.integer(read("n_ic_dates")) }) },
    { label: t("pearson"), value: format.ic(read("ic_mean")), note: t("tValue", { value: format.number(read("ic_t_hac")) }) },
    ...(lastYear ? [{ label: t("yearOf", { year: lastYear }), value: format.ic(lastIc), note: t("wholeRange", { value: format.ic(mean) }) }] : []),
  ];
  return (
    <div className={css["tiles"]}>
      <Tiles items={items} />
    </div>
  );
}

function useIcSeries() {
  const { t, i18n } = useTranslation(["result", "words"]);
  return useCallback(
    (data: SeriesTable, tokens: Tokens): EChartsOption => {
      const days = labels(data);
      const [daily, names] = [column(data, "rank_ic"), column(data, "names")];
      const smooth = rollingMean(daily, WINDOW);
      const known = daily.filter((value): value is number => value !== null);
      const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
      return {
        grid: grid({ right: LABEL_ROOM }),
        xAxis: timeAxis(tokens, days),
        yAxis: valueAxis(tokens, (value) => format.number(value, 1), limits([daily], [0])),
        tooltip: dayTooltip(tokens, days, i18n.language, (i) => [
          { name: "Rank IC", value: format.ic(daily[i]) },
          { name: t("mean60"), value: format.ic(smooth[i]), color: tokens.accent },
          { name: t("names"), value: format.integer(names[i]) },
        ]),
        series: [
          { type: "bar", data: timed(days, daily), barWidth: 1, itemStyle: { color: tokens.null }, emphasis: { disabled: true }, large: days.length > 3000, markLine: level(tokens, 0) },
          { type: "line", data: timed(days, smooth), showSymbol: false, lineStyle: { color: tokens.accent, width: 2 }, itemStyle: { color: tokens.accent }, emphasis: { disabled: true }, markLine: level(tokens, mean, t("mean", { value: format.ic(mean, 3) }), "dotted") },
        ],
      } as EChartsOption;
    },
    [i18n.language, t],
  );
}

/** The multiple of 0.1 inside a bin, if there is one: the bins that get a label. */
function roundIn(from: number, width: number): number | null {
  const nearest = Math.ceil(from / 0.1 - 1e-9) * 0.1;
  return nearest < from + width ? nearest : null;
}

function useHistogram() {
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

function useDecay() {
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
        xAxis: { type: "value", min: 0, max: last + 1, interval: 5, axisLine: { lineStyle: { color: tokens.line2 }, onZero: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: tokens.ink3, fontSize: 12, formatter: (value: number) => (value === 0 ? "" : t("lagDays", { lag: value })) } },
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

function decayCaption(result: RunResult, t: (key: string, values?: Record<string, unknown>) => string, language: string): string {
  const reason = language.startsWith("en") ? result.decay?.["reason_en"] : result.decay?.["reason_zh"];
  return typeof reason === "string" && reason ? t("noFit", { reason }) : t("decayCaption");
}

function YearTable({ data, result }: { data: SeriesTable; result: RunResult }) {
  const { t } = useTranslation(["result", "words"]);
  const [ic, icir, positive, days] = [column(data, "rank_ic"), column(data, "icir"), column(data, "positive_share"), column(data, "days")];
  const direction = result.direction ?? {};
  const read = (key: string) => (typeof direction[key] === "number" ? (direction[key] as number) : null);
  const rows: Row[] = labels(data).map((year, i) => ({ year, days: days[i] ?? null, ic: ic[i] ?? null, icir: icir[i] ?? null, positive: positive[i] ?? null }));
  if (direction["calibration_end"]) {
    rows.push({ year: t("calibration"), days: read("calibration_dates"), ic: read("calibration_rank_ic"), icir: null, positive: null, slice: true });
    rows.push({ year: t("outOfSlice"), days: read("out_of_slice_dates"), ic: read("out_of_slice_rank_ic"), icir: null, positive: null, slice: true });
  }
  const columns: Column[] = [
    { key: "year", label: t("range") },
    { key: "days", label: t("days"), numeric: true, show: (value) => format.integer(value as number | null) },
    { key: "ic", label: t("meanColumn"), numeric: true, show: (value) => format.ic(value as number | null) },
    { key: "icir", label: "ICIR", numeric: true, show: (value) => format.number(value as number | null) },
    { key: "positive", label: "IC > 0", numeric: true, show: (value) => format.share(value as number | null, 0) },
  ];
  return <DataTable label={t("byYear")} columns={columns} rows={rows} selected={(row) => row["slice"] === true} />;
}

export function Ic({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const icSeries = useIcSeries();
  const histogram = useHistogram();
  const decay = useDecay();
  const cumulative = useCallback(
    (data: SeriesTable, tokens: Tokens) =>
      dayLines(tokens, { days: labels(data), language: i18n.language, format: (value) => format.number(value, 3), axisFormat: (value) => format.number(value, 0), zero: 0, lines: [{ name: t("cumulative"), values: column(data, "rank_ic"), color: tokens.accent, width: 2 }] }),
    [i18n.language, t],
  );
  const groupRows = (data: SeriesTable, name: (key: string) => string) => {
    const [ic, low, high, days, names] = [column(data, "rank_ic"), column(data, "ci_low"), column(data, "ci_high"), column(data, "days"), column(data, "names")];
    return labels(data).map((key, i) => ({ key, label: name(key), value: ic[i] ?? null, low: low[i] ?? null, high: high[i] ?? null, hint: t("dotHint", { days: format.integer(days[i]), names: format.integer(names[i]) }) }));
  };
  const dotColumns = [
    { key: "rank_ic", label: "Rank IC", show: (value: number) => format.ic(value) },
    { key: "ci_low", label: t("ciLow"), show: (value: number) => format.ic(value) },
    { key: "ci_high", label: t("ciHigh"), show: (value: number) => format.ic(value) },
    { key: "days", label: t("days"), show: format.integer },
    { key: "names", label: t("names"), show: format.integer },
  ];
  return (
    <div className={css["grid"]}>
      <div className={css["full"]}>
        <IcTiles result={result} task={task} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="ic" title={t("icSeries")} caption={t("icSeriesCaption")} height={230} group={GROUP} indexLabel={t("date")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "ic", label: "IC", show: (v) => format.ic(v) }, { key: "names", label: t("names"), show: format.integer }]} option={icSeries} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="ic_cumulative" title={t("icCumulative")} caption={t("icCumulativeCaption")} height={230} group={GROUP} indexLabel={t("date")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.number(v, 3) }, { key: "ic", label: "IC", show: (v) => format.number(v, 3) }]} option={cumulative} />
      </div>
      <div className={css["half"]}>
        <SeriesCard task={task} series="ic_monthly" title={t("icMonthly")} caption={t("icMonthlyCaption")} height={200} indexLabel={t("month")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "days", label: t("days"), show: format.integer }, { key: "t", label: "t", show: (v) => format.number(v) }]}>
          {(data) => <IcHeat data={data} task={task} />}
        </SeriesCard>
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="ic_histogram" title={t("icHistogram")} caption={t("icHistogramCaption")} height={230} zoom={false} indexLabel={t("binFrom")} columns={[{ key: "count", label: t("daysCount"), show: format.integer }]} option={histogram} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="ic_decay" title={t("icDecay")} caption={decayCaption(result, t, i18n.language)} height={240} zoom={false} indexLabel={t("lag")} columns={[{ key: "ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "ci_low", label: t("ciLow"), show: (v) => format.ic(v) }, { key: "ci_high", label: t("ciHigh"), show: (v) => format.ic(v) }, { key: "p", label: "p", show: format.pValue }, { key: "names", label: t("names"), show: format.integer }]} option={decay} />
      </div>
      <div className={css["half"]}>
        <SeriesCard task={task} series="yearly" title={t("byYear")} caption="Rank IC" height={200} flush indexLabel={t("year")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "icir", label: "ICIR", show: (v) => format.number(v) }, { key: "positive_share", label: "IC > 0", show: (v) => format.share(v, 0) }, { key: "days", label: t("days"), show: format.integer }]}>
          {(data) => <YearTable data={data} result={result} />}
        </SeriesCard>
      </div>
      <div className={css["half"]}>
        <SeriesCard task={task} series="by_size" title={t("bySize")} caption={t("bySizeCaption")} height={180} indexLabel={t("bucket")} columns={dotColumns}>
          {(data) => <DotRows label={t("bySize")} rows={groupRows(data, (key) => t(`size_${key}`, { defaultValue: key }))} format={(v) => format.ic(v, 3)} axis={(v) => format.number(v, 2)} />}
        </SeriesCard>
      </div>
      <div className={css["half"]}>
        <SeriesCard task={task} series="by_industry" title={t("byIndustry")} caption={result.params.universe_meta?.industry_pit === false ? t("industrySnapshot") : t("interval95")} height={180} indexLabel={t("industry")} columns={dotColumns}>
          {(data) => <DotRows label={t("byIndustry")} rows={groupRows(data, (key) => key)} format={(v) => format.ic(v, 3)} axis={(v) => format.number(v, 2)} />}
        </SeriesCard>
      </div>
    </div>
  );
}

function IcHeat({ data, task }: { data: SeriesTable; task: string }) {
  const { t } = useTranslation("result");
  const yearly = useSeries(task, "yearly");
  const months = labels(data);
  const [ic, days, ts] = [column(data, "rank_ic"), column(data, "days"), column(data, "t")];
  const totals = new Map<string, number | null>(months.map((month) => [month.slice(0, 4), null]));
  if (yearly.data) {
    const values = column(yearly.data, "rank_ic");
    labels(yearly.data).forEach((year, i) => totals.set(year, values[i] ?? null));
  }
  const at = new Map(months.map((month, i) => [month, i]));
  return (
    <MonthHeat
      label={t("icMonthly")}
      months={new Map(months.map((month, i) => [month, ic[i] ?? null]))}
      totals={totals}
      cap={0.15}
      palette="groups"
      show={(value) => format.number(value * 100, 1)}
      hint={(month) => {
        const i = at.get(month) ?? -1;
        return t("icMonthHint", { month, ic: format.ic(ic[i]), days: format.integer(days[i]), t: format.number(ts[i]) });
      }}
    />
  );
}
