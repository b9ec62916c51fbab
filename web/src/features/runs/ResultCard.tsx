/** A finished run: grade and sentence, reasons, score, seven figures, the curve and the groups, ways on. */

import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import { useReportLink } from "@/api/reports";
import { useSeries } from "@/api/result";
import { column, labels, type RunResult, type SeriesTable, type Task } from "@/api/types";
import { compareSet } from "@/lib/compareSet";
import { integer, nav } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";
import { Chart } from "@/ui/chart/Chart";
import { dayLines } from "@/ui/chart/dayLines";
import { SealContext, type Seal } from "@/ui/chart/seal";
import { Button, buttonClass, Grade, LinkButton } from "@/ui/controls";
import { GroupBars, Tiles } from "@/ui/Figures";
import { BranchIcon, CheckIcon, ChevronIcon, CompareIcon, ReportIcon } from "@/ui/icons";
import { DemoMark } from "@/ui/MarketMark";
import { DataView, Strip } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { groupsOf, nameOf, tiles } from "./figures";
import css from "./Runs.module.css";
import { Reasons, ScoreBox, VerdictSentence } from "./Verdict";

/** How candidates are asked for; the page knows the task and what became of the request. */
export interface IterateProps {
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onIterate: (task: string, count: number) => void;
}

const USUAL_COUNT = 5;
const COUNTS = [3, 5, 8, 10];

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
  return <Chart label={label} height={178} zoom={false} seal="note" option={option} />;
}

function hasBenchmark(result: RunResult): boolean {
  return typeof result.metrics["benchmark_cagr"] === "number";
}

/** The slice that this run left alone, for the charts. */
function useSeal(result: RunResult): Seal | null {
  const { t } = useTranslation("runs");
  const sealed = result.search?.sealed;
  return useMemo(
    () =>
      sealed?.state === "sealed" && sealed.first_day && sealed.last_day
        ? { state: "sealed" as const, from: sealed.first_day, to: sealed.last_day, note: [t("sealedName"), t("sealedNote", { days: integer(sealed.sessions) })] }
        : null,
    [sealed, t],
  );
}

function Iterate({ task, busy, failure, onIterate }: IterateProps & { task: string }) {
  const { t } = useTranslation("runs");
  const said = useRefusalText();
  return (
    <>
      <span className={css["split"]}>
        <Button small disabled={busy} onClick={() => onIterate(task, USUAL_COUNT)} data-testid="iterate">
          <BranchIcon size={14} /> {busy ? t("iterating") : t("iterate", { count: USUAL_COUNT })}
        </Button>
        <Menu position="top-start">
          <Menu.Target>
            <Button small disabled={busy} aria-label={t("iterateCount")}><ChevronIcon size={12} /></Button>
          </Menu.Target>
          <Menu.Dropdown>
            {COUNTS.map((count) => (
              <Menu.Item key={count} onClick={() => onIterate(task, count)}>{t("candidates", { count })}</Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </span>
      {failure ? <p className={css["footFault"]} role="alert">{said(failure).title}</p> : null}
    </>
  );
}

/** What is doubtful about the data behind the figures; never hidden. */
function Doubts({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation("runs");
  const warnings = result.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <div className={css["doubts"]} data-testid="doubts">
      <Strip action={<Link to="/runs/$id" params={{ id: task }} search={{ tab: "provenance" }}>{t("doubtsEffects")}</Link>}>
        {t("doubts", { count: warnings.length })}
        {warnings.map((warning) => pick(warning, i18n.language)).join(t("doubtsJoiner"))}
      </Strip>
    </div>
  );
}

function CompareButton({ id }: { id: string }) {
  const { t } = useTranslation("runs");
  const inside = compareSet.useAll().includes(id);
  const toggle = () => {
    if (!compareSet.toggle(id)) toast("warning", t("compareFull"));
  };
  return (
    <Button small aria-pressed={inside} onClick={toggle} data-testid="compare-add">
      {inside ? <CheckIcon size={14} /> : <CompareIcon size={14} />} {inside ? t("compared") : t("compare")}
    </Button>
  );
}

function ReportLink({ url }: { url: string }) {
  const { t } = useTranslation("runs");
  const said = useRefusalText();
  const link = useReportLink(url, { download: false, onFault: (reason) => toast("error", t("reportFault", { reason: said(reason).title })) });
  return (
    <LinkButton small look="ghost" {...link} target="_blank" rel="noopener" data-testid="report">
      <ReportIcon size={14} /> {t("report")}
    </LinkButton>
  );
}

export function ResultCard({ task, result, iterate }: { task: Task; result: RunResult; iterate: IterateProps }) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const market = useMarket();
  const series = useSeries(task.task_id, "nav");
  const seal = useSeal(result);
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
          {result.params.synthetic === true ? <p><DemoMark of={result.params} /></p> : null}
        </div>
        <ScoreBox result={result} />
      </div>
      <Doubts task={task.task_id} result={result} />
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
            {(data) => (
              <SealContext.Provider value={seal}>
                <NavPreview series={data} benchmark={benchmark} label={t("navLabel")} />
              </SealContext.Provider>
            )}
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
        <Iterate task={task.task_id} {...iterate} />
        <CompareButton id={task.task_id} />
        {result.report_url ? <ReportLink url={result.report_url} /> : <span className="muted">{t("noReport")}</span>}
        <span className={css["source"]}>
          {result.params.market}@{(result.params.data_snapshot ?? "").slice(0, 6)}
          {typeof result.manifest?.["engine"] === "string" ? ` · ${result.manifest["engine"]}` : ""}
        </span>
      </div>
    </article>
  );
}
