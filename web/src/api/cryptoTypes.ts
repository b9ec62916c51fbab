/** Shapes of the crypto backtests: what the signed interface sends, and what our own adds beside it. */

export const TIMEFRAMES = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];
export type Venue = "perp" | "spot";
export type JobStatus = "queued" | "running" | "done" | "failed" | "cancelled";

/** A sentence in both languages. */
export interface Said {
  readonly code?: string;
  readonly zh: string;
  readonly en: string;
}

/** One parameter in a template's JSON Schema. Bounds of decimals are strings under `x-`. */
export interface SchemaProperty {
  readonly type: "integer" | "string";
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: string | number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "x-title-en"?: string;
  readonly "x-description-en"?: string;
  readonly "x-unit"?: string;
  readonly "x-minimum"?: string;
  readonly "x-maximum"?: string;
  readonly "x-exclusive-minimum"?: string;
  readonly "x-exclusive-maximum"?: string;
}

export interface TemplateSchema {
  readonly properties: Readonly<Record<string, SchemaProperty>>;
  readonly required?: readonly string[];
}

export interface CryptoTemplate {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly title_en: string;
  readonly summary: string;
  readonly summary_en: string;
  readonly supports_multi_symbol: boolean;
  readonly min_capital: string;
  readonly params: TemplateSchema;
}

export interface TimeframeSpan {
  readonly timeframe: Timeframe;
  /** Open time of the first bar and the last millisecond of the last one, since 1970. */
  readonly first_ms: number;
  readonly last_ms: number;
}

export interface CryptoSymbol {
  readonly symbol: string;
  readonly venue: Venue;
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly step: string;
  readonly min_notional: string;
  readonly timeframes: readonly TimeframeSpan[];
}

export interface CryptoMarket {
  readonly market: string;
  readonly snapshot: string;
  readonly synthetic: boolean;
  readonly symbols: readonly CryptoSymbol[];
}

export interface JobConfig {
  readonly template_id: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly start: string;
  readonly end: string;
  readonly capital: string;
  readonly leverage: number;
  readonly fee_model: string;
  readonly fee_bps?: string;
  readonly strategy_id?: string;
  readonly market?: Venue;
  readonly slippage_bps?: string;
  readonly funding?: string;
  readonly intrabar?: string;
  readonly detail_timeframe?: Timeframe;
  readonly strict_touch?: boolean;
}

export interface JobMetrics {
  readonly sharpe: string | null;
  readonly sortino: string | null;
  readonly calmar: string | null;
  readonly max_drawdown: string | null;
  readonly win_rate: string | null;
  readonly profit_factor: string | null;
  readonly cagr: string | null;
  readonly expected_value: string | null;
  readonly total_trades: number;
  readonly avg_trade_duration_seconds: number;
}

export interface JobTrade {
  readonly id: number;
  readonly side: "buy" | "sell";
  readonly symbol: string;
  readonly entry_time: string;
  readonly entry_price: string;
  readonly exit_time: string;
  readonly exit_price: string;
  readonly qty: string;
  readonly pnl: string;
  readonly fee: string;
}

export type CurvePoint = readonly [string, string];

export interface JobResult {
  readonly metrics: JobMetrics;
  /** Only the metrics in lists. */
  readonly equity_curve?: readonly CurvePoint[];
  readonly trades?: readonly JobTrade[];
}

export interface CryptoJob {
  readonly id: string;
  readonly status: JobStatus;
  readonly config: JobConfig;
  readonly submitted_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly progress: number;
  readonly result: JobResult | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface CryptoJobPage {
  readonly data: readonly CryptoJob[];
  readonly next_cursor: string | null;
}

/** A lattice as it was laid: from when on, its buying and selling prices, low to high. */
export interface LaidGrid {
  readonly symbol: string;
  readonly from: string;
  readonly buys: readonly string[];
  readonly sells: readonly string[];
  readonly quantity: string;
}

/** What is known of a job beside the documented object; what a job of an older engine has not is missing. */
export interface JobDetails {
  readonly warnings?: readonly Said[];
  readonly liquidated?: readonly string[];
  readonly skipped?: { readonly margin: number; readonly notional: number };
  readonly grids?: readonly LaidGrid[];
  readonly totals?: { readonly pnl?: string; readonly fees?: string; readonly funding?: string; readonly gross?: string; readonly forgiven?: string };
  readonly counts?: { readonly bars?: number; readonly fills?: number };
  readonly causes?: readonly string[];
  readonly funding?: readonly string[];
  readonly sharpe_365?: string | null;
  readonly sortino_365?: string | null;
  readonly engine_version?: string;
  readonly data_revision?: string;
  readonly market?: string;
  readonly snapshot?: string;
  readonly synthetic?: boolean;
  readonly expired_at?: string | null;
  /** Why it failed, for people. */
  readonly error?: { readonly code: string; readonly message: string; readonly message_en: string; readonly hint?: string } | null;
}

/** Bars for a chart: at most some thousands, of the job's timeframe or a whole multiple of it. */
export interface ChartBars {
  readonly length_ms: number;
  /** Milliseconds since 1970, UTC. */
  readonly open_time: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly missing: readonly (readonly [number, number])[];
  /** Of a job: they are of the data that it was run on, and not of later ones. */
  readonly pinned?: boolean | null;
}

export interface CheckFault extends Said {
  readonly field: string;
  readonly nearest?: string | number | null;
}

/** What the server says of a configuration before it is sent. */
export interface Checked {
  readonly ok: boolean;
  readonly faults: readonly CheckFault[];
  readonly warnings: readonly Said[];
}

export const isOver = (status: JobStatus | undefined) => status === "done" || status === "failed" || status === "cancelled";
