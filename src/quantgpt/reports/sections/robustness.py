"""Robustness: the four tests with their null distributions, phases, regimes, rolling validation, score parts."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from quantgpt.foundations.series import Series
from quantgpt.reports.blocks import Card, Cell, Condition, Row, Section, Table, TestCard, absent, heads, numbers
from quantgpt.reports.charts.bins import Bins, Mark, null_distribution
from quantgpt.reports.charts.ranges import Estimate, rows, windows
from quantgpt.reports.plain import Run, column, get, items, known, labels, mapping, mean, number, pair, text, words
from quantgpt.reports.sections.ic import half_life_interval
from quantgpt.reports.words import Label, change, count, fixed, interval, p_equals, percent, short

_TESTS = (
    ("ic_stability", "IC稳定性", Label("IC 稳定性", "IC stability"), Label("预测力是否持续，而不是碰巧一两年？", "Does it last, or is it one lucky year?")),
    ("subsample", "子样本压力", Label("子样本压力", "Sub-sample stress"), Label("换一种市场环境，还有效吗？", "Does it hold in other market regimes?")),
    ("placebo", "安慰剂检验", Label("安慰剂检验", "Placebo"), Label("把因子发给随机的股票，能否一样好？", "Would random labels do as well?")),
    ("half_life", "半衰期估计", Label("半衰期估计", "Half-life"), Label("信号能撑到持有期结束吗？", "Does the signal outlive the holding period?")),
)  # fmt: skip
_STATUS = {"stable": "稳定", "unstable": "不稳定", "insufficient_data": "数据不足"}
_PARTS = (
    ("sharpe", "夏普", "Sharpe", 0.225, 0.25),
    ("monotonicity", "单调性", "Monotonicity", 0.18, 0.20),
    ("spread", "首尾差", "Spread", 0.135, 0.15),
    ("cagr", "年化收益", "CAGR", 0.135, 0.15),
    ("max_drawdown", "最大回撤", "Max drawdown", 0.135, 0.15),
    ("win_rate", "日胜率", "Win rate", 0.09, 0.10),
    ("anti_overfit", "四项检验", "Four tests", 0.10, None),
)
_CONDITION_VALUES: dict[str, Callable[[object], str]] = {
    "mean": lambda v: fixed(v, 4),
    "positive_rate": percent,
    "yearly": lambda v: f"{count(v)} 个",
    "t": fixed,
    "consistency": lambda v: percent(v, 0),
    "null": p_equals,
    "worst": lambda v: f"{fixed(v)} 个标准误",
    "p": p_equals,
    "sign": lambda v: fixed(v, 4),
    "decay": lambda v: f"{fixed(v)} 个标准误",
    "half_life": lambda v: fixed(v, 1, suffix=" 日"),
    "ic1": p_equals,
}
_STATISTICS: dict[str, tuple[str, Callable[[object], str]]] = {
    "ic_stability": ("t", lambda v: fixed(v, 2)),
    "subsample": ("同号占比", lambda v: fixed(v, 2)),
    "placebo": ("Rank IC", lambda v: fixed(v, 3)),
    "half_life": ("半衰期", lambda v: fixed(v, 1, suffix=" 日")),
}
_REGIMES = {"bull": "牛市", "bear": "熊市", "sideways": "震荡", "high_vol": "高波动", "low_vol": "低波动"}


def section(run: Run) -> Section:
    """The robustness section."""
    done = mapping(run.result, "anti_overfit")
    draws = count(number(run.result, "params", "permutations"))
    if done:
        passed = f"{count(number(done, 'passed_count'))}/{count(number(done, 'total_count'))}"
        note = Label(
            f"四项检验通过 {passed} · 建议：{text(done, 'recommendation') or '—'}。"
            f"灰色：打乱股票标签 {draws} 次得到的分布；竖线：本因子；虚线：门槛；淡色区：落在里面才通过",
            "grey: shuffled labels; line: this factor; dashed: threshold; tint: pass zone",
        )
    else:
        note = Label("四项检验没有运行：数据太少，或请求里关闭了它", "the four tests did not run")
    return Section(
        "robustness",
        Label("稳健性", "Robustness"),
        [regimes(run), phases(run), rolling(run), score_parts(run)],
        tests=[test_card(run, *test) for test in _TESTS],
        note=note,
    )


def test_card(run: Run, code: str, name: str, title: Label, question: Label) -> TestCard:
    """One test; its frame stays when it did not run."""
    found = next(
        (t for t in items(run.result, "anti_overfit", "tests") if code == text(t, "code") or name == text(t, "name")),
        None,
    )
    if found is None:
        return TestCard(title, question, None, None, "", (), Label("这项检验没有运行", "this test did not run"))
    passed = get(found, "passed") is True
    series = run.rows(text(found, "series") or f"null_{code}")
    error = text(found, "details", "error")
    chart = _null_chart(run, code, title.zh, series, not passed) if series else None
    missing = None
    if chart is None:
        missing = (
            Label(error) if error else run.why(f"null_{code}", Label("没有留下零分布", "no distribution was stored"))
        )
    conditions = [
        Condition(
            held if isinstance(held := get(c, "passed"), bool) else None,
            Label(_with_value(c), text(c, "en")),
        )
        for c in items(found, "conditions")
    ]
    conditions += _remarks(run, code, series)
    return TestCard(title, question, passed, chart, _rule(run, code, found, series), conditions, missing)


def _with_value(condition: object) -> str:
    """The condition in words with the figure that met or missed it."""
    zh = text(condition, "zh") or text(condition, "code")
    value = number(condition, "value")
    if value is None:
        return zh
    write = _CONDITION_VALUES.get(text(condition, "code"), short)
    return f"{zh}：{write(value)}"


def _statistics(code: str) -> tuple[str, Callable[[object], str]]:
    """What the observed value is called and how it is written."""
    return _STATISTICS.get(code, ("", short))


def _null_chart(run: Run, code: str, title: str, series: Series, failed: bool) -> Markup | None:
    width = number(series.meta, "bin_width")
    edges = [float(x) for x in series.index if isinstance(x, int | float)]
    if not width or len(edges) != len(series.index):
        return None
    name, write = _statistics(code)
    observed, limit = number(series.meta, "observed"), number(series.meta, "threshold")
    marks: list[Mark] = []
    zones: list[tuple[float | None, float | None]] = []
    if limit is not None and text(series.meta, "tail") == "both":
        marks = [Mark(-abs(limit), ""), Mark(abs(limit), f"±{write(abs(limit))}")]
        if observed is not None and observed < 0:
            marks = [Mark(-abs(limit), f"±{write(abs(limit))}"), Mark(abs(limit), "")]
        zones = [(None, -abs(limit)), (abs(limit), None)]
    elif limit is not None:
        marks, zones = [Mark(limit, f"门槛 {write(limit)}")], [(limit, None)]
    bins = _bins(series, width, edges)
    return null_distribution(
        f"{title} 的零分布",
        bins,
        observed=None if observed is None else Mark(observed, f"{name} {write(observed)}"),
        thresholds=marks,
        zones=zones,
        failed=failed,
        is_null=not _is_bootstrap(series),
        write=write,
    )


def _bins(series: Series, width: float, edges: list[float]) -> Bins:
    """What is drawn: all of a null distribution, a bootstrap without its long right tail."""
    bins = Bins(edges, [value or 0.0 for value in column(series, "count")], width)
    if not _is_bootstrap(series):
        return bins
    return bins.without_long_tail(max(number(series.meta, "observed") or 0.0, number(series.meta, "threshold") or 0.0))


def _is_bootstrap(series: Series) -> bool:
    return get(series.meta, "bootstrap") is True


def _remarks(run: Run, code: str, series: Series | None) -> list[Condition]:
    """What to know beside the conditions: the half-life's interval and how much of its distribution is not drawn."""
    if code != "half_life" or series is None:
        return []
    low, high = pair(run.result, "decay", "ci95")
    said = [
        Condition(
            None,
            Label(f"95% 区间 {half_life_interval(low, high)}（蓝：自助法分布，不是零分布）", "bootstrap, not a null"),
        )
    ]
    counts, width = known(column(series, "count")), number(series.meta, "bin_width")
    if width and sum(counts):
        edges = [float(x) for x in series.index if isinstance(x, int | float)]
        hidden = 1 - sum(_bins(series, width, edges).counts) / sum(counts)
        flat = number(series.meta, "not_falling")
        also = f"，其中 {percent(flat)} 的 IC 不随时间下降" if flat else ""
        if hidden > 0.0005:
            said.append(Condition(None, Label(f"图外右侧还有 {percent(hidden)}{also}", "beyond the right edge")))
    return said


def _rule(run: Run, code: str, test: object, series: Series | None) -> str:
    """The deciding inequality with its p value."""
    observed, limit = number(test, "observed"), number(test, "threshold")
    if series is not None:
        observed = number(series.meta, "observed") if observed is None else observed
        limit = number(series.meta, "threshold") if limit is None else limit
    name, write = _statistics(code)
    p = number(test, "p")
    tail = "" if p is None or code == "half_life" else f" · {p_equals(p)}"
    if code == "placebo" and p is not None:
        return f"双侧 {p_equals(p)} {'≤' if p <= 0.05 else '>'} 0.05"
    if observed is None:
        why = text(run.result, "decay", "reason_zh") if code == "half_life" else ""
        return f"{name} — {why}".rstrip() + tail
    if limit is None:
        return f"{name} {write(observed)}{tail}"
    return f"{name} {write(observed)} {'≥' if observed >= limit else '<'} {write(limit)}{tail}"


def regimes(run: Run) -> Card:
    """Rank IC in each market regime over what shuffled labels give."""
    title = Label("市场环境", "Market regimes")
    caption = Label("Rank IC 与 95% 区间；灰：零分布 90%", "grey: 90% of the null")
    series = run.rows("regimes")
    if series is None:
        return absent(title, caption=caption)
    columns = ("rank_ic", "ci_low", "ci_high", "null_low", "null_high", "days")
    value, low, high, null_low, null_high, days = (column(series, name) for name in columns)
    told = {text(r, "name"): r for r in items(run.result, "regimes")}
    estimates = []
    for i, name in enumerate(labels(series)):
        zh = text(series.meta, "words", name, "zh") or text(told.get(name), "zh") or _REGIMES.get(name, name)
        title_words = (
            f"{zh}：{text(told.get(name), 'definition_zh') or '—'}\nRank IC {fixed(value[i], 4)}"
            f"（{interval(low[i], high[i], 4)}）\n{count(days[i])} 日"
        )
        estimates.append(
            Estimate(
                f"{zh} {count(days[i])} 日", value[i], low[i], high[i], (null_low[i], null_high[i]), title=title_words
            )
        )
    chart = rows("各市场环境的 Rank IC", estimates, write=lambda v: fixed(v, 3), row=30)
    return Card(title, caption, 6, (), chart)


def phases(run: Run) -> Card:
    """The same factor with the rebalance started on another day."""
    title = Label("调仓相位", "Rebalance phase")
    caption = Label("同一因子，换一天开始调仓", "same factor, another start day")
    series = run.rows("phases")
    if series is None:
        return absent(title, caption=caption)
    value, sharpe, worst = (column(series, name) for name in ("annual_return", "sharpe", "max_drawdown"))
    there = known(value)
    middle = number(run.result, "phases", "annual_return", "mean")
    middle = mean(value) if middle is None else middle
    base = number(run.result, "metrics", "benchmark_cagr")
    estimates = [
        Estimate(
            f"第 {phase} 日起", value[i], style="a" if i == 0 else "ring",
            title=f"第 {phase} 日起\n年化 {change(value[i])}\n夏普 {fixed(sharpe[i])} · 最大回撤 {percent(worst[i])}",
        )
        for i, phase in enumerate(labels(series))
    ]  # fmt: skip
    rules = [(middle, f"均值 {change(middle)}")] if middle is not None else []
    if base is not None and middle is not None:
        rules.append((base, f"基准 {change(base)}"))
    chart = rows(
        "各调仓相位的年化收益", estimates, write=change, percent=True, zero=None, row=min(30, max(12, 300 // max(1, len(estimates)))), rules=rules, zone=(min(there), max(there)) if len(there) > 1 else None,
    )  # fmt: skip
    foot = Label("只有一个相位：每天都调仓", "a single phase: rebalanced daily")
    if len(there) > 1:
        gap = fixed(100 * (max(there) - min(there)), 1)
        foot = Label(f"极差 {gap} 个百分点；头条数字用第 1 日起（实心），均值更公允", "headline uses phase 1")
    return Card(title, caption, 6, (), chart, foot=foot)


def rolling(run: Run) -> Card:
    """Training, validation and test rank IC of each window."""
    title = Label("滚动前推", "Rolling validation")
    summary = mapping(run.result, "rolling_validation", "summary")
    series = run.rows("rolling")
    caption = Label("圈训练、菱形验证、点测试（Rank IC）", "ring train, diamond validation, dot test")
    if series is None:
        why = text(summary, "error") or "区间太短，没有完整的窗口"
        return absent(title, Label(why, "too short for a complete window"), caption=caption)
    train, valid, test = (column(series, name) for name in ("train_ic", "valid_ic", "test_ic"))
    begins, ends = words(series, "test_start"), words(series, "test_end")
    told = items(run.result, "rolling_validation", "windows")
    chart = windows(
        "滚动窗口的 Rank IC",
        [
            (
                f"{_month(begins[i])} → {_month(ends[i])}" if begins[i] else f"窗口 {name}",
                train[i],
                valid[i],
                test[i],
                f"训练 {_period(told, i, 'train_period')}：{fixed(train[i], 4)}\n"
                f"验证 {_period(told, i, 'valid_period')}：{fixed(valid[i], 4)}\n"
                f"测试 {_period(told, i, 'test_period')}：{fixed(test[i], 4)}",
            )
            for i, name in enumerate(labels(series))
        ],
        write=lambda v: fixed(v, 3),
    )
    share = number(summary, "same_sign_share")
    low, high = pair(summary, "test_ic_ci95")
    status = text(run.result, "rolling_validation", "decay_analysis", "status")
    foot = Label(
        f"测试均值 {fixed(number(summary, 'mean_test_ic'), 3)}（95% 区间 {interval(low, high, 3)}）"
        f" · 与训练同号 {percent(share, 0)} · 训练减测试 {fixed(number(run.result, 'rolling_validation', 'decay_analysis', 'decay_diff'), 3)}"
        f"（t {fixed(number(run.result, 'rolling_validation', 'decay_analysis', 'decay_diff_t'))}，{_STATUS.get(status, status or '—')}）"
        f" · 评分 {fixed(number(run.result, 'rolling_validation', 'score'), 1)}"
    )
    return Card(title, caption, 6, (), chart, foot=foot)


def _month(value: object) -> str:
    return str(value)[:7].replace("-", ".")


def _period(told: list[object], i: int, key: str) -> str:
    return text(told[i], key) if i < len(told) else ""


def score_parts(run: Run) -> Card:
    """What the score is made of."""
    title = Label("评分构成", "Score components")
    parts = mapping(run.result, "component_scores")
    if not parts:
        return absent(title)
    with_tests = "anti_overfit" in parts
    rows_ = []
    for key, zh, en, weight, alone in _PARTS:
        value = number(parts, key)
        used = weight if with_tests else alone
        if used is None:
            continue
        rows_.append(
            Row(
                numbers(
                    Cell(zh, tag=en),
                    percent(used, 1),
                    Cell(fixed(value, 1), "strong", meter=value),
                    fixed(None if value is None else value * used, 1),
                )
            )
        )
    whole = number(run.result, "score_uncapped")
    rows_.append(Row(numbers(Cell("合计", tag="封顶前 uncapped"), "", "", Cell(fixed(whole, 1), "strong")), "sunk"))
    table = Table(heads(("分项", "Component"), ("权重", "Weight"), ("0–100", ""), ("贡献", "Share")), rows_)
    return Card(title, Label(f"评分规则 {text(run.result, 'rubric_version') or '—'}", "rubric version"), 6, table=table)
