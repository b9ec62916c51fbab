/** The conversation: every run of the session in its order, the last one open, the composer below. */

import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Candidate, Lineage } from "@/api/iterations";
import { useSelect } from "@/api/iterations";
import { repeatable } from "@/api/repeat";
import { useSealedState } from "@/api/result";
import type { Task } from "@/api/types";
import { Composer } from "@/features/composer/Composer";
import { IterationItem } from "@/features/iterations/IterationItem";
import { candidatesOf, type TreeNode } from "@/features/lineage/tree";
import { RunItem } from "@/features/runs/RunItem";
import { OpenedOutcome } from "@/features/sealed/OpenedOutcome";
import { isOpenedFor, sealOf, type Seal } from "@/features/sealed/seal";
import { SealedDialog } from "@/features/sealed/SealedDialog";
import { span } from "@/lib/format";
import { useOnce } from "@/lib/once";
import { Button } from "@/ui/controls";
import { DataView } from "@/ui/states";

import { marketOf, searchOf } from "./facts";
import { focusComposer, type Conversation } from "./useConversation";
import css from "./Workspace.module.css";

interface ThreadProps {
  readonly talk: Conversation;
  readonly tasks: readonly Task[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly nodes: readonly TreeNode[];
  /** The run that the address names. */
  readonly shownTask: string | null;
  readonly shownCandidate: number | null;
  readonly lineageOf: (task: string) => Lineage | undefined;
}

interface Choice {
  readonly task: Task;
  readonly candidate: Candidate;
  readonly index: number;
}

const NEAR_THE_END = 400;
const scrollTo = (task: string) => document.querySelector(`[data-run="${task}"]`)?.scrollIntoView({ block: "start" });

/** Bring the last run to the top: when the session opens, when a run comes in, and when it has ended while it is being watched. */
function useScroll(tasks: readonly Task[], shown: string | null): void {
  const last = tasks[tasks.length - 1];
  const seen = useRef<string | null>(null);
  const stamp = last === undefined ? null : `${last.task_id} ${last.status === "completed" || last.status === "failed" || last.status === "iteration_completed"}`;
  useEffect(() => {
    if (last === undefined || stamp === seen.current) return;
    const first = seen.current === null;
    const same = seen.current?.startsWith(last.task_id) === true;
    seen.current = stamp;
    if (first && shown !== null && shown !== last.task_id) {
      requestAnimationFrame(() => scrollTo(shown));
      return;
    }
    const box = document.scrollingElement;
    const watching = box === null || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END;
    if (first || !same || watching) requestAnimationFrame(() => scrollTo(last.task_id));
  }, [last, stamp, shown]);
}

/** What the choice brought. Whether the slice was opened for this very factor the server says: it may be written in two ways. */
function Outcome({ run, seal, openSpan, expression }: { run: string; seal: Seal; openSpan: string | null; expression: string | undefined }) {
  const state = useSealedState(run);
  if (state.isPending) return null;
  const opened = state.data?.opened;
  return <OpenedOutcome run={run} seal={seal} openSpan={openSpan} refused={opened ? !opened.is_this : !isOpenedFor(seal, { expression })} />;
}

export function Thread({ talk, tasks, numbers, nodes, shownTask, shownCandidate, lineageOf }: ThreadProps) {
  const { t } = useTranslation("research");
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [choice, setChoice] = useState<Choice | null>(null);
  const select = useSelect();
  const choosing = useOnce();
  const [chosen, setChosen] = useState<string | null>(null);
  // What the choice brought comes into view once it is there.
  useEffect(() => {
    const outcome = chosen === null ? null : document.querySelector(`[data-run="${chosen}"] [data-testid="opened"]`);
    if (!outcome) return;
    outcome.scrollIntoView({ block: "nearest", behavior: "smooth" });
    setChosen(null);
  }, [chosen, lineageOf]);
  const last = tasks[tasks.length - 1]?.task_id;
  useScroll(tasks, shownTask);
  const parentNumber = useMemo(() => {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    return (task: Task) => byId.get(nodes.find((node) => node.task === task.task_id)?.parent ?? "")?.number ?? null;
  }, [nodes]);
  const isOpen = (id: string) => folds.get(id) ?? (id === last || id === shownTask);
  const toggle = (id: string) => setFolds((old) => new Map(old).set(id, !(old.get(id) ?? (id === last || id === shownTask))));
  const sealAt = (task: Task, candidate: number | null) => sealOf(lineageOf(task.task_id), searchOf(task, candidate)?.sealed);

  const outcomeOf = (brief: Task) => {
    const chosen = brief.selected_candidate_index;
    const lineage = lineageOf(brief.task_id);
    if (chosen === null || lineage === undefined) return null;
    const seal = sealAt(brief, chosen);
    if (!seal?.opening) return null;
    const facts = brief.params as Record<string, unknown>;
    const openSpan = typeof facts["effective_start"] === "string" && seal.first !== null ? span(facts["effective_start"], String(facts["effective_end"])) : null;
    return <Outcome run={`${brief.task_id}-${chosen}`} seal={seal} openSpan={openSpan} expression={candidatesOf(brief)[chosen]?.expression} />;
  };
  const nameOf = (one: Choice) => `#${numbers.get(one.task.task_id) ?? ""}.${one.index + 1}`;

  return (
    <div className={css["thread"]}>
      <h2 className="sr">{t("conversation")}</h2>
      <div className={css["column"]} data-thread="">
        {talk.tasks.hasNextPage ? (
          <Button small look="ghost" disabled={talk.tasks.isFetchingNextPage} onClick={() => void talk.tasks.fetchNextPage()}>{t("earlier")}</Button>
        ) : null}
        <DataView of={talk.tasks} height={420} isEmpty={() => tasks.length === 0} empty={<p className={css["empty"]}>{t("emptySession")}</p>}>
          {() => (
            <>
              {tasks.map((task) =>
                task.task_type === "iteration" ? (
                  <IterationItem
                    key={task.task_id}
                    id={task.task_id}
                    number={numbers.get(task.task_id) ?? 0}
                    parent={parentNumber(task)}
                    brief={task}
                    open={isOpen(task.task_id)}
                    foldable={tasks.length > 1}
                    shownCandidate={task.task_id === shownTask ? shownCandidate : null}
                    onToggle={() => toggle(task.task_id)}
                    onSelect={(whole, candidate, index) => {
                      select.reset();
                      setChoice({ task: whole, candidate, index });
                    }}
                    onContinue={task.selected_candidate_index === null ? undefined : () => talk.iterate(task.task_id, 5)}
                    onRetry={repeatable(task) ? talk.retry : undefined}
                    outcome={outcomeOf(task)}
                  />
                ) : (
                  <RunItem
                    key={task.task_id}
                    id={task.task_id}
                    number={numbers.get(task.task_id) ?? 0}
                    brief={task}
                    open={isOpen(task.task_id)}
                    foldable={tasks.length > 1}
                    onToggle={() => toggle(task.task_id)}
                    onRetry={talk.retry}
                    onEdit={talk.edit}
                    onWords={(text) => {
                      talk.put(text);
                      focusComposer();
                    }}
                    iterate={talk.iterationOf(task.task_id)}
                  />
                ),
              )}
            </>
          )}
        </DataView>
      </div>
      <div className={css["dock"]}>
        <div className={css["column"]}>
          <Composer draft={talk.draft} market={talk.market.data} theirs={marketOf(tasks)} large={false} busy={talk.busy} failure={talk.failure} onText={talk.setText} onParameters={talk.change} onRun={talk.run} onBringBack={talk.bringBack} onForgetEarlier={talk.forgetEarlier} />
        </div>
      </div>
      <SealedDialog
        name={choice ? nameOf(choice) : ""}
        candidate={choice?.candidate ?? null}
        seal={choice ? sealAt(choice.task, choice.index) : null}
        open={choice !== null}
        busy={select.isPending}
        failure={select.error}
        onClose={() => setChoice(null)}
        onConfirm={() => {
          // A second request would be booked as a wish to look again.
          if (choice) choosing((done) => select.mutate({ task: choice.task.task_id, index: choice.index }, { onSuccess: () => (setChoice(null), setChosen(choice.task.task_id)), onSettled: done }));
        }}
      />
    </div>
  );
}
