"""The head of a report: verdict, grade, score with interval, expression, facts, warnings, key figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from quantgpt.reports.blocks import Tile
from quantgpt.reports.plain import Run, get, items, mapping, number, pair, text
from quantgpt.reports.words import (
    DASH,
    Label,
    change,
    count,
    direction_class,
    fixed,
    interval,
    p_equals,
    percent,
    plain,
)

_LONG = 600
_SHOWN = 240
_TITLE = 300
_MOST_WARNINGS = 20
_TOKEN = re.compile(r"(?P<name>[A-Za-z_]\w*)|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<rest>[^A-Za-z_\d]+)")
_EXECUTION = {"next_open": "次日开盘", "next_close": "次日收盘", "same_close": "当日收盘"}
_UNIVERSES = {"hs300": "沪深300", "csi500": "中证500", "csi1000": "中证1000", "small_scale": "小规模", "all": "全市场"}
_STYLES = {"推荐": "good", "谨慎": "amber", "需改进": "bad", "不推荐": "bad"}


@dataclass(frozen=True)
class Header:
    """Everything above the sections, ready to print."""

    title: str
    market: str
    synthetic: bool
    engine: str
    grade: str
    verdict: Label
    said: str
    expression: Markup
    expression_start: str
    expression_length: str
    facts: list[str]
    score: str
    score_note: str
    score_place: float | None
    interval: tuple[float, float] | None
    recommendation: str
    recommendation_style: str
    caps: list[Label]
    reasons: list[tuple[str, Label]]
    warnings: list[Label]
    tiles: list[Tile]


def header(run: Run, title: str) -> Header:
    """Assemble the head from the result."""
    r = run.result
    expression = text(r, "params", "expression") or DASH
    score = number(r, "score")
    recommendation = text(r, "anti_overfit", "recommendation")
    passed = mapping(r, "anti_overfit")
    tests = f" · {count(number(passed, 'passed_count'))}/{count(number(passed, 'total_count'))}" if passed else ""
    return Header(
        title=(title if len(title) <= _TITLE else title[:_TITLE] + "…") or "QuantGPT",
        market=_market(run),
        synthetic=get(r, "params", "synthetic") is True,
        engine=text(r, "manifest", "engine")[:60] or "quantgpt",
        grade=text(r, "grade")[:2] or DASH,
        verdict=Label(
            text(r, "verdict", "zh")[:_TITLE] or "没有结论：结果里缺少评级", text(r, "verdict", "en")[:_TITLE]
        ),
        said=text(r, "llm", "prompt")[:1000],
        expression=coloured(expression),
        expression_start=expression[:_SHOWN] if len(expression) > _LONG else "",
        expression_length=count(len(expression)),
        facts=_facts(run),
        score=fixed(score, 1),
        score_note=_score_note(run),
        score_place=None if score is None else max(0.0, min(100.0, score)),
        interval=_interval(run),
        recommendation=recommendation + tests if recommendation else "",
        recommendation_style=_STYLES.get(recommendation, "plain"),
        caps=_caps(run),
        reasons=_reasons(run),
        warnings=_warnings(run),
        tiles=tiles(run),
    )


def coloured(expression: str) -> Markup:
    """An expression with functions, numbers and fields in the colours of code; anything else stays as it is."""
    out = []
    for match in _TOKEN.finditer(expression):
        words = escape(match.group())
        if match["name"]:
            style = "cf" if expression[match.end() : match.end() + 1] == "(" else "cv"
            out.append(f'<span class="{style}">{words}</span>')
        else:
            out.append(f'<span class="cn">{words}</span>' if match["number"] else str(words))
    return Markup("".join(out))


def tiles(run: Run) -> list[Tile]:
    """Seven key figures; the second line is what each is compared with."""
    m, s = run.result.get("metrics"), run.result.get("backtest_summary")
    low, high = pair(s, "rank_ic_ci95")
    half = None if low is None or high is None else (high - low) / 2
    gain, excess = number(m, "cagr"), number(m, "excess_return")
    return [
        Tile(Label("年化收益", "CAGR"), change(gain), f"基准 {change(number(m, 'benchmark_cagr'))}", direction_class(gain)),
        Tile(Label("年化超额", "excess"), change(excess), f"信息比率 {fixed(number(m, 'information_ratio'))}", direction_class(excess)),
        Tile(Label("夏普", "Sharpe"), fixed(number(m, "sharpe")), f"基准 {fixed(number(m, 'benchmark_sharpe'))}"),
        Tile(Label("最大回撤", "max DD"), percent(number(m, "max_drawdown")), f"基准 {percent(number(m, 'benchmark_max_drawdown'))}"),
        Tile(Label("Rank IC", "mean"), fixed(number(s, "rank_ic_mean"), 4), f"95% ±{fixed(half, 4)}"),
        Tile(Label("t（HAC）", "rank IC"), fixed(number(s, "rank_ic_t_hac")), p_equals(number(s, "rank_ic_p_hac"))),
        Tile(Label("单边换手", "turnover"), percent(number(s, "turnover")), f"成本 {percent(number(s, 'annual_cost_drag'))} / 年"),
    ]  # fmt: skip


def _market(run: Run) -> str:
    name, snapshot = text(run.result, "params", "market"), text(run.result, "params", "data_snapshot")
    return f"{name[:60] or DASH}@{snapshot[:60] or DASH}"


def _facts(run: Run) -> list[str]:
    p = run.result.get("params")
    universe = text(p, "universe")
    dated = {True: "成分按日取", False: "固定名单，非当时成分"}.get(get(p, "universe_meta", "is_pit") is True, "")
    if get(p, "universe_meta", "is_pit") is None:
        dated = ""
    first = text(p, "effective_start") or text(p, "start_date") or DASH
    last = text(p, "effective_end") or text(p, "end_date") or DASH
    execution = text(p, "execution")
    return [
        " · ".join(part for part in (_UNIVERSES.get(universe, universe)[:80] or DASH, dated) if part),
        f"{first} → {last}",
        f"{plain(number(p, 'n_groups'))} 组 · 持有 {plain(run.holding)} 日 · {_EXECUTION.get(execution, execution) or DASH}",
        _market(run),
    ]


def _score_note(run: Run) -> str:
    low, high = pair(run.result, "score_ci95")
    return f"区间 {interval(low, high, 1)}" if low is not None else "没有区间"


def _caps(run: Run) -> list[Label]:
    """Why the score is lower than its parts say."""
    said = [Label(text(cap, "zh"), text(cap, "en")) for cap in items(run.result, "caps") if text(cap, "zh")]
    score, before = number(run.result, "score"), number(run.result, "score_uncapped")
    if score is not None and before is not None and before - score > 0.05:
        said.insert(0, Label(f"封顶前 {fixed(before, 1)}", f"{fixed(before, 1)} before the cap"))
    return said


def _interval(run: Run) -> tuple[float, float] | None:
    low, high = pair(run.result, "score_ci95")
    if low is None or high is None:
        return None
    low, high = max(0.0, min(100.0, low)), max(0.0, min(100.0, high))
    return round(low, 2), round(max(0.0, high - low), 2)


def _reasons(run: Run) -> list[tuple[str, Label]]:
    """At most four; the strongest doubt stands last but is never hidden."""
    found = [
        (mark if (mark := text(reason, "mark")) in ("pass", "fail", "doubt") else "none", Label(text(reason, "zh"), text(reason, "en")))
        for reason in items(run.result, "reasons")
        if text(reason, "zh")
    ]  # fmt: skip
    if len(found) <= 4:
        return found
    doubts = [reason for reason in found if reason[0] != "pass"]
    kept = found[:3]
    return [*kept, next((d for d in reversed(doubts) if d not in kept), found[3])]


def _warnings(run: Run) -> list[Label]:
    found = items(run.result, "warnings")
    said = [_warning(warning) for warning in found[:_MOST_WARNINGS]]
    if len(found) > _MOST_WARNINGS:
        said.append(Label(f"另有 {count(len(found) - _MOST_WARNINGS)} 条提醒未列出", "more warnings left out"))
    return said


def _warning(warning: object) -> Label:
    if isinstance(warning, str):
        return Label(warning)
    return Label(text(warning, "zh") or text(warning, "code") or DASH, text(warning, "en"))
