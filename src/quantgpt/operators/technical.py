"""Well-known indicators as combinations of other operators, each over a finite window.

The textbook forms of RSI, ATR and OBV never forget; here each is defined over a window that ends, so that its warm-up
is exact and a later start date changes nothing.
"""

from __future__ import annotations

from quantgpt.operators._base import UnitRule, define

define(
    "ts_av_diff(x, n)",
    "x - ts_mean(x, n)",
    category="time_series",
    zh="与 N 日均值之差",
    en="Distance of `x` from its mean over `n` sessions.",
    say=("{0}与其{1}日均值之差", "the distance of {0} from its {1}-day mean"),
    example="ts_av_diff(close, 20)",
)
define(
    "ts_zscore(x, n)",
    "(x - ts_mean(x, n)) / ts_std(x, n)",
    category="time_series",
    zh="N 日时序标准分",
    en="Distance of `x` from its mean over `n` sessions, in standard deviations of the same window.",
    say=("{0}的{1}日标准分", "the {1}-day standard score of {0}"),
    example="ts_zscore(volume, 20)",
    unit=UnitRule.RATIO,
)
define(
    "rsi(x, n)",
    "100 * ts_sum(max(ts_delta(x, 1), 0), n) / ts_sum(abs(ts_delta(x, 1)), n)",
    category="technical",
    zh="相对强弱指标（卡特勒式，简单平均，0–100）",
    en="Relative strength index of Cutler, with plain sums over `n` sessions: 0 to 100.",
    say=("{0}的{1}日相对强弱指标", "the {1}-day relative strength index of {0}"),
    example="rsi(close, 14)",
    unit=UnitRule.RATIO,
)
define(
    "macd(x, fast, slow)",
    "ema(x, fast) - ema(x, slow)",
    category="technical",
    zh="快慢指数均线之差（DIF）",
    en="Fast minus slow exponentially weighted mean; the signal line is `ema(macd(x, 12, 26), 9)`.",
    say=("{0}的{1}日与{2}日指数均线之差", "the {1}-day minus the {2}-day exponential mean of {0}"),
    example="macd(close, 12, 26)",
)
define(
    "atr(n)",
    "ts_mean(max(high - low, max(abs(high - ts_shift(close, 1)), abs(low - ts_shift(close, 1)))), n)",
    category="technical",
    zh="平均真实波幅（简单平均）",
    en="Average true range: plain mean over `n` sessions.",
    say=("{0}日平均真实波幅", "the {0}-day average true range"),
    example="atr(14) / close",
    unit=UnitRule.ANY,
)
define(
    "obv(n)",
    "ts_sum(sign(ts_delta(close, 1)) * volume, n)",
    category="technical",
    zh="能量潮：N 日内按涨跌加减的成交量之和",
    en="On-balance volume of the last `n` sessions: volume signed by the direction of the close.",
    say=("{0}日能量潮", "the {0}-day on-balance volume"),
    example="obv(20) / ts_sum(volume, 20)",
    unit=UnitRule.ANY,
)
define(
    "boll_mid(x, n)",
    "ts_mean(x, n)",
    category="technical",
    zh="布林中轨",
    en="Middle Bollinger band: mean over `n` sessions.",
    say=("{0}的{1}日布林中轨", "the {1}-day middle Bollinger band of {0}"),
    example="close / boll_mid(close, 20)",
)
define(
    "boll_upper(x, n, k)",
    "ts_mean(x, n) + k * ts_std(x, n)",
    category="technical",
    zh="布林上轨：均值 + k 倍标准差",
    en="Upper Bollinger band: mean plus `k` standard deviations.",
    say=("{0}的{1}日布林上轨（{2}倍标准差）", "the {1}-day upper Bollinger band of {0} ({2} deviations)"),
    example="close / boll_upper(close, 20, 2)",
)
define(
    "boll_lower(x, n, k)",
    "ts_mean(x, n) - k * ts_std(x, n)",
    category="technical",
    zh="布林下轨：均值 - k 倍标准差",
    en="Lower Bollinger band: mean minus `k` standard deviations.",
    say=("{0}的{1}日布林下轨（{2}倍标准差）", "the {1}-day lower Bollinger band of {0} ({2} deviations)"),
    example="close / boll_lower(close, 20, 2)",
)
define(
    "boll_width(x, n, k)",
    "2 * k * ts_std(x, n) / ts_mean(x, n)",
    category="technical",
    zh="布林带宽：上下轨之差除以中轨",
    en="Width of the Bollinger bands relative to the middle one.",
    say=("{0}的{1}日布林带宽（{2}倍标准差）", "the {1}-day Bollinger band width of {0} ({2} deviations)"),
    example="boll_width(close, 20, 2)",
    unit=UnitRule.RATIO,
)
