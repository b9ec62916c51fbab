"""Groups by factor value: returns, net values, monotonicity, long-short, turnover, persistence of ranks."""

from __future__ import annotations

from quantgpt.reports.blocks import Card, Cell, Key, Row, Section, Table, absent, heads, numbers
from quantgpt.reports.charts.curves import Curve, over_days, per_rebalance
from quantgpt.reports.charts.ranges import Estimate, bars, clusters, upright
from quantgpt.reports.plain import Run, column, known, labels, mean, number, text
from quantgpt.reports.words import Label, change, count, direction_class, fixed, interval, percent

_MOST_NAMED = 12
"""Lines whose names fit beside the chart; of more only the outer two are named."""


def section(run: Run) -> Section:
    """The groups part of the factor tear sheet."""
    return Section(
        "groups",
        Label("分组", "Quantile groups"),
        [
            net_values(run),
            monotonicity(run),
            annual(run),
            by_horizon(run),
            group_table(run),
            long_short(run),
            turnover(run),
            persistence(run),
        ],
        note=Label("G1 因子值最低；收益为各组扣费后；每次调仓等权", "G1 has the lowest factor values; net of costs"),
    )


def styles(count_: int) -> list[str]:
    """Style names of the group ramp, from the lowest group to the highest."""
    return [f"g{i + 1}" for i in range(count_)]


def net_values(run: Run) -> Card:
    """Net value of every group."""
    title = Label("分组净值", "Net value by group")
    series = run.rows("group_nav")
    if series is None:
        return absent(title, span=8)
    names = list(series.columns)
    outer = (0, len(names) - 1)
    curves = [
        Curve(
            name,
            column(series, name),
            f"s-{style}{' bold' if i in outer else ''}",
            end=name if len(names) <= _MOST_NAMED or i in outer else "",
        )
        for i, (name, style) in enumerate(zip(names, styles(len(names)), strict=True))
    ]
    chart = over_days("分组净值", labels(series), curves, write=lambda v: fixed(v, 4), height=240, base=1.0, right=38)
    return Card(title, Label("线端写组名", "named at the end of the line"), 8, (), chart)


def monotonicity(run: Run) -> Card:
    """Annual return of each group with its interval."""
    title = Label("单调性", "Monotonicity")
    caption = Label("年化收益与 95% 区间", "annual return, 95% interval")
    series = run.rows("group_table")
    if series is None:
        return absent(title, span=4, caption=caption)
    value, low, high = (column(series, name) for name in ("annual_return", "ci_low", "ci_high"))
    names = labels(series)
    estimates = [
        Estimate(
            name, value[i], low[i], high[i], style=style,
            title=f"{name}\n年化 {change(value[i])}（{_percent_interval(low[i], high[i])}）",
        )
        for i, (name, style) in enumerate(zip(names, styles(len(names)), strict=True))
    ]  # fmt: skip
    score = number(run.result, "backtest_summary", "monotonicity_score")
    chart = upright("各组年化收益与区间", estimates, percent=True, linked=True, height=212)
    foot = Label(f"方向调整后的秩相关 {fixed(score)}", "oriented rank correlation, floored at 0")
    return Card(title, caption, 4, (), chart, foot=foot)


def _percent_interval(low: float | None, high: float | None) -> str:
    return interval(low, high, 1, scale=100.0, suffix="%")


def annual(run: Run) -> Card:
    """Annual return of each group beside the benchmark."""
    title = Label("分组年化收益", "Annual return by group")
    series = run.rows("group_table")
    if series is None:
        return absent(title)
    value = column(series, "annual_return")
    names = labels(series)
    base = number(run.result, "metrics", "benchmark_cagr")
    chart = bars(
        "分组年化收益",
        [
            Estimate(name, value[i], style=style, title=f"{name} 年化 {change(value[i])}")
            for i, (name, style) in enumerate(zip(names, styles(len(names)), strict=True))
        ],
        write=change,
        rule=base,
        height=184,
    )
    keys = [] if base is None else [Key(f"基准 {change(base)}", "dots", "")]
    return Card(title, Label("扣费", "net of costs"), 6, keys, chart)


def by_horizon(run: Run) -> Card:
    """Mean forward return of each group at several horizons."""
    title = Label("分组平均未来收益", "Mean forward return by group")
    series = run.rows("quantile_returns")
    if series is None:
        return absent(title)
    names = labels(series)
    parts = [(f"{key.removeprefix('h')} 日", column(series, key)) for key in series.columns]
    chart = clusters(
        "分组平均未来收益", names, parts, styles=styles(len(names)), write=lambda v: change(v, 2), height=196
    )
    keys = [Key(name, "box", style) for name, style in zip(names, styles(len(names)), strict=True)]
    return Card(title, Label("持有 1、5、10、20 日，不扣费", "gross, by horizon"), 6, keys, chart)


def group_table(run: Run) -> Card:
    """All figures of every group, and of the reference long-short."""
    title = Label("分组指标", "Group table")
    series = run.rows("group_table")
    if series is None:
        return absent(title, span=12)
    names = [
        "mean_return", "annual_return", "ci_low", "ci_high", "sharpe", "max_drawdown", "turnover", "cost_drag", "names"
    ]  # fmt: skip
    daily, value, low, high, sharpe, worst, turned, cost, held = (column(series, name) for name in names)
    base = number(run.result, "metrics", "benchmark_cagr")
    chosen = run.strategy_group
    rows = []
    for i, (name, style) in enumerate(zip(labels(series), styles(len(series.index)), strict=True)):
        this = value[i]
        gap = None if this is None or base is None else this - base
        rows.append(
            Row(
                numbers(
                    Cell(name, "strong", style, "做多组 long" if name == chosen else ""),
                    Cell(change(this), direction_class(this)),
                    Cell(_percent_interval(low[i], high[i]), "dim"),
                    Cell(change(gap), direction_class(gap)),
                    change(daily[i], 3),
                    fixed(sharpe[i]),
                    percent(worst[i]),
                    percent(turned[i]),
                    percent(cost[i]),
                    fixed(held[i], 1),
                ),
                "chosen" if name == chosen else "",
            )
        )
    s = run.result.get("backtest_summary")
    net, gross = number(s, "long_short_annual_net"), number(s, "long_short_annual")
    rows.append(
        Row(
            numbers(
                Cell("多空", tag="参考 reference"),
                Cell(change(net), direction_class(net)),
                Cell(f"扣费前 {change(gross)}", "dim"),
                "—",
                "—",
                fixed(number(s, "long_short_sharpe_net")),
                "—",
                "—",
                "—",
                "—",
            )
        )
    )
    table = Table(
        heads(
            ("组", "Group"), ("年化", "Annual"), ("95% 区间", "interval"), ("减基准", "− bench."), ("日均", "Daily"),
            ("夏普", "Sharpe"), ("最大回撤", "Max DD"), ("换手 / 次", "Turnover"), ("成本", "Cost"), ("平均只数", "Names"),
        ),
        rows,
        Label("年化 = (1 + 日均)^252 − 1；组夏普不减无风险。A 股难以做空，多空只作参考", "shorting is restricted: long-short is a reference only"),
    )  # fmt: skip
    return Card(title, Label(f"做多组 {chosen}", f"long group {chosen}"), 12, table=table)


def long_short(run: Run) -> Card:
    """Highest against lowest group in the chosen direction."""
    title = Label("多空累计", "Long-short")
    tag = Label("参考", "reference")
    series = run.rows("long_short")
    if series is None:
        return absent(title)
    curves = [
        Curve("扣费", column(series, "net"), "s-accent"),
        Curve("不扣费", column(series, "gross"), "s-bench dash"),
    ]
    chart = over_days(
        "多空累计净值", labels(series), [c for c in curves if known(c.values)], write=lambda v: fixed(v, 4), base=1.0,
        height=180,
    )  # fmt: skip
    keys = [Key("两腿扣费", "line", "accent"), Key("不扣费", "dash", "bench")]
    return Card(title, None, 6, keys, chart, tag=tag)


def turnover(run: Run) -> Card:
    """One-way turnover at each rebalance."""
    title = Label("单边换手", "One-way turnover")
    series = run.rows("turnover")
    if series is None:
        return absent(title)
    target, traded, cost = (column(series, name) for name in ("target", "traded", "cost"))
    came, left = column(series, "names_in"), column(series, "names_out")
    average = number(run.result, "backtest_summary", "turnover")
    average = mean(target[1:]) if average is None else average
    chart = per_rebalance(
        "每次调仓的单边换手",
        labels(series),
        target,
        write=percent,
        more=lambda i: (
            f"\n成交 {percent(traded[i])} · 成本 {percent(cost[i], 2)}\n进 {count(came[i])} 出 {count(left[i])}"
        ),
        mean=average,
    )
    group = text(series.meta, "group") or run.strategy_group
    keys = [] if average is None else [Key(f"均值 {percent(average)}", "dots", "")]
    return Card(
        title, Label(f"每次调仓，{group}；首次建仓不计入均值", "per rebalance; first build excluded"), 6, keys, chart
    )


def persistence(run: Run) -> Card:
    """Rank correlation of the factor with itself, one day and one holding period earlier."""
    title = Label("因子秩自相关", "Rank autocorrelation")
    series = run.rows("autocorrelation")
    if series is None:
        return absent(title, span=12)
    near = column(series, "lag_1") if "lag_1" in series.columns else column(series, "rank_autocorrelation")
    far = column(series, "lag_hp")
    lag = number(series.meta, "lag") or run.holding
    curves = [Curve(f"隔 {count(lag)} 日", far, "s-accent1")]
    keys = [Key(f"隔 {count(lag)} 日", "line", "accent")]
    if lag != 1:
        curves.insert(0, Curve("隔 1 日", near, "s-bench"))
        keys.append(Key("隔 1 日", "line", "bench"))
    chart = over_days(
        "因子秩自相关", labels(series), [c for c in curves if known(c.values)], write=lambda v: fixed(v, 3), base=None,
        height=150,
    )  # fmt: skip
    s = run.result.get("backtest_summary")
    near_mean, far_mean = number(s, "rank_autocorrelation"), number(s, "rank_autocorrelation_hp")
    far_words = "" if lag == 1 else f"，隔 {count(lag)} 日 {fixed(far_mean)}"
    foot = Label(f"均值：隔 1 日 {fixed(near_mean)}{far_words}；越低换手越高", "lower means more turnover")
    return Card(title, Label("越接近 1，名次越稳定", "near 1: stable ranks"), 12, keys, chart, foot=foot)
