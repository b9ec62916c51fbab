"""The job of a signed request: read the bars, simulate, print."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.progress import Progress
from quantgpt.services._base import App, JobRef, Kept, operation

if TYPE_CHECKING:
    from quantgpt.bars.instrument import Instrument
    from quantgpt.bars.terms import BookInput, Terms
    from quantgpt.market import Market
    from quantgpt.templates import Plan

OPERATION = "signed.backtest"
PREFIX = "bt_"
ENGINE = "bars-1"
"""Goes up when the same configuration and data can give another result."""
ALMOST = 0.99
"""The most that is shown of a job that is not done."""
SIMULATED = 0.8
"""The share of the way that is simulated; the rest is printed."""
DAY_SECONDS = 86_400.0
LARGEST = 32_000_000
"""Characters of a result; some 140,000 trades."""


@dataclass(frozen=True, kw_only=True)
class SignedBacktest:
    """Ask for a simulation. `config` is a configuration as it is shown, accepted at `asked_ms` (milliseconds since 1970) on
    that snapshot of a market; `warnings` are those of then."""

    config: dict[str, Any]
    asked_ms: int
    market: str
    snapshot: str
    warnings: list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A simulation that ended, printed."""

    result: dict[str, Any]
    details: dict[str, Any]
    facts: dict[str, Any]


def _keep(app: App, job: JobRef, outcome: Finished, progress: Progress) -> Kept:
    """The result as text, so that its fields stay in their order.  Raises: TooLarge."""
    text = json.dumps(outcome.result, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(text) > LARGEST:
        from quantgpt.bars.faults import TooLarge

        raise TooLarge(
            f"结果有 {len(outcome.result['trades']):,} 笔交易，超过可以保存的大小",
            en=f"a result with {len(outcome.result['trades']):,} trades is more than is kept",
            hint="use fewer levels, a wider spacing, or a shorter range",
        )
    return Kept(result={"result": text, "details": outcome.details}, hashed=outcome.result, facts=outcome.facts)


def _tidy(app: App) -> None:
    """Forget what the limits no longer need, secrets that are over, and results that are old."""
    app.records.weights.forget_old()
    app.records.keys.forget_former()
    while app.records.signed_jobs.expire(OPERATION, app.settings.signed_days * DAY_SECONDS):
        pass


def _warm(app: App) -> None:
    from quantgpt.services.signed.warming import warm_up

    warm_up()


@operation(
    OPERATION,
    ask=SignedBacktest,
    run="job",
    keep=_keep,
    warm=_warm,
    fair=True,
    tidy=_tidy,
    prefix=PREFIX,
)
def run_signed_backtest(app: App, ask: SignedBacktest, progress: Progress) -> Finished:
    """Simulate one configuration.

    Raises: DataUnavailable, InsufficientCapital, TooLarge; BadRequest where the configuration no longer holds.
    """
    from quantgpt.bars.simulate import simulate
    from quantgpt.services.signed import candles, config, results
    from quantgpt.services.signed.cautions import cautions

    progress("fetching_data", 0.0)
    begun = time.perf_counter()
    market = config.market_of(app, ask.market, ask.snapshot)
    values, template, checked = config.reread(ask.config, candles.instruments(market))
    plan = template.plan(checked.values)
    terms = _terms(values)
    books = _books(market, values, plan, terms, ask.asked_ms)
    read = time.perf_counter()
    progress("backtesting", 0.0)

    def told(begun: float, part: float) -> Callable[[float], None]:
        return lambda share: progress("backtesting", ALMOST * (begun + part * min(1.0, share)))

    simulation = simulate(books, plan, terms, told(0.0, SIMULATED))
    simulated = time.perf_counter()
    result = results.outcome(simulation, books, terms.start_ms, terms.end_ms, told(SIMULATED, 1 - SIMULATED))
    timings = {"read": round(read - begun, 4), "simulate": round(simulated - read, 4)}
    timings["print"] = round(time.perf_counter() - simulated, 4)
    return Finished(
        result=result,
        details=results.extras(simulation, books),
        facts=_facts(ask, market, result, cautions(simulation, books, plan, terms)) | {"timings": timings},
    )


def _facts(
    ask: SignedBacktest, market: Market, result: Mapping[str, Any], cautions: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    from quantgpt import __version__

    return {
        "market": market.name,
        "snapshot": market.snapshot,
        "synthetic": market.synthetic,
        "data_revision": f"{market.name}@{market.snapshot}",
        "engine_version": f"{__version__}+{ENGINE}",
        "metrics": result["metrics"],
        "warnings": [*ask.warnings, *({"zh": zh, "en": en} for zh, en in cautions)],
    }


def _terms(values: Mapping[str, Any]) -> Terms:
    from quantgpt.bars.fees import rate_of, schedule
    from quantgpt.bars.terms import Terms
    from quantgpt.services.signed.literals import ms_of

    return Terms(
        start_ms=ms_of(values["start"]),
        end_ms=ms_of(values["end"]),
        leverage=values["leverage"],
        fees=schedule(values["fee_model"], values.get("fee_bps"), values.get("market", "perp")),
        slippage=rate_of(values["slippage_bps"], "slippage_bps") if "slippage_bps" in values else 0,
        intrabar=values.get("intrabar", "path"),
        strict_touch=values.get("strict_touch", False),
    )


def _books(market: Market, values: Mapping[str, Any], plan: Plan, terms: Terms, now_ms: int) -> list[BookInput]:
    """The bars of every symbol, and its share of the capital."""
    from quantgpt.services.signed import candles
    from quantgpt.services.signed.config import split

    venue = values.get("market", "perp")
    known = candles.instruments(market)
    shares = split(values["capital"], len(values["symbols"]))
    return [
        _book(market, known[(symbol, venue)], share, values, plan, terms, now_ms)
        for symbol, share in zip(values["symbols"], shares, strict=True)
    ]


def _book(
    market: Market,
    instrument: Instrument,
    capital: int,
    values: Mapping[str, Any],
    plan: Plan,
    terms: Terms,
    now_ms: int,
) -> BookInput:
    from quantgpt.bars.terms import BookInput
    from quantgpt.services.signed import candles

    found = candles.book_input(
        market,
        instrument,
        values["timeframe"],
        values.get("detail_timeframe"),
        terms.start_ms,
        terms.end_ms,
        now_ms,
        getattr(plan, "warmup", 0),
    )
    funding = None
    if values.get("funding") == "historical":
        ends = int(found.walked.open_time[-1]) + found.walked.length_ms
        funding = candles.funding(market, found.instrument, terms.start_ms, ends)
    return BookInput(
        instrument=found.instrument,
        capital=capital,
        main=found.main,
        walked=found.walked,
        ends_main=found.ends_main,
        funding=funding,
    )
