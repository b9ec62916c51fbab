/** A finished result: the verdict, the seven tabs, the day that is looked at. */

import { Link } from "@tanstack/react-router";
import { Suspense, useEffect, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import { useSeries } from "@/api/result";
import type { RunResult, Task } from "@/api/types";
import { DaySheet } from "@/features/result/DaySheet";
import { ResultFrame } from "@/features/result/ResultFrame";
import { nameOf } from "@/features/runs/figures";
import { VerdictStrip } from "@/features/runs/VerdictStrip";
import { MISSING, score, span } from "@/lib/format";
import { shortcuts } from "@/lib/keys";
import { Boundary } from "@/ui/Boundary";
import { DayContext } from "@/ui/chart/Chart";
import { LinkContext } from "@/ui/chart/link";
import { showPaper } from "@/ui/chart/paper";
import { SealContext } from "@/ui/chart/seal";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Button } from "@/ui/controls";
import { Loading, Strip } from "@/ui/states";
import { Tabs } from "@/ui/Tabs";

import css from "@/pages/run.module.css";
import { Actions } from "./Actions";
import { Recheck } from "./Recheck";
import { Tab, TABS, type TabName } from "./tabs";
import { useSeal } from "./useSeal";
import { useView } from "./useView";

interface FinishedProps {
  /** Task, or `<task>-<index>` of a candidate. */
  readonly id: string;
  readonly task: Task;
  readonly result: RunResult;
  readonly onRewrite: () => void;
}

/** Where the numbers come from, for every file that leaves the page. */
function useProvenance(id: string, { params }: RunResult) {
  return useMemo(() => {
    const range = span(params.effective_start, params.effective_end);
    const costs = typeof params.cost_model === "string" ? params.cost_model : JSON.stringify(params.cost_model);
    return {
      lines: [
        `run ${id}`,
        `expression ${params.expression}`,
        `${params.market}@${params.data_snapshot} · ${params.universe} · ${range} · ${params.n_groups} groups · ${params.holding_period} sessions · ${params.execution} · costs ${costs}`,
        "ratios are fractions (0.05 = 5%)",
      ],
      span: range,
      foot: `${params.market}@${(params.data_snapshot ?? "").slice(0, 6)} · ${id}`,
      fileStem: `quantgpt_${id}`,
      synthetic: params.synthetic === true,
    };
  }, [id, params]);
}

export function Finished({ id, task, result, onRewrite }: FinishedProps) {
  const { t, i18n } = useTranslation(["run", "words"]);
  const market = useMarket();
  const blocked = useSeries(id, "blocked");
  const [view, change] = useView();
  const link = useChartLink();
  const seal = useSeal(id, result);
  const provenance = useProvenance(id, result);
  const universe = nameOf(market.data?.universes, result.params.universe, i18n.language);
  const benchmark = nameOf(market.data?.benchmarks, result.params.benchmark, i18n.language);
  const test = result.anti_overfit;
  const blockedTotal = blocked.data?.meta["total"] ?? blocked.data?.index.length;
  const counts: Partial<Record<TabName, string>> = {
    ...(test ? { robustness: `${test.passed_count}/${test.total_count}` } : {}),
    ...(typeof blockedTotal === "number" && blockedTotal > 0 ? { blocked: String(blockedTotal) } : {}),
  };
  const keys = useMemo(() => TABS.map((tab, i) => ({ keys: String(i + 1), label: t("tabKeys"), run: () => change({ tab }) })), [change, t]);
  shortcuts.useEntries(keys);
  const dayAction = useMemo(() => ({ hint: t("dayHint"), open: (day: string) => change({ day }) }), [change, t]);
  const candidate = view.candidate !== null && id !== task.task_id ? view.candidate : null;
  const bodies: Record<TabName, ReactNode> = {
    performance: <Tab.performance task={id} result={result} benchmark={benchmark} />,
    ic: <Tab.ic task={id} result={result} />,
    groups: <Tab.groups task={id} result={result} />,
    robustness: <Tab.robustness task={id} result={result} benchmark={benchmark} />,
    holdings: <Tab.holdings task={id} day={view.day} sameDay={result.params.execution === "same_close"} onDay={(day) => change({ day })} />,
    blocked: <Tab.blocked task={id} execution={result.params.execution ?? "next_open"} />,
    provenance: <Tab.provenance task={task} id={id} result={result} universe={universe} benchmark={benchmark} recheck={candidate === null ? <Recheck task={task} result={result} /> : null} />,
  };
  const shown = view.paper ? TABS : [view.tab];
  return (
    <LinkContext.Provider value={link}>
      <SealContext.Provider value={seal}>
        <DayContext.Provider value={view.paper ? null : dayAction}>
          <div className={css["head"]}>
            <div className={css["inner"]}>
              {candidate === null ? null : (
                <p className={css["candidate"]}>
                  {t("candidate", { number: candidate + 1 })} <Link to="/runs/$id" params={{ id: task.parent_task_id ?? task.task_id }}>{t("parent")}</Link>
                </p>
              )}
              <VerdictStrip result={result} universe={universe} actions={<Actions id={id} task={task} report={result.report_url ?? null} onRewrite={onRewrite} onPaper={() => change({ paper: true })} />} />
              {view.paper ? null : (
                <Tabs label={t("tabs")} value={view.tab} onChange={(next) => change({ tab: next as TabName })} items={TABS.map((name) => ({ id: name, label: t(`tab_${name}`), count: counts[name] }))} />
              )}
            </div>
          </div>
          {view.paper ? <Paper onClose={() => change({ paper: false })} /> : null}
          {shown.map((name) => (
            <div key={name} className={css["body"]} data-panel={name} {...(view.paper ? {} : { role: "tabpanel", id: "tab-panel", "aria-labelledby": `tab-${name}`, tabIndex: 0 })}>
              {view.paper ? <h2 className={css["chapter"]}>{t(`tab_${name}`)}</h2> : null}
              <ResultFrame result={result} provenance={provenance} warn={!view.paper || name === "performance"} onShowWarnings={() => change({ tab: "provenance" })}>
                <Boundary key={name}>
                  <Suspense fallback={<Loading height={420} />}>{bodies[name]}</Suspense>
                </Boundary>
              </ResultFrame>
            </div>
          ))}
          <style>{sheet([t("paperHead", { foot: provenance.foot }), t("paperGrade", { grade: result.grade ?? MISSING, score: score(result.score) }), provenance.synthetic ? t("words:demo_line") : ""])}</style>
          <DaySheet task={id} day={view.tab === "holdings" ? null : view.day} of={result.params} benchmark={benchmark} onDay={(day) => change({ day })} />
        </DayContext.Provider>
      </SealContext.Provider>
    </LinkContext.Provider>
  );
}

const quoted = (text: string) => `"${text.replaceAll(/["\\\n\r]/g, " ")}"`;

/** A4 with a header, the demo line, and page n of N. */
const sheet = ([left = "", right = "", foot = ""]: readonly string[]) =>
  `@page{size:A4 portrait;margin:17mm 15mm 15mm;@top-left{content:${quoted(left)};font-size:8pt}@top-right{content:${quoted(right)};font-size:8pt}@bottom-left{content:${quoted(foot)};font-size:8pt}@bottom-right{content:counter(page) "/" counter(pages);font-size:8pt}}`;

/** The strip above the paper: print it, go back. Printing starts when the charts are drawn. */
function Paper({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("run");
  useEffect(() => {
    showPaper(true);
    return () => showPaper(false);
  }, []);
  return (
    <div className={css["paperStrip"]}>
      <Strip calm action={<><Button small look="primary" onClick={() => window.print()}>{t("print")}</Button> <Button small onClick={onClose}>{t("back")}</Button></>}>{t("paperHint")}</Strip>
    </div>
  );
}
