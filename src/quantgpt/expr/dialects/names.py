"""The tables of names of Qlib's dialect: Qlib's own numbers, ours under Qlib's words, and Qlib's with additions.

Words that the last two lack are those of our own dialect, in lower case.

A template is a text of our dialect in which the letters of the pattern stand for the arguments; `bar` marks the rows of a
name that are loaded, `listed` all of its rows.

Source: Qlib 0.9.7, `qlib/data/ops.py`, for the words, the patterns and what they refuse.
"""

from __future__ import annotations

from quantgpt.expr.dialects.table import Row, Rule, Table, Word, rows
from quantgpt.foundations.errors import BadRequest

_CELLS = (
    *rows(
        Rule.ARITHMETIC,
        """
        Add vw qlib_add(x, y)
        Sub vw qlib_sub(x, y)
        Mul vw qlib_mul(x, y)
        Div vw qlib_div(x, y)
        """,
    ),
    *rows(Rule.POWER, "Power vw qlib_power(x, y)"),
    *rows(
        Rule.EXTREME,
        """
        Greater vw qlib_greater(x, y)
        Less vw qlib_less(x, y)
        """,
    ),
    *rows(
        Rule.COMPARISON,
        """
        Gt vw qlib_gt(x, y)
        Ge vw qlib_ge(x, y)
        Lt vw qlib_lt(x, y)
        Le vw qlib_le(x, y)
        Eq vw qlib_eq(x, y)
        Ne vw qlib_ne(x, y)
        """,
    ),
    *rows(
        Rule.LOGIC,
        """
        And xy qlib_and(x, y)
        Or xy qlib_or(x, y)
        """,
    ),
    *rows(Rule.NEGATION, "Not x qlib_not(x)"),
    *rows(Rule.CHOICE, "If cvw qlib_if(cond, x, y)"),
    *rows(Rule.LOGARITHM, "Log x qlib_log(x)"),
    *rows(Rule.MAGNITUDE, "Abs x qlib_abs(x)"),
    *rows(Rule.SIGN, "Sign x qlib_sign(x)"),
)

_OTHERS = (
    Row("Mask", "xt", "", Rule.OTHER),
    Row("ChangeInstrument", "tx", "", Rule.OTHER),
)

_SHIFTS = (
    *rows(
        Rule.SHIFT,
        """
        Ref xn qlib_ref(x, n)
        Ref xp qlib_lead(x, n)
        Ref xz qlib_first(x, bar)
        """,
    ),
    *rows(
        Rule.CHANGE,
        """
        Delta xn qlib_delta(x, bar, n)
        Delta xz qlib_delta_all(x, bar)
        """,
    ),
)

_WINDOWS = (
    *rows(
        Rule.WINDOW,
        """
        Mean xn qlib_mean(x, n)
        Mean xz qlib_mean_all(x, bar)
        Mean xa qlib_ewm(x, bar, a)
        Sum xn qlib_sum(x, n)
        Sum xz qlib_sum_all(x, bar)
        Sum xa qlib_ewm(x, bar, a)
        Std xn qlib_std(x, n)
        Std xz qlib_std_all(x, bar)
        Std xa qlib_ewm(x, bar, a)
        Var xn qlib_var(x, n)
        Var xz qlib_var_all(x, bar)
        Var xa qlib_ewm(x, bar, a)
        Max xn qlib_max(x, n)
        Max xz qlib_max_all(x, bar)
        Max xa qlib_ewm(x, bar, a)
        Min xn qlib_min(x, n)
        Min xz qlib_min_all(x, bar)
        Min xa qlib_ewm(x, bar, a)
        Med xn qlib_med(x, n)
        Med xz qlib_med_all(x, bar)
        Med xa qlib_ewm(x, bar, a)
        Count xn qlib_count(x, n)
        Count xz qlib_count_all(x, bar)
        Count xa qlib_ewm(x, bar, a)
        Mad xn qlib_mad(x, n)
        Mad xz qlib_mad_all(x, bar)
        Rank xn qlib_rank(x, n)
        Rank xz qlib_rank_all(x, bar)
        Quantile xnq qlib_quantile(x, n, q)
        Quantile xzq qlib_quantile_all(x, bar, q)
        IdxMax xn qlib_idxmax(x, bar, n)
        IdxMax xz qlib_idxmax_all(x, bar)
        IdxMin xn qlib_idxmin(x, bar, n)
        IdxMin xz qlib_idxmin_all(x, bar)
        Slope xn qlib_slope(x, n)
        Slope xz qlib_slope_all(x, bar)
        Rsquare xn qlib_rsquare(x, n)
        Rsquare xz qlib_rsquare_all(x, bar)
        Resi xn qlib_resi(x, n)
        Resi xz qlib_resi_all(x, bar)
        WMA xn qlib_wma(x, bar, n)
        WMA xz qlib_wma_all(x, bar)
        EMA xn qlib_ema(x, bar, n)
        EMA xz qlib_ema_all(x, bar)
        EMA xa qlib_ewm(x, bar, a)
        Corr xyn qlib_corr(x, y, n)
        Cov xyn qlib_cov(x, y, n)
        Skew xz qlib_skew_all(x, bar)
        Kurt xz qlib_kurt_all(x, bar)
        """,
    ),
    *rows(Rule.WINDOW, "Skew xn qlib_skew(x, n)", least=3),
    *rows(Rule.WINDOW, "Kurt xn qlib_kurt(x, n)", least=4),
)

_STRICT = (
    *rows(
        Rule.PLAIN,
        """
        Add vw add(x, y)
        Sub vw sub(x, y)
        Mul vw mul(x, y)
        Div vw div(x, y)
        Power vw power(x, y)
        Greater vw max(x, y)
        Less vw min(x, y)
        Gt vw gt(x, y)
        Ge vw ge(x, y)
        Lt vw lt(x, y)
        Le vw le(x, y)
        Eq vw eq(x, y)
        Ne vw ne(x, y)
        And vw x and y
        Or vw x or y
        Not x not x
        Neg x -x
        If bvw where(cond, x, y)
        Log x log(x)
        Abs x abs(x)
        Sign x sign(x)
        Ref xn ts_shift(x, n)
        Ref xp qlib_lead(x, n)
        Ref xz x
        Delta xn ts_delta(x, n)
        Delta xz qlib_delta_all(x, listed)
        Mean xn ts_mean(x, n)
        Mean xz qlib_mean_all(x, listed)
        Mean xa ewma(x, 1, a)
        Sum xn ts_sum(x, n)
        Sum xz qlib_sum_all(x, listed)
        Std xn ts_std(x, n)
        Std xz qlib_std_all(x, listed)
        Var xn ts_var(x, n)
        Var xz qlib_var_all(x, listed)
        Max xn ts_max(x, n)
        Max xz qlib_max_all(x, listed)
        Min xn ts_min(x, n)
        Min xz qlib_min_all(x, listed)
        Med xn ts_median(x, n)
        Med xz qlib_med_all(x, listed)
        Count xn ts_count(x, n)
        Count xz qlib_count_all(x, listed)
        Mad xn ts_mean_deviation(x, n)
        Mad xz qlib_mad_all(x, listed)
        Rank xn ts_rank(x, n)
        Rank xz qlib_rank_all(x, listed)
        Quantile xnq ts_quantile(x, n, q)
        Quantile xzq qlib_quantile_all(x, listed, q)
        IdxMax xn ts_max_position(x, n)
        IdxMin xn ts_min_position(x, n)
        Slope xn ts_slope(x, n)
        Slope xz qlib_slope_all(x, listed)
        Rsquare xn ts_rsquare(x, n)
        Rsquare xz qlib_rsquare_all(x, listed)
        Resi xn ts_resi(x, n)
        Resi xz qlib_resi_all(x, listed)
        WMA xn decay_linear(x, n)
        EMA xn ema(x, n)
        EMA xa ewma(x, 1, a)
        Corr xyn ts_corr(x, y, n)
        Cov xyn ts_cov(x, y, n)
        Skew xz qlib_skew_all(x, listed)
        Kurt xz qlib_kurt_all(x, listed)
        """,
    ),
    *rows(Rule.PLAIN, "Skew xn ts_skew(x, n)", least=3),
    *rows(Rule.PLAIN, "Kurt xn ts_kurt(x, n)", least=4),
)

_OURS = (
    *rows(
        Rule.PLAIN,
        """
        CSRank x rank(x)
        CSZScore x zscore(x)
        Neutralize x indneutralize(x)
        Neutralize xi indneutralize(x)
        Neutralize xy cs_residual(x, y)
        Sqrt x sqrt(x)
        Exp x exp(x)
        Sigmoid x sigmoid(x)
        Tanh x tanh(x)
        Clip xkh clip(x, k, h)
        Clip bvw clip(cond, x, y)
        SignedPower vw sign_power(x, y)
        """,
    ),
)

_EXTRA = (
    *rows(Rule.ARITHMETIC, "Neg x qlib_sub(0, x)"),
    *rows(
        Rule.PLAIN,
        """
        Rank x rank(x)
        DecayLinear xn decay_linear(x, n)
        Product xn product(x, n)
        """,
    ),
    *rows(
        Rule.MACRO,
        """
        RSI n 100*Sum(Greater($close-Ref($close,1),0),{n})/(Sum(Abs($close-Ref($close,1)),{n})+1e-12)
        RSI xn 100*Sum(Greater($x-Ref($x,1),0),{n})/(Sum(Abs($x-Ref($x,1)),{n})+1e-12)
        MACD fs (EMA($close,{f})-EMA($close,{s}))/$close
        BOLL n ($close-Mean($close,{n}))/(2*Std($close,{n})+1e-12)
        ATR n Mean(Greater($high-$low,Greater(Abs($high-Ref($close,1)),Abs($low-Ref($close,1)))),{n})/$close
        """,
    ),
    Row("RSI", "", "RSI(14)", Rule.MACRO),
    Row("MACD", "", "MACD(12,26)", Rule.MACRO),
    Row("BOLL", "", "BOLL(20)", Rule.MACRO),
    Row("ATR", "", "ATR(14)", Rule.MACRO),
)

_WORDS = tuple(
    Word(*line.strip().split(" | "))
    for line in """
    Add | arithmetic | 加法，也写作 a+b | Sum, also written a+b | Add($high,$low)
    Sub | arithmetic | 减法，也写作 a-b | Difference, also written a-b | Sub($high,$low)
    Mul | arithmetic | 乘法，也写作 a*b | Product, also written a*b | Mul($close,$volume)
    Div | arithmetic | 除法，也写作 a/b | Quotient, also written a/b | Div($close,$open)
    Power | nonlinear | 乘方，也写作 a**b | Power, also written a**b | Power($close,2)
    Greater | condition | 逐格取大 | The larger of two values | Greater($close-Ref($close,1),0)
    Less | condition | 逐格取小 | The smaller of two values | Less($open,$close)
    Gt | comparison | 大于，也写作 a>b | Greater than, also written a>b | Gt($close,$open)
    Ge | comparison | 大于等于，也写作 a>=b | At least, also written a>=b | Ge($close,$open)
    Lt | comparison | 小于，也写作 a<b | Less than, also written a<b | Lt($close,$open)
    Le | comparison | 小于等于，也写作 a<=b | At most, also written a<=b | Le($close,$open)
    Eq | comparison | 等于，也写作 a==b | Equal, also written a==b | Eq($close,$open)
    Ne | comparison | 不等于，也写作 a!=b | Not equal, also written a!=b | Ne($close,$open)
    And | logic | 并且，也写作 (a)&(b) | Both, also written (a)&(b) | And($close>$open,$volume>0)
    Or | logic | 或者，也写作 (a)|(b) | Either, also written (a)|(b) | Or($close>$open,$volume>0)
    Not | logic | 取反 | Not | Not($close>$open)
    If | condition | 条件选择 | a where the condition holds, otherwise b | If($close>$open,$volume,0)
    Log | nonlinear | 自然对数 | Natural logarithm | Log($volume+1)
    Abs | cross_section | 绝对值 | Absolute value | Abs($close-$open)
    Sign | cross_section | 符号 | Sign: 1, 0 or -1 | Sign($close-$open)
    Ref | time_series | N 根之前的值；N<0 为未来数据 | The value N rows ago; N below 0 looks ahead | Ref($close,5)
    Delta | time_series | 与 N 根之前之差 | The change over N rows | Delta($close,5)
    Mean | time_series | 均值 | Mean | Mean($close,20)
    Sum | time_series | 求和 | Sum | Sum($volume,20)
    Std | time_series | 样本标准差 | Sample standard deviation | Std($close,20)
    Var | time_series | 样本方差 | Sample variance | Var($close,20)
    Skew | time_series | 偏度（N≥3） | Skewness, N from 3 | Skew($close,20)
    Kurt | time_series | 超额峰度（N≥4） | Excess kurtosis, N from 4 | Kurt($close,20)
    Max | time_series | 最大值 | Largest value | Max($high,20)
    Min | time_series | 最小值 | Smallest value | Min($low,20)
    Med | time_series | 中位数 | Median | Med($close,20)
    Mad | time_series | 平均绝对离差 | Mean absolute deviation | Mad($close,20)
    Count | time_series | 有效值个数 | Number of valid values | Count($close,20)
    Rank | time_series | 今天的值在窗口内的百分位 | Fractional rank of today within the window | Rank($close,20)
    Quantile | time_series | 分位数，0≤q≤1 | Quantile, q from 0 to 1 | Quantile($close,20,0.8)
    IdxMax | time_series | 最大值的位置（1 为最早） | Position of the largest value, 1 the oldest | IdxMax($high,20)
    IdxMin | time_series | 最小值的位置（1 为最早） | Position of the smallest value, 1 the oldest | IdxMin($low,20)
    Slope | time_series | 对时间回归的斜率 | Slope of the regression on time | Slope($close,20)
    Rsquare | time_series | 对时间回归的 R² | R squared of the regression on time | Rsquare($close,20)
    Resi | time_series | 对时间回归的残差 | Residual of the regression on time | Resi($close,20)
    WMA | time_series | 线性加权均值 | Linearly weighted mean | WMA($close,20)
    EMA | time_series | 指数加权均值，跨度 N 或 0<α<1 | Exponentially weighted mean, span N or 0<α<1 | EMA($close,20)
    Corr | pair | 相关系数 | Correlation | Corr($close,Log($volume+1),20)
    Cov | pair | 样本协方差 | Sample covariance | Cov($close,$volume,20)
    Mask | condition | 在另一只证券上计算 | Computed on one other name | Mask($close,'SH000300')
    ChangeInstrument | condition | 在另一只证券上计算 | Computed on one other name | ChangeInstrument('SH000300',$close)
    """.strip().splitlines()
)

_OUR_WORDS = (
    Word(
        "CSRank",
        "cross_section",
        "当日截面百分位排名；Rank(x) 同此",
        "Rank within the day, also Rank(x)",
        "CSRank($close)",
    ),
    Word("CSZScore", "cross_section", "当日截面标准分", "Standard score within the day", "CSZScore($close)"),
    Word(
        "Neutralize",
        "industry",
        "减去当日行业均值，或对 y 回归的残差",
        "Less the mean of the industry, or of a line on y",
        "Neutralize($close,$industry)",
    ),
    Word("Sqrt", "nonlinear", "平方根", "Square root", "Sqrt($volume)"),
    Word("Exp", "nonlinear", "指数", "Exponential", "Exp($close/Ref($close,1)-1)"),
    Word("Sigmoid", "nonlinear", "S 形函数", "Logistic function", "Sigmoid($close/Ref($close,1)-1)"),
    Word("Tanh", "nonlinear", "双曲正切", "Hyperbolic tangent", "Tanh($close/Ref($close,1)-1)"),
    Word("Clip", "condition", "限制在 [k, hi] 内", "Kept between k and hi", "Clip($close/Ref($close,1)-1,-0.1,0.1)"),
    Word("SignedPower", "nonlinear", "保号乘方", "Power that keeps the sign", "SignedPower($close-$open,2)"),
)

_EXTRA_WORDS = (
    Word("Product", "time_series", "连乘", "Product over the window", "Product($close/Ref($close,1),20)"),
    Word("DecayLinear", "time_series", "线性衰减均值", "Linearly decaying mean", "DecayLinear($close,20)"),
    Word("RSI", "technical", "相对强弱指标，默认 14", "Relative strength index, 14 by default", "RSI(14)"),
    Word(
        "MACD", "technical", "快慢均线之差除以收盘价", "Difference of two exponential means over close", "MACD(12,26)"
    ),
    Word("BOLL", "technical", "布林带内的位置", "Place within the Bollinger bands", "BOLL(20)"),
    Word("ATR", "technical", "平均真实波幅除以收盘价", "Average true range over close", "ATR(14)"),
)

_ALIASES = {
    "zscore": "CSZScore",
    "cs_rank": "CSRank",
    "cs_zscore": "CSZScore",
    "rank": "CSRank",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "clip": "Clip",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "abs": "Abs",
    "log": "Log",
    "sign": "Sign",
    "signedpower": "SignedPower",
    "signed_power": "SignedPower",
    "indneutralize": "Neutralize",
    "ts_mean": "Mean",
    "ts_sum": "Sum",
    "ts_std": "Std",
    "ts_stddev": "Std",
    "ts_std_dev": "Std",
    "stddev": "Std",
    "ts_var": "Var",
    "ts_skew": "Skew",
    "ts_kurt": "Kurt",
    "ts_max": "Max",
    "ts_min": "Min",
    "ts_median": "Med",
    "ts_med": "Med",
    "ts_mad": "Mad",
    "ts_count": "Count",
    "ts_rank": "Rank",
    "ts_quantile": "Quantile",
    "ts_argmax": "IdxMax",
    "ts_argmin": "IdxMin",
    "ts_idxmax": "IdxMax",
    "ts_idxmin": "IdxMin",
    "ts_slope": "Slope",
    "ts_rsquare": "Rsquare",
    "ts_resi": "Resi",
    "ts_wma": "WMA",
    "ts_ema": "EMA",
    "ts_corr": "Corr",
    "ts_correlation": "Corr",
    "correlation": "Corr",
    "ts_cov": "Cov",
    "ts_covariance": "Cov",
    "covariance": "Cov",
    "ts_delta": "Delta",
    "delta": "Delta",
    "ts_delay": "Ref",
    "ts_ref": "Ref",
    "ts_shift": "Ref",
    "delay": "Ref",
    "decay_linear": "DecayLinear",
    "ts_decay_linear": "DecayLinear",
    "ts_product": "Product",
    "product": "Product",
    "rsi": "RSI",
    "macd": "MACD",
    "boll": "BOLL",
    "atr": "ATR",
}

QLIB = Table("qlib", (*_CELLS, *_SHIFTS, *_WINDOWS, *_OTHERS), _WORDS)
"""Qlib's words with Qlib's numbers"""
STRICT = Table("strict", (*_STRICT, *_OURS, *_OTHERS), (*_WORDS, *_OUR_WORDS), signs=True, ladder=False)
"""Qlib's words with our numbers, and words for what only we have"""
EXTENDED = Table("extended", (*QLIB.rows, *_OURS, *_EXTRA), (*_WORDS, *_OUR_WORDS, *_EXTRA_WORDS), _ALIASES, signs=True)
"""Qlib's words with Qlib's numbers, and words of ours beside them"""

TABLES = {table.name: table for table in (QLIB, STRICT, EXTENDED)}


def table_of(compat: str) -> Table:
    """The table of names of that compat.  Raises: BadRequest for one that there is not."""
    if compat not in TABLES:
        raise BadRequest(
            f"no compat {compat!r}", hint="compat 取 qlib、strict 或 extended", field="compat", nearest="qlib"
        )
    return TABLES[compat]
