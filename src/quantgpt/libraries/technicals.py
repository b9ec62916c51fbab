"""Named indicators of technical analysis, in Qlib's dialect, with Qlib's numbers."""

from __future__ import annotations

from quantgpt.libraries._base import LeftOut, Library, factors_of, shelved

SOURCE = "Common definitions of technical analysis"

_LEFT_OUT = (
    LeftOut(
        "obv",
        "能量潮是自首个交易日起的累计和，数值取决于从哪一天开始，与窗口版 obv_20 不同",
        "On-balance volume is a running sum since the first bar: its value depends on where the data begin; the form over "
        "a window is obv_20",
    ),
    LeftOut(
        "ad_line",
        "累积派发线是自首个交易日起的累计和，没有有限的回看长度；窗口版见 cmf_20",
        "The accumulation/distribution line is a running sum since the first bar; the form over a window is cmf_20",
    ),
    LeftOut(
        "pvt",
        "价量趋势是自首个交易日起的累计和，没有有限的回看长度",
        "Price-volume trend is a running sum since the first bar",
    ),
    LeftOut(
        "asi",
        "振动升降指标是自首个交易日起的累计和，没有有限的回看长度",
        "The accumulation swing index is a running sum since the first bar",
    ),
    LeftOut(
        "nvi",
        "负量指标逐日连乘，只在缩量日更新，是无界递推",
        "The negative volume index multiplies day by day on days of falling volume: a recursion without end",
    ),
    LeftOut(
        "pvi",
        "正量指标逐日连乘，只在放量日更新，是无界递推",
        "The positive volume index multiplies day by day on days of rising volume: a recursion without end",
    ),
    LeftOut(
        "sar",
        "抛物转向由自身前值、加速因子与趋势状态递推，表达式语法没有自引用",
        "Parabolic SAR follows from its own last value, an acceleration and a state of trend: the grammar has no reference "
        "to itself",
    ),
    LeftOut(
        "supertrend",
        "超级趋势的上下轨随自身前值与方向递推，表达式语法没有自引用",
        "The bands of Supertrend follow from their own last values and the direction: the grammar has no reference to "
        "itself",
    ),
    LeftOut(
        "kama",
        "考夫曼均线的平滑系数每日变化，是系数随时间变化的递推",
        "The adaptive mean of Kaufman is a recursion whose smoothing constant changes every day",
    ),
    LeftOut(
        "vidya",
        "变动指数动态均线的平滑系数每日变化，是系数随时间变化的递推",
        "VIDYA is a recursion whose smoothing constant changes every day",
    ),
    LeftOut(
        "heikin_ashi",
        "平均 K 线的开盘价由自身前值递推，表达式语法没有自引用",
        "The open of a Heikin-Ashi candle follows from its own last value: the grammar has no reference to itself",
    ),
    LeftOut(
        "wma",
        "Qlib 的 WMA 会再除以有效天数，窗口未满时与线性加权均值不成固定比例；本库方言写作 decay_linear(close, 10)",
        "Qlib's WMA divides by the number of values once more, so that short windows have no fixed ratio to the weighted "
        "mean; in our own dialect it is decay_linear(close, 10)",
    ),
    LeftOut(
        "hma",
        "赫尔均线由线性加权均值组成，理由同 wma",
        "The mean of Hull is made of linearly weighted means: as for wma",
    ),
    LeftOut(
        "zigzag",
        "之字转向要等后来的价格才能确定转折点，含未来数据",
        "ZigZag knows a turning point only from later prices: it looks ahead",
    ),
    LeftOut(
        "chikou",
        "一目均衡的迟行线把今天的收盘价画在26日前，作为因子即使用未来数据",
        "The lagging span of Ichimoku puts today's close 26 days back: as a factor it looks ahead",
    ),
)


@shelved("technicals")
def technicals() -> Library:
    """Named indicators over a window, or smoothed with exponential weights."""
    return Library(
        name="technicals",
        zh="常用技术指标",
        en="Technical indicators",
        dialect="qlib",
        compat="qlib",
        source=SOURCE,
        factors=factors_of("technicals.tsv", dialect="qlib", source=SOURCE),
        left_out=_LEFT_OUT,
        note_zh=(
            "以价格计的指标都除以收盘价，股票之间才可比。指数平滑用 Qlib 的 EMA：权重自首个交易日起归一，"
            "与以首值起步的递推在预热之后一致；威尔德平滑 α=1/n 写作 EMA(x, 2n-1)，SMA(x,3,1) 写作 EMA(x, 5)。"
        ),
        note_en=(
            "Indicators in units of price are divided by the close, so that names compare. Exponential smoothing is Qlib's "
            "EMA: its weights are normalised from the first bar, and agree with the recursion that starts at the first "
            "value once that start is forgotten; the smoothing of Wilder, α = 1/n, is EMA(x, 2n-1), and SMA(x, 3, 1) is "
            "EMA(x, 5)."
        ),
    )
