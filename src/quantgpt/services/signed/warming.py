"""Makes a process ready for signed jobs: everything imported, every compiled function loaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

HOURS = 400
_RUNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tpl_grid", {"grid_levels": 5, "upper_price": "110", "lower_price": "90", "rebalance_threshold": "0.01"}),
    ("tpl_dca", {"interval": "1d", "buy_amount": "100", "take_profit_pct": "0.05", "max_orders": 3}),
    ("tpl_breakout", {"lookback": 10, "atr_mult": "2"}),
    ("tpl_momentum", {"fast": 5, "slow": 20}),
    ("tpl_momentum", {"fast": 5, "slow": 20, "ma_type": "sma"}),
    ("tpl_meanrev", {"direction": "both"}),
)


def warm_up() -> None:
    """Simulate and print every template on a few made-up bars. Files are not read: that would start threads."""
    import pyarrow.dataset
    import pyarrow.parquet  # noqa: F401  reading a table needs both

    from quantgpt.bars.fees import schedule
    from quantgpt.bars.simulate import simulate
    from quantgpt.bars.terms import Terms
    from quantgpt.services.signed import candles, results  # noqa: F401  candles: for the job
    from quantgpt.templates import Context, template_of

    book = _book()
    start, end = int(book.walked.open_time[0]), int(book.walked.open_time[-1])
    terms = Terms(start_ms=start, end_ms=end, leverage=2, fees=schedule("fixed_bps", Decimal(5), "perp"))
    symbol = book.instrument.symbol
    context = Context(
        timeframe_ms=book.walked.length_ms,
        symbols=(symbol,),
        capital=Decimal(10_000),
        leverage=2,
        maker_rate=Decimal("0.0005"),
        ticks={symbol: book.instrument.tick},
        min_notionals={symbol: book.instrument.min_notional},
    )
    for name, params in _RUNS:
        template = template_of(name)
        plan = template.plan(template.read(params, context).values)
        simulation = simulate([book], plan, terms, lambda share: None)
        results.outcome(simulation, [book], start, end)
        results.extras(simulation, [book])


def _book() -> Any:
    """Four hundred hours of a wave around 100, with funding."""
    import numpy as np

    from quantgpt.bars.instrument import Instrument
    from quantgpt.bars.terms import Bars, BookInput, FundingRates

    number = np.arange(HOURS, dtype=np.int64)
    close = (10_000 + 900 * np.sin(number / 9.0)).astype(np.int64)
    opened = np.concatenate([close[:1], close[:-1]])
    hour = 3_600_000
    bars = Bars(
        length_ms=hour,
        open_time=1_735_689_600_000 + number * hour,
        open=opened,
        high=np.maximum(opened, close) + 20,
        low=np.minimum(opened, close) - 20,
        close=close,
    )
    instrument = Instrument(
        symbol="WARMUSDT",
        base="WARM",
        quote="USDT",
        venue="perp",
        tick=Decimal("0.01"),
        step=Decimal("0.001"),
        min_notional=Decimal(5),
        min_price=Decimal("0.01"),
        max_price=Decimal(1_000_000),
        min_qty=Decimal("0.001"),
        max_qty=Decimal(1_000_000),
    )
    every = slice(8, None, 8)
    return BookInput(
        instrument=instrument,
        capital=10_000 * 100_000_000,
        main=bars,
        walked=bars,
        ends_main=number,
        funding=FundingRates(
            at=bars.open_time[every], rate=np.full(bars.open_time[every].size, 10_000, dtype=np.int64)
        ),
    )
