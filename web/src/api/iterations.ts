/** Candidates, the choice among them, the line of descent and the looks at its sealed slice. */

import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";
import { announceChange } from "./sessions";
import type { AntiOverfit, Bilingual, Num, RunMetrics, Summary, TextRule } from "./types";

/** One factor that an iteration tried. While the iteration runs only its own figures are there. */
export interface Candidate {
  readonly expression: string;
  /** Of the canonical form: the same for every way of writing one factor. Not in lists. */
  readonly expression_hash?: string;
  readonly status: "success" | "failed";
  readonly score?: Num;
  readonly score_ci95?: readonly [Num, Num] | null;
  readonly grade?: string | null;
  readonly strategy?: string | null;
  readonly origin?: "llm" | "offline" | null;
  readonly hypothesis?: string | null;
  readonly error?: string | null;
  readonly duplicate?: { readonly level: string; readonly of: string; readonly degree: number } | null;
  readonly report_url?: string | null;
  readonly verdict?: TextRule | null;
  readonly backtest_summary?: Summary;
  readonly report_metrics?: RunMetrics;
  readonly search?: { readonly dsr?: Num } | null;
}

export interface LineageCandidate {
  readonly index: number;
  readonly selected: boolean;
  readonly expression: string | null;
  readonly status: string | null;
  readonly score: Num;
  readonly grade: string | null;
  readonly strategy: string | null;
  readonly error: string | null;
}

export interface LineageNode {
  readonly task_id: string;
  readonly task_type: "backtest" | "iteration";
  readonly parent_task_id: string | null;
  readonly parent_index?: Num;
  readonly status: string;
  readonly expression: string | null;
  readonly score: Num;
  readonly grade: string | null;
  readonly created_at: string;
  readonly error: string | null;
  readonly selected?: Num;
  readonly candidates?: readonly LineageCandidate[];
  readonly children: readonly string[];
}

/** The test of the chosen factor on the slice that its search never saw, beside its figures before. */
export interface OpenedResult {
  readonly expression: string;
  readonly sealed: { readonly first_day: string; readonly last_day: string };
  readonly open: RunMetrics & { readonly grade?: string | null };
  readonly metrics: RunMetrics;
  readonly backtest_summary: Summary;
  readonly anti_overfit?: AntiOverfit | null;
  readonly score?: Num;
  readonly grade?: string | null;
  readonly verdict?: TextRule | null;
}

export interface Opening {
  readonly id: number;
  readonly lineage_id: string;
  readonly expression: string;
  readonly expression_hash: string;
  /** `selection` for the one that a choice made; otherwise a plain run that saw the slice. */
  readonly reason: string;
  readonly refused: boolean;
  readonly sealed_start: string;
  readonly sealed_end: string;
  readonly asked_by: string | null;
  readonly created_at: string;
  readonly status: string;
  readonly error: string | null;
  readonly result: OpenedResult | null;
}

export interface Lineage {
  readonly lineage_id: string;
  readonly task_id: string;
  readonly roots: readonly string[];
  readonly nodes: readonly LineageNode[];
  readonly trials: number;
  readonly openings: readonly Opening[];
}

/** What became of the sealed slice with a choice. */
export interface OpeningAnswer {
  readonly state: "none" | "opened" | "refused";
  readonly reason?: Bilingual;
  readonly sealed?: { readonly first_day: string; readonly last_day: string };
}

export interface Selected {
  readonly task_id: string;
  readonly selected_index: number;
  readonly expression: string;
  readonly opening: OpeningAnswer;
}

const ENDED = new Set(["completed", "failed", "refused", "seen"]);

const lineageQuery = (task: string) => ({
  queryKey: ["lineage", task] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    answered<unknown>(http.GET("/api/v1/tasks/{task_id}/lineage", { params: { path: { task_id: task } }, signal }), signal) as Promise<Lineage>,
  staleTime: 2_000,
  refetchOnWindowFocus: true,
  refetchInterval: (query: { state: { data?: Lineage | undefined } }) => (query.state.data?.openings.some((one) => !ENDED.has(one.status)) ? 1_500 : (false as const)),
});

const known = (answers: readonly { readonly data: Lineage | undefined }[]): readonly Lineage[] => answers.flatMap(({ data }) => (data ? [data] : []));

/** Lines of descent by one task of each, as far as they are known; the same list while nothing changes. */
export const useLineages = (tasks: readonly string[]): readonly Lineage[] => useQueries({ queries: tasks.map(lineageQuery), combine: known });

/** The key makes a double press one iteration. */
export const useIterate = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ task, count, key, rolling = false }: { task: string; count: number; key: string; rolling?: boolean }) =>
      answered<{ task_id: string }>(
        http.POST("/api/v1/tasks/{task_id}/iterate", { params: { path: { task_id: task }, header: { "idempotency-key": key } }, body: { n_candidates: count, run_rolling_validation: rolling } }),
      ),
    onSuccess: () => announceChange(client),
  });
};

export const useSelect = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ task, index }: { task: string; index: number }) =>
      answered<unknown>(http.POST("/api/v1/tasks/{task_id}/select_candidate", { params: { path: { task_id: task } }, body: { candidate_index: index } })) as Promise<Selected>,
    onSuccess: (_chosen, { task }) => {
      void client.invalidateQueries({ queryKey: ["task", task] });
      void client.invalidateQueries({ queryKey: ["sealed"] });
      announceChange(client);
    },
  });
};
