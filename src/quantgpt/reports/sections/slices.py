"""Where the factor works: by industry and by size."""

from __future__ import annotations

from quantgpt.foundations.series import Series
from quantgpt.reports.blocks import Card, Section, absent
from quantgpt.reports.charts.ranges import Estimate, rows
from quantgpt.reports.plain import Run, column, get, labels
from quantgpt.reports.words import Label, count, fixed, interval

_MOST_INDUSTRIES = 40


def section(run: Run) -> Section:
    """The slices part of the factor tear sheet (years stand with the IC)."""
    return Section(
        "slices",
        Label("分行业与分市值", "By industry and size"),
        [by_industry(run), by_size(run)],
        note=Label("点为平均 Rank IC，线为 95% 区间；组内只比较组内的股票", "dots: mean rank IC, lines: 95% interval"),
    )


def by_industry(run: Run) -> Card:
    """Rank IC inside each industry."""
    title = Label("分行业", "By industry")
    series = run.rows("by_industry")
    point_in_time = get(run.result, "params", "universe_meta", "industry_pit")
    snapshot = None if point_in_time is True else Label("行业是快照，不是当时的分类", "a snapshot, not of the day")
    if series is None:
        return absent(title, run.why("by_industry", Label("没有行业数据", "no industry data")), caption=snapshot)
    estimates = _estimates(series, {})
    estimates.sort(key=lambda item: -(item.value if item.value is not None else -9.0))
    more = len(estimates) - _MOST_INDUSTRIES
    foot = Label(f"另有 {count(more)} 个行业未列出") if more > 0 else None
    chart = rows("各行业 Rank IC", estimates[:_MOST_INDUSTRIES], write=lambda v: fixed(v, 3), row=20)
    return Card(title, snapshot, 6, (), chart, foot=foot)


def by_size(run: Run) -> Card:
    """Rank IC inside each fifth of market value."""
    title = Label("分市值", "By size")
    series = run.rows("by_size")
    if series is None:
        return absent(title, run.why("by_size", Label("没有市值数据", "no market values")))
    last = len(series.index)
    names = {f"S{i}": f"S{i}" for i in range(1, last + 1)} | {"S1": "S1 最小", f"S{last}": f"S{last} 最大"}
    chart = rows("各市值组 Rank IC", _estimates(series, names), write=lambda v: fixed(v, 3), row=40)
    return Card(title, Label("按当日流通市值等分", "by float market value of the day"), 6, (), chart)


def _estimates(series: Series, names: dict[str, str]) -> list[Estimate]:
    value, low, high, days, held = (column(series, name) for name in ("rank_ic", "ci_low", "ci_high", "days", "names"))
    return [
        Estimate(
            names.get(name, name) or "未知",
            value[i],
            low[i],
            high[i],
            title=f"{names.get(name, name)}\nRank IC {fixed(value[i], 4)}（{interval(low[i], high[i], 4)}）\n"
            f"{count(days[i])} 日 · 平均 {count(held[i])} 只",
        )
        for i, name in enumerate(labels(series))
    ]
