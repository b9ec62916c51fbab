"""Information coefficient: daily, cumulative, monthly, its distribution, its decay, its years."""

from __future__ import annotations

import math

from quantgpt.reports.blocks import Card, Cell, Key, Row, Section, Table, Tile, absent, heads, numbers
from quantgpt.reports.charts.bins import Bins, Mark, histogram
from quantgpt.reports.charts.curves import Curve, over_days
from quantgpt.reports.charts.heat import HeatCell, month_map
from quantgpt.reports.charts.ranges import Estimate, upright
from quantgpt.reports.plain import Run, column, get, known, labels, mean, number, pair, text
from quantgpt.reports.words import DASH, Label, count, fixed, interval, p_equals, p_value, percent, plain

_MEAN_WINDOW = 60
_CAP = 0.12
_SOURCES = {"calibration": "校准段", "request": "请求指定", "given": "请求指定", "caller": "请求指定"}


def section(run: Run) -> Section:
    """The IC part of the factor tear sheet."""
    return Section(
        "ic",
        Label("IC", "Information coefficient"),
        [daily(run), cumulative(run), monthly(run), distribution(run), decay(run), years(run)],
        tiles=tiles(run),
        note=Label(
            f"Rank IC：当日因子值与未来 {plain(run.holding)} 日收益（次日开盘到开盘）的截面秩相关",
            "daily cross-sectional rank correlation with forward returns, open to open",
        ),
    )


def tiles(run: Run) -> list[Tile]:
    """Seven figures."""
    s = run.result.get("backtest_summary")
    low, high = pair(s, "rank_ic_ci95")
    half = None if low is None or high is None else (high - low) / 2
    placebo = next(
        (number(t, "p") for t in _tests(run) if text(t, "code") == "placebo" or text(t, "name") == "安慰剂检验"), None
    )
    stored = number(s, "rank_ic_p_permutation")
    placebo = placebo if stored is None else stored
    draws = number(run.result, "params", "permutations")
    outside = number(run.result, "direction", "out_of_slice_rank_ic")
    return [
        Tile(Label("Rank IC 均值", "mean"), fixed(number(s, "rank_ic_mean"), 4), f"95% ±{fixed(half, 4)}"),
        Tile(
            Label("t（HAC）", "t, HAC"),
            fixed(number(s, "rank_ic_t_hac")),
            f"滞后 {plain(None if run.holding is None else 2 * run.holding)} · {p_equals(number(s, 'rank_ic_p_hac'))}",
        ),
        Tile(Label("置换 p", "permutation"), p_value(placebo), f"{count(draws)} 次标签置换"),
        Tile(
            Label("Rank ICIR", "mean ÷ std"),
            fixed(number(s, "rank_ic_ir")),
            f"ICIR 年化 {fixed(number(s, 'icir_annual'))}",
        ),
        Tile(
            Label("Rank IC > 0", "share of days"),
            percent(number(s, "rank_ic_win_rate")),
            f"{count(number(s, 'n_ic_dates'))} 个交易日",
        ),
        Tile(Label("Pearson IC", "mean"), fixed(number(s, "ic_mean"), 4), f"t {fixed(number(s, 'ic_t_hac'))}"),
        Tile(
            Label("方向段之外", "out of slice"),
            fixed(outside, 4),
            f"Rank IC · {p_equals(number(run.result, 'direction', 'out_of_slice_p'))}",
        ),
    ]


def _tests(run: Run) -> list[object]:
    found = get(run.result, "anti_overfit", "tests")
    return found if isinstance(found, list) else []


def moving_mean(values: list[float | None], window: int = _MEAN_WINDOW) -> list[float | None]:
    """Mean over the last `window` sessions, for drawing only; None until 90 % of them have a value."""
    need = math.ceil(0.9 * window)
    out: list[float | None] = []
    for i in range(len(values)):
        there = known(values[max(0, i - window + 1) : i + 1]) if i + 1 >= window else []
        out.append(sum(there) / len(there) if len(there) >= need else None)
    return out


def daily(run: Run) -> Card:
    """Each day's rank IC with its 60-day mean."""
    title = Label("IC 序列", "Daily rank IC")
    series = run.rows("ic")
    if series is None:
        return absent(title)
    values = column(series, "rank_ic")
    whole = number(run.result, "backtest_summary", "rank_ic_mean")
    whole = mean(values) if whole is None else whole
    chart = over_days(
        "每日 Rank IC 与 60 日均值", labels(series), [Curve("60 日均值", moving_mean(values), "s-accent")],
        write=lambda v: fixed(v, 4), bars=Curve("Rank IC", values, "stem"),
        hover_more=[Curve("股票数", column(series, "names"), "")] if known(column(series, "names")) else [],
        level=whole,
    )  # fmt: skip
    keys = [Key("每日", "bar", "stem"), Key("60 日均值", "line", "accent")]
    if whole is not None:
        keys.append(Key(f"均值 {fixed(whole, 3)}", "dots", ""))
    return Card(title, None, 6, keys, chart)


def cumulative(run: Run) -> Card:
    """The running sum: its slope is the mean, flat means dead."""
    title = Label("累计 IC", "Cumulative IC")
    caption = Label("斜率 = 平均 IC；走平就是失效", "slope is the mean; flat is dead")
    series = run.rows("ic_cumulative")
    if series is None:
        return absent(title, caption=caption)
    curves = [
        Curve("Rank IC", column(series, "rank_ic"), "s-accent"),
        Curve("Pearson IC", column(series, "ic"), "s-bench dash"),
    ]
    keys = [Key("Rank", "line", "accent"), Key("Pearson", "dash", "bench")]
    chart = over_days("累计 IC", labels(series), [c for c in curves if known(c.values)], write=lambda v: fixed(v, 2))
    return Card(title, caption, 6, keys, chart)


def monthly(run: Run) -> Card:
    """Mean rank IC by month."""
    title = Label("月均 IC", "Monthly mean IC")
    caption = Label("Rank IC × 100；蓝正褐负，不用涨跌色", "× 100; blue positive, ochre negative")
    series = run.rows("ic_monthly")
    if series is None:
        return absent(title, caption=caption)
    values, days, t = (column(series, name) for name in ("rank_ic", "days", "t"))
    cells = {
        month: HeatCell(values[i], f"{month}\nRank IC {fixed(values[i], 4)}\n{count(days[i])} 日 · t {fixed(t[i])}")
        for i, month in enumerate(labels(series))
    }
    years = run.rows("yearly")
    totals = (
        {year: HeatCell(value, year) for year, value in zip(labels(years), column(years, "rank_ic"), strict=True)}
        if years
        else {}
    )
    chart = month_map(
        "月均 IC", cells, totals, cap=_CAP, write=_hundredfold, total="全年", styles=("hp", "hn"), strong=lambda _: ""
    )
    return Card(title, caption, 6, (), chart)


def _hundredfold(value: object) -> str:
    return fixed(value * 100, 1) if isinstance(value, int | float) else DASH


def distribution(run: Run) -> Card:
    """Histogram of daily rank ICs with the normal curve of the same mean and spread."""
    title = Label("IC 分布", "IC distribution")
    caption = Label("虚线：同均值同方差的正态", "dashed: normal with same mean and variance")
    series = run.rows("ic_histogram")
    width = number(series.meta, "bin_width") if series else None
    if series is None or not width:
        return absent(title, caption=caption)
    edges = [float(x) for x in series.index if isinstance(x, int | float)]
    if len(edges) != len(series.index):
        return absent(title, caption=caption)
    centre, spread = number(series.meta, "mean"), number(series.meta, "std")
    chart = histogram(
        "IC 分布", Bins(edges, [value or 0.0 for value in column(series, "count")], width),
        write=lambda v: fixed(v, 3), styles=("b-neg", "b-pos"),
        mark=None if centre is None else Mark(centre, f"均值 {fixed(centre, 3)}"),
        normal=None if centre is None or spread is None else (centre, spread),
    )  # fmt: skip
    return Card(title, caption, 6, (), chart)


def decay(run: Run) -> Card:
    """Marginal one-day IC by lag with the fitted decay and its half-life."""
    title = Label("IC 衰减", "IC decay")
    caption = Label("信号发出后第 k 日单日收益的 IC，95% 区间", "IC of the k-th single day, 95% interval")
    series = run.rows("ic_decay")
    if series is None:
        return absent(title, caption=caption)
    value, low, high, p, names = (column(series, name) for name in ("ic", "ci_low", "ci_high", "p", "names"))
    estimates = [
        Estimate(
            lag,
            value[i],
            low[i],
            high[i],
            title=f"第 {lag} 日\nIC {fixed(value[i], 4)}（{interval(low[i], high[i], 4)}）\n"
            f"{p_equals(p[i])} · {count(names[i])} 只",
        )
        for i, lag in enumerate(labels(series))
    ]
    half = number(series.meta, "half_life")
    ends = pair(series.meta, "half_life_ci")
    rules, zone = [], None
    if half is not None and half - 1 <= len(estimates):
        rules.append((half - 1, "rule-a", f"半衰期 {fixed(half, 1)} 日"))
    if ends[0] is not None and half is not None:
        zone = (ends[0] - 1, len(estimates) if ends[1] is None else ends[1] - 1)
    if run.holding is not None:
        rules.append((run.holding - 1, "thr", f"持有期 {run.holding} 日"))
    chart = upright(
        "IC 衰减", estimates, fit=_fit(series.meta, len(estimates)), zone=zone,
        rules=rules, top=10 + 16 * len(rules), height=200,
    )  # fmt: skip
    return Card(title, caption, 6, (), chart, foot=_decay_foot(run, half, len(estimates)))


def half_life_interval(low: float | None, high: float | None) -> str:
    """The interval of a half-life in sessions; it may have no upper end."""
    if low is not None and high is None:
        return f"{fixed(low, 1)} 日起，没有上限"
    return DASH if low is None else f"{interval(low, high, 1)} 日"


def _fit(meta: object, lags: int) -> list[float | None]:
    a, b = number(meta, "fit", "a"), number(meta, "fit", "b")
    return [] if a is None or b is None else [a * math.exp(-b * lag) for lag in range(1, lags + 1)]


def _decay_foot(run: Run, half: float | None, lags: int) -> Label | None:
    if half is None:
        zh = text(run.result, "decay", "reason_zh") or text(run.result, "decay", "reason") or "拟合没有给出半衰期"
        return Label(f"半衰期 — {zh}", text(run.result, "decay", "reason_en"))
    low, high = pair(run.result, "decay", "ci95")
    if half - 1 > lags:
        return Label(f"半衰期 {fixed(half, 1)} 日（95% 区间 {half_life_interval(low, high)}），在图的右边之外")
    if low is None:
        return None
    return Label(f"淡色带：半衰期的 95% 区间，{half_life_interval(low, high)}", "tint: interval of the half-life")


def years(run: Run) -> Card:
    """Rank IC of each year, and of the calibration slice against the rest."""
    title = Label("分年与分段", "By year and slice")
    series = run.rows("yearly")
    d = run.result.get("direction")
    rows = []
    if series is not None:
        value, ir, share, days = (column(series, name) for name in ("rank_ic", "icir", "positive_share", "days"))
        t = column(series, "t")
        rows = [
            Row(numbers(year, count(days[i]), fixed(value[i], 4), fixed(ir[i]), percent(share[i]), fixed(t[i]), DASH))
            for i, year in enumerate(labels(series))
        ]
    for zh, key in (("方向段", "calibration"), ("方向段之外", "out_of_slice")):
        if number(d, f"{key}_rank_ic") is not None:
            p = number(d, "p") if key == "calibration" else number(d, f"{key}_p")
            rows.append(
                Row(
                    numbers(
                        Cell(zh, title=f"{text(d, key + '_start')} → {text(d, key + '_end')}"),
                        count(number(d, f"{key}_dates")),
                        fixed(number(d, f"{key}_rank_ic"), 4),
                        DASH,
                        DASH,
                        fixed(number(d, f"{key}_t_hac")),
                        p_value(p),
                    ),
                    "sunk",
                )
            )
    if not rows:
        return absent(title)
    source = text(d, "source")
    sign = number(d, "sign")
    foot = None
    if sign is not None:
        way = "高值组（方向 +）" if sign > 0 else "低值组（方向 −）"
        dates = f"{text(d, 'calibration_start') or DASH} → {text(d, 'calibration_end') or DASH}"
        where = f"，来自{_SOURCES.get(source, source)} {dates}" if source else ""
        foot = Label(f"做多{way}{where}", "sign fixed on the calibration slice" if source == "calibration" else "")
    table = Table(
        heads(("区间", "Slice"), ("天数", "Days"), ("Rank IC", ""), ("ICIR", ""), ("IC > 0", ""), ("t", ""), ("p", "")),
        rows,
    )
    return Card(title, None, 6, table=table, foot=foot)
