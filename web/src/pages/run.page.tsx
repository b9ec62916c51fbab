/** 结果: everything about one run or one candidate, verdict first, then seven tabs. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useFollow, useMarket, useTask, useTasks } from "@/api/queries";
import { repeatable, useRepeat } from "@/api/repeat";
import { candidateResult } from "@/api/result";
import { isTerminal, type Task } from "@/api/types";
import { draftFrom } from "@/features/composer/draft";
import { ExpressionRow } from "@/features/runs/ExpressionRow";
import { FailedJob } from "@/features/runs/FailedJob";
import { fraction, StagePanel } from "@/features/runs/StagePanel";
import { shortcuts } from "@/lib/keys";
import { definePage } from "@/lib/page";
import { useRefusalText } from "@/lib/refusal";
import { useHeading } from "@/lib/title";
import { toast } from "@/lib/toast";
import { buttonClass } from "@/ui/controls";
import { DataView, Empty } from "@/ui/states";

import css from "./run.module.css";
import { Finished } from "./run/Finished";
import { useView } from "./run/useView";

/** Take the expression and the parameters back to the composer. */
function useRewrite(task: Task | undefined): () => void {
  const navigate = useNavigate();
  const market = useMarket();
  return () => {
    if (!task) return;
    draftFrom(task, market.data?.market ?? null);
    void navigate({ to: "/" });
  };
}

function Unfinished({ task }: { task: Task }) {
  const navigate = useNavigate();
  const repeat = useRepeat();
  const said = useRefusalText();
  const rewrite = useRewrite(task);
  const again = () =>
    repeat.again(task, {
      onDone: ({ task_id }) => void navigate({ to: "/runs/$id", params: { id: task_id } } as never),
      onFault: (reason) => toast("error", said(reason).title),
    });
  const link = useFollow(task.task_id, !isTerminal(task.status));
  return (
    <div className={css["body"]}>
      <ExpressionRow expression={task.expression ?? task.params.prompt ?? ""} />
      {task.status === "failed" ? <FailedJob task={task} busy={!repeat.ready} {...(repeatable(task) ? { onRetry: again } : {})} {...(task.task_type === "iteration" ? {} : { onEdit: rewrite })} /> : <StagePanel task={task} link={link} />}
    </div>
  );
}

/** An iteration has no result of its own: its candidates have. */
function Iteration({ task, asked }: { task: Task; asked: number | null }) {
  const { t } = useTranslation("run");
  const candidates = task.candidates ?? [];
  return (
    <div className={css["body"]}>
      <Empty title={asked === null ? t("iterationTitle") : t("noCandidate", { number: asked + 1 })} height={200} action={<Link className={buttonClass("default", true)} to="/runs/$id" params={{ id: task.parent_task_id ?? task.task_id }}>{t("parent")}</Link>}>
        {t("iterationText")}
      </Empty>
      <ol className={css["candidates"]}>
        {candidates.map((candidate, i) => {
          const one = candidate as { expression?: string; status?: string; score?: number | null; grade?: string | null };
          return (
            <li key={i}>
              {one.status === "success" ? <Link to="/runs/$id" params={{ id: task.task_id }} search={{ candidate: i } as never}>{one.expression}</Link> : <span className="muted">{one.expression ?? ""}</span>}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Keys to the runs before and after this one. */
function useNeighbours(id: string): void {
  const { t } = useTranslation("run");
  const navigate = useNavigate();
  const tasks = useTasks(50);
  const ids = (tasks.data?.tasks ?? []).filter((task) => task.task_type === "backtest").map((task) => task.task_id);
  const at = ids.indexOf(id);
  const [newer, older] = [at > 0 ? ids[at - 1] : undefined, at >= 0 ? ids[at + 1] : undefined];
  const keys = useMemo(
    () =>
      ([["[", older, t("olderRun")], ["]", newer, t("newerRun")]] as const).flatMap(([key, other, label]) =>
        other ? [{ keys: key, label, run: () => void navigate({ to: "/runs/$id", params: { id: other }, search: (old: Record<string, unknown>) => ({ tab: old["tab"] }) } as never) }] : [],
      ),
    [older, newer, navigate, t],
  );
  shortcuts.useEntries(keys);
}

function RunPage() {
  const { t } = useTranslation("run");
  const { id } = useParams({ strict: false }) as { id: string };
  const [{ candidate }] = useView();
  const query = useTask(id);
  const task = query.data;
  const rewrite = useRewrite(task);
  useNeighbours(id);
  const iteration = task?.task_type === "iteration";
  const result = useMemo(() => (!task ? null : iteration ? (candidate === null ? null : candidateResult(task, candidate)) : task.status === "completed" ? task.result : null), [task, iteration, candidate]);
  const running = task !== undefined && !isTerminal(task.status);
  const name = id.replace(/^iter_/, "").slice(0, 6);
  useHeading({
    title: iteration && candidate !== null ? t("candidateTitle", { id: name, number: candidate + 1 }) : t("title", { id: name }),
    trail: [{ label: t("research"), to: task?.session_id ? `/s/${task.session_id}` : "/" }],
    back: task?.session_id ? `/s/${task.session_id}` : "/",
    percent: running ? (fraction(task) ?? 0) * 100 : null,
  });
  return (
    <div className={css["page"]}>
      {task && result ? (
        <Finished key={`${id}-${candidate ?? ""}`} id={iteration ? `${id}-${candidate ?? 0}` : id} task={task} result={result} onRewrite={rewrite} />
      ) : (
        <div className={css["single"]}>
          {query.error instanceof ApiError && query.error.status === 404 ? (
            <Empty title={t("noRun")} height={240} action={<Link className={buttonClass("default", true)} to="/">{t("research")}</Link>}>{t("noRunWhy")}</Empty>
          ) : (
          <DataView of={query} height={320}>{(data) => (iteration && data.status === "iteration_completed" ? <Iteration task={data} asked={candidate} /> : <Unfinished task={data} />)}</DataView>
          )}
        </div>
      )}
    </div>
  );
}

export default definePage({ id: "run", path: "/runs/$id", component: RunPage, under: "research" });
