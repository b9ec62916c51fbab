/** 结果: everything about one run, verdict first, then seven tabs. */

import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFollow, useMarket, useSeries, useSubmit, useTask } from "@/api/queries";
import { isTerminal, type RunResult, type Task } from "@/api/types";
import { draftFrom, repeatOf } from "@/features/composer/draft";
import { ExpressionRow } from "@/features/runs/ExpressionRow";
import { FailedJob } from "@/features/runs/FailedJob";
import { nameOf } from "@/features/runs/figures";
import { fraction, StagePanel } from "@/features/runs/StagePanel";
import { VerdictStrip } from "@/features/runs/VerdictStrip";
import { span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { definePage } from "@/lib/page";
import { useHeading } from "@/lib/title";
import { Boundary } from "@/ui/Boundary";
import { ProvenanceProvider } from "@/ui/Card";
import { LinkContext } from "@/ui/chart/link";
import { useChartLink } from "@/ui/chart/useChartLink";
import { TextButton } from "@/ui/controls";
import { DataView, Loading, Strip } from "@/ui/states";
import { Tabs } from "@/ui/Tabs";

import css from "./run.module.css";

const Tab = {
  performance: lazy(() => import("@/features/result/Performance").then((module) => ({ default: module.Performance }))),
  ic: lazy(() => import("@/features/result/Ic").then((module) => ({ default: module.Ic }))),
  groups: lazy(() => import("@/features/result/Groups").then((module) => ({ default: module.Groups }))),
  robustness: lazy(() => import("@/features/result/Robustness").then((module) => ({ default: module.Robustness }))),
  holdings: lazy(() => import("@/features/result/Holdings").then((module) => ({ default: module.Holdings }))),
  blocked: lazy(() => import("@/features/result/Blocked").then((module) => ({ default: module.Blocked }))),
  provenance: lazy(() => import("@/features/result/Provenance").then((module) => ({ default: module.Provenance }))),
};

const TABS = ["performance", "ic", "groups", "robustness", "holdings", "blocked", "provenance"] as const;
type TabName = (typeof TABS)[number];

function useTab(): readonly [TabName, (tab: TabName) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = search["tab"];
  const tab = TABS.find((name) => name === asked) ?? "performance";
  const set = (next: TabName) => void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, tab: next }), replace: true } as never);
  return [tab, set] as const;
}

/** Digits choose a tab while nothing is being typed. */
function useTabKeys(choose: (tab: TabName) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.ctrlKey || event.metaKey || event.altKey || (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
      const tab = TABS[Number(event.key) - 1];
      if (tab) choose(tab);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

function Warnings({ result, onShow }: { result: RunResult; onShow: () => void }) {
  const { t, i18n } = useTranslation("run");
  const [open, setOpen] = useState(false);
  const warnings = result.warnings ?? [];
  if (warnings.length === 0) return null;
  const texts = warnings.map((warning) => pick(warning, i18n.language));
  const joined = texts.join(t("joiner"));
  return (
    <Strip action={<TextButton onClick={onShow}>{t("effects")}</TextButton>}>
      {t("warningCount", { count: warnings.length })}
      {open || joined.length <= 120 ? joined : `${joined.slice(0, 118)}… `}
      {!open && joined.length > 120 ? <TextButton onClick={() => setOpen(true)}>{t("more")}</TextButton> : null}
    </Strip>
  );
}

function Finished({ task, result }: { task: Task; result: RunResult }) {
  const { t, i18n } = useTranslation(["run", "words"]);
  const market = useMarket();
  const blocked = useSeries(task.task_id, "blocked");
  const [tab, setTab] = useTab();
  useTabKeys(setTab);
  const rewrite = useRewrite(task);
  const link = useChartLink();
  const universe = nameOf(market.data?.universes, result.params.universe, i18n.language);
  const benchmark = nameOf(market.data?.benchmarks, result.params.benchmark, i18n.language);
  const test = result.anti_overfit;
  const blockedTotal = blocked.data?.meta["total"] ?? blocked.data?.index.length;
  const counts: Partial<Record<TabName, string>> = {
    ...(test ? { robustness: `${test.passed_count}/${test.total_count}` } : {}),
    ...(typeof blockedTotal === "number" && blockedTotal > 0 ? { blocked: String(blockedTotal) } : {}),
  };
  const provenance = useMemo(() => {
    const { params } = result;
    const range = span(params.effective_start, params.effective_end);
    return {
      lines: [
        `run ${task.task_id}`,
        `expression ${params.expression}`,
        `${params.market}@${params.data_snapshot} · ${params.universe} · ${range} · ${params.n_groups} groups · ${params.holding_period} sessions · ${params.execution} · costs ${typeof params.cost_model === "string" ? params.cost_model : JSON.stringify(params.cost_model)}`,
        "ratios are fractions (0.05 = 5%)",
      ],
      span: range,
      foot: `${params.market}@${(params.data_snapshot ?? "").slice(0, 6)} · ${task.task_id}`,
      fileStem: `quantgpt_${task.task_id}`,
      synthetic: params.synthetic === true,
    };
  }, [result, task.task_id]);
  const id = task.task_id;
  const body = {
    performance: <Tab.performance task={id} result={result} benchmark={benchmark} />,
    ic: <Tab.ic task={id} result={result} />,
    groups: <Tab.groups task={id} result={result} />,
    robustness: <Tab.robustness task={id} result={result} benchmark={benchmark} />,
    holdings: <Tab.holdings task={id} />,
    blocked: <Tab.blocked task={id} />,
    provenance: <Tab.provenance task={task} result={result} universe={universe} benchmark={benchmark} />,
  }[tab];
  return (
    <>
      <div className={css["head"]}>
        <div className={css["inner"]}>
          <VerdictStrip result={result} universe={universe} onRewrite={rewrite} />
          <Tabs label={t("tabs")} value={tab} onChange={(next) => setTab(next as TabName)} items={TABS.map((name) => ({ id: name, label: t(`tab_${name}`), count: counts[name] }))} />
        </div>
      </div>
      <div className={css["body"]} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} tabIndex={0} data-panel={tab}>
        <Warnings result={result} onShow={() => setTab("provenance")} />
        <ProvenanceProvider value={provenance}>
          <Boundary key={tab}>
            <LinkContext.Provider value={link}>
              <Suspense fallback={<Loading height={420} />}>{body}</Suspense>
            </LinkContext.Provider>
          </Boundary>
        </ProvenanceProvider>
      </div>
    </>
  );
}

/** Take the expression and the parameters back to the composer. */
function useRewrite(task: Task): () => void {
  const navigate = useNavigate();
  const market = useMarket();
  return () => {
    draftFrom(task, market.data?.market ?? null);
    void navigate({ to: "/" });
  };
}

function Unfinished({ task }: { task: Task }) {
  const navigate = useNavigate();
  const market = useMarket();
  const submit = useSubmit();
  const rewrite = useRewrite(task);
  const again = () => {
    if (!market.data) return;
    submit.mutate(
      { ask: repeatOf(task, market.data), key: `${task.task_id}-again-${Date.now()}` },
      { onSuccess: ({ task_id }) => void navigate({ to: "/runs/$id", params: { id: task_id } } as never) },
    );
  };
  const link = useFollow(task.task_id, !isTerminal(task.status));
  return (
    <div className={css["body"]}>
      <ExpressionRow expression={task.expression ?? task.params.prompt ?? ""} />
      {task.status === "failed" ? <FailedJob task={task} onRetry={again} onEdit={rewrite} /> : <StagePanel task={task} link={link} />}
    </div>
  );
}

function RunPage() {
  const { t } = useTranslation("run");
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useTask(id);
  const task = query.data;
  const running = task !== undefined && !isTerminal(task.status);
  useHeading({ title: t("title", { id: id.slice(0, 6) }), trail: [{ label: t("research"), to: "/" }], back: "/", percent: running ? (fraction(task) ?? 0) * 100 : null });
  return (
    <div className={css["page"]}>
      {task?.status === "completed" && task.result ? (
        <Finished task={task} result={task.result} />
      ) : (
        <div className={css["single"]}>
          <DataView of={query} height={320}>{(data) => <Unfinished task={data} />}</DataView>
        </div>
      )}
    </div>
  );
}

export default definePage({ id: "run", path: "/runs/$id", component: RunPage, under: "research" });
