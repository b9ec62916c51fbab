/** IC: is there prediction, is it steady, when does it fade, in which months, years, industries and sizes. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { dayLines } from "@/ui/chart/dayLines";
import { Metric } from "@/ui/Metric";
import { DotRows } from "@/ui/Plots";
import type { Tokens } from "@/ui/tokens";

import { ChartCard, SeriesCard } from "./ChartCard";
import css from "./Result.module.css";
import { IcHeat, IcTiles, YearTable } from "./IcTables";
import { useDecay, useHistogram, useIcSeries } from "./icCharts";

function decayCaption(result: RunResult, t: (key: string, values?: Record<string, unknown>) => string, language: string): string {
  const reason = language.startsWith("en") ? result.decay?.["reason_en"] : result.decay?.["reason_zh"];
  if (typeof reason === "string" && reason) return t("noFit", { reason });
  const { half_life_days: days, ci95 } = (result.decay ?? {}) as { half_life_days?: number | null; ci95?: readonly [number | null, number | null] | null };
  if (typeof days !== "number") return t("decayCaption");
  const [low, high] = ci95 ?? [null, null];
  return `${t("halfLifeCaption", { value: format.number(days, 1), low: format.number(low, 1), high: high === null ? t("unbounded") : format.number(high, 1) })} · ${t("decayCaption")}`;
}

export function Ic({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const icSeries = useIcSeries(result);
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
        <ChartCard task={task} series="ic" title={t("icSeries")} heading={<Metric name="rank_ic">{t("icSeries")}</Metric>} caption={t("icSeriesCaption")} height={230} indexLabel={t("date")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "ic", label: "IC", show: (v) => format.ic(v) }, { key: "names", label: t("names"), show: format.integer }]} option={icSeries} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="ic_cumulative" title={t("icCumulative")} caption={t("icCumulativeCaption")} height={230} indexLabel={t("date")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.number(v, 3) }, { key: "ic", label: "IC", show: (v) => format.number(v, 3) }]} option={cumulative} />
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
        <ChartCard task={task} series="ic_decay" title={t("icDecay")} heading={<Metric name="half_life">{t("icDecay")}</Metric>} caption={decayCaption(result, t, i18n.language)} height={240} zoom={false} indexLabel={t("lag")} columns={[{ key: "ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "ci_low", label: t("ciLow"), show: (v) => format.ic(v) }, { key: "ci_high", label: t("ciHigh"), show: (v) => format.ic(v) }, { key: "p", label: "p", show: format.pValue }, { key: "names", label: t("names"), show: format.integer }]} option={decay} />
      </div>
      <div className={css["half"]}>
        <SeriesCard task={task} series="yearly" title={t("byYear")} caption="Rank IC" height={200} flush indexLabel={t("year")} columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "icir", label: "ICIR", show: (v) => format.number(v) }, { key: "positive_share", label: "IC > 0", show: (v) => format.share(v, 0) }, { key: "days", label: t("sessionsColumn"), show: format.integer }]}>
          {(data) => <YearTable data={data} result={result} task={task} />}
        </SeriesCard>
      </div>
      <div className={css["side"]}>
        <SeriesCard task={task} series="by_size" title={t("bySize")} caption={t("bySizeCaption")} height={180} indexLabel={t("bucket")} columns={dotColumns}>
          {(data) => <DotRows label={t("bySize")} rows={groupRows(data, (key) => t(`size_${key}`, { defaultValue: key }))} format={(v) => format.ic(v, 3)} axis={(v, digits) => format.number(v, digits)} />}
        </SeriesCard>
      </div>
      <div className={css["wide"]}>
        <SeriesCard task={task} series="by_industry" title={t("byIndustry")} caption={result.params.universe_meta?.industry_pit === false ? t("industrySnapshot") : t("interval95")} height={180} indexLabel={t("industry")} columns={dotColumns}>
          {(data) => {
            const rows = groupRows(data, (key) => key);
            const half = Math.ceil(rows.length / 2);
            const known = rows.flatMap((row) => [row.low, row.high, row.value]).filter((value): value is number => value !== null);
            const domain: [number, number] = [Math.min(0, ...known), Math.max(0, ...known)];
            return (
              <div className={css["columns"]}>
                {[rows.slice(0, half), rows.slice(half)].filter((part) => part.length > 0).map((part) => (
                  <DotRows key={part[0]?.key} label={t("byIndustry")} rows={part} domain={domain} userText format={(v) => format.ic(v, 3)} axis={(v, digits) => format.number(v, digits)} />
                ))}
              </div>
            );
          }}
        </SeriesCard>
      </div>
    </div>
  );
}
