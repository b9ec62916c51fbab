"""Performance: net value, drawdown, metrics against the benchmark, months, rolling Sharpe, distribution, years."""

from __future__ import annotations

from markupsafe import Markup

from quantgpt.foundations.series import Series
from quantgpt.reports.blocks import Card, Cell, Column, Key, Row, Section, Table, absent, heads, numbers
from quantgpt.reports.charts.bins import Bins, Mark, histogram
from quantgpt.reports.charts.curves import Curve, over_days
from quantgpt.reports.charts.heat import HeatCell, month_map
from quantgpt.reports.plain import Run, column, known, labels, number, text
from quantgpt.reports.words import DASH, Label, change, count, direction_class, fixed, percent

_CAP = 0.10


def section(run: Run) -> Section:
    """The performance section."""
    return Section(
        "performance",
        Label("业绩", "Performance"),
        [
            net_value(run),
            metric_table(run),
            monthly(run),
            rolling_sharpe(run),
            distribution(run),
            yearly(run),
        ],
        note=_note(run),
    )


def benchmark_name(run: Run) -> str:
    """The benchmark as the request spelled it, or the plain word."""
    names = {"hs300": "沪深300", "zz500": "中证500", "sz50": "上证50"}
    spelled = text(run.result, "params", "benchmark")
    return names.get(spelled, spelled) or "基准"


def net_value(run: Run) -> Card:
    """Net value of the strategy and the benchmark, and below it how far each stands under its last peak."""
    title = Label("净值与回撤", "Net value and drawdown")
    nav, below = run.rows("nav"), run.rows("drawdown")
    if nav is None and below is None:
        return absent(title, span=8)
    charts = []
    has_benchmark = nav is not None and bool(known(column(nav, "benchmark")))
    if nav is not None:
        more = [Curve("未扣费", column(nav, "strategy_gross"), ""), Curve("超额", column(nav, "excess"), "")]
        charts.append(
            over_days(
                "策略与基准净值", labels(nav), _both(nav, "s-accent"), write=lambda v: fixed(v, 4), height=352, base=1.0,
                hover_more=[c for c in more if known(c.values)],
            )
        )  # fmt: skip
    if below is not None:
        charts.append(
            over_days(
                "回撤", labels(below), _both(below, "s-accent1"), write=percent, height=140, percent=True, filled=True,
                deepest="最大回撤",
            )
        )  # fmt: skip
    keys = [Key(f"{run.strategy_group} 组，扣费", "line", "accent")]
    foot = None
    if has_benchmark:
        keys.append(Key(benchmark_name(run), "dash", "bench"))
    else:
        foot = Label("基准没有数据，只画策略", "no benchmark data")
    how = Label("上：净值，起点 1.00；下：距此前最高净值", "below: distance from the last peak")
    return Card(title, how, 8, keys, Markup("").join(charts), foot=foot)


def _both(series: Series, style: str) -> list[Curve]:
    """Strategy and benchmark, as far as they are there."""
    curves = [
        Curve("策略", column(series, "strategy"), style),
        Curve("基准", column(series, "benchmark"), "s-bench dash"),
    ]
    return [curve for curve in curves if known(curve.values)]


def metric_table(run: Run) -> Card:
    """Strategy against benchmark, in four parts."""
    m = run.result.get("metrics")

    def row(zh: str, en: str, mine: Cell, theirs: str = "") -> Row:
        return Row([Cell(zh, tag=en), mine, Cell(theirs, "dim")])

    def value(key: str, digits: int = 2) -> Cell:
        return Cell(fixed(number(m, key), digits), "strong")

    def share(key: str) -> Cell:
        return Cell(percent(number(m, key)), "strong")

    def gain(key: str) -> Cell:
        return Cell(change(number(m, key)), f"strong {direction_class(number(m, key))}")

    b = "benchmark_"
    summary = run.result.get("backtest_summary")
    rows = [
        Row((), head=Label("收益", "Return")),
        row("累计收益", "Total", gain("total_return"), change(number(m, b + "total_return"))),
        row("年化收益", "CAGR", gain("cagr"), change(number(m, b + "cagr"))),
        row("年化超额", "Excess", gain("excess_return")),
        row("信息比率", "Information ratio", value("information_ratio")),
        row("Alpha / Beta", "", Cell(f"{change(number(m, 'alpha'))} / {fixed(number(m, 'beta'))}", "strong")),
        Row((), head=Label("风险", "Risk")),
        row("夏普", "Sharpe", value("sharpe"), fixed(number(m, b + "sharpe"))),
        row("索提诺", "Sortino", value("sortino")),
        row("最大回撤", "Max drawdown", share("max_drawdown"), percent(number(m, b + "max_drawdown"))),
        row("年化波动", "Volatility", share("volatility"), percent(number(m, b + "volatility"))),
        row("跟踪误差", "Tracking error", share("tracking_error")),
        row("VaR / CVaR 5%", "daily", Cell(f"{percent(number(m, 'var_95'))} / {percent(number(m, 'cvar_95'))}", "strong")),
        Row((), head=Label("交易", "Trading")),
        row("日胜率", "Win rate", share("win_rate")),
        row("盈利因子", "Profit factor", value("profit_factor")),
        row("单边换手 / 次", "Turnover", Cell(percent(number(summary, "turnover")), "strong")),
        row("成本 / 年", "Cost drag", Cell(percent(number(summary, "annual_cost_drag")), "strong")),
    ]  # fmt: skip
    table = Table([Column(Label(""), True), *heads(("策略", ""), (benchmark_name(run), ""), left=0)], rows)
    return Card(Label("指标", "Metrics"), None, 4, table=table)


def rolling_sharpe(run: Run) -> Card:
    """Sharpe over the last half year."""
    series = run.rows("rolling_sharpe")
    window = number(series.meta, "window") if series else None
    title = Label("滚动夏普", "Rolling Sharpe")
    caption = None if window is None else Label(f"{count(window)} 日窗口", f"{count(window)}-session window")
    if series is None:
        return absent(title, span=5, caption=caption)
    curves = _both(series, "s-accent")
    if not known(column(series, "strategy")):
        return absent(
            title,
            Label("区间短于窗口，没有完整的窗口", "the range is shorter than one window"),
            span=5,
            caption=caption,
        )
    whole = number(run.result, "metrics", "sharpe")
    chart = over_days("滚动夏普", labels(series), curves, write=fixed, height=190, level=whole)
    keys = [] if whole is None else [Key(f"全段 {fixed(whole)}", "dots", "")]
    return Card(title, caption, 5, keys, chart)


def monthly(run: Run) -> Card:
    """Months by year with the year's return at the end."""
    title = Label("月度收益", "Monthly returns")
    caption = Label("%，红涨绿跌，颜色封顶 ±10%", "per cent; colour capped at ±10%")
    series = run.rows("monthly_returns")
    if series is None:
        return absent(title, caption=caption, span=7)
    mine, theirs, days = (column(series, name) for name in ("strategy", "benchmark", "days"))
    cells = {
        month: HeatCell(
            mine[i],
            f"{month}\n策略 {change(mine[i], 2)}\n基准 {change(theirs[i], 2)}\n{count(days[i])} 个交易日",
        )
        for i, month in enumerate(labels(series))
    }
    years = run.rows("yearly")
    totals = (
        {
            year: HeatCell(value, f"{year} 基准 {change(base)}")
            for year, value, base in zip(
                labels(years), column(years, "strategy"), column(years, "benchmark"), strict=True
            )
        }
        if years
        else {}
    )
    chart = month_map(
        "月度收益", cells, totals, cap=_CAP, write=_per_cent, total="全年", styles=("hu", "hd"), strong=direction_class
    )
    return Card(title, caption, 7, (), chart)


def _per_cent(value: object) -> str:
    shown = change(value)
    return shown.removesuffix("%")


def distribution(run: Run) -> Card:
    """Histogram of daily returns with the 5 % value at risk."""
    title = Label("日收益分布", "Daily returns")
    series = run.rows("return_histogram")
    width = number(series.meta, "bin_width") if series else None
    if series is None or not width:
        return absent(title, span=5)
    counts = [value or 0.0 for value in column(series, "count")]
    edges = [value or 0.0 for value in _edges(series.index)]
    bins = _trimmed(Bins(edges, counts, width))
    risk = number(series.meta, "var_95")
    mark = None if risk is None else Mark(risk, f"VaR 5% {percent(risk, 2)}")
    chart = histogram(
        "日收益分布", bins, write=lambda v: percent(v, 2), styles=("b-down", "b-up"), mark=mark, percent_axis=True,
        height=190,
    )  # fmt: skip
    return Card(title, Label(f"每格 {percent(width, 2)}", "per bin"), 5, (), chart)


def _edges(index: object) -> list[float | None]:
    return [float(x) if isinstance(x, int | float) else None for x in index] if isinstance(index, list | tuple) else []


def _trimmed(bins: Bins) -> Bins:
    """Without the empty bins at both ends."""
    full = [i for i, n in enumerate(bins.counts) if n]
    if not full:
        return bins
    first, last = max(0, full[0] - 1), full[-1] + 2
    return Bins(bins.edges[first:last], bins.counts[first:last], bins.width)


def yearly(run: Run) -> Card:
    """Each year's figures of the strategy."""
    title = Label("分年业绩", "By year")
    series = run.rows("yearly")
    if series is None:
        return absent(title, span=7)
    mine, base, sharpe, worst, turnover, days = (
        column(series, name) for name in ("strategy", "benchmark", "sharpe", "max_drawdown", "turnover", "days")
    )
    rows = []
    for i, year in enumerate(labels(series)):
        left, right = mine[i], base[i]
        gap = None if left is None or right is None else (1 + left) / (1 + right) - 1 if right > -1 else None
        rows.append(
            Row(
                numbers(
                    year,
                    Cell(change(left), f"strong {direction_class(left)}"),
                    Cell(change(right), "dim"),
                    Cell(change(gap), direction_class(gap)),
                    fixed(sharpe[i]),
                    percent(worst[i]),
                    percent(turnover[i]),
                    count(days[i]),
                )
            )
        )
    table = Table(
        heads(
            ("年", "Year"), ("策略", "Strategy"), ("基准", "Benchmark"), ("相对", "Relative"), ("夏普", "Sharpe"),
            ("最大回撤", "Max DD"), ("换手 / 次", "Turnover"), ("天数", "Days"),
        ),
        rows,
    )  # fmt: skip
    return Card(title, Label("相对 = (1 + 策略) ÷ (1 + 基准) − 1", "relative wealth"), 7, table=table)


def _note(run: Run) -> Label:
    group = run.strategy_group
    rate = percent(number(run.result, "params", "risk_free"), 0)
    periods = count(number(run.result, "params", "periods_per_year"))
    free = "" if rate == DASH else f"；夏普与索提诺扣除无风险 {rate}，按每年 {periods} 日"
    return Label(f"策略 = 做多 {group}，等权建仓后随价格漂移，扣除交易成本{free}", f"long {group}, net of costs")
