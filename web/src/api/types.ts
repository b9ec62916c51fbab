/** Shapes of the REST contract that the pages read. A number that does not exist is null, never 0. */

import type { components } from "./schema";

export type Num = number | null;

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export interface TextRule extends Bilingual {
  readonly code: string;
  readonly args?: Record<string, unknown>;
}

// — expressions

type Schemas = components["schemas"];

export type ExpressionFault = Schemas["ExpressionError"];
export type ExpressionNotice = Schemas["Description"]["notices"][number];
export type Validation = Schemas["Validation"];

// — market

export interface Named extends Bilingual {
  readonly name: string;
}

export interface MarketFacts {
  readonly market: string;
  readonly synthetic: boolean;
  readonly snapshot: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly names: number;
  readonly sources: readonly (string | (Partial<Bilingual> & { name?: string }))[];
  readonly universes: readonly (Named & { is_pit: boolean; members: Num })[];
  readonly benchmarks: readonly Named[];
  readonly defaults: {
    readonly universe: string;
    readonly start_date: string;
    readonly end_date: string;
    readonly n_groups: number;
    readonly holding_period: number;
    readonly benchmark: string;
  };
}

// — tasks

export const STAGES = [
  "generating_expression",
  "validating",
  "fetching_data",
  "backtesting",
  "analyzing",
  "generating_report",
] as const;
export type Stage = (typeof STAGES)[number];
export type TaskStatus = "pending" | Stage | "completed" | "failed" | "iterating" | "iteration_completed";

export const isTerminal = (status: string | undefined) =>
  status === "completed" || status === "failed" || status === "iteration_completed";

export interface TaskParams {
  readonly prompt?: string;
  readonly universe?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly n_groups?: number;
  readonly holding_period?: number;
  readonly benchmark?: string;
  readonly options?: Record<string, unknown> | null;
  /** Of an iteration. */
  readonly market?: string;
  readonly n_candidates?: number;
  readonly run_rolling_validation?: boolean;
}

/** A task; the parts that the description leaves open are typed here. `progress.pct` is per cent. */
export type Task = Omit<Schemas["TaskObject"], "status" | "params" | "result" | "error_facts"> & {
  readonly status: TaskStatus;
  readonly params: TaskParams;
  readonly result: RunResult | null;
  readonly error_facts: { readonly code?: string; readonly hint?: string; readonly line?: number; readonly column?: number } | null;
};

/** What the page sends. */
export type Submission = Omit<Schemas["BacktestBody"], "options"> & { readonly options: Schemas["OptionsBody"] };

// — results

export interface GroupFigures {
  readonly group: string;
  readonly annual_return: Num;
  readonly sharpe: Num;
  readonly max_drawdown: Num;
  readonly mean_return: Num;
  readonly turnover?: Num;
  readonly names?: Num;
}

export interface RunMetrics {
  readonly [key: string]: Num | undefined;
}

export interface Summary {
  readonly group_returns: Record<string, GroupFigures>;
  readonly cost_drag_by_group?: Record<string, Num>;
  readonly rank_ic_ci95?: readonly [Num, Num] | null;
  readonly ic_ci95?: readonly [Num, Num] | null;
  readonly strategy_group?: string;
  readonly flipped?: boolean;
  readonly [key: string]: unknown;
}

export interface Condition extends Bilingual {
  readonly code: string;
  readonly passed: boolean | null;
  readonly value: Num;
  readonly limit: Num;
}

export interface SignificanceTest {
  readonly name: string;
  readonly code?: string;
  readonly passed: boolean;
  readonly p?: Num;
  readonly observed?: Num;
  readonly threshold?: Num;
  readonly series?: string;
  readonly conditions?: readonly Condition[];
  readonly details: Record<string, unknown>;
}

export interface AntiOverfit {
  readonly score: Num;
  readonly recommendation: string;
  readonly passed_count: number;
  readonly total_count: number;
  readonly tests: readonly SignificanceTest[];
}

export interface UniverseMeta {
  readonly is_pit?: boolean;
  readonly source?: string;
  readonly as_of?: string | null;
  readonly members_ever?: Num;
  readonly loaded?: Num;
  readonly missing?: readonly string[] | Num;
  readonly share_unknown_st?: Num;
  readonly industry_pit?: boolean;
}

export interface ResultParams {
  readonly expression: string;
  readonly universe: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly n_groups: number;
  readonly holding_period: number;
  readonly benchmark: string;
  readonly stock_count?: Num;
  readonly market?: string;
  readonly data_snapshot?: string;
  readonly synthetic?: boolean;
  readonly effective_start?: string;
  readonly effective_end?: string;
  readonly universe_meta?: UniverseMeta;
  readonly execution?: string;
  readonly cost_model?: string | Record<string, unknown>;
  readonly direction?: Num;
  readonly direction_source?: string;
  readonly rubric_version?: string;
  readonly risk_free?: Num;
  readonly periods_per_year?: Num;
  readonly [key: string]: unknown;
}

export interface Reason extends TextRule {
  readonly mark: "pass" | "fail" | "doubt";
}

export interface DataWarning extends TextRule {
  readonly metrics?: readonly string[];
}

export interface RollingWindow {
  readonly window_index: number;
  readonly train_period: string;
  readonly valid_period: string;
  readonly test_period: string;
  readonly train_ic: Num;
  readonly valid_ic: Num;
  readonly test_ic: Num;
  readonly test_ir?: Num;
  readonly sharpe?: Num;
}

export interface RunResult {
  readonly report_url?: string | null;
  readonly metrics: RunMetrics;
  readonly backtest_summary: Summary;
  readonly anti_overfit?: AntiOverfit | null;
  readonly stock_factor_data?: Record<string, unknown> | null;
  readonly params: ResultParams;
  readonly llm?: { readonly prompt?: string; readonly engine?: string; readonly model?: string | null; readonly idea?: string | null } | null;
  /** What the search before it does to the evidence, and the slice that it leaves alone. */
  readonly search?: { readonly trials?: Num; readonly effective_trials?: Num; readonly dsr?: Num; readonly sealed?: { readonly state: "sealed" | "open" | "none"; readonly first_day?: string; readonly last_day?: string; readonly sessions?: Num; readonly reason?: Bilingual } } | null;
  readonly score?: Num;
  readonly score_uncapped?: Num;
  readonly score_ci95?: readonly [Num, Num] | null;
  readonly grade?: string | null;
  readonly component_scores?: Record<string, Num>;
  readonly caps?: readonly (TextRule & { max_grade?: string })[];
  readonly rubric_version?: string;
  readonly verdict?: TextRule | null;
  readonly reasons?: readonly Reason[];
  readonly diagnosis?: Record<string, unknown> | null;
  readonly rolling_validation?: {
    readonly score?: Num;
    readonly summary?: Record<string, unknown> & { error?: string };
    readonly decay_analysis?: Record<string, unknown>;
    readonly windows?: readonly RollingWindow[];
  } | null;
  readonly warnings?: readonly DataWarning[];
  readonly direction?: Record<string, unknown> | null;
  readonly decay?: Record<string, unknown> | null;
  readonly phases?: Record<string, unknown> | null;
  readonly manifest?: Record<string, unknown> | null;
  readonly series?: readonly string[];
}

export type SeriesTable = Schemas["SeriesTable"];

/** A column of numbers; missing when the table has no such column. */
export function column(series: SeriesTable, name: string): Num[] {
  return (series.columns[name] ?? []).map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
}

export const labels = (series: SeriesTable): string[] => series.index.map(String);
