/** One iteration in the thread: folded to a line, or a table whose rows come as the candidates are tested. */

import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useChanges } from "@/api/describe";
import type { Candidate } from "@/api/iterations";
import { useCancel, useFollow, useTask } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { useElapsed } from "@/lib/elapsed";
import { MISSING, number, score, seconds, span } from "@/lib/format";
import { secondsBetween, wholeSeconds } from "@/lib/moment";
import { useRefusalText } from "@/lib/refusal";
import { Button, Grade, MarkIcon } from "@/ui/controls";
import { BranchIcon, ChevronIcon, ChevronRightIcon, StopIcon } from "@/ui/icons";
import { MarketMark, type MarketOf } from "@/ui/MarketMark";
import { DataView, ErrorNote, Strip } from "@/ui/states";

import { CandidateRow } from "./CandidateRow";
import css from "./Iterations.module.css";

/** What the result of an iteration holds beside its candidates. */
interface IterationResult {
  readonly candidates?: readonly Candidate[];
  readonly parent_score?: number | null;
  readonly search?: {
    readonly pbo?: { readonly pbo?: number | null } | null;
    readonly sealed?: { readonly state: string; readonly open_first_day?: string; readonly open_last_day?: string } | null;
  } | null;
}

const resultOf = (task: Task) => task.result as unknown as IterationResult | null;
const candidatesOf = (task: Task) => resultOf(task)?.candidates ?? ((task.candidates ?? []) as unknown as readonly Candidate[]);

const stateOf = (task: Task) => (task.status === "failed" ? "failed" : isTerminal(task.status) ? "completed" : "running");

interface IterationItemProps {
  readonly id: string;
  readonly number: number;
  /** Number of what is improved: "2", or "3.1" for a candidate. */
  readonly parent: string | null;
  readonly open: boolean;
  readonly foldable: boolean;
  /** The key figures that the list of the session holds already. */
  readonly brief: Task;
  readonly shownCandidate: number | null;
  readonly onToggle: () => void;
  readonly onSelect: (task: Task, candidate: Candidate, index: number) => void;
  readonly onContinue: (() => void) | undefined;
  /** Nothing where it is not known what was improved. */
  readonly onRetry: ((task: Task) => void) | undefined;
  /** The test of the chosen candidate on the sealed slice. */
  readonly outcome: ReactNode;
}

function Elapsed({ task }: { task: Task }) {
  const { t } = useTranslation("iterations");
  const elapsed = useElapsed(secondsBetween(task.created_at, task.updated_at) ?? 0);
  return <>{t("elapsed", { time: seconds(elapsed) })}</>;
}

/** What an iteration is doing, where the server says so. */
function Step({ task }: { task: Task }) {
  const { t } = useTranslation("stages");
  const code = task.progress?.code ?? "";
  return <>{t([`step_${code}`, `doing_${task.status}`, task.status])}</>;
}

/** Rows that are still to come: the place of each is kept, so that nothing jumps when it arrives. */
function Coming({ count, drafting }: { count: number; drafting: boolean }) {
  const { t } = useTranslation("iterations");
  return Array.from({ length: count }, (_, i) => (
    <tr key={`coming-${i}`} className={css["row"]} data-coming="">
      <td className={css["number"]}>{MISSING}</td>
      <td className={css["change"]}><span className={css["blank"]} /></td>
      <td className={css["progress"]}>{t(drafting ? "drafting" : "waiting")}</td>
      <td className={css["score"]}>{MISSING}</td>
      <td className={css["rule"]} />
      <td className={css["gradeCell"]} />
      <td className={css["acts"]} />
    </tr>
  ));
}

function Table({ task, number: own, shownCandidate, onSelect }: { task: Task } & Pick<IterationItemProps, "number" | "shownCandidate" | "onSelect">) {
  const { t } = useTranslation("iterations");
  const state = stateOf(task);
  const candidates = candidatesOf(task);
  const total = task.candidates_total ?? candidates.length;
  const changes = useChanges(candidates.map((one) => one.expression), task.expression, task.params.market);
  return (
    <div className={css["tableBox"]}>
      <table className={css["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("number")}</th>
            <th scope="col">{t("change")}</th>
            <th scope="col" className={css["progress"]}>{t("progress")}</th>
            <th scope="col" className={css["right"]}>{t("score")}</th>
            <th scope="col" className={css["rule"]}><span className="sr">{t("interval")}</span></th>
            <th scope="col" className={css["gradeCell"]}><span className="sr">{t("grade")}</span></th>
            <th scope="col" className={css["acts"]}><span className="sr">{t("actions")}</span></th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate, index) => (
            <CandidateRow
              key={state === "completed" ? index : candidate.expression + String(index)}
              task={task.task_id}
              candidate={candidate}
              index={index}
              name={state === "completed" ? `#${own}.${index + 1}` : null}
              selected={task.selected_candidate_index === index}
              shown={shownCandidate === index}
              change={changes[index]?.data?.diff ?? null}
              onSelect={() => onSelect(task, candidate, index)}
            />
          ))}
          {state === "running" ? <Coming count={Math.max(0, total - candidates.length)} drafting={candidates.length === 0 && task.progress?.code !== "testing"} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function Foot({ task, number: own, onContinue }: { task: Task } & Pick<IterationItemProps, "number" | "onContinue">) {
  const { t } = useTranslation("iterations");
  const result = resultOf(task);
  const sealed = result?.search?.sealed;
  const { params } = task;
  const open = sealed?.open_first_day ? span(sealed.open_first_day, sealed.open_last_day) : null;
  const pbo = result?.search?.pbo?.pbo;
  const chosen = task.selected_candidate_index;
  const kept = params.options?.["seal"] === true || (params as Record<string, unknown>)["seal"] === true;
  const opened = open ?? (kept ? span(String((params as Record<string, unknown>)["effective_start"] ?? ""), String((params as Record<string, unknown>)["effective_end"] ?? "")) : null);
  return (
    <footer className={css["foot"]}>
      <p>
        {opened && (sealed?.state ?? "sealed") === "sealed" ? t("foot", { span: opened }) : t("footPlain")}
        {typeof result?.parent_score === "number" ? ` ${t("parentLine", { score: score(result.parent_score) })}` : ""}
        {typeof pbo === "number" ? ` ${t("pbo", { value: number(pbo) })}` : ""}
      </p>
      {chosen !== null && onContinue ? <Button small onClick={onContinue} data-testid="continue"><BranchIcon size={14} /> {t("continue", { name: `#${own}.${chosen + 1}` })}</Button> : null}
    </footer>
  );
}

export function IterationItem(props: IterationItemProps) {
  const { id, number: own, parent, open, foldable, brief, onToggle, onRetry, outcome } = props;
  const { t } = useTranslation(["iterations", "stages", "runs"]);
  const query = useTask(open ? id : undefined);
  const seen = query.data ?? brief;
  const state = stateOf(seen);
  const link = useFollow(id, state === "running");
  const cancel = useCancel();
  const said = useRefusalText();
  const [wasRunning, setWasRunning] = useState(state === "running");
  useEffect(() => {
    if (state === "running") setWasRunning(true);
  }, [state]);
  const best = candidatesOf(seen).find((one) => one.status === "success");
  const total = seen.candidates_total ?? 0;
  const title = parent === null ? t("titleNoParent", { count: total }) : t("title", { parent: `#${parent}`, count: total });

  if (!open) {
    return (
      <button type="button" className={css["folded"]} onClick={onToggle} aria-expanded={false} data-run={id}>
        <ChevronRightIcon size={14} />
        <span className="muted">#{own}</span>
        <span className={css["foldedWords"]}>{t("folded", { count: total })}</span>
        {state === "failed" ? <span className={css["failedWord"]}><MarkIcon mark="fail" size={14} /> {t("stages:failed")}</span> : null}
        {state === "running" ? <span className={css["runningWord"]}>{t("doneOf", { done: seen.candidates_done ?? 0, total })}</span> : null}
        {best ? <span>{score(best.score)}</span> : null}
        {best ? <Grade letter={best.grade} size={24} /> : null}
      </button>
    );
  }
  return (
    <div className={css["item"]} data-run={id}>
      <p className="sr" aria-live="polite">
        {wasRunning && state === "completed" ? t("announce", { score: score(best?.score), grade: best?.grade ?? MISSING }) : wasRunning && state === "failed" ? t("announceFailed") : ""}
      </p>
      {foldable ? (
        <button type="button" className={css["fold"]} onClick={onToggle} aria-expanded={true} title={t("fold", { number: own })}>
          <ChevronIcon size={14} />#{own}
        </button>
      ) : null}
      <DataView of={query} height={260}>
        {(task) => (
          <article className={css["card"]} aria-label={title} data-testid="iteration" data-state={stateOf(task)}>
            <header className={css["head"]}>
              <h3>{title}</h3>
              <MarketMark of={task.params as MarketOf} />
              <span className="muted">
                {state === "completed" ? t("took", { time: wholeSeconds(secondsBetween(task.created_at, task.finished_at)) }) : <>{t("doneOf", { done: task.candidates_done ?? 0, total })}{state === "running" ? <> · <Step task={task} /> · <Elapsed task={task} /></> : null}</>}
              </span>
              {state === "running" ? (
                <Button small look="ghost" disabled={cancel.isPending} onClick={() => cancel.mutate(id)} data-testid="stop"><StopIcon size={14} /> {t("stop")}</Button>
              ) : null}
            </header>
            {state === "running" ? (
              <div className={css["bar"]} role="progressbar" aria-label={title} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(task.progress.pct)}>
                <i style={{ width: `${Math.max(2, task.progress.pct)}%` }} />
              </div>
            ) : null}
            {link.connected ? null : <div className={css["inner"]}><Strip>{t("runs:streamLost", { seconds: Math.ceil(link.retryInSeconds) })}</Strip></div>}
            {cancel.error ? <div className={css["inner"]}><Strip>{said(cancel.error).title}</Strip></div> : null}
            {state === "failed" ? (
              <div className={css["inner"]} data-testid="failed">
                <ErrorNote
                  title={task.error_facts?.code === "cancelled" ? t("runs:cancelled") : (task.error ?? t("runs:unknownReason"))}
                  actions={onRetry ? <Button small onClick={() => onRetry(task)}>{t("runs:again")}</Button> : undefined}
                  small={t("runs:taskLine", { id, time: "" }).replace(/ · $/, "")}
                >
                  {task.error_facts?.hint}
                </ErrorNote>
              </div>
            ) : null}
            {state === "failed" && candidatesOf(task).length === 0 ? null : <Table {...props} task={task} />}
            {state === "completed" && best === undefined ? <p className={css["none"]}>{t("none")}</p> : null}
            {outcome}
            {state === "failed" ? null : <Foot {...props} task={task} />}
          </article>
        )}
      </DataView>
    </div>
  );
}
