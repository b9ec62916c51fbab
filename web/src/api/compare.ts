/** What the comparison page asks the server for. */

import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { TaskPage } from "./queries";
import { readTask } from "./stream";
import type { Num, SeriesTable, Task } from "./types";

/** A finished run, or a finished candidate of an iteration, that can be compared. */
export interface Choice {
  readonly id: string;
  readonly expression: string;
  readonly score: Num;
  readonly grade: string | null;
  readonly finishedAt: string | null;
  /** Place among the candidates of its iteration, from 0; null for a run of its own. */
  readonly candidate: number | null;
}

interface Tested {
  readonly expression?: string | null;
  readonly status?: string | null;
  readonly score?: number | null;
  readonly grade?: string | null;
}

/** The comparable runs of a page of tasks, in its order; what failed or is unfinished is not one. */
export function choicesOf(tasks: readonly Task[]): Choice[] {
  return tasks.flatMap((task): Choice[] => {
    const finishedAt = task.finished_at ?? null;
    if (task.candidates) {
      // Places among the candidates are settled when the iteration is: until then an id would name another one later.
      if (task.status !== "iteration_completed") return [];
      return (task.candidates as readonly Tested[]).flatMap((one, candidate) =>
        one.status === "success" && typeof one.score === "number"
          ? [{ id: `${task.task_id}-${candidate}`, expression: one.expression ?? "", score: one.score, grade: one.grade ?? null, finishedAt, candidate }]
          : [],
      );
    }
    if (task.status !== "completed" || !task.result) return [];
    return [{ id: task.task_id, expression: task.expression ?? task.params.prompt ?? "", score: task.result.score ?? null, grade: task.result.grade ?? null, finishedAt, candidate: null }];
  });
}

const MOST_LISTED = 100;

/** The latest runs and candidates that can be compared, newest first. */
export const useChoices = (enabled: boolean) =>
  useQuery({
    queryKey: ["tasks", "choices"],
    queryFn: async ({ signal }) => {
      const page = await answered<TaskPage>(http.GET("/api/v1/tasks", { params: { query: { page_size: MOST_LISTED, brief: true } }, signal }), signal);
      return { choices: choicesOf(page.tasks), tasks: page.tasks.length, total: page.total ?? page.tasks.length };
    },
    enabled,
    staleTime: 5_000,
  });

/** The tasks behind the compared ids, each asked for once; a candidate's task is its iteration. */
export const useTasksOf = (ids: readonly string[]) =>
  useQueries({
    queries: [...new Set(ids)].map((id) => ({ queryKey: ["task", id], queryFn: ({ signal }: { signal: AbortSignal }) => readTask(id, signal), staleTime: 60_000 })),
  });

// — the comparison itself

export interface ComparedRun {
  readonly id: string;
  readonly letter: string;
  readonly task_id: string;
  readonly candidate: number | null;
  readonly expression: string;
  /** What was asked for: words, or the expression itself. */
  readonly prompt: string | null;
  readonly direction: Num;
  readonly grade: string | null;
  readonly score: Num;
  readonly score_ci95: readonly [Num, Num] | null;
  readonly synthetic: boolean;
  readonly market: string;
  readonly data_snapshot: string;
  readonly universe: string;
  readonly start: string;
  readonly end: string;
  readonly sessions: number;
}

export type MetricValue = number | string | null;

export interface PairedDifference {
  readonly value: Num;
  readonly ci95: readonly [Num, Num] | null;
  readonly p: Num;
}

export interface ComparedMetric {
  readonly name: string;
  readonly kind: "ratio" | "percent" | "number" | "p" | "score" | "grade" | "count" | (string & {});
  readonly better: "high" | "low" | "none";
  readonly aligned: boolean;
  readonly values: readonly MetricValue[];
  readonly own: readonly MetricValue[];
  readonly best: number | null;
  readonly runner_up: number | null;
  readonly clear: boolean;
  readonly lead: PairedDifference | null;
  readonly to_first: readonly (PairedDifference | null)[];
}

export interface Setting {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly differs: boolean;
}

interface Note {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  readonly alignment: { readonly state: "same" | "trimmed" | "none"; readonly first_day: string | null; readonly last_day: string | null; readonly sessions: number; readonly ic_days: number; readonly zh: string; readonly en: string };
  readonly warnings: readonly (Note & { readonly ids?: readonly string[] })[];
  readonly groups: readonly { readonly name: string; readonly metrics: readonly string[] }[];
  readonly metrics: readonly ComparedMetric[];
  readonly method: { readonly draws: number; readonly block: number; readonly zh: string; readonly en: string } | null;
  readonly settings: readonly Setting[];
  readonly series: { readonly nav: SeriesTable | null; readonly rank_ic_cumulative: SeriesTable | null };
  readonly pairs: readonly { readonly a: string; readonly b: string; readonly same_expression: boolean; readonly ic_correlation: Num }[];
  readonly correlation: Correlation;
  readonly verdict: Note;
}

export interface Correlation {
  readonly state: "absent" | "pending" | "running" | "completed" | "failed" | "unavailable";
  readonly progress: { readonly pct: number; readonly message: string } | null;
  readonly error: string | null;
  readonly reason: { readonly zh: string; readonly en: string } | null;
  readonly letters: readonly string[];
  readonly matrix: readonly (readonly Num[])[];
  readonly days: readonly (readonly Num[])[];
  readonly names: readonly (readonly Num[])[];
  readonly same_idea: readonly (readonly [string, string])[];
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly failed: readonly { readonly letter: string; readonly zh: string; readonly en: string }[];
}

export const useComparison = (ids: readonly string[]) =>
  useQuery({
    queryKey: ["compare", ids.join(",")],
    queryFn: ({ signal }) => answered<Comparison>(http.GET("/api/v1/compare", { params: { query: { ids: ids.join(",") } }, signal }), signal),
    enabled: ids.length >= 2,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });

const POLL_MS = 1_000;
const unfinished = (state: Correlation["state"] | undefined) => state === "pending" || state === "running";

/** The correlation of factor values: computed once per set of runs, asked for when the page opens. */
export const useCorrelation = (ids: readonly string[], enabled: boolean) =>
  useQuery({
    queryKey: ["compare", "correlation", ids.join(",")],
    queryFn: async ({ signal }) => {
      const query = { ids: ids.join(",") };
      const now = await answered<Correlation>(http.GET("/api/v1/compare/correlation", { params: { query }, signal }), signal);
      return now.state === "absent" ? answered<Correlation>(http.POST("/api/v1/compare/correlation", { body: { ids: [...ids] } })) : now;
    },
    enabled: enabled && ids.length >= 2,
    staleTime: Infinity,
    refetchInterval: (query) => (unfinished(query.state.data?.state) ? POLL_MS : false),
  });
