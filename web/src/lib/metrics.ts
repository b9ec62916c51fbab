/** The dictionary of figures: what each is computed from. Its words are in metrics.zh.json and metrics.en.json. */

/** Metrics by chapter, in the order of the help page. */
export const METRIC_CHAPTERS = {
  evidence: ["rank_ic", "rank_ic_oriented", "ic", "t_hac", "permutation_p", "icir", "positive_share", "half_life", "autocorrelation", "coverage"],
  returns: ["total_return", "cagr", "excess_return", "information_ratio", "tracking_error", "alpha", "beta"],
  risk: ["sharpe", "sortino", "max_drawdown", "volatility", "calmar", "var_95", "cvar_95", "best_day", "worst_day", "skew", "kurtosis"],
  trading: ["win_rate", "profit_factor", "turnover", "annual_cost_drag", "holding_return", "percentile"],
  groups: ["group_annual", "group_excess", "group_sharpe", "monotonicity", "spread", "long_short"],
  trust: ["score", "grade", "ic_stability", "subsample", "placebo", "walk_forward", "phases", "effective_trials", "excess_sharpe", "sharpe_hurdle", "psr", "dsr", "pbo", "q_bh", "sealed"],
  crypto: ["bt_cagr", "bt_max_drawdown", "bt_sharpe", "bt_sortino", "bt_calmar", "bt_win_rate", "bt_profit_factor", "bt_expected_value", "bt_total_trades", "bt_avg_trade_duration_seconds"],
} as const;

export type MetricName = (typeof METRIC_CHAPTERS)[keyof typeof METRIC_CHAPTERS][number];

const NAMES: ReadonlySet<string> = new Set(Object.values(METRIC_CHAPTERS).flat());

export const isMetric = (name: string): name is MetricName => NAMES.has(name);
