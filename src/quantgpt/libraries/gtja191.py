"""The 191 short-period price-volume factors of Guotai Junan Securities, in our dialect, with our numbers."""

from __future__ import annotations

from quantgpt.libraries._base import LeftOut, Library, factors_of, shelved

SOURCE = (
    "Guotai Junan Securities (2017), 基于短周期价量特征的多因子选股体系 (Multi-factor stock selection on short-period "
    "price and volume features), quantitative report no. 93, appendix"
)

_INDEX_ZH = "要用基准指数的行情，表达式只读个股自己的列"
_INDEX_EN = "needs prices of a benchmark index, and an expression reads the names' own columns only"
_RANGE_ZH = "MAX、MIN、SUMAC 都缺参数；按重标极差读，累加要从窗口起点重新开始，均值为窗口均值，不是逐日的滚动量"
_RANGE_EN = (
    "MAX, MIN and SUMAC lack their arguments; read as a rescaled range, the sums would start afresh in every window and "
    "deviate from that window's mean, which is no chain of rolling values"
)

LEFT_OUT = (
    LeftOut(
        "GTJA030",
        "要用 Fama-French 三因子收益（MKT、SMB、HML）做回归，行情数据里没有因子收益",
        "regresses on the Fama-French factor returns MKT, SMB and HML, which are no market data of the names",
    ),
    LeftOut(
        "GTJA075",
        f"{_INDEX_ZH}（指数收跌日个股收涨的比例）",
        f"{_INDEX_EN} (share of index falls on which the name rose)",
    ),
    LeftOut(
        "GTJA143",
        "递归：以自己昨日的值（SELF）定义，没有起点，也没有有限的预热",
        "a recursion on its own value of yesterday (SELF), without a start and without an end of its memory",
    ),
    LeftOut(
        "GTJA146",
        "原文最后一个 SMA 缺第三个参数，各公开版本补法不一（1、2 或改为均值），无从取舍",
        "the last SMA lacks its third argument; public versions fill it in differently (1, 2, or a plain mean)",
    ),
    LeftOut("GTJA149", f"{_INDEX_ZH}（指数下跌日的贝塔）", f"{_INDEX_EN} (beta on days when the index falls)"),
    LeftOut("GTJA165", f"原文不完整：{_RANGE_ZH}", f"incomplete in the report: {_RANGE_EN}"),
    LeftOut(
        "GTJA166",
        "原文不成式：分母中 (CLOSE/DELAY(CLOSE,1),20)^2 缺函数名，分子亦无三次方；各公开版本补法不一",
        "no formula as printed: (CLOSE/DELAY(CLOSE,1),20)^2 in the divisor lacks its function and the dividend a cube; "
        "public versions fill it in differently",
    ),
    LeftOut("GTJA181", f"{_INDEX_ZH}；分母的 SUM 又缺窗口", f"{_INDEX_EN}; its last SUM lacks a window as well"),
    LeftOut("GTJA182", f"{_INDEX_ZH}（与指数同涨同跌的比例）", f"{_INDEX_EN} (share of days in step with the index)"),
    LeftOut("GTJA183", f"原文不完整：{_RANGE_ZH}", f"incomplete in the report: {_RANGE_EN}"),
)


@shelved("gtja191")
def gtja191() -> Library:
    """The 191, named `GTJA001` … `GTJA191`: 181 of them stated, ten left out with their reasons.

    Where the report has an evident misprint, the description of the factor says in brackets how it is read.
    """
    return Library(
        name="gtja191",
        zh="国泰君安 191 个短周期价量因子",
        en="191 short-period price-volume factors of Guotai Junan",
        dialect="quantgpt",
        compat="strict",
        source=SOURCE,
        factors=factors_of("gtja191.tsv", dialect="quantgpt", source=SOURCE),
        left_out=LEFT_OUT,
        note_zh=(
            "SMA(A, n, m) 是没有尽头的递归 Y = (m·A + (n-m)·Y')/n，这里写作 ewma(A, n, m)：剩余权重低于百万分之一处截断，"
            "连续数据上与递归之差小于取值范围的百万分之一。WMA(A, n) 的权重 0.9 的 i 次方（排版作 0.9i）写作 "
            "decay_exp(A, n, 0.9)。RANK 与 TSRANK 为 (0, 1] 的百分位，并列取平均（1 - RANK 等写法只有这样才有意义）；"
            "STD 与 COVIANCE 自由度为 n-1。MAX(A, n)、MIN(A, n) 的第二个参数是天数时按 n 日最大、最小值读，"
            "不是与数字 n 比大小。HIGHDAY、LOWDAY 从今天的 0 数起，并列取最早一日；LOWDAY 的释义误印成最大值，按最小值读。"
            "REGBETA(A, SEQUENCE(n)) 为对 1…n 的回归斜率。条件成立记 1，否则 0。RET 为 returns，价格与成交量用复权值。"
            "GTJA064、138、140 常有缺失：几日内排名不动时相关系数没有定义，其后的窗口需要九成有效。"
        ),
        note_en=(
            "SMA(A, n, m) is the endless recursion Y = (m·A + (n - m)·Y')/n and written ewma(A, n, m): cut off where the "
            "weight left out falls below 1e-6, so that on gap-free data it differs from the recursion by less than 1e-6 of "
            "the range of values. WMA(A, n) with weights 0.9 to the power of the age (typeset as 0.9i) is "
            "decay_exp(A, n, 0.9). RANK and TSRANK are percentiles in (0, 1], equal values sharing their average (1 - RANK "
            "makes sense only so); STD and COVIANCE divide by n - 1. MAX(A, n) and MIN(A, n) with a number of days are the "
            "n-day maximum and minimum, not a comparison with the number. HIGHDAY and LOWDAY count from 0 for today, the "
            "earliest of equals; the report's definition of LOWDAY says maximum where minimum is meant. "
            "REGBETA(A, SEQUENCE(n)) is the slope on 1 … n. A condition is 1 where it holds and 0 where not. RET is "
            "`returns`; prices and volume are adjusted. GTJA064, 138 and 140 are often missing: a correlation with ranks "
            "that stand still for days is undefined, and the windows around it need nine tenths of their sessions."
        ),
    )
