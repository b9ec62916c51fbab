/** What one conversation does: the draft, the runs, submitting, iterating, choosing. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { useIterate } from "@/api/iterations";
import { useMarket, useStart } from "@/api/queries";
import { useSessionTasks } from "@/api/sessions";
import type { Submission, Task } from "@/api/types";
import { parametersOf, repeatOf, submissionOf, useDraft, type Parameters } from "@/features/composer/draft";
import { handover } from "@/lib/handover";

const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

/** One key for each thing that can be pressed, until it is answered: a press again after a failure is the same request. */
function useKeys() {
  const [keys] = useState(() => new Map<string, string>());
  return {
    keyFor: (what: string) => {
      const key = keys.get(what) ?? newKey();
      keys.set(what, key);
      return key;
    },
    spent: (what: string) => void keys.delete(what),
  };
}

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("form textarea")?.focus();
}

export function useConversation(session: string | null, onBegun: (task: string) => void) {
  const navigate = useNavigate();
  const market = useMarket();
  const tasks = useSessionTasks(session);
  const start = useStart();
  const iterating = useIterate();
  const keys = useKeys();
  const drafting = useDraft(session);
  const { draft, setText, change, done } = drafting;
  const [iterated, setIterated] = useState<string | null>(null);

  const begun = (task: string, home: string) => {
    onBegun(task);
    if (home !== session) void navigate({ to: "/s/$session", params: { session: home } });
  };
  const send = (ask: Submission, key: string, after: (home: string) => void) => {
    if (start.isPending) return;
    start.mutate(
      { ask, key },
      {
        onSuccess: ({ task_id, session_id }) => {
          after(session_id);
          begun(task_id, session_id);
        },
      },
    );
  };
  const home = session === null ? {} : { session_id: session };
  const run = (text: string) => {
    if (market.data) send({ ...submissionOf(text, parametersOf(draft, market.data), market.data.market), ...home }, draft.key, done);
  };
  /** Run something that does not come from the composer; what is written there stays. */
  const runBeside = (text: string, key: string) => {
    if (market.data) send({ ...submissionOf(text, parametersOf(draft, market.data), market.data.market), ...home }, key, () => undefined);
  };
  const retry = (task: Task) => {
    const what = `again-${task.task_id}`;
    if (market.data) send({ ...repeatOf(task, market.data), ...home }, keys.keyFor(what), () => keys.spent(what));
  };
  const iterate = (task: string, count: number) => {
    if (iterating.isPending) return;
    const what = `iterate-${task}-${count}`;
    setIterated(task);
    iterating.mutate(
      { task, count, key: keys.keyFor(what) },
      {
        onSuccess: ({ task_id }) => {
          keys.spent(what);
          onBegun(task_id);
        },
      },
    );
  };
  const edit = (task: Task) => {
    setText(task.params.prompt && task.expression === null ? task.params.prompt : (task.expression ?? ""));
    const { universe, start_date, end_date, n_groups, holding_period, benchmark } = task.params;
    const known = Object.entries({ universe, start_date, end_date, n_groups, holding_period, benchmark }).filter(([, value]) => value !== undefined);
    if (market.data) change(Object.fromEntries(known) as Partial<Parameters>, market.data.market);
    focusComposer();
  };

  // What the editor, a library or the palette hands over.
  const ready = market.data !== undefined;
  const takeOver = useCallback(() => {
    const given = handover.take();
    if (given === null) return null;
    if (!given.run) setText(given.text);
    return given.run ? given : null;
  }, [setText]);
  useEffect(() => {
    if (session !== null || !ready) return;
    const receive = () => {
      const given = takeOver();
      if (given) runBeside(given.text, given.key);
      else focusComposer();
    };
    receive();
    return handover.watch(receive);
    // Runs once per arrival; the parameters are those in force then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, ready, takeOver]);

  return {
    market,
    tasks,
    draft,
    busy: start.isPending,
    failure: start.error,
    setText: (text: string) => {
      start.reset();
      setText(text);
    },
    change: (part: Partial<Parameters>) => {
      start.reset();
      if (market.data) change(part, market.data.market);
    },
    run,
    retry,
    edit,
    iterate,
    iterationOf: (task: string) => ({ busy: iterating.isPending && iterated === task, failure: iterated === task ? iterating.error : null, onIterate: iterate }),
  };
}

export type Conversation = ReturnType<typeof useConversation>;
