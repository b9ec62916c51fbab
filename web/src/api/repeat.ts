/** Again as it was: a test with the settings that it was asked with, an iteration from the same parent. */

import { useEffect, useRef } from "react";

import { pressKeys } from "@/lib/key";
import { useOnce } from "@/lib/once";

import { useIterate } from "./iterations";
import { useSubmit } from "./queries";
import type { Submission, Task, TaskParams } from "./types";

const ASKED = ["universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark"] as const satisfies readonly (keyof TaskParams)[];

/** The submission that repeats a test: every parameter and option that it was asked with, none of today's choices. */
export function repeatOf({ expression, params, session_id }: Pick<Task, "expression" | "params" | "session_id">, prompt = params.prompt ?? expression ?? ""): Submission {
  const asked = Object.fromEntries(ASKED.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));
  return { prompt, ...asked, options: { ...(params.options ?? {}) }, ...(session_id ? { session_id } : {}) } as Submission;
}

/** The iteration that repeats one; null where nothing says what it improved. */
export function iterationAgain({ parent_task_id, candidates_total, params }: Pick<Task, "parent_task_id" | "candidates_total" | "params">): { task: string; count: number; rolling: boolean } | null {
  const count = params.n_candidates ?? candidates_total;
  return parent_task_id && typeof count === "number" && count > 0 ? { task: parent_task_id, count, rolling: params.run_rolling_validation === true } : null;
}

export const repeatable = (task: Task) => task.task_type !== "iteration" || iterationAgain(task) !== null;

interface Told {
  /** Only while whoever pressed is on the screen: it may lead to another page. */
  readonly onDone?: (made: { readonly task_id: string }) => void;
  /** In any case. */
  readonly onFault?: (reason: Error) => void;
}

export function useRepeat() {
  const submit = useSubmit();
  const iterate = useIterate();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const pending = submit.isPending || iterate.isPending;
  const once = useOnce();
  const again = (task: Task, { onDone, onFault }: Told = {}) => {
    if (!repeatable(task)) return;
    once((settled) => {
      const iteration = task.task_type === "iteration" ? iterationAgain(task) : null;
      const what = `again-${task.task_id}`;
      const key = pressKeys.keyFor(what);
      const sent: Promise<{ readonly task_id: string }> = iteration ? iterate.mutateAsync({ ...iteration, key }) : submit.mutateAsync({ ask: repeatOf(task), key });
      sent
        .then(
          (made) => {
            pressKeys.spent(what);
            if (here.current) onDone?.(made);
          },
          (reason: unknown) => onFault?.(reason instanceof Error ? reason : new Error(String(reason))),
        )
        .finally(settled);
    });
  };
  const error = submit.error ?? iterate.error;
  const forget = () => {
    if (submit.isError) submit.reset();
    if (iterate.isError) iterate.reset();
  };
  return { again, ready: !pending, pending, error, forget };
}
