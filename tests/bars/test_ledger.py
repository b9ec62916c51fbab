"""The books: trades out of fills, equity at instants, and refusal of what does not add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.bars._hand import HOUR, book, instrument, plan, run, terms

from quantgpt.bars.ledger import curve_of, equity_at, sample_instants, trades_of
from quantgpt.bars.outcome import BookRun, Cause
from quantgpt.bars.simulate import simulate
from quantgpt.bars.terms import BookInput
from quantgpt.foundations.errors import Broken

DAY = 24 * HOUR
ROWS = [(100, 100, 100, 100)] * 23 + [(100, 105, 100, 104), (106, 112, 106, 111)] + [(111, 111, 108, 109)] * 10


def _case() -> tuple[BookInput, BookRun]:
    of = book(ROWS, "100", funding=[(DAY, 1_000_000), (DAY + HOUR, 1_000_000)])
    return of, run(of, plan("90", "110", 2), terms(len(ROWS), fee_model="fixed_bps", fee_bps="10"))


def test_one_trade_by_hand() -> None:
    """0.99 at 100, 10 bps: fee 0.099. Funding at 24:00 1 % of 0.99 · 106 = 1.0494. Sold at 110: fee 0.1089; gross 9.90."""
    of, result = _case()
    trade = trades_of(of, result, terms(len(ROWS)))[0]
    assert (trade.side, trade.quantity, trade.entry_price, trade.exit_price) == ("buy", Decimal("0.99"), 100, 110)
    assert (trade.entry_ms, trade.exit_ms, trade.cause) == (0, DAY, Cause.LIMIT)
    assert trade.fee == Decimal("0.2079")
    assert trade.funding == Decimal("1.0494")
    assert trade.pnl == Decimal("9.90") - Decimal("0.2079") - Decimal("1.0494")


def test_equity_at_midnight_is_that_of_the_last_close_by_then() -> None:
    """At 24:00 the lot is worth 0.99 · 4 more and its entry fee is paid; the funding of that very instant comes after it."""
    of, result = _case()
    window = terms(len(ROWS), fee_model="fixed_bps", fee_bps="10")
    curve = curve_of([of], [result], window)
    assert [at for at, _ in curve] == [0, DAY, len(ROWS) * HOUR - 1_000]
    assert curve[0][1] == 100
    assert curve[1][1] == Decimal("100") + Decimal("3.96") - Decimal("0.099")
    assert curve[2][1] == Decimal("100") + Decimal("9.90") - Decimal("0.2079") - Decimal("1.0494")


def test_equity_at_every_hour_by_plain_steps() -> None:
    """Against a walk over the fills one by one in Decimal."""
    of, result = _case()
    hours = np.arange(0, len(ROWS) + 1, dtype=np.int64) * HOUR
    fills = result.fills
    for at, value in zip(hours.tolist(), equity_at(of, result, hours), strict=True):
        ended = at // HOUR
        cash, lots = Decimal(100), Decimal(0)
        for k in range(len(fills.bar)):
            if fills.bar[k] >= ended:
                continue
            signed = int(fills.side[k]) * Decimal(int(fills.quantity[k])) / 100
            cash -= Decimal(int(fills.fee[k])) / 10**8 + signed * int(fills.price[k])
            lots += signed
        for k in range(len(result.payments.at)):
            if result.payments.bar[k] < ended:
                cash -= Decimal(int(result.payments.amount[k])) / 10**8
        close = ROWS[ended - 1][3] if ended else 0
        assert Decimal(value) / 10**8 == cash + lots * close


def test_samples_are_start_midnights_between_and_end() -> None:
    window = replace(terms(1), start_ms=DAY, end_ms=3 * DAY)
    assert sample_instants(window).tolist() == [DAY, 2 * DAY, 3 * DAY]
    window = replace(terms(1), start_ms=DAY - 1, end_ms=2 * DAY + 5)
    assert sample_instants(window).tolist() == [DAY - 1, DAY, 2 * DAY, 2 * DAY + 5]


@pytest.mark.parametrize(("end_ms", "closed"), [(10 * HOUR, 2 * HOUR - 1_000), (2 * HOUR - 5_000, 2 * HOUR - 5_000)])
def test_what_is_left_is_closed_a_second_before_the_last_bar_ends_or_at_the_end(end_ms: int, closed: int) -> None:
    of = book([(100, 100, 100, 100)] * 2, "100")
    whole = simulate([of], plan("90", "110", 2), terms(2, end_ms=end_ms), lambda share: None)
    assert [trade.exit_ms for trade in whole.trades] == [closed]


def test_books_are_summed_and_trades_put_in_order() -> None:
    rows = [(100, 100, 100, 100), (100, 111, 100, 105)]
    books = [book(rows, "100", of=instrument(symbol=name)) for name in ("ETHUSDT", "BTCUSDT")]
    heard: list[float] = []
    whole = simulate(books, plan("90", "110", 2), terms(2), heard.append)
    assert [trade.symbol for trade in whole.trades] == ["BTCUSDT", "ETHUSDT"]
    assert [value for _, value in whole.curve] == [200, 220]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert whole.bars_walked == 4


def _changed(result: BookRun, **columns: object) -> BookRun:
    return replace(result, fills=replace(result.fills, **columns))


def test_books_that_do_not_add_up_are_refused() -> None:
    of, result = _case()
    window = terms(len(ROWS))
    wrong = [
        replace(result, wallet=result.wallet + 1),
        _changed(result, fee=result.fills.fee + 1),
        _changed(result, price=result.fills.price + np.arange(2)),
        _changed(result, lot=result.fills.lot + 1),
        _changed(result, opens=~result.fills.opens),
        _changed(result, quantity=result.fills.quantity + np.arange(2)),
        _changed(result, side=np.abs(result.fills.side)),
    ]
    for run_ in wrong:
        with pytest.raises(Broken):
            trades_of(of, run_, window)


def test_a_fill_at_a_price_that_its_bar_did_not_have_is_refused() -> None:
    of, result = _case()
    short = replace(of, walked=replace(of.walked, high=np.minimum(of.walked.high, 109)))
    with pytest.raises(Broken, match="outside of the bar"):
        trades_of(short, result, terms(len(ROWS)))
