"""Where the numbers come from: the universe, missing data, cost and execution model, hashes and seeds."""

from __future__ import annotations

from quantgpt.reports.blocks import Card, Cell, Key, Section, absent
from quantgpt.reports.charts.curves import Curve, over_days
from quantgpt.reports.plain import Run, column, get, items, known, labels, mapping, number, text
from quantgpt.reports.words import DASH, Label, count, percent, plain, span

Fact = tuple[Label, Cell]
_EXECUTION = {
    "next_open": Cell(
        "T 日收盘出信号，T+1 日开盘成交；停牌、开盘涨停不能买，停牌、开盘跌停不能卖",
        tag="signal at close T, filled at open T+1; no buying at the upper limit, no selling at the lower",
    ),
    "next_close": Cell("T 日收盘出信号，T+1 日收盘成交", tag="signal at close T, filled at close T+1"),
    "same_close": Cell(
        "T 日收盘出信号并按同一收盘价成交（偏乐观，仅供对照）", tag="filled at the signal's own close: optimistic"
    ),
}
_COSTS = {
    "flat": Cell("每单位单边换手 0.3%（买卖合计），首次建仓收一半", tag="0.3% per unit of one-way turnover"),
    "itemised": Cell(
        "按日期分项：佣金（含最低）、印花税、过户费", tag="commission, stamp duty and transfer fee by date"
    ),
}
_MOST_MISSING = 12


def section(run: Run) -> Section:
    """The data and manifest section."""
    return Section(
        "provenance",
        Label("数据与清单", "Data and manifest"),
        [universe(run), model(run), coverage(run), manifest(run)],
    )


def universe(run: Run) -> Card:
    """Facts of the universe and what is missing in it."""
    p = run.result.get("params")
    meta = mapping(p, "universe_meta")
    missing = items(meta, "missing")
    listed = "、".join(plain(code) for code in missing[:_MOST_MISSING])
    if len(missing) > _MOST_MISSING:
        listed += f" 等 {count(len(missing))} 只"
    facts: list[Fact] = [
        (
            Label("市场与快照", "Market"),
            Cell(f"{text(p, 'market') or DASH}@{text(p, 'data_snapshot') or DASH}", "code"),
        ),
        (Label("市场范围", "Universe"), Cell(f"{text(p, 'universe') or DASH}（{plain(number(p, 'stock_count'))} 只）")),
        (Label("成分股", "Members"), _point_in_time(get(meta, "is_pit"), text(meta, "as_of"))),
        (Label("来源", "Source"), Cell(plain(get(meta, "source")))),
        (
            Label("曾经的成分 / 有行情", "Ever / loaded"),
            Cell(f"{count(number(meta, 'members_ever'))} / {count(number(meta, 'loaded'))}"),
        ),
        (Label("缺行情", "Missing"), Cell(f"{count(len(missing))} 只" + (f"：{listed}" if listed else ""))),
        (Label("ST 未知的占比", "Unknown ST"), Cell(percent(number(meta, "share_unknown_st")))),
        (
            Label("行业分类", "Industry"),
            Cell({True: "当时的分类", False: "快照，不是当时的分类"}.get(get(meta, "industry_pit") is True, DASH)),
        ),
        (Label("请求区间", "Requested"), Cell(span(get(p, "start_date"), get(p, "end_date")))),
        (Label("有效区间", "Effective"), Cell(span(get(p, "effective_start"), get(p, "effective_end")))),
    ]
    return Card(Label("数据与范围", "Data and universe"), None, 6, facts=facts)


def _point_in_time(value: object, as_of: str) -> Cell:
    if value is True:
        return Cell("按日取当时的成分", tag="point in time")
    if value is False:
        dated = f"，{as_of}" if as_of else ""
        return Cell(f"固定名单{dated}（不是当时的成分，有幸存者偏差）", tag="fixed list: survivorship bias")
    return Cell()


def model(run: Run) -> Card:
    """Cost, execution and the other choices that shape the numbers."""
    p = run.result.get("params")
    s = run.result.get("backtest_summary")
    execution, cost = text(p, "execution"), text(p, "cost_model")
    groups, used = number(p, "n_groups"), number(p, "n_groups_used")
    reduced = f"（实际 {plain(used)} 组）" if used is not None and used != groups else ""
    facts: list[Fact] = [
        (Label("成交", "Execution"), _EXECUTION.get(execution, Cell(execution or DASH))),
        (Label("成本", "Costs"), _COSTS.get(cost, Cell(cost or DASH))),
        (Label("成本拖累合计", "Total drag"), Cell(percent(number(s, "total_cost_drag")))),
        (Label("组数 · 持有期", "Groups · holding"), Cell(f"{plain(groups)} 组{reduced} · {plain(run.holding)} 日")),
        (Label("调仓次数", "Rebalances"), Cell(count(number(s, "rebalances")))),
        (Label("平均现金占比", "Mean cash"), Cell(percent(number(s, "mean_cash"), 2))),
        (Label("延迟卖出的标签", "Delayed exits"), Cell(percent(number(s, "delayed_exit_share"), 2))),
        (Label("权重", "Weights"), Cell("调仓时等权，其后随价格漂移", tag="equal at rebalance, then drifting")),
        (
            Label("资格", "Eligible"),
            Cell(
                "当日成分、当日有成交、上市满 60 日、非 ST、因子值有限",
                tag="member, traded, listed 60 sessions, not ST",
            ),
        ),
        (Label("行业中性", "Neutralised"), Cell(plain(get(p, "neutralize_industry")))),
        (Label("方向", "Direction"), Cell(_direction(number(p, "direction"), text(p, "direction_source")))),
        (Label("计入的试验次数", "Trials"), _trials(run)),
        (Label("折算夏普（DSR）", "Deflated Sharpe"), Cell(plain(_rounded(number(run.result, "search", "dsr"))))),
        (Label("封存段", "Sealed slice"), _sealed(run)),
        (Label("表达式来自", "Engine"), Cell(_engine(run))),
    ]
    return Card(Label("成本与成交模型", "Costs and execution"), None, 6, facts=facts)


def _direction(sign: float | None, source: str) -> str:
    if sign is None:
        return DASH
    where = {"calibration": "由校准段确定", "": ""}.get(source, f"由请求指定（{source}）")
    return f"{'+' if sign > 0 else '−'} {where}".strip()


def _trials(run: Run) -> Cell:
    """Trials on the same universe and span, this one included, and what they are worth."""
    tried, worth = number(run.result, "search", "trials"), number(run.result, "search", "effective_trials")
    if tried is None:
        return Cell(plain(number(run.result, "params", "trials")))
    return Cell(f"{plain(tried)}（相当于 {plain(_rounded(worth))} 个独立的）", tag="worth that many independent ones")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _sealed(run: Run) -> Cell:
    state = text(run.result, "search", "sealed", "state")
    span = f"{text(run.result, 'search', 'sealed', 'first_day')} 至 {text(run.result, 'search', 'sealed', 'last_day')}"
    known = {
        "sealed": Cell(f"{span}，未看", tag="not looked at"),
        "open": Cell(f"{span}，本次已看到", tag="seen by this run"),
        "none": Cell("区间太短，没有", tag="the span is too short"),
    }
    return known.get(state, Cell(DASH))


def _engine(run: Run) -> str:
    engine = text(run.result, "llm", "engine")
    name = text(run.result, "llm", "model")
    known_names = {"expression": "直接输入的表达式", "offline": "离线引擎", "llm": "大模型"}
    return (known_names.get(engine, engine) or DASH) + (f"（{name}）" if name else "")


def coverage(run: Run) -> Card:
    """Members, names with a factor value and tradable names on each day."""
    title = Label("每日覆盖", "Daily coverage")
    series = run.rows("coverage")
    if series is None:
        return absent(title)
    curves = [
        Curve("有因子值", column(series, "with_value"), "s-accent1"),
        Curve("可交易", column(series, "tradable"), "s-ink thin"),
        Curve("成分股", column(series, "members"), "s-bench dash"),
    ]
    chart = over_days(
        "每日覆盖的股票数", labels(series), [c for c in curves if known(c.values)], write=count, base=0.0, height=172
    )
    keys = [Key("有因子值", "line", "accent"), Key("可交易", "line", "ink"), Key("成分股", "dash", "bench")]
    return Card(title, None, 6, keys, chart)


def manifest(run: Run) -> Card:
    """Everything needed to get the same bytes again."""
    stored = mapping(run.result, "manifest")
    title = Label("清单", "Manifest")
    if not stored:
        return absent(title)
    facts: list[Fact] = [(Label(key), Cell(_stored(value), "code")) for key, value in stored.items()]
    return Card(title, Label("同样的输入得到同样的结果", "same input, same result"), 6, facts=facts)


def _stored(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(value) if not isinstance(value, dict) else "；".join(f"{k} {plain(v)}" for k, v in value.items())
    return str(value)
