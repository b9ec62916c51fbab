"""The bar simulator against backtrader, backtesting.py and vectorbt, the speed of a grid, and a signed job end to end.

One year of synthetic 1-minute bars whose prices are whole quarters of a dollar: averages are then exact in binary
floating point, too, and every side must trade at the same bars and prices, or the row fails. Seconds are those of the
processor, medians; ours are measured before and after the peers. Ours include the signals, the booking in `Decimal` and
the curve; backtrader runs without its observers, which is its fastest way. Compilers are warmed on both sides.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench._bars_data import COIN, MINUTE, START, bars, book, saved
from bench._bars_signed import signed_row
from bench._row import Row
from bench.peers.call import call
from quantgpt.bars.fees import schedule
from quantgpt.bars.grid import run_grid
from quantgpt.bars.outcome import Cause, Simulation
from quantgpt.bars.simulate import simulate
from quantgpt.bars.terms import Bars, Terms
from quantgpt.templates import Context, GridPlan, Plan, template_of

YEAR, HOURS = 525_600, 8_760
FAST, SLOW = 20, 50
FEE_BPS = Decimal(5)
CAPITAL = Decimal(1_000_000)
WINDOWS = range(2, 52)
"""all pairs of these: 1,225"""
MUST_BACKTRADER, MUST_BACKTESTING, MUST_VECTORBT, MUST_GRID = 500.0, 20.0, 5.0, 10e6
CLOSE = 1e-9
"""profit of one unit: relative to the price"""
CLOSE_VALUE = 1e-6
"""final value: theirs buys any fraction, ours whole steps"""


def run(quick: bool = False) -> list[Row]:
    """All rows. `quick`: a month instead of a year, fewer pairs; speeds are then told and not required."""
    with tempfile.TemporaryDirectory(prefix="bench-bars-") as folder:
        work = Path(folder)
        return [*cross_rows(work, quick), *grid_rows(quick), *sweep_rows(work, quick), signed_row(work, quick)]


def terms_of(made: Bars) -> Terms:
    """One-fold leverage, 5 bps on every fill, the whole of the bars."""
    end = int(made.open_time[-1]) + made.length_ms - 1000
    return Terms(start_ms=START, end_ms=end, leverage=1, fees=schedule("fixed_bps", FEE_BPS, COIN.venue))


def plan_of(template_id: str, params: dict[str, Any], timeframe_ms: int) -> Plan:
    """What a template makes of parameters."""
    template = template_of(template_id)
    context = Context(
        timeframe_ms=timeframe_ms,
        symbols=(COIN.symbol,),
        capital=CAPITAL,
        leverage=1,
        maker_rate=FEE_BPS / 10_000,
        ticks={COIN.symbol: COIN.tick},
        min_notionals={COIN.symbol: COIN.min_notional},
    )
    return template.plan(template.read(params, context).values)


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of the processor of each of `rounds` calls."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return taken


def cross_rows(work: Path, quick: bool) -> list[Row]:
    """An MA cross over a year of minutes: the same trades, and how much faster."""
    made = bars(YEAR // 12 if quick else YEAR)
    held, terms = book(made, CAPITAL), terms_of(made)
    params = {"fast": FAST, "slow": SLOW, "ma_type": "sma", "position_pct": "0.01"}

    def ours() -> Simulation:
        return simulate([held], plan_of("tpl_ma_cross", params, MINUTE), terms, lambda share: None)

    simulation = ours()
    taken = timed(ours, 7)
    job = {"columns": saved(made, work), "fast": FAST, "slow": SLOW, "fee": float(FEE_BPS / 10_000), "repeats": 3}
    trader = call("backtrader_runner", {**job, "out": str(work / "bt.npy")}, work, environment="bars")
    tester = call("backtesting_runner", {**job, "out": str(work / "py.npy")}, work, environment="bars")
    taken += timed(ours, 7)
    peers = (
        (f"backtrader {trader['versions']['backtrader']}", trader, trader["cpu"], "bt.npy", MUST_BACKTRADER),
        (f"backtesting.py {tester['versions']['backtesting']}", tester, min(tester["cpu"]), "py.npy", MUST_BACKTESTING),
    )
    rows = []
    for name, answer, seconds, file, must in peers:
        equal, told = same_trades(simulation, np.load(work / file), answer["open"])
        ratio = seconds / statistics.median(taken)
        rows.append(
            Row(
                f"MA cross {FAST}/{SLOW}, {len(made.open_time):,} 1-minute bars, against {name}",
                statistics.median(taken),
                seconds,
                ratio,
                f"≥ {must:g}×, equal trades",
                equal and (quick or ratio >= must),
                note=f"{told}; ours best {min(taken):.4f} s of {len(taken)}, "
                f"{len(made.open_time) / statistics.median(taken) / 1e6:.3g} M bars/s with booking",
            )
        )
    return rows


def same_trades(
    simulation: Simulation, theirs: NDArray[np.float64], still_open: list[float] | None
) -> tuple[bool, str]:
    """Whether both traded at the same bars and prices, with the same profit of one unit; and the sentence that says so.

    `theirs` has rows of entry bar, exit bar, entry price, exit price, profit of one unit. What is open at the end we
    close; they leave it open.
    """
    closed = [trade for trade in simulation.trades if trade.cause is not Cause.END]
    ours = np.array(
        [
            (
                (trade.entry_ms - START) // MINUTE,
                (trade.exit_ms - START) // MINUTE,
                float(trade.entry_price),
                float(trade.exit_price),
                float(trade.pnl / trade.quantity),
            )
            for trade in closed
        ]
    ).reshape(-1, 5)
    if ours.shape != theirs.shape:
        return False, f"DIFFERENT: {len(ours)} trades, theirs {len(theirs)}"
    apart = (ours[:, :4] != theirs[:, :4]).any(axis=1) | (
        np.abs(ours[:, 4] - theirs[:, 4]) > CLOSE * np.abs(ours[:, 2])
    )
    if apart.any():
        first = int(np.flatnonzero(apart)[0])
        return False, f"DIFFERENT: {int(apart.sum())} trades, first {ours[first].tolist()} and {theirs[first].tolist()}"
    last = [trade for trade in simulation.trades if trade.cause is Cause.END]
    entry = [(trade.entry_ms - START) // MINUTE for trade in last]
    if entry != ([int(still_open[0])] if still_open else []):
        return False, f"DIFFERENT: open at the end {entry}, theirs {still_open}"
    return True, f"{len(ours):,} trades equal in bars, prices and profit of a unit"


def grid_rows(quick: bool) -> list[Row]:
    """A grid of 100 lines over the year: bars a second of the compiled path, and with the booking."""
    made = bars(YEAR // 12 if quick else YEAR)
    held, terms = book(made, CAPITAL), terms_of(made)
    plan = GridPlan(levels=100, lower=Decimal(50_000), upper=Decimal(70_000))

    def quiet(share: float) -> None:
        pass

    found = run_grid(held, plan, terms, quiet)
    taken = timed(lambda: run_grid(held, plan, terms, quiet), 15)
    booked = simulate([held], plan, terms, quiet)
    whole = timed(lambda: simulate([held], plan, terms, quiet), 5)
    speed = len(made.open_time) / statistics.median(taken)
    pnl = sum((trade.pnl for trade in booked.trades), Decimal(0))
    exact = booked.curve[-1][1] - CAPITAL == pnl and 10**8 * booked.curve[-1][1] == found.wallet
    return [
        Row(
            f"Grid of 100 lines, {len(made.open_time):,} 1-minute bars, compiled path",
            speed / 1e6,
            None,
            None,
            "≥ 10 M bars/s, Σ pnl exact",
            exact and (quick or speed >= MUST_GRID),
            unit="M bars/s",
            note=f"{len(found.fills.price):,} fills, {statistics.median(taken) * 1000:.3g} ms; with booking in Decimal of "
            f"{len(booked.trades):,} trades {statistics.median(whole) * 1000:.3g} ms; Σ pnl = final equity − capital: {exact}",
            aim="≥ 50 M bars/s",
        )
    ]


def sweep_rows(work: Path, quick: bool) -> list[Row]:
    """All pairs of windows over 8,760 hours against vectorbt: the same final values, how much faster, how much memory."""
    made = bars(HOURS // 4 if quick else HOURS, 3_600_000)
    windows = list(WINDOWS)[: 12 if quick else None]
    columns = saved(made, work)
    fee = float(FEE_BPS / 10_000)
    ours = call_ours(made, windows, work)
    job = {"columns": columns, "windows": windows, "fee": fee, "capital": float(CAPITAL), "repeats": 3}
    theirs = call("vectorbt_runner", {**job, "out": str(work / "vbt.npy")}, work, environment="bars")
    again = call_ours(made, windows, work)
    taken = statistics.median(ours["cpu"] + again["cpu"])
    seconds = statistics.median(theirs["cpu"])
    equal, told = same_sweep(np.load(work / "ours.npy"), np.load(work / "vbt.npy"))
    memory = max(ours["peak"], again["peak"])
    less = memory < theirs["peak"]
    pairs = len(windows) * (len(windows) - 1) // 2
    return [
        Row(
            f"Sweep of {pairs:,} MA pairs × {len(made.open_time):,} bars against vectorbt {theirs['versions']['vectorbt']}",
            taken,
            seconds,
            seconds / taken,
            f"≥ {MUST_VECTORBT:g}×, less memory, results equal",
            equal and less and (quick or seconds / taken >= MUST_VECTORBT),
            note=f"{told}; wall {statistics.median(ours['wall'] + again['wall']):.3f} and {statistics.median(theirs['wall']):.3g} s; memory {_mib(memory)}, theirs {theirs['peak'] / 2**20:.4g} MiB",
        )
    ]


def _mib(count: float) -> str:
    return f"{count / 2**20:.3g} MiB" if count >= 2**20 else "less than 1 MiB"


def call_ours(made: Bars, windows: list[int], work: Path) -> dict[str, Any]:
    """Our sweep in a process of its own, so that its memory is its own."""
    from bench._bars_child import in_a_process

    return in_a_process(made, windows, str(FEE_BPS), str(CAPITAL), work)


def same_sweep(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[bool, str]:
    """Whether every pair has the same trades, final value and drawdown. Rows: fast, slow, value, trades, drawdown."""
    order = np.lexsort((theirs[:, 1], theirs[:, 0]))
    mine = np.lexsort((ours[:, 1], ours[:, 0]))
    a, b = ours[mine], theirs[order]
    if a.shape != b.shape or (a[:, :2] != b[:, :2]).any():
        return False, f"DIFFERENT pairs: {len(a)} and {len(b)}"
    counts = int((a[:, 3] != b[:, 3]).sum())
    value = float(np.max(np.abs(a[:, 2] / b[:, 2] - 1)))
    fall = float(np.max(np.abs(a[:, 4] - b[:, 4])))
    equal = counts == 0 and value <= CLOSE_VALUE and fall <= CLOSE_VALUE
    word = "" if equal else "DIFFERENT: "
    return equal, (
        f"{word}{len(a):,} pairs, {int(a[:, 3].sum()):,} trades, {counts} pairs with other counts, final values apart by at most "
        f"{value:.1e}, drawdowns by {fall:.1e}"
    )
