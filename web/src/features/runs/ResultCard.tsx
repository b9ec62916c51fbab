/** A finished run: grade and sentence, reasons, score, seven figures, the curve and the groups, ways on. */

import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useMarket, useSeries } from "@/api/queries";
import { column, labels, type RunResult, type SeriesTable, type Task } from "@/api/types";
import { nav } from "@/lib/format";
import { Chart } from "@/ui/chart/Chart";
import { dayLines } from "@/ui/chart/dayLines";
import { buttonClass, Grade, LinkButton } from "@/ui/controls";
import { GroupBars, Tiles } from "@/ui/Figures";
import { ReportIcon } from "@/ui/icons";
import { DataView } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { groupsOf, nameOf, tiles } from "./figures";
import css from "./Runs.module.css";
import { Reasons, ScoreBox, VerdictSentence } from "./Verdict";

function NavPreview({ series, benchmark, label }: { series: SeriesTable; benchmark: string; label: string }) {
  const { t, i18n } = useTranslation("words");
  const option = useCallback(
    (tokens: Tokens) => {
      const bench = column(series, "benchmark");
      return dayLines(tokens, {
        days: labels(series),
        language: i18n.language,
        format: nav,
        axisFormat: (value) => value.toFixed(2),
        zero: 1,
        lines: [
          { name: t("strategy"), values: column(series, "strategy"), color: tokens.accent, width: 2 },
          ...(bench.some((value) => value !== null) ? [{ name: benchmark, values: bench, color: tokens.bench, dashed: true, width: 1.25 }] : []),
        ],
      });
    },
    [series, benchmark, i18n.language, t],
  );
  return <Chart label={label} height={178} points={series.index.length} option={option} />;
}

function hasBenchmark(result: RunResult): boolean {
  return typeof result.metrics["benchmark_cagr"] === "number";
}

export function ResultCard({ task, result }: { task: Task; result: RunResult }) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const market = useMarket();
  const series = useSeries(task.task_id, "nav");
  const benchmark = nameOf(market.data?.benchmarks, result.params.benchmark, i18n.language);
  const long = result.backtest_summary.strategy_group ?? "";
  const groups = groupsOf(result.backtest_summary);
  const last = groups[groups.length - 1]?.name ?? "";
  return (
    <article className={css["card"]} aria-label={t("resultOf", { expression: result.params.expression })} data-testid="result-card">
      <div className={css["head"]}>
        <div className={css["gradeBox"]} data-testid="grade"><Grade letter={result.grade} size={56} /></div>
        <div className={css["sentence"]}>
          <h3><VerdictSentence result={result} /></h3>
          <Reasons result={result} />
        </div>
        <ScoreBox result={result} />
      </div>
      <Tiles items={tiles(result, (key, values) => t(`words:${key}`, values ?? {}), i18n.language)} />
      <div className={css["charts"]}>
        <div>
          <h4 className={css["chartTitle"]}>
            {t("nav")}
            <span className={css["legend"]}>
              <i style={{ borderTopColor: "var(--accent)" }} /> {t("longNet", { group: long })}
              {hasBenchmark(result) ? <><i style={{ borderTopColor: "var(--bench)", borderTopStyle: "dashed" }} /> {benchmark}</> : null}
            </span>
          </h4>
          <DataView of={series} height={178}>
            {(data) => <NavPreview series={data} benchmark={benchmark} label={t("navLabel")} />}
          </DataView>
        </div>
        <div>
          <h4 className={css["chartTitle"]}>
            {t("groups")}
            <span className={css["legend"]}>{t("groupsCaption", { group: last })}</span>
          </h4>
          <GroupBars groups={groups} height={158} label={t("groups")} />
        </div>
      </div>
      <div className={css["foot"]}>
        <Link to="/runs/$id" params={{ id: task.task_id }} className={buttonClass("primary", true)} data-testid="open-result">{t("open")}</Link>
        {result.report_url ? (
          <LinkButton small look="ghost" href={result.report_url} target="_blank" rel="noopener" data-testid="report">
            <ReportIcon /> {t("report")}
          </LinkButton>
        ) : (
          <span className="muted">{t("noReport")}</span>
        )}
        <span className={css["source"]}>
          {result.params.market}@{(result.params.data_snapshot ?? "").slice(0, 6)}
          {typeof result.manifest?.["engine"] === "string" ? ` · ${result.manifest["engine"]}` : ""}
        </span>
      </div>
    </article>
  );
}
