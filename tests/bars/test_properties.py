"""What holds for every job, whatever its parameters: money adds up, nothing is negative, nothing is known before its time."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.parity.bar_cases import PARAMS, Case, Source, bars_of, merge, random_case

from quantgpt.bars.faults import InsufficientCapital
from quantgpt.bars.instrument import SCALE
from quantgpt.bars.outcome import BookRun, Simulation
from quantgpt.bars.simulate import run_book, simulate
from quantgpt.bars.terms import BookInput, FundingRates
from quantgpt.services.signed.results import outcome

TEMPLATES = sorted(PARAMS)
SUITE, GATE = 20, 400


def run(case: Case) -> Simulation | None:
    """The simulation, its progress checked; None where the capital does not carry it."""
    seen: list[float] = []
    try:
        done = simulate(case.books, case.plan, case.terms, seen.append)
    except InsufficientCapital:
        return None
    assert seen == sorted(seen)
    assert all(0 <= share <= 1 for share in seen)
    return done


def printed(case: Case, done: Simulation) -> str:
    """The result of the job as text."""
    return json.dumps(outcome(done, case.books, case.terms.start_ms, case.terms.end_ms))


def columns(run: BookRun) -> list[np.ndarray]:
    """All arrays of the fills and payments of a book."""
    return [*vars(run.fills).values(), *vars(run.payments).values()]


def check(case: Case, rng: random.Random) -> None:
    """All properties of one job."""
    done = run(case)
    if done is None:
        return
    money_adds_up(case, done)
    fills_lie_inside_their_bars(case, done)
    again = run(case)
    assert again is not None
    assert printed(case, again) == printed(case, done)
    assert repr(again.trades) == repr(done.trades)
    for one, other in zip(done.books, again.books, strict=True):
        assert [a.tobytes() for a in columns(one)] == [b.tobytes() for b in columns(other)]
    the_future_is_not_known(case, done, rng)


def money_adds_up(case: Case, done: Simulation) -> None:
    """Σ pnl = final equity − capital to the last 1e-8, and no sample is below 0."""
    capital = Decimal(sum(book.capital for book in case.books)) / SCALE
    assert done.curve[0] == (case.terms.start_ms, capital)
    assert done.curve[-1][0] == case.terms.end_ms
    assert sum((trade.pnl for trade in done.trades), Decimal(0)) == done.curve[-1][1] - capital
    shown = json.loads(printed(case, done))
    final = Decimal(shown["equity_curve"][-1][1])
    assert sum((Decimal(trade["pnl"]) for trade in shown["trades"]), Decimal(0)) == final - capital
    assert min(equity for _, equity in done.curve) >= 0
    assert all(at < then for (at, _), (then, _) in zip(done.curve, done.curve[1:], strict=False))


def fills_lie_inside_their_bars(case: Case, done: Simulation) -> None:
    for book, ran in zip(case.books, done.books, strict=True):
        fills, bars = ran.fills, book.walked
        assert (fills.price >= bars.low[fills.bar]).all()
        assert (fills.price <= bars.high[fills.bar]).all()
        assert (fills.quantity > 0).all()
        assert (fills.fee >= 0).all()
        assert (np.diff(fills.bar * 8 + fills.leg) >= 0).all()
        assert fills.opens.sum() * 2 == len(fills.opens), "every lot that was opened is closed"


def the_future_is_not_known(case: Case, done: Simulation, rng: random.Random) -> None:
    """Bars after bar t are made up anew: what was done up to t stays."""
    cuts = [rng.randrange(len(book.walked.open)) for book in case.books]
    others = [after(book, t, rng) for book, t in zip(case.books, cuts, strict=True)]
    for t, one, book in zip(cuts, done.books, others, strict=True):
        two = run_book(book, case.plan, case.terms, lambda share: None)
        for table, then in ((one.fills, two.fills), (one.payments, two.payments)):
            kept, stays = ((rows.bar <= t) & (getattr(rows, "leg", 0 * rows.bar) < 4) for rows in (table, then))
            for mine, theirs in zip(vars(table).values(), vars(then).values(), strict=True):
                np.testing.assert_array_equal(mine[kept], theirs[stays])


def after(book: BookInput, t: int, rng: random.Random) -> BookInput:
    """The same book with other prices and rates after walked bar t."""
    walked, main = book.walked, book.main
    rows = np.stack([walked.open, walked.high, walked.low, walked.close], axis=1)
    shift = rng.uniform(0.9, 1.1)
    for i in range(t + 1, len(rows)):
        moved = sorted(max(1, round(value * shift * rng.uniform(0.98, 1.02))) for value in rows[i].tolist())
        middle = moved[1:3] if rng.random() < 0.5 else moved[2:0:-1]
        rows[i] = (middle[0], moved[3], moved[0], middle[1])
    merged = np.stack([main.open, main.high, main.low, main.close], axis=1)
    begin = 0
    for i, ends in enumerate(book.ends_main.tolist()):
        if ends >= 0:
            merged[ends] = merge([tuple(row) for row in rows[begin : i + 1].tolist()])
            begin = i + 1
    funding = book.funding
    if funding is not None:
        late = funding.at > walked.open_time[t]
        funding = FundingRates(at=funding.at, rate=np.where(late, -funding.rate, funding.rate))
    return replace(
        book,
        walked=bars_of(rows.tolist(), walked.open_time.tolist(), walked.length_ms),
        main=bars_of(merged.tolist(), main.open_time.tolist(), main.length_ms),
        funding=funding,
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_properties_of_random_jobs(template: str) -> None:
    for seed in range(SUITE):
        check(random_case(template, 50_000 + seed), random.Random(seed))


@pytest.mark.gate
@pytest.mark.realdata
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("template", TEMPLATES)
def test_properties_of_many_random_jobs(template: str, real_data: Path) -> None:
    """Half of them over made-up bars, half over pieces of real ones."""
    table = pl.read_parquet(real_data / "crypto_BTCUSDT_perp_1h.parquet").sort("open_time")
    ticks = (table.select("open", "high", "low", "close").to_numpy() * 10).round().astype(np.int64)
    source = Source([(o, h, low, c) for o, h, low, c in ticks.tolist()], "0.1", "0.001")
    for seed in range(GATE // 2):
        check(random_case(template, 60_000 + seed), random.Random(seed))
        check(random_case(template, 60_000 + seed, source), random.Random(seed))
