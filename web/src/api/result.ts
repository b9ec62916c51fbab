/** What the result page asks for beyond the task itself. A result is named by its task, or `<task>-<index>` for a candidate of an iteration. */

import { useQueries, useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { Bilingual, Num, RunResult, SeriesTable, Task, TextRule } from "./types";

export interface ResultName {
  readonly task: string;
  readonly candidate: number | null;
}

/** "iter_ab12-3" is candidate 3 of iter_ab12. */
export function resultName(id: string): ResultName {
  const [, task, index] = /^(.+)-(\d{1,4})$/.exec(id) ?? [];
  return task !== undefined && index !== undefined ? { task, candidate: Number(index) } : { task: id, candidate: null };
}

const query = (candidate: number | null) => (candidate === null ? {} : { query: { candidate } });

const seriesQuery = (id: string, name: string) => {
  const { task, candidate } = resultName(id);
  return {
    queryKey: ["series", id, name],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      answered<SeriesTable>(http.GET("/api/v1/tasks/{task_id}/series/{name}", { params: { path: { task_id: task, name }, ...query(candidate) }, signal }), signal),
    staleTime: Infinity,
  };
};

export const useSeries = (id: string, name: string) => useQuery(seriesQuery(id, name));

/** Several series at once, in the order asked for. */
export const useManySeries = (id: string, names: readonly string[]) => useQueries({ queries: names.map((name) => seriesQuery(id, name)) });

/** The result of a candidate as that of a run: what was set for all candidates stands with the iteration. */
export function candidateResult(task: Task, index: number): RunResult | null {
  const candidate = task.candidates?.[index] as (Partial<RunResult> & { status?: string; report_metrics?: RunResult["metrics"]; expression?: string; canonical?: string; expression_hash?: string; direction?: Record<string, unknown> }) | undefined;
  if (!candidate || candidate.status !== "success" || !candidate.backtest_summary) return null;
  const { sign, source } = candidate.direction ?? {};
  return {
    ...(candidate as RunResult),
    metrics: candidate.report_metrics ?? candidate.metrics ?? {},
    params: {
      ...(task.params as unknown as RunResult["params"]),
      expression: candidate.expression ?? "",
      canonical: candidate.canonical,
      expression_hash: candidate.expression_hash,
      ...(typeof sign === "number" ? { direction: sign } : {}),
      ...(typeof source === "string" ? { direction_source: source } : {}),
    },
  };
}

// — one day

export interface DayPart<T> {
  readonly state: "known" | "none";
  readonly reason: Bilingual | null;
  readonly rows: readonly T[];
}

export interface DayHolding {
  readonly code: string;
  readonly name: string | null;
  readonly weight: Num;
  readonly factor_value: Num;
  readonly percentile: Num;
  readonly group: string | null;
  readonly period_return: Num;
  readonly industry: string | null;
  readonly carried: boolean;
}

export interface DayTrade {
  readonly code: string;
  readonly name: string | null;
  readonly side: "buy" | "sell" | "cash_out";
  readonly weight: Num;
  readonly price: Num;
  readonly cost: Num;
}

export interface DayBlocked {
  readonly code: string;
  readonly name: string | null;
  readonly side: "buy" | "sell";
  readonly reason: string;
  readonly rule: string;
  readonly rule_en?: string;
}

/** What a run held, traded and was kept from trading on one of its days. */
export interface DayFacts {
  readonly date: string;
  readonly return: { readonly strategy: Num; readonly benchmark: Num; readonly excess: Num };
  readonly nav: { readonly strategy: Num; readonly benchmark: Num };
  readonly drawdown: Num;
  readonly rank_ic: Num;
  readonly group: string;
  readonly rebalance: { readonly signal_date: string; readonly trade_date: string; readonly next_trade_date: string | null; readonly index: number; readonly of: number } | null;
  readonly is_rebalance: boolean;
  readonly holdings: DayPart<DayHolding> & { readonly as_of?: string };
  readonly trades: DayPart<DayTrade> & { readonly turnover?: Num; readonly cost?: Num };
  readonly blocked: DayPart<DayBlocked>;
}

/** Routes that the generated types do not know yet are asked for by their path. */
const get = http.GET as unknown as (path: string, init: { signal: AbortSignal }) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const suffix = (candidate: number | null) => (candidate === null ? "" : `?candidate=${candidate}`);

export function useDay(id: string, day: string | null) {
  const { task, candidate } = resultName(id);
  return useQuery({
    queryKey: ["day", id, day],
    queryFn: ({ signal }) => answered<DayFacts>(get(`/api/v1/tasks/${encodeURIComponent(task)}/days/${day ?? ""}${suffix(candidate)}`, { signal }), signal),
    enabled: day !== null,
    staleTime: Infinity,
  });
}

// — the sealed slice

export interface SealedFigure {
  readonly name: string;
  readonly kind: string;
  readonly before: number | string | null;
  readonly before_ci95?: readonly [Num, Num] | null;
  readonly after: number | string | null;
  readonly after_ci95?: readonly [Num, Num] | null;
}

export interface SealedState {
  readonly lineage_id: string;
  readonly state: "none" | "sealed" | "opening" | "opened" | "seen" | "failed";
  readonly reason: Bilingual | null;
  readonly slice: { readonly first_day: string; readonly last_day: string; readonly sessions: Num; readonly open_sessions?: Num } | null;
  readonly opened: { readonly at: string; readonly expression: string; readonly is_this: boolean; readonly number?: number } | null;
  readonly figures: readonly SealedFigure[];
  readonly verdict: TextRule | null;
  readonly series: { readonly nav: SeriesTable; readonly ic: SeriesTable } | null;
  readonly looks: readonly { readonly at: string; readonly reason: string; readonly refused: boolean; readonly expression: string }[];
  readonly error?: string | null;
}

/** Whether the slice at the end of the span was opened, by whom, and what it showed. */
export function useSealedState(id: string) {
  const { task, candidate } = resultName(id);
  return useQuery({
    queryKey: ["sealed", id],
    queryFn: ({ signal }) => answered<SealedState>(get(`/api/v1/tasks/${encodeURIComponent(task)}/sealed${suffix(candidate)}`, { signal }), signal),
    staleTime: 30_000,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === "opening" ? 2_000 : false),
  });
}

// — the ledger

export interface Trial {
  readonly id: number;
  readonly task_id: string | null;
  readonly kind: string;
  readonly ok: boolean;
  readonly expression: string;
  readonly expression_hash: string;
  readonly sharpe_annual: Num;
  /** The same factor was tried before on this ledger. */
  readonly is_repeat: boolean;
  readonly score: Num;
  readonly grade: string | null;
  readonly p_value: Num;
  readonly created_at: string;
}

const MOST_TRIALS = 100;

/** The newest trials on the universe and span of a result, and how many there are. */
export const useTrials = (ledger: string | undefined) =>
  useQuery({
    queryKey: ["trials", ledger],
    queryFn: ({ signal }) => answered<{ trials: readonly Trial[]; total: number; failed: number; repeats: number }>(http.GET("/api/v1/trials", { params: { query: { page: 1, page_size: MOST_TRIALS, ledger_key: ledger ?? "" } }, signal }), signal),
    enabled: ledger !== undefined && ledger !== "",
    staleTime: 15_000,
  });

export const useQValue = (task: string, wanted: boolean) =>
  useQuery({
    queryKey: ["q-values", task],
    queryFn: ({ signal }) => answered<{ q_values: Record<string, { q_bh: Num; family: number }> }>(http.GET("/api/v1/q-values", { params: { query: { ids: task } }, signal }), signal),
    enabled: wanted,
    staleTime: 15_000,
  });

// — luck

/** What useless factors reach by luck in as many tries; part of `result.search`. */
export interface Luck {
  readonly state: "measured" | "none";
  readonly reason: Bilingual | null;
  readonly effective_trials: Num;
  readonly trials: Num;
  readonly histogram: { readonly edges: readonly number[]; readonly share: readonly number[] } | null;
  readonly observed: Num;
  readonly expected_best: Num;
  readonly share_beyond: Num;
  readonly dsr: Num;
  readonly dsr_if_single: Num;
  readonly dsr_after_ten_more: Num;
  readonly zones: readonly (Bilingual & { readonly code: string; readonly from: number; readonly to: number })[];
  readonly zone: string | null;
  readonly sentence: TextRule | null;
}

export interface Search {
  readonly ledger_key?: string;
  readonly trials?: Num;
  readonly effective_trials?: Num;
  readonly sharpe_annual?: Num;
  readonly sharpe_hurdle_annual?: Num;
  readonly dsr?: Num;
  readonly psr?: Num;
  readonly notes?: Bilingual | null;
  readonly luck?: Luck;
  readonly sealed?: { readonly state: string; readonly reason?: Bilingual; readonly first_day?: string; readonly last_day?: string; readonly sessions?: Num } | null;
}

export const searchOf = (result: RunResult): Search => (result.search ?? {}) as Search;
