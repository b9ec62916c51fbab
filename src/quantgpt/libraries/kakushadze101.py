"""The 101 Formulaic Alphas of Kakushadze, in our dialect, with our numbers."""

from __future__ import annotations

from quantgpt.libraries._base import Library, factors_of, shelved

SOURCE = "Kakushadze (2016), 101 Formulaic Alphas, Wilmott 2016(84), arXiv:1601.00991, appendix A"


@shelved("kakushadze101")
def kakushadze101() -> Library:
    """All 101, named `alpha001` … `alpha101`.

    A window that is no whole number is cut down to one, as appendix A.1 says; `min(x, d)` and `max(x, d)` with a number
    are `ts_min` and `ts_max`; `scale(x)` is `scale_abs(x)`. `signedpower` keeps the sign of its base; every base that the
    paper raises with it is positive, so this and the plain power of the appendix are one.
    """
    return Library(
        name="kakushadze101",
        zh="101 个公式化 Alpha",
        en="101 Formulaic Alphas",
        dialect="quantgpt",
        compat="strict",
        source=SOURCE,
        factors=factors_of("kakushadze101.tsv", dialect="quantgpt", source=SOURCE),
        note_zh=(
            "IndClass.sector、industry、subindustry 都用本市场唯一的行业分类；adv{d} 为 d 日平均成交量（股），"
            "因为公式把它与 volume 相比，而附录写的是成交额；cap 为流通市值；rank 与 ts_rank 为 (0, 1] 的百分位；"
            "ts_argmax、ts_argmin 从窗口最早一日数起。任一列在窗口内不变时相关系数缺失，窗口又至多容许一成缺失，"
            "所以逐层嵌套短窗口相关系数的 alpha096、alpha097 几乎没有值。"
        ),
        note_en=(
            "IndClass.sector, industry and subindustry are the one industry classification of the market; adv{d} is the "
            "mean volume in shares over d sessions, since the formulas compare it with volume, where the appendix says "
            "dollar volume; cap is the float market value; rank and ts_rank are percentiles in (0, 1]; ts_argmax and "
            "ts_argmin count from the oldest session of the window. A correlation is missing where either side stands still "
            "in its window, and a window bears one missing value in ten: alpha096 and alpha097, which nest windows around "
            "short correlations, hardly ever have a value."
        ),
    )
