/** What one conversation does: the draft, the runs, submitting, iterating, choosing. */

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError } from "@/api/client";
import { useIterate } from "@/api/iterations";
import { useHealth, useMarket } from "@/api/queries";
import { useRepeat } from "@/api/repeat";
import { useSessionTasks } from "@/api/sessions";
import { useStart } from "@/api/start";
import type { Task } from "@/api/types";
import { offerOf, parametersOf, submissionOf, useDraft, type Draft, type Parameters } from "@/features/composer/draft";
import { pressKeys } from "@/lib/key";
import { useOnce } from "@/lib/once";

import { useBackAgain } from "./useBackAgain";
import { useHandover } from "./useHandover";

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("form textarea")?.focus();
}

export function useConversation(session: string | null, onBegun: (task: string) => void) {
  const navigate = useNavigate();
  const market = useMarket();
  const tasks = useSessionTasks(session);
  const start = useStart();
  const iterating = useIterate();
  const starting = useOnce();
  const once = useOnce();
  const repeating = useRepeat();
  const drafting = useDraft(session);
  const { draft, change, put, done } = drafting;
  const [iterated, setIterated] = useState<string | null>(null);

  /** What is still on its way goes on. */
  const forgetRefusals = () => {
    if (start.isError) start.reset();
    repeating.forget();
  };
  const failure = start.error ?? repeating.error;
  useBackAgain(failure instanceof ApiError && failure.offline, useHealth().dataUpdatedAt, forgetRefusals);
  const begun = (task: string, home: string, replace: boolean) => {
    onBegun(task);
    if (home !== session) void navigate({ to: "/s/$session", params: { session: home }, replace });
  };
  const home = session === null ? {} : { session_id: session };
  /** Run a text with the parameters of the composer; null while that is not possible. What was handed over goes back to where it came from. */
  const send = (text: string, key: string, after: ((home: string) => void) | "handed over"): Promise<unknown> | null => {
    const facts = market.data;
    if (start.isPending || !facts) return null;
    let sent: Promise<unknown> | null = null;
    starting((settled) => {
      repeating.forget();
      sent = start
        .mutateAsync(
          { ask: { ...submissionOf(text, parametersOf(draft, facts), facts.market), ...home }, key },
          {
            onSuccess: ({ task_id, session_id }) => {
              if (after !== "handed over") after(session_id);
              begun(task_id, session_id, after === "handed over");
            },
          },
        )
        .finally(settled);
    });
    return sent;
  };
  const run = (text: string, from: Draft = draft) => {
    // The composer shows what came of it.
    send(text, from.key, (home) => done(home, from.key))?.catch(() => undefined);
  };
  const retry = (task: Task) => {
    forgetRefusals();
    repeating.again(task, { onDone: ({ task_id }) => onBegun(task_id) });
  };
  const iterate = (task: string, count: number) => {
    once((settled) => {
      const what = `iterate-${task}-${count}`;
      setIterated(task);
      iterating
        .mutateAsync({ task, count, key: pressKeys.keyFor(what) }, { onSuccess: ({ task_id }) => onBegun(task_id) })
        .then(
          () => pressKeys.spent(what),
          () => undefined,
        )
        .finally(settled);
    });
  };
  const edit = (task: Task) => {
    forgetRefusals();
    put(offerOf(task, market.data?.market ?? null));
    focusComposer();
  };

  useHandover(session === null && market.data !== undefined && !start.isPending, {
    run: (text, key) => send(text, key, "handed over"),
    put: (offer) => {
      if (offer.key === undefined) forgetRefusals();
      put(offer);
      focusComposer();
    },
  });

  return {
    market,
    tasks,
    draft,
    busy: start.isPending || repeating.pending,
    failure,
    setText: (text: string) => {
      forgetRefusals();
      drafting.setText(text);
    },
    /** Put a text into the composer; what was written there can be brought back. */
    put: (text: string): Draft => {
      forgetRefusals();
      return put({ text });
    },
    bringBack: drafting.bringBack,
    forgetEarlier: drafting.forgetEarlier,
    change: (part: Partial<Parameters>) => {
      forgetRefusals();
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
