"""A result in words, bound to its evidence: every number in the text is looked up in the result, and says where.

No language model has a part in it. A sentence is a template with places for values of the result; a sentence for which a
value is missing is left out, and without evidence for a judgement nothing is said at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LEAST_DATES = 60
"""sessions with an IC below which a result is not explained"""
STRONG_P = 0.05
LUCKY_DSR = 0.95

Format = Callable[[float], str]
Result = Mapping[str, Any]


def _signed(digits: int) -> Format:
    return lambda value: f"{value:.{digits}f}".replace("-", "−")


def _percent(digits: int = 1) -> Format:
    return lambda value: f"{100 * value:.{digits}f}%".replace("-", "−")


def _whole(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")


@dataclass(frozen=True)
class Place:
    """Where a value of a sentence stands in the result, and how it is written."""

    path: str
    write: Format | None = None
    """None for words, which are shown as they are"""


@dataclass(frozen=True)
class Sentence:
    """One sentence; `when` says whether it fits the result."""

    section: str
    zh: str
    en: str
    places: Mapping[str, Place]
    when: Callable[[Result], bool] = lambda result: True


@dataclass(frozen=True)
class Said:
    """A sentence with its values, and for each of them where it stands."""

    section: str
    zh: str
    en: str
    evidence: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"section": self.section, "zh": self.zh, "en": self.en, "evidence": list(self.evidence)}


def find(result: Result, path: str) -> Any:
    """The value at a dotted path, None where a step is missing.

    >>> find({"a": {"b": [1, 2]}}, "a.b.1"), find({"a": None}, "a.b")
    (2, None)
    """
    value: Any = result
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def explain(result: Result) -> dict[str, Any]:
    """`{"state": "explained", "sentences": [...]}`, or `refused` with the reason where there is too little evidence.

    NaN: a value that is null in the result is missing, and its sentence is left out.
    """
    dates = find(result, "backtest_summary.n_ic_dates")
    if not isinstance(dates, int) or dates < LEAST_DATES:
        zh, en = "没有足够的证据，不作解释", "There is too little evidence to explain anything"
        return {"state": "refused", "reason": {"zh": zh, "en": en}, "sentences": []}
    said = [made for sentence in SENTENCES if (made := _said(sentence, result)) is not None]
    return {"state": "explained", "sentences": [one.to_json() for one in said]}


def _said(sentence: Sentence, result: Result) -> Said | None:
    values: dict[str, str] = {}
    evidence = []
    for name, place in sentence.places.items():
        value = find(result, place.path)
        if value is None or (place.write is not None and isinstance(value, bool | str)):
            return None
        values[name] = place.write(float(value)) if place.write else str(value)
        evidence.append({"path": place.path, "value": value, "shown": values[name]})
    if not sentence.when(result):
        return None
    return Said(sentence.section, sentence.zh.format(**values), sentence.en.format(**values), tuple(evidence))


# -- conditions ------------------------------------------------------------------------------------------------------


def _is_signed(result: Result) -> bool:
    return bool(find(result, "llm.direction") in (1, -1))


def _agrees(result: Result) -> bool:
    return _is_signed(result) and bool(find(result, "llm.direction") == find(result, "direction.sign"))


def _disagrees(result: Result) -> bool:
    return _is_signed(result) and bool(find(result, "llm.direction") == -find(result, "direction.sign"))


def _is_significant(result: Result) -> bool:
    p = find(result, "backtest_summary.rank_ic_p_permutation")
    return p is not None and bool(p <= STRONG_P)


def _is_lucky(result: Result) -> bool:
    dsr = find(result, "search.dsr")
    return dsr is not None and bool(dsr < LUCKY_DSR)


def _beats(result: Result) -> bool:
    return bool(find(result, "metrics.cagr") > find(result, "metrics.benchmark_cagr"))


def _is_split(result: Result) -> bool:
    return bool(find(result, "cutoff.state") == "split")


def _not(condition: Callable[[Result], bool]) -> Callable[[Result], bool]:
    return lambda result: not condition(result)


# -- sentences -------------------------------------------------------------------------------------------------------

_IC = {
    "ic": Place("backtest_summary.rank_ic_mean", _signed(3)),
    "t": Place("backtest_summary.rank_ic_t_hac", _signed(2)),
    "dates": Place("backtest_summary.n_ic_dates", _whole),
    "p": Place("backtest_summary.rank_ic_p_permutation", _signed(3)),
}
_RETURN = {"net": Place("metrics.cagr", _percent()), "bench": Place("metrics.benchmark_cagr", _percent())}
_DSR = {
    "trials": Place("search.trials", _whole),
    "worth": Place("search.effective_trials", _signed(1)),
    "dsr": Place("search.dsr", _signed(2)),
}

SENTENCES: tuple[Sentence, ...] = (
    Sentence("logic", "因子：{text}。", "Factor: {text}.", {"text": Place("params.expression")}),
    Sentence("logic", "提出时的假设：{text}", "The hypothesis it came with: {text}", {"text": Place("llm.hypothesis")}),
    Sentence(
        "logic",
        "假设的方向与校准段测出的方向一致（校准段 Rank IC {ic}，{dates} 个交易日）。",
        "The hypothesis and the calibration slice agree on the direction (Rank IC {ic} on {dates} sessions).",
        {
            "ic": Place("direction.calibration_rank_ic", _signed(3)),
            "dates": Place("direction.calibration_dates", _whole),
        },
        _agrees,
    ),
    Sentence(
        "logic",
        "假设的方向与校准段测出的方向相反（校准段 Rank IC {ic}，{dates} 个交易日）：数据不支持这个假设。",
        "The calibration slice contradicts the hypothesis (Rank IC {ic} on {dates} sessions): the data do not support it.",
        {
            "ic": Place("direction.calibration_rank_ic", _signed(3)),
            "dates": Place("direction.calibration_dates", _whole),
        },
        _disagrees,
    ),
    Sentence(
        "evidence",
        "{dates} 个交易日的 Rank IC 均值 {ic}（HAC t {t}）；打乱股票标签后达到这个水平的概率 p = {p}，可以和运气分开。",
        "Mean Rank IC {ic} over {dates} sessions (HAC t {t}); shuffled labels reach it with p = {p}: more than luck.",
        _IC,
        _is_significant,
    ),
    Sentence(
        "evidence",
        "{dates} 个交易日的 Rank IC 均值 {ic}（HAC t {t}）；打乱股票标签后达到这个水平的概率 p = {p}，和运气分不开。",
        "Mean Rank IC {ic} over {dates} sessions (HAC t {t}); shuffled labels reach it with p = {p}: not told from luck.",
        _IC,
        _not(_is_significant),
    ),
    Sentence(
        "evidence",
        "反过拟合检验通过 {passed} 项，共 {total} 项。",
        "{passed} of {total} tests against overfitting passed.",
        {"passed": Place("anti_overfit.passed_count", _whole), "total": Place("anti_overfit.total_count", _whole)},
    ),
    Sentence(
        "evidence",
        "按行业和市值中性化之后，Rank IC 为 {ic}。",
        "Neutral to industry and size, the Rank IC is {ic}.",
        {"ic": Place("backtest_summary.residual_rank_ic.industry_size.rank_ic", _signed(3))},
    ),
    Sentence(
        "performance",
        "多头组扣费后年化 {net}，高于基准的 {bench}。",
        "The long group earns {net} a year after costs, more than the benchmark's {bench}.",
        _RETURN,
        _beats,
    ),
    Sentence(
        "performance",
        "多头组扣费后年化 {net}，没有超过基准的 {bench}。",
        "The long group earns {net} a year after costs, not more than the benchmark's {bench}.",
        _RETURN,
        _not(_beats),
    ),
    Sentence(
        "performance",
        "最大回撤 {drawdown}；单边换手每次调仓 {turnover}，成本每年约 {drag}。",
        "Deepest drawdown {drawdown}; one-way turnover {turnover} per rebalance, costs about {drag} a year.",
        {
            "drawdown": Place("metrics.max_drawdown", _percent()),
            "turnover": Place("backtest_summary.turnover", _percent(0)),
            "drag": Place("backtest_summary.annual_cost_drag", _percent()),
        },
    ),
    Sentence(
        "risk",
        "同一股票池和区间已试过 {trials} 个因子（相当于 {worth} 个独立的），折算后夏普（DSR）{dsr}：还不足以排除运气。",
        "{trials} factors were tried on this universe and span (worth {worth}); deflated Sharpe ratio {dsr}: luck is not ruled out.",
        _DSR,
        _is_lucky,
    ),
    Sentence(
        "risk",
        "同一股票池和区间已试过 {trials} 个因子（相当于 {worth} 个独立的），折算后夏普（DSR）仍有 {dsr}。",
        "{trials} factors were tried on this universe and span (worth {worth}); the deflated Sharpe ratio is still {dsr}.",
        _DSR,
        _not(_is_lucky),
    ),
    Sentence(
        "risk",
        "IC 的半衰期约 {days} 日。",
        "The IC halves in about {days} sessions.",
        {"days": Place("decay.half_life_days", _signed(1))},
    ),
    Sentence(
        "risk",
        "调仓日错开后年化收益在 {low} 到 {high} 之间。",
        "Rebalancing on other days gives {low} to {high} a year.",
        {
            "low": Place("phases.annual_return.min", _percent()),
            "high": Place("phases.annual_return.max", _percent()),
        },
    ),
    Sentence(
        "risk",
        "模型读过 {day} 以前的资料；此后 {dates} 个交易日的 Rank IC 为 {ic}。",
        "The model has read up to {day}; on the {dates} sessions after it the Rank IC is {ic}.",
        {
            "day": Place("cutoff.day"),
            "dates": Place("cutoff.after.dates", _whole),
            "ic": Place("cutoff.after.rank_ic_mean", _signed(3)),
        },
        _is_split,
    ),
    Sentence(
        "risk",
        "{zh}。",
        "{en}.",
        {"zh": Place("cutoff.reason.zh"), "en": Place("cutoff.reason.en")},
        lambda result: find(result, "cutoff.state") == "unknown",
    ),
    Sentence(
        "conclusion",
        "结论：{zh}；评分 {score}，等级 {grade}。",
        "Conclusion: {en}; score {score}, grade {grade}.",
        {
            "zh": Place("verdict.zh"),
            "en": Place("verdict.en"),
            "score": Place("score", _signed(1)),
            "grade": Place("grade"),
        },
    ),
    Sentence("suggestion", "下一步：{text}。", "Next: {text}.", {"text": Place("diagnosis.reason")}),
)
