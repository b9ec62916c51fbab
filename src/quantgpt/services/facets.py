"""Facets of a factor test: the grade alone, the four tests alone, the walk through time alone.

Each runs the whole factor test and keeps a part of its result, so every number is the one that the test shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, BadRequest, NoData, QuantError
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Progress
from quantgpt.services._base import App, F, JobRef, Kept, operation
from quantgpt.services.expressions import compiled
from quantgpt.services.factor_tests import TestFactor, brief_of, expression_facts, factor_test

if TYPE_CHECKING:
    from quantgpt.market.market import Market

KEY_METRICS = {
    "ic_mean": "ic_mean",
    "ic_ir": "ic_ir",
    "monotonicity": "monotonicity_score",
    "top_group_sharpe": "top_group_sharpe",
    "turnover": "turnover",
}
"""name in the answer → name in the backtest summary"""
PORTFOLIO = ("sharpe", "max_drawdown")
"""key figures that come from the metrics of the strategy"""
ROLLING_START = "2020-01-01"


@dataclass(frozen=True, kw_only=True)
class ScoreFactor(TestFactor):
    """Ask for the grade of one expression, without a report."""

    __test__ = False


@dataclass(frozen=True, kw_only=True)
class TestOverfit(TestFactor):
    """Ask for the four tests against luck. They judge information coefficients, in which no cost has a part."""

    __test__ = False


@dataclass(frozen=True, kw_only=True)
class RollFactor(TestFactor):
    """Ask for the walk through time: direction fixed on one window, confirmed on the next, reported on the third."""

    __test__ = False

    start_date: str = ROLLING_START


def _check(app: App, ask: TestFactor) -> TestFactor:
    """As for a factor test; words are refused, since a facet says something of one given expression."""
    from quantgpt.services.checks import checked_factor_test

    checked = checked_factor_test(app, ask)
    compiled(checked.prompt, _market(app, checked))
    return checked


def _market(app: App, ask: TestFactor) -> Market | None:
    try:
        return app.markets.open(ask.market, ask.snapshot)
    except QuantError:
        return None


def _facts(ask: TestFactor) -> dict[str, Any]:
    return {"expression": ask.prompt, "market": ask.market}


def _explain(error: QuantError) -> str:
    return f"因子表达式无效: {error.message}" if isinstance(error, BadExpression) else error.message


def _keep(app: App, job: JobRef, facet: dict[str, Any], progress: Progress) -> Kept:
    facts = {
        "expression": facet["params"]["expression"],
        "market": facet["params"].get("market"),
        "warnings": facet.get("warnings", []),
        "manifest_id": hash_value(facet)[:16],
    }
    return Kept(result=facet, hashed=facet, facts=facts)


def grade_of(result: dict[str, Any]) -> dict[str, Any]:
    """The grade out of a factor test's result."""
    summary, metrics = result["backtest_summary"], result["metrics"]
    figures = {ours: summary[theirs] for ours, theirs in KEY_METRICS.items()}
    figures |= {name: metrics[name] for name in PORTFOLIO}
    named = ("score", "grade", "component_scores")
    more = ("score_ci95", "caps", "rubric_version", "verdict", "reasons", "diagnosis", "search")
    return {
        **{name: result[name] for name in named},
        "key_metrics": figures,
        **{name: _lean(result[name]) if name == "search" else result[name] for name in more if name in result},
        **_context(result),
    }


def _lean(search: dict[str, Any]) -> dict[str, Any]:
    """What a search does to the evidence, without the bins that only a picture needs."""
    return {name: value for name, value in search.items() if name != "luck"}


def tests_of(result: dict[str, Any]) -> dict[str, Any]:
    """The four tests out of a factor test's result."""
    return {**_present(result, "anti_overfit", "反过拟合检验未能进行"), **_context(result)}


def walk_of(result: dict[str, Any]) -> dict[str, Any]:
    """The walk through time out of a factor test's result."""
    return {**_present(result, "rolling_validation", "滚动验证未能进行"), **_context(result)}


def _present(result: dict[str, Any], name: str, otherwise: str) -> dict[str, Any]:
    """A part of the result. Raises NoData where the test could not make it."""
    part: dict[str, Any] | None = result.get(name)
    if part is None:
        raise NoData(otherwise, hint="the warnings of run_backtest say why")
    return part


def _context(result: dict[str, Any]) -> dict[str, Any]:
    """What every facet says beside its own numbers: the inputs, the warnings, what makes it reproducible."""
    return {name: result[name] for name in ("params", "warnings", "manifest") if name in result}


def _facet(name: str, ask: type[TestFactor]) -> Callable[[F], F]:
    """Register a facet: a job that is checked, briefed and bounded as a factor test is."""
    how = {"check": _check, "keep": _keep, "facts": _facts, "explain": _explain, "brief": brief_of, "limited": True}
    return operation(name, ask=ask, run="job", **how)


@_facet("factor.score", ScoreFactor)
def score(app: App, ask: ScoreFactor, progress: Progress) -> dict[str, Any]:
    """Grade one expression from 0 to 100.

    Raises: BadExpression, UnknownUniverse, BadRequest, NoData.
    """
    return grade_of(factor_test(app, ask, progress).result)


@_facet("factor.overfit", TestOverfit)
def overfit(app: App, ask: TestOverfit, progress: Progress) -> dict[str, Any]:
    """Judge by four tests whether one expression is more than luck.

    Raises: BadExpression, UnknownUniverse, BadRequest, NoData.
    """
    return tests_of(factor_test(app, ask, progress).result)


@_facet("factor.rolling", RollFactor)
def rolling(app: App, ask: RollFactor, progress: Progress) -> dict[str, Any]:
    """Walk one expression through time.

    Raises: BadExpression, UnknownUniverse, BadRequest, NoData.
    """
    return walk_of(factor_test(app, ask, progress).result)


@dataclass(frozen=True, kw_only=True)
class WordFactor:
    """Ask for the expression that words mean, without a test of it."""

    text: str
    market: str | None = None
    snapshot: str | None = None
    briefing: dict[str, Any] = field(default_factory=dict)


def _check_words(app: App, ask: WordFactor) -> WordFactor:
    """The rules that a factor test has for its prompt and its market."""
    from quantgpt.services.checks import checked_factor_test
    from quantgpt.services.market_facts import describe_market

    usual = describe_market(app, ask.market)["defaults"]
    checked = checked_factor_test(app, TestFactor(prompt=ask.text, market=ask.market, **usual))
    return replace(ask, text=checked.prompt, market=checked.market, snapshot=checked.snapshot)


def _brief_words(app: App, ask: WordFactor, owner_id: str) -> dict[str, Any]:
    from quantgpt.services.words import calls_left

    return {"model_calls_left": calls_left(app, owner_id)}


@operation(
    "factor.words",
    ask=WordFactor,
    run="job",
    check=_check_words,
    brief=_brief_words,
    secrets=("deepseek_api_key",),
    facts=lambda ask: {"expression": None, "market": ask.market},
    explain=_explain,
    limited=True,
)
def word(app: App, ask: WordFactor, progress: Progress) -> dict[str, Any]:
    """The expression that words mean on a market.

    Raises: BadExpression, BadRequest for words in which nothing can be tested, RateLimited, Unavailable.
    """
    from quantgpt.services.words import worded

    progress("generating_expression", 0.1)
    found = worded(app, ask.text, app.markets.open(ask.market, ask.snapshot), progress, ask.briefing)
    return {
        "expression": found.expression_text,
        "canonical": found.expression.canonical,
        "words_zh": found.expression.words_zh,
        "words_en": found.expression.words_en,
        "llm": found.llm,
    }


def diagnosed(text: str, *, ic_mean: float, ic_ir: float, monotonicity_score: float, score: float) -> dict[str, Any]:
    """Which mutation an expression needs by its figures, and the words that ask a language model for it; pure.

    Raises: BadExpression, BadRequest for a figure that is no number.
    """
    from quantgpt.factors.diagnose import diagnose

    figures = {"ic_mean": ic_mean, "ic_ir": ic_ir, "monotonicity_score": monotonicity_score, "score": score}
    for name, value in figures.items():
        if not math.isfinite(value):
            raise BadRequest(f"{name} 必须是有限的数", field=name, nearest=0)
    expression = compiled(text.strip(), None)
    found = diagnose(score=score, ic_mean=ic_mean, ic_ir=ic_ir, facts=expression_facts(expression)).to_json()
    asked = "\n".join(
        [
            f"当前表达式：{expression.text}",
            "表现：" + "，".join(f"{name}={value:g}" for name, value in figures.items()),
            f"诊断：{found['strategy']}。{found['reason']}",
            *(f"{name}：{value}" for name, value in found["details"].items() if name not in figures),
            "请给出一个按此改进的新表达式，不要重复当前表达式。",
        ]
    )
    return {**found, "mutation_prompt": {"system": _SYSTEM[:SYSTEM_CHARACTERS], "user": asked}}


SYSTEM_CHARACTERS = 500
_SYSTEM = (
    "你是 A 股量化研究员，改进因子表达式。只能用算子参考中的函数与字段（list_operators）。"
    "rank、zscore、scale 按日跨股票计算，ts_ 开头的函数在单只股票的历史上计算，窗口为交易日数；"
    "不能使用未来数据，ts_shift 的参数至少为 1。表达式要短，经济含义清楚，量纲一致。"
    "只输出一行表达式，不要解释、不要代码块。"
)
