/** Shapes of the data interface. Dates are days; moments are UTC without a zone; what is not known is null. */

import type { Bilingual, Num } from "./types";

export interface MarketItem {
  readonly name: string;
  readonly synthetic: boolean;
  readonly is_default: boolean;
  readonly can_import: boolean;
  readonly snapshot: string | null;
  readonly made_at: string | null;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly sessions: Num;
  readonly names: Num;
  readonly indices: Num;
  readonly size_bytes: Num;
  readonly snapshots: Num;
  readonly universes: readonly (Bilingual & { readonly name: string; readonly is_pit: boolean; readonly members: Num })[];
  readonly sources: readonly string[];
  readonly warnings: Num;
  readonly broken: string | null;
}

export interface Snapshot {
  readonly id: string;
  readonly made_at: string;
  readonly is_current: boolean;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly names: Num;
  readonly rows: Num;
  readonly size_bytes: Num;
  readonly sources: Num;
}

export interface Snapshots {
  readonly current: string;
  readonly can_roll_back: boolean;
  readonly snapshots: readonly Snapshot[];
}

export interface CoverageCell {
  readonly pct: number;
  readonly known: number;
  readonly of: number;
  readonly names: Num;
}

export interface CoverageRow extends Bilingual {
  readonly field: string;
  readonly group: string;
  readonly of: string;
  readonly cells: readonly (CoverageCell | null)[];
}

export interface Coverage {
  readonly snapshot: string;
  readonly years: readonly number[];
  readonly rows: readonly CoverageRow[];
  readonly warnings: readonly (Bilingual & { readonly code: string; readonly field: string | null; readonly metrics: readonly string[] })[];
}

export interface HealthCheck extends Bilingual {
  readonly code: string;
  readonly level: "ok" | "gap" | "fault" | "skipped";
  readonly count: Num;
  readonly sentence_zh: string;
  readonly sentence_en: string;
  readonly rows: readonly { readonly code: string | null; readonly name: string | null; readonly day: string | null; readonly text: string }[];
  readonly more: number;
}

export interface Health {
  readonly ok: boolean;
  readonly checked_at: string;
  readonly objects: number;
  readonly bytes: number;
  readonly checks: readonly HealthCheck[];
}

export interface Instrument {
  readonly code: string;
  readonly name: string;
  readonly kind: "stock" | "index";
  readonly board: string | null;
  readonly industry: string | null;
  readonly list_date: string | null;
  readonly delist_date: string | null;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly delisted: boolean;
  readonly st: boolean | null;
}

export type Frequency = "1d" | "1w" | "1mo";
export type Adjustment = "none" | "forward";

export interface BarColumns {
  readonly day: readonly string[];
  readonly open: readonly Num[];
  readonly high: readonly Num[];
  readonly low: readonly Num[];
  readonly close: readonly Num[];
  readonly volume: readonly Num[];
  readonly amount: readonly Num[];
  readonly turn: readonly Num[];
  readonly pre_close: readonly Num[];
  readonly change: readonly Num[];
  readonly suspended: readonly boolean[];
  readonly missing: readonly boolean[];
  readonly limit_up: readonly Num[];
  readonly limit_down: readonly Num[];
  readonly at_limit: readonly number[];
  readonly st: readonly (boolean | null)[];
  readonly sessions: readonly number[];
}

export interface Notice extends Bilingual {
  readonly code: string;
}

export interface Bars {
  readonly market: string;
  readonly snapshot: string;
  readonly synthetic: boolean;
  readonly code: string;
  readonly name: string;
  readonly kind: "stock" | "index";
  readonly freq: Frequency;
  readonly adjust: Adjustment;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly anchor: string | null;
  readonly count: number;
  readonly columns: BarColumns;
  readonly notices: readonly Notice[];
}

export interface Member {
  readonly code: string;
  readonly name: string;
  readonly industry: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly has_prices: boolean;
}

export interface Members extends Bilingual {
  readonly date: string;
  readonly asked: string | null;
  readonly is_pit: boolean;
  readonly source: string | null;
  readonly as_of: string | null;
  readonly known_until: string | null;
  readonly count: number;
  readonly with_prices: number;
  readonly members: readonly Member[];
  readonly notices: readonly Notice[];
}

export interface MemberStep {
  readonly day: string;
  readonly count: number;
  readonly with_prices: Num;
  readonly added: readonly { readonly code: string; readonly name: string }[];
  readonly removed: readonly { readonly code: string; readonly name: string }[];
}

export interface MemberHistory extends Bilingual {
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly is_pit: boolean;
  readonly as_of: string | null;
  readonly known_until: string | null;
  readonly steps: readonly MemberStep[];
  readonly notices: readonly Notice[];
}

export interface SourceStep extends Bilingual {
  readonly step: string;
  readonly ok: boolean;
  readonly ms: Num;
}

export interface Source extends Bilingual {
  readonly name: string;
  readonly kind: "vendor" | "files";
  readonly status: "fine" | "degraded" | "unavailable" | "off" | "untested";
  readonly zh_reason: string | null;
  readonly en_reason: string | null;
  readonly latency_ms: Num;
  readonly checked_at: string | null;
  readonly last_success_at: string | null;
  readonly can_test: boolean;
  readonly steps: readonly SourceStep[] | null;
}

// — imports and updates

export interface DataJob {
  readonly id: string;
  readonly state: "queued" | "running" | "succeeded" | "failed";
  readonly stage: string | null;
  readonly pct: Num;
  readonly message: string | null;
}

export interface Rejection extends Bilingual {
  readonly code: string;
  readonly count: number;
  readonly sample: readonly string[];
}

export interface FilePreview extends Bilingual {
  readonly name: string;
  readonly bytes?: Num;
  readonly state: "ok" | "known" | "refused" | "unused" | "ignored" | "imported" | "unchanged";
  readonly kind: string | null;
  readonly accepted: Num;
  readonly rejected_rows: Num;
  readonly names: Num;
  readonly first: string | null;
  readonly last: string | null;
  readonly added: Num;
  readonly changed: Num;
  readonly unchanged: Num;
  readonly rejected: readonly Rejection[];
  /** Only taken in when the rows that cannot be true are left out; absent in what a source brought. */
  readonly needs_skip?: boolean;
}

export interface ImportPreview {
  readonly base_snapshot: string | null;
  readonly can_commit: boolean;
  /** Why nothing can be taken in. */
  readonly refused: string | null;
  readonly refused_en: string | null;
  readonly needs_skip_bad_rows: boolean;
  readonly files: readonly FilePreview[];
  readonly totals: { readonly files: number; readonly usable: number; readonly accepted: number; readonly rejected: number; readonly added: number; readonly changed: number; readonly unchanged: number };
  readonly changes: { readonly new_sessions: number; readonly first: string | null; readonly last: string | null; readonly new_names: number; readonly changed_rows: number; readonly lists: boolean; readonly new_rows: number; readonly nothing: boolean };
}

export interface Failure {
  readonly detail: string;
  readonly detail_en?: string | null;
  readonly code: string | null;
  readonly hint: string | null;
}

export interface Import {
  readonly id: string;
  readonly market: string;
  readonly state: "checking" | "ready" | "refused" | "writing" | "done" | "failed";
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly bytes: Num;
  readonly file_count: Num;
  readonly job: DataJob | null;
  readonly error: Failure | null;
  readonly preview: ImportPreview | null;
  readonly result: { readonly snapshot: string; readonly previous: string | null; readonly changed: boolean; readonly accepted: number; readonly rejected: number; readonly added: number; readonly changed_rows: number } | null;
}

export interface ImportLimits {
  readonly files: number;
  readonly bytes: number;
  readonly unpacked_bytes: number;
  readonly open: number;
  readonly hours: number;
}

export interface ImportList {
  readonly imports: readonly Import[];
  readonly limits: ImportLimits;
  readonly accepts: readonly string[];
}

export interface Update {
  readonly id: string;
  readonly market: string;
  readonly apply: boolean;
  readonly source: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly job: DataJob | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly error: Failure | null;
  readonly report: {
    readonly snapshot: string;
    readonly previous: string | null;
    readonly changed: boolean;
    readonly applied: boolean;
    readonly nothing: boolean;
    readonly files: readonly FilePreview[];
    readonly totals: { readonly accepted: number; readonly rejected: number; readonly added: number; readonly changed: number; readonly unchanged: number };
  } | null;
}
