/** 业绩: the curve and its drawdown, the metrics beside the benchmark, months, rolling Sharpe, days, years. */

import type { EChartsOption } from "echarts";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { searchOf } from "@/api/result";
import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { dayLines } from "@/ui/chart/dayLines";
import { categoryAxis, grid, itemTooltip, valueAxis } from "@/ui/chart/parts";
import { Metric } from "@/ui/Metric";
import type { Tokens } from "@/ui/tokens";

import { ChartCard } from "./ChartCard";
import css from "./Result.module.css";
import { meta } from "./twin";
import { CurveCard } from "./Curve";
import { MetricTable } from "./MetricTable";
import { MonthsCard, YearsCard } from "./Years";

export function Performance({ task, result, benchmark }: { task: string; result: RunResult; benchmark: string }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const hasBenchmark = typeof result.metrics["benchmark_cagr"] === "number";
  const full = result.metrics["sharpe"] ?? null;
  const sealed = searchOf(result).sealed;
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
        <CurveCard task={task} benchmark={benchmark} longGroup={result.backtest_summary.strategy_group ?? ""} hasBenchmark={hasBenchmark} unsealed={sealed?.state === "none" && sealed.reason ? pick(sealed.reason, i18n.language) : undefined} />
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
          heading={<Metric name="sharpe">{t("rollingSharpe")}</Metric>}
          legend={[{ label: t("words:strategy"), color: "var(--accent)" }, ...(hasBenchmark ? [{ label: benchmark, color: "var(--bench)", look: "dashed" as const }] : [])]}
          caption={t("rollingSharpeCaption")}
          missing={t("windowNotFull")}
          height={220}
         
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
