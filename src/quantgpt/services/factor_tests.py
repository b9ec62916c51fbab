"""Test one factor: an expression in, an honest backtest out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import BadExpression, NoData, QuantError
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Note, Progress, tell
from quantgpt.foundations.series import Series
from quantgpt.services._base import App, JobRef, Kept, operation
from quantgpt.services.panels import open_market
from quantgpt.services.stages import Stages

if TYPE_CHECKING:
    from quantgpt.backtest.computed import FactorTestSpec
    from quantgpt.backtest.factor_test import FactorTestResult
    from quantgpt.expr import Expression
    from quantgpt.factors.diagnose import ExpressionFacts
    from quantgpt.market.market import Market
    from quantgpt.services.trials import Correction, Identity
    from quantgpt.services.words import Wording

log = logging.getLogger(__name__)

REPORT_URL = "/api/v1/reports/"
FEW_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class TestFactor:
    """Ask for the test of one expression. `market` and `snapshot` None: the default market as it is now."""

    __test__ = False

    prompt: str
    universe: str = "hs300"
    start_date: str = "2023-01-01"
    end_date: str = "2025-12-31"
    n_groups: int = 5
    holding_period: int = 5
    benchmark: str = "hs300"
    market: str | None = None
    snapshot: str | None = None
    direction: int | None = None
    neutralize_industry: bool = False
    execution: Literal["next_open", "next_close", "same_close"] = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    seal: bool = False
    """leave the sealed slice at the end of the span alone"""
    left_out: tuple[str, ...] = ()
    """settings that whoever asks has not given: words in the prompt may set them"""
    said: dict[str, Any] = field(default_factory=dict)
    """what the words set, and what they asked for in vain; found when the request is checked"""
    briefing: dict[str, Any] = field(default_factory=dict)
    """what the database knew when the work began; given by whoever runs the test, never by who asks for it"""


def usual_left_out(ask: TestFactor) -> TestFactor:
    """The request with settings at their usual value counted as left out, for who cannot tell which of them were given."""
    names = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark")
    usual = TestFactor(prompt=ask.prompt)
    return replace(ask, left_out=tuple(name for name in names if getattr(ask, name) == getattr(usual, name)))


@dataclass(frozen=True, kw_only=True)
class FactorTestRun:
    """A finished test: the result of the contract, its series, how long the stages took (not part of the result)."""

    result: dict[str, Any]
    series: Mapping[str, Series]
    timings: dict[str, float]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """of how much each stage was: members with a price on the span, sessions, groups, shuffles (not part of the result)"""


def _check(app: App, ask: TestFactor) -> TestFactor:
    from quantgpt.services.checks import checked_factor_test

    return checked_factor_test(app, ask)


def facts_of(ask: TestFactor) -> dict[str, Any]:
    """What is known of a test when it is asked for: words have no expression yet."""
    from quantgpt.services.words import is_wording

    return {"expression": None if is_wording(ask.prompt) else ask.prompt, "market": ask.market}


def brief_of(app: App, ask: TestFactor, owner_id: str) -> dict[str, Any]:
    """What a test must know of its owner: the trials before it, and how often the model may still be called."""
    from quantgpt.services.ledger import ledger_brief
    from quantgpt.services.words import calls_left

    return {**ledger_brief(app, owner_id, ask), "model_calls_left": calls_left(app, owner_id)}


def _explain(error: QuantError) -> str:
    if isinstance(error, BadExpression):
        return f"因子表达式无效: {error.message}"
    if isinstance(error, NoData) and not error.message:
        return "未获取到行情数据，请检查日期范围"
    return error.message


def _warm(app: App) -> None:
    """Import and compile what a test needs, on a small market in memory, with one thread."""
    from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
    from quantgpt.expr import EvalInputs, compile_expression, evaluate, warm_up
    from quantgpt.market.demo import demo_view
    from quantgpt.services.reports import render

    warm_up()
    view = demo_view(assets=60, sessions=420, seed=1)
    expression = compile_expression("rank(close / ts_mean(close, 20)) - rank(ts_corr(close, volume, 10))")
    factor = evaluate([expression], EvalInputs.of(view))[0]
    made = run_factor_test(view, factor, FactorTestSpec(permutations=49))
    result = {**made.body, "params": {**made.body["params"], "expression": expression.text}}
    render(result, made.series)
    if app.markets.names():
        market = app.markets.open()
        market.expression_fields()


def _keep(app: App, job: JobRef, run: FactorTestRun, progress: Progress) -> Kept:
    """Write the archive and the report; a report that cannot be made costs the link, not the result."""
    result = {**run.result}
    digest = hash_value(result)
    day = datetime.fromtimestamp(job.created_at, UTC).strftime("%Y%m%d")
    name: str | None = f"backtest_report_{day}_{job.id}_{digest[:8]}.html"
    stages = Stages(progress)
    stages.counts, stages.timings = run.counts, {name: took for name, took in run.timings.items() if name != "total"}
    stages.enter("generating_report")
    app.artifacts.write_task(job.id, result, run.series)
    try:
        from quantgpt.services.reports import render

        app.artifacts.write_report(str(name), render(result, run.series))
    except Exception:
        log.exception("job %s: the report could not be made", job.id)
        result["warnings"] = [*result.get("warnings", ()), _NO_REPORT]
        name = None
    facts = {
        "expression": run.result["params"]["expression"],
        "market": run.result["params"].get("market"),
        "warnings": result.get("warnings", []),
        "timings": stages.stop(),
        "counts": run.counts,
        "manifest_id": digest[:16],
    }
    facts["brief"] = {"report_url": f"{REPORT_URL}{name}" if name else None, **_brief(result)}
    shown = {"report_url": f"{REPORT_URL}{name}" if name else None, **result}
    return Kept(result=shown, hashed=run.result, facts=facts, reports=(name,) if name else ())


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of a result."""
    names = ("score", "grade", "verdict", "metrics", "search")
    summary = {k: v for k, v in result["backtest_summary"].items() if not isinstance(v, dict | list)}
    tests = result.get("anti_overfit") or {}
    kept = {name: result[name] for name in names if name in result}
    if "search" in kept:
        kept["search"] = {name: value for name, value in kept["search"].items() if name != "luck"}
    return {**kept, "backtest_summary": summary, "anti_overfit": {k: v for k, v in tests.items() if k != "tests"}}


_NO_REPORT = {
    "code": "report_failed",
    "zh": "报告未能生成，数字不受影响",
    "en": "The report could not be made; the numbers are not affected",
    "args": {},
    "metrics": [],
}


@operation(
    "factor.test",
    ask=TestFactor,
    run="job",
    check=_check,
    keep=_keep,
    warm=_warm,
    facts=facts_of,
    explain=_explain,
    brief=brief_of,
    secrets=("deepseek_api_key",),
    task=True,
)
def factor_test(app: App, ask: TestFactor, progress: Progress) -> FactorTestRun:
    """Test one factor, given as an expression or in words, from the market store to the verdict.

    Raises: BadExpression, UnknownUniverse, BadRequest, NoData, RateLimited and Unavailable of a language model.
    """
    from quantgpt.services.hindsight import cutoff_block
    from quantgpt.services.sealing import open_span
    from quantgpt.services.settings_in_words import notes
    from quantgpt.services.trials import TrialBook, failed_row, finish, prepare
    from quantgpt.services.words import worded

    stages = Stages(progress)
    stages.enter("generating_expression")
    market = open_market(app, ask.market, ask.snapshot)
    wording = worded(app, ask.prompt, market, stages, ask.briefing)
    stages.enter("validating")
    identity, book = _identity(ask, market, wording), TrialBook.read(ask.briefing, market.days)
    open_end, seal = open_span(market.days, ask.start_date, ask.end_date)
    end = open_end if ask.seal else ask.end_date
    try:
        made = _tested(app, ask, market, wording.expression, end, prepare(identity, book), stages)
    except NoData:
        tell(stages, Note(trials=(failed_row(identity, kept_out_of=seal if ask.seal else None),)))
        raise
    search, trials = finish(identity, made.body, made.series, book, seal=seal, sealed=seal is not None and ask.seal)
    tell(stages, Note(trials=trials))
    cutoff = cutoff_block(wording.llm, made.body, made.series, app.settings.model_cutoff)
    parts = {"params": _params(ask, made.body, wording), "llm": wording.llm, "search": search, "cutoff": cutoff}
    result = {**made.body, **parts}
    if ask.said:
        result["warnings"] = [*made.body.get("warnings", ()), *notes(ask.said)]
    return FactorTestRun(result=result, series=made.series, timings=stages.stop(), counts=stages.counts)


def _identity(ask: TestFactor, market: Market, wording: Wording) -> Identity:
    from quantgpt.services.trials import Identity

    return Identity(
        market=market.name,
        universe=ask.universe,
        start_date=ask.start_date,
        end_date=ask.end_date,
        holding_period=ask.holding_period,
        expression=wording.expression_text,
        expression_hash=wording.expression.hash,
    )


def _tested(
    app: App,
    ask: TestFactor,
    market: Market,
    expression: Expression,
    end_date: str,
    correction: Correction,
    stages: Stages,
) -> FactorTestResult:
    """The test of the expression on the span asked for, up to `end_date`."""
    from quantgpt.expr import EvalInputs, evaluate
    from quantgpt.factors.regimes import HISTORY

    stages.enter("fetching_data")
    view = market.view(
        ask.universe,
        ask.start_date,
        end_date,
        warmup=expression.warmup,
        benchmark=ask.benchmark or None,
        history=HISTORY,
    )
    inputs = EvalInputs.of(view)
    for name in expression.fields:
        view.fields[name]
    rows = slice(view.first, None)
    priced = (view.member[rows] & view.traded[rows]).any(axis=0)
    size = {"names": int(priced.sum()), "sessions": int(view.days.size - view.first)}
    stages.count("fetching_data", **size, warmup=int(view.first))
    stages.count("backtesting", **size, groups=ask.n_groups)
    stages.count("analyzing", **size, permutations=correction.permutations)
    stages.enter("backtesting")
    factor = evaluate([expression], inputs, threads=app.settings.job_threads)[0]
    return _computed(spec_of(ask, expression, correction), view, factor, stages)


def _params(ask: TestFactor, body: dict[str, Any], wording: Wording) -> dict[str, Any]:
    return {
        **body["params"],
        "expression": wording.expression_text,
        "canonical": wording.expression.canonical,
        "expression_hash": wording.expression.hash,
        "universe": ask.universe,
        "start_date": ask.start_date,
        "end_date": ask.end_date,
        "n_groups": ask.n_groups,
        "holding_period": ask.holding_period,
        "benchmark": ask.benchmark,
        "seal": ask.seal,
    }


def _computed(spec: FactorTestSpec, view: Any, factor: Any, stages: Stages) -> FactorTestResult:
    import numpy as np

    from quantgpt.backtest.factor_test import run_factor_test

    if int(np.isfinite(factor[view.first :]).sum()) <= FEW_ROWS:
        stages.skipped = frozenset({"analyzing"})
    made = run_factor_test(view, factor, spec, progress=stages)
    stages.enter("analyzing")
    return made


def spec_of(ask: TestFactor, expression: Expression, correction: Correction) -> FactorTestSpec:
    """How an expression is tested, corrected for the search that the test is part of."""
    from quantgpt.backtest.factor_test import FactorTestSpec

    return FactorTestSpec(
        n_groups=ask.n_groups,
        holding_period=ask.holding_period,
        execution=ask.execution,
        costs=ask.costs,
        direction=ask.direction,
        neutralize_industry=ask.neutralize_industry,
        seed=_seed(ask, expression),
        trials=correction.trials,
        permutations=correction.permutations,
        facts=expression_facts(expression),
    )


def expression_facts(expression: Expression) -> ExpressionFacts:
    """What a diagnosis looks at in an expression's tree."""
    from quantgpt.expr.tree import walk
    from quantgpt.factors.diagnose import ExpressionFacts

    calls = [node for node in walk(expression.tree) if node.kind == "call"]
    windows = {int(n) for call in calls for n in call.numbers if n >= 1 and n == int(n)}
    return ExpressionFacts(
        nesting_depth=expression.depth,
        windows=tuple(sorted(windows)),
        functions=tuple(sorted({call.name for call in calls})),
    )


def _seed(ask: TestFactor, expression: Expression) -> int:
    """Seed of every random draw: the same factor on the same names and days draws the same numbers, however it is
    written and grouped."""
    asked = [expression.hash, ask.universe, ask.start_date, ask.end_date, ask.holding_period]
    return int(hash_value(asked)[:8], 16)


def pinned(ask: TestFactor, market: Market) -> TestFactor:
    """The request with the market and the snapshot that it means today."""
    return replace(ask, market=market.name, snapshot=market.snapshot)
