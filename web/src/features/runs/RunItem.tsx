/** One run in the thread: folded to a line, or open with its expression, stages and result. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFollow, useTask } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { integer, MISSING, score, seconds, span } from "@/lib/format";
import { CodeLine } from "@/ui/Code";
import { Grade, MarkIcon, TextButton } from "@/ui/controls";
import { StageTrack } from "@/ui/Figures";
import { ChevronIcon, ChevronRightIcon } from "@/ui/icons";
import { DataView } from "@/ui/states";

import { ExpressionRow } from "./ExpressionRow";
import { FailedJob } from "./FailedJob";
import { ResultCard } from "./ResultCard";
import css from "./Runs.module.css";
import { StagePanel, stageItems } from "./StagePanel";

function stampSeconds(from: string | null | undefined, to: string | null | undefined): number | null {
  if (!from || !to) return null;
  const value = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(value) && value > 0 ? value : null;
}

export function totalSeconds(task: Task): number | null {
  const timings = task.timings ?? {};
  const total = timings["total"];
  if (typeof total === "number") return total;
  const parts = Object.values(timings).filter((value): value is number => typeof value === "number");
  return parts.length > 0 ? parts.reduce((sum, value) => sum + value, 0) : stampSeconds(task.created_at, task.finished_at);
}

function DoneLine({ task }: { task: Task }) {
  const { t } = useTranslation(["runs", "stages"]);
  const [open, setOpen] = useState(false);
  const days = task.result?.metrics["days"];
  const time = totalSeconds(task);
  const sealed = task.result?.search?.sealed;
  return (
    <div className={css["doneLine"]}>
      <p>
        <MarkIcon mark="pass" size={14} />
        <span>{time === null ? t("allStages") : t("allStagesIn", { time: seconds(time) })}</span>
        {task.result?.params.stock_count ? <span>{t("size", { names: integer(task.result.params.stock_count), days: typeof days === "number" ? integer(days) : MISSING })}</span> : null}
        {sealed?.state === "sealed" ? <span className="muted" data-testid="sealed">{t("sealed", { span: span(sealed.first_day, sealed.last_day) })}</span> : null}
        {task.timings && Object.keys(task.timings).length > 0 ? <TextButton aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t("hideTimes") : t("showTimes")}</TextButton> : null}
      </p>
      {open ? <StageTrack items={stageItems(task, t)} /> : null}
    </div>
  );
}

interface RunItemProps {
  readonly id: string;
  readonly number: number;
  readonly open: boolean;
  /** Whether there are other runs to make room for. */
  readonly foldable: boolean;
  readonly onToggle: () => void;
  readonly onRetry: (task: Task) => void;
  readonly onEdit: (task: Task) => void;
}

export function RunItem({ id, number, open, foldable, onToggle, onRetry, onEdit }: RunItemProps) {
  const { t } = useTranslation(["runs", "stages"]);
  const query = useTask(id);
  const task = query.data;
  const running = task !== undefined && !isTerminal(task.status);
  const link = useFollow(id, running);
  const text = task?.expression ?? task?.params.prompt ?? "";

  if (!open) {
    return (
      <button type="button" className={css["folded"]} onClick={onToggle} aria-expanded={false}>
        <ChevronRightIcon size={14} />
        <span className="muted">#{number}</span>
        {text ? <CodeLine text={text} /> : <code className={css["grow"]}>{MISSING}</code>}
        {task?.status === "failed" ? <span className={css["failedWord"]}><MarkIcon mark="fail" size={14} /> {task.error_facts?.code === "cancelled" ? t("cancelled") : t("stages:failed")}</span> : null}
        {running && task ? <span className={css["runningWord"]}>{t(`stages:${task.status}`)}</span> : null}
        {task?.result ? <span>{score(task.result.score)}</span> : null}
        {task?.result ? <Grade letter={task.result.grade} size={24} /> : null}
      </button>
    );
  }
  return (
    <div className={css["item"]} data-run={id}>
      <p className="sr" aria-live="polite">
        {task?.status === "failed" ? t("announceFailed") : task?.result ? t("announceDone", { score: score(task.result.score), grade: task.result.grade ?? MISSING }) : ""}
      </p>
      <DataView of={query} height={220}>
        {(data) => (
          <>
            {foldable ? (
              <button type="button" className={css["fold"]} onClick={onToggle} aria-expanded={true} title={t("fold", { number })}>
                <ChevronIcon size={14} />#{number}
              </button>
            ) : null}
            <ExpressionRow expression={data.expression ?? data.params.prompt ?? ""} result={data.result} onEdit={() => onEdit(data)} />
            {data.status === "failed" ? <FailedJob task={data} onRetry={onRetry} onEdit={onEdit} /> : null}
            {!isTerminal(data.status) ? <StagePanel task={data} link={link} /> : null}
            {data.status === "completed" && data.result ? (
              <>
                <DoneLine task={data} />
                <ResultCard task={data} result={data.result} />
              </>
            ) : null}
          </>
        )}
      </DataView>
    </div>
  );
}
