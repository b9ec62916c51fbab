"""Random jobs for the bar simulator: bars, terms and parameters of every template, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import SCALE, Instrument
from quantgpt.bars.terms import Bars, BookInput, FeeSchedule, FundingRates, Terms
from quantgpt.templates import Plan, template_of

Whole = NDArray[np.int64]
Row = tuple[int, int, int, int]
"""open, high, low, close in ticks"""
HOUR = 3_600_000
START = 1_735_689_600_000
"""2025-01-01T00:00:00Z"""
TIERS = FeeSchedule(
    from_notional=(0, 10**6 * SCALE, 10**7 * SCALE, 5 * 10**7 * SCALE, 2 * 10**8 * SCALE),
    maker=(20_000, 18_000, 15_000, 12_000, 10_000),
    taker=(50_000, 45_000, 40_000, 35_000, 30_000),
)
LOW_TIERS = replace(TIERS, from_notional=(0, 5_000 * SCALE, 20_000 * SCALE, 60_000 * SCALE, 200_000 * SCALE))
"""Tiers that a small book climbs."""
GRAINS = [("0.01", "0.001"), ("0.1", "0.001"), ("0.01", "0.000001"), ("0.0001", "1"), ("1", "0.0001")]
"""tick and step"""


@dataclass(frozen=True)
class Source:
    """Bars that happened, hour by hour, in ticks."""

    rows: Sequence[Row]
    tick: str
    step: str


@dataclass(frozen=True)
class Case:
    """One job. `values` are the template's parameters with their defaults."""

    name: str
    template: str
    values: dict[str, Any]
    plan: Plan
    terms: Terms
    books: tuple[BookInput, ...]


def instrument(
    symbol: str = "BTCUSDT",
    tick: str = "0.01",
    step: str = "0.001",
    min_notional: str = "5",
    venue: Any = "perp",
    min_steps: str = "1",
) -> Instrument:
    """An instrument with wide filters."""
    return Instrument(
        symbol=symbol, base=symbol[:-4], quote="USDT", venue=venue, tick=Decimal(tick), step=Decimal(step),
        min_notional=Decimal(min_notional), min_price=Decimal(tick), max_price=Decimal(10**7),
        min_qty=Decimal(step) * Decimal(min_steps), max_qty=Decimal(10**9),
    )  # fmt: skip


def bars_of(rows: Sequence[Row], times: Sequence[int], length_ms: int) -> Bars:
    """Bars from rows of open, high, low, close in ticks."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Bars(
        length_ms=length_ms, open_time=np.array(times, dtype=np.int64), open=table[:, 0].copy(),
        high=table[:, 1].copy(), low=table[:, 2].copy(), close=table[:, 3].copy(),
    )  # fmt: skip


def fixed(bps: str | int, taker: str | int | None = None) -> FeeSchedule:
    """One rate, or one for each kind of fill."""
    maker = int(Decimal(bps) * 10_000)
    return FeeSchedule(
        from_notional=(0,), maker=(maker,), taker=(maker if taker is None else int(Decimal(taker) * 10_000),)
    )


def plan_of(template: str, params: dict[str, Any]) -> tuple[Plan, dict[str, Any]]:
    """The plan of raw parameters, without the checks that need a job; and all values with their defaults."""
    from quantgpt.templates._params import read_params

    found = template_of(template)
    _, values = read_params(found.params, params, lambda values: [])
    return found.plan(values), dict(values)


# --- bars ------------------------------------------------------------------------------------------------------------


def random_rows(rng: random.Random, count: int, start: int, swing: float) -> list[Row]:
    """A walk in ticks with gaps between bars, flat bars and long wicks. swing: size of a bar's move as a fraction."""
    rows, price = [], start
    pull = rng.random() < 0.5
    for _ in range(count):
        gap = rng.gauss(0, swing * price) if rng.random() < 0.15 else 0
        opened = max(2, round(price + gap))
        drift = (start - opened) * 0.05 if pull else 0
        closed = opened if rng.random() < 0.05 else max(2, round(opened + drift + rng.gauss(0, swing * opened)))
        wick = swing * opened * (4 if rng.random() < 0.03 else 1)
        high = max(opened, closed) + (0 if rng.random() < 0.1 else round(abs(rng.gauss(0, wick / 2))))
        low = min(opened, closed) - (0 if rng.random() < 0.1 else round(abs(rng.gauss(0, wick / 2))))
        rows.append((opened, high, max(1, min(low, opened, closed)), closed))
        price = closed
    return rows


def merge(rows: Sequence[Row]) -> Row:
    """One bar of several."""
    return rows[0][0], max(r[1] for r in rows), min(r[2] for r in rows), rows[-1][3]


def random_book(
    rng: random.Random, symbol: str, capital: int, funded: bool, source: Source | None
) -> tuple[BookInput, int]:
    """A book and the end of its run. Some have finer bars, gaps, a warm-up, an end inside the last bar."""
    count, warmup = rng.randrange(8, 110), rng.choice([0, 0, 5, 30, 60])
    finer, length = rng.choice([1, 1, 1, 4, 12]), HOUR * rng.choice([1, 1, 4, 24])
    amount = (count + warmup) * finer
    if source is None:
        swing = rng.choice([0.002, 0.006, 0.012, 0.03, 0.06])
        tick, step = rng.choice(GRAINS)
        start = rng.randrange(2_000, 60_000) if rng.random() < 0.8 else rng.randrange(30, 400)
        rows = random_rows(rng, amount, start, swing / finer**0.5)
    else:
        tick, step, length = source.tick, source.step, HOUR * finer
        first = rng.randrange(len(source.rows) - amount)
        rows = list(source.rows[first : first + amount])
    gaps = rng.random() < 0.4
    kept = [not gaps or rng.random() > 0.03 for _ in rows]
    main, walked, ends = split(rows, kept, warmup, finer, length)
    last = int(walked.open_time[-1])
    made = BookInput(
        instrument=instrument(
            symbol, tick, step, rng.choice(["5", "5", "1", "50"]), min_steps=rng.choice(["1", "1", "1", "4", "30.5"])
        ),
        capital=capital,
        main=main,
        walked=walked,
        ends_main=ends,
        funding=random_funding(rng, last + 2 * length) if funded else None,
    )
    end = last + rng.choice([length // finer - 1000, length // finer // 2, 0, 3 * length])
    return made, max(end, START + 1000)


def split(rows: Sequence[Row], kept: Sequence[bool], warmup: int, finer: int, length: int) -> tuple[Bars, Bars, Whole]:
    """Main bars of `finer` walked ones each, walked bars from START on, and which of them end a main bar."""
    main_rows: list[Row] = []
    walked_rows: list[Row] = []
    main_times: list[int] = []
    walked_times: list[int] = []
    ends: list[int] = []
    begin, fine = START - warmup * length, length // finer
    for m in range(len(rows) // finer):
        slots = [i for i in range(m * finer, (m + 1) * finer) if kept[i] or i == len(rows) - 1]
        if not slots:
            continue
        if m >= warmup:
            walked_rows += [rows[i] for i in slots]
            walked_times += [begin + i * fine for i in slots]
            ends += [-1] * (len(slots) - 1) + [len(main_rows)]
        main_rows.append(merge([rows[i] for i in slots]))
        main_times.append(begin + m * length)
    main, walked = bars_of(main_rows, main_times, length), bars_of(walked_rows, walked_times, fine)
    return main, walked, np.array(ends, dtype=np.int64)


def random_funding(rng: random.Random, until: int) -> FundingRates:
    """Every eight hours, some off the hour, some large."""
    apart = rng.choice([HOUR, 4 * HOUR, 8 * HOUR])
    at = [t + rng.choice([0, 0, 0, 0, 7_000, HOUR // 2]) for t in range(START - 2 * apart, until, apart)]
    size = rng.choice([10_000, 100_000, 1_000_000])
    rate = [rng.randint(-size, 3 * size) for _ in at]
    return FundingRates(at=np.array(at, dtype=np.int64), rate=np.array(rate, dtype=np.int64))


# --- terms and parameters --------------------------------------------------------------------------------------------


def random_terms(rng: random.Random, start: int, end: int) -> Terms:
    """Leverage, fees of every model, slippage, both ways inside a bar."""
    fees = rng.choice(
        [
            fixed(0),
            fixed("5"),
            fixed("5"),
            fixed(2, 5),
            fixed(10),
            fixed("12.3456"),
            TIERS,
            LOW_TIERS,
            LOW_TIERS,
            fixed(rng.choice([300, 1000])),
        ]
    )
    return Terms(
        start_ms=start,
        end_ms=end,
        leverage=rng.choice([1, 1, 1, 2, 3, 5, 10, 20]),
        fees=fees,
        slippage=rng.choice([0, 0, 0, 10_000, 50_000, 123_456, 1_000_000, 5_000_000]),
        intrabar=rng.choice(["path", "path", "pessimistic"]),
        strict_touch=rng.random() < 0.3,
    )


def near(rng: random.Random, book: BookInput, low: float, high: float) -> Decimal:
    """A price near the first open, on the tick for the most part."""
    price = int(book.walked.open[0]) * book.instrument.tick
    exact = price * Decimal(str(round(rng.uniform(low, high), 4)))
    return exact.quantize(book.instrument.tick / (1 if rng.random() < 0.8 else 10)) or book.instrument.tick


def fraction(rng: random.Random, low: float, high: float) -> str:
    return str(round(rng.uniform(low, high), rng.choice([2, 3, 4])) or low)


def grid_params(rng: random.Random, book: BookInput) -> dict[str, Any]:
    """Bounds around, above or below the first open."""
    width = rng.choice([0.01, 0.03, 0.08, 0.2])
    shift = rng.choice([1, 1, 1, 1 + width, 1 - width])
    while True:
        lower, upper = (
            near(rng, book, (1 - 1.3 * width) * shift, (1 - 0.5 * width) * shift),
            near(rng, book, (1 + 0.5 * width) * shift, (1 + 1.3 * width) * shift),
        )
        most = int((upper - lower) / book.instrument.tick)
        if lower < upper and most >= 2:
            break
        width = min(0.5, width * 2)
    params: dict[str, Any] = {
        "grid_levels": min(rng.choice([2, 3, 4, 6, 8, 11, 15, 21]), most),
        "lower_price": str(lower),
        "upper_price": str(upper),
        "spacing": rng.choice(["arithmetic", "geometric"]),
        "mode": rng.choice(["long", "neutral", "short"]),
    }
    if rng.random() < 0.4:
        params["rebalance_threshold"] = rng.choice(["0", "0", "0.001", "0.005", "0.02"])
    below, above = str(lower * Decimal("0.99")), str(upper * Decimal("1.013"))
    loss, profit = (below, above) if params["mode"] != "short" else (above, below)
    if rng.random() < 0.35:
        params["stop_loss_price"] = loss
    if rng.random() < 0.25:
        params["take_profit_price"] = profit
    return params


def dca_params(rng: random.Random, book: BookInput) -> dict[str, Any]:
    capital = Decimal(book.capital) / SCALE
    params: dict[str, Any] = {
        "interval": rng.choice(["1h", "4h", "1d"]),
        "buy_amount": str((capital * Decimal(str(rng.choice([0.02, 0.06, 0.1, 0.3])))).quantize(Decimal("0.01"))),
    }
    if rng.random() < 0.6:
        params["take_profit_pct"] = fraction(rng, 0.002, 0.05)
    if rng.random() < 0.4:
        params["stop_loss_pct"] = fraction(rng, 0.004, 0.1)
    if rng.random() < 0.5:
        params["max_orders"] = rng.randrange(1, 9)
        if rng.random() < 0.7:
            params["safety_step_pct"] = fraction(rng, 0.002, 0.05)
            params["safety_step_scale"] = rng.choice(["1", "1.5", "0.7", "2"])
            params["safety_volume_scale"] = rng.choice(["1", "1.05", "2", "0.5"])
    return params


def breakout_params(rng: random.Random, _: BookInput) -> dict[str, Any]:
    params: dict[str, Any] = {"lookback": rng.randrange(2, 20), "direction": rng.choice(["long", "short", "both"])}
    if rng.random() < 0.5:
        params["exit_lookback"] = rng.randrange(1, 15)
    if rng.random() < 0.5:
        params["atr_mult"] = fraction(rng, 0.3, 3)
    return params | _shared(rng, stop=True)


def momentum_params(rng: random.Random, _: BookInput) -> dict[str, Any]:
    fast = rng.randrange(1, 12)
    params = {"fast": fast, "slow": fast + rng.randrange(1, 15), "ma_type": rng.choice(["sma", "ema"])}
    return params | {"direction": rng.choice(["long", "short", "both"])} | _shared(rng, stop=False)


def meanrev_params(rng: random.Random, _: BookInput) -> dict[str, Any]:
    params = {"period": rng.randrange(2, 15), "direction": rng.choice(["long", "short", "both"])}
    if rng.random() < 0.7:
        params |= {"oversold": rng.choice(["20", "35.5", "40"]), "overbought": rng.choice(["60", "72", "80"])}
        params["exit_level"] = rng.choice(["45", "50", "55.25"])
    return params | _shared(rng, stop=True)


def _shared(rng: random.Random, stop: bool) -> dict[str, Any]:
    params = {"position_pct": rng.choice(["1", "1", "0.5", "0.333", "0.05"])}
    if stop and rng.random() < 0.5:
        params["stop_loss_pct"] = fraction(rng, 0.001, 0.05)
    return params


PARAMS = {
    "tpl_grid": grid_params,
    "tpl_dca": dca_params,
    "tpl_breakout": breakout_params,
    "tpl_momentum": momentum_params,
    "tpl_meanrev": meanrev_params,
}


def random_case(template: str, seed: int, source: Source | None = None) -> Case:
    """The same job for the same seed; over pieces of a source where one is given."""
    rng = random.Random(f"{template} {seed} {source is None}")
    capital = int(Decimal(str(rng.choice([100, 550.55, 1000, 12_345.67890123, 100_000]))) * SCALE)
    funded = rng.random() < 0.4
    count = 1 if template == "tpl_grid" else rng.choice([1, 1, 2, 3])
    symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"][:count]
    made = [random_book(rng, symbol, capital // count, funded, source) for symbol in symbols]
    books = tuple(book for book, _ in made)
    params = PARAMS[template](rng, books[0])
    plan, values = plan_of(template, params)
    terms = random_terms(rng, START, max(end for _, end in made))
    return Case(f"{template} {seed}", template, values, plan, terms, books)
