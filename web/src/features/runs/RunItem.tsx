/** One run in the thread: folded to a line, or open with its expression, stages and result. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFollow, useTask } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { integer, MISSING, score, seconds } from "@/lib/format";
import { secondsBetween } from "@/lib/moment";
import { CodeLine } from "@/ui/Code";
import { Grade, MarkIcon, TextButton } from "@/ui/controls";
import { StageTrack } from "@/ui/Figures";
import { ChevronIcon, ChevronRightIcon } from "@/ui/icons";
import { DataView } from "@/ui/states";

import { ExpressionRow } from "./ExpressionRow";
import { FailedJob } from "./FailedJob";
import { ResultCard, type IterateProps } from "./ResultCard";
import css from "./Runs.module.css";
import { StagePanel, stageItems } from "./StagePanel";
import { UserWords } from "./UserWords";

export function totalSeconds(task: Task): number | null {
  const timings = task.timings ?? {};
  const total = timings["total"];
  if (typeof total === "number") return total;
  const parts = Object.values(timings).filter((value): value is number => typeof value === "number");
  return parts.length > 0 ? parts.reduce((sum, value) => sum + value, 0) : secondsBetween(task.created_at, task.finished_at);
}

function DoneLine({ task }: { task: Task }) {
  const { t } = useTranslation(["runs", "stages"]);
  const [open, setOpen] = useState(false);
  const days = task.result?.metrics["days"];
  const time = totalSeconds(task);
  const names = task.counts?.["backtesting"]?.["names"];
  return (
    <div className={css["doneLine"]}>
      <p>
        <MarkIcon mark="pass" size={14} />
        <span>{time === null ? t("allStages") : t("allStagesIn", { time: seconds(time) })}</span>
        {typeof names === "number" ? <span>{t("size", { names: integer(names), days: typeof days === "number" ? integer(days) : MISSING })}</span> : null}
        {task.timings && Object.keys(task.timings).length > 0 ? <TextButton aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t("hideTimes") : t("showTimes")}</TextButton> : null}
      </p>
      {open ? <StageTrack items={stageItems(task, t)} /> : null}
    </div>
  );
}

/** The words of a run and its expression, if it has one already. */
function asked(task: Task): { words: string | null; expression: string | null } {
  const squeeze = (text: string) => text.replaceAll(/\s+/g, "");
  const prompt = task.params.prompt?.trim() ?? "";
  const { expression } = task;
  if (expression === null) return { words: prompt || null, expression: null };
  return { words: prompt === "" || squeeze(prompt) === squeeze(expression) ? null : prompt, expression };
}

interface RunItemProps {
  readonly id: string;
  readonly number: number;
  /** The key figures that the list of the session holds already. */
  readonly brief: Task;
  readonly open: boolean;
  /** Whether there are other runs to make room for. */
  readonly foldable: boolean;
  readonly onToggle: () => void;
  readonly onRetry: (task: Task) => void;
  readonly onEdit: (task: Task) => void;
  readonly onWords: (text: string) => void;
  readonly iterate: IterateProps;
}

export function RunItem({ id, number, brief, open, foldable, onToggle, onRetry, onEdit, onWords, iterate }: RunItemProps) {
  const { t } = useTranslation(["runs", "stages"]);
  const query = useTask(open ? id : undefined);
  const task = query.data ?? brief;
  const running = !isTerminal(task.status);
  const link = useFollow(id, running);
  const [wasRunning, setWasRunning] = useState(running);
  if (running && !wasRunning) setWasRunning(true);
  const { words, expression } = asked(task);

  if (!open) {
    return (
      <button type="button" className={css["folded"]} onClick={onToggle} aria-expanded={false} data-run={id}>
        <ChevronRightIcon size={14} />
        <span className="muted">#{number}</span>
        {words === null && expression !== null ? <CodeLine text={expression} /> : <span className={css["foldedWords"]}><bdi>{words ?? MISSING}</bdi></span>}
        {task.status === "failed" ? <span className={css["failedWord"]}><MarkIcon mark="fail" size={14} /> {task.error_facts?.code === "cancelled" ? t("cancelled") : t("stages:failed")}</span> : null}
        {running ? <span className={css["runningWord"]}>{t(`stages:${task.status}`)}</span> : null}
        {task.result ? <span>{score(task.result.score)}</span> : null}
        {task.result ? <Grade letter={task.result.grade} size={24} /> : null}
      </button>
    );
  }
  return (
    <div className={css["item"]} data-run={id}>
      <p className="sr" aria-live="polite">
        {!wasRunning ? "" : task.status === "failed" ? t("announceFailed") : task.result ? t("announceDone", { score: score(task.result.score), grade: task.result.grade ?? MISSING }) : ""}
      </p>
      {foldable ? (
        <button type="button" className={css["fold"]} onClick={onToggle} aria-expanded={true} title={t("fold", { number })}>
          <ChevronIcon size={14} />#{number}
        </button>
      ) : null}
      {words === null ? null : <UserWords text={words} />}
      {expression === null ? null : <ExpressionRow expression={expression} result={query.data?.result} typed={words === null} onEdit={() => onEdit(task)} />}
      <DataView of={query} height={420}>
        {(data) => (
          <>
            {data.status === "failed" ? <FailedJob task={data} onRetry={onRetry} onEdit={onEdit} onWords={onWords} /> : null}
            {!isTerminal(data.status) ? <StagePanel task={data} link={link} /> : null}
            {data.status === "completed" && data.result ? (
              <>
                <DoneLine task={data} />
                <ResultCard task={data} result={data.result} iterate={iterate} />
              </>
            ) : null}
          </>
        )}
      </DataView>
    </div>
  );
}
