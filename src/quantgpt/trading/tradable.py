"""Which names can be bought and sold at the open or the close of a session, known at that moment."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import BoolPanel, FloatPanel, MarketView
from quantgpt.trading.limits import band_tables

Moment = Literal["open", "close"]


def trade_states(view: MarketView, at: Moment = "open") -> NDArray[np.int8]:
    """What can be done with each name at that moment, as bits of `trading.kernels`.

    A name is buyable when it trades that day and the price of that moment is below its upper limit, sellable when the
    price is above its lower limit. Only that price, the day's reference price and the day's status are read: whether a
    limit breaks later in the day is not known at the open.

    Shape: (T, N) int8: 1 buyable, 2 sellable, 4 halted (no trade that day), 8 not listed.
    """
    from quantgpt.trading import kernels

    return kernels.trade_states(
        kernels.read_only(view.fields["raw_open" if at == "open" else "raw_close"], np.float64),
        kernels.read_only(view.traded, np.bool_),
        kernels.read_only(view.fields["pre_close"], np.float64),
        kernels.read_only(view.board, np.int8),
        kernels.read_only(view.st, np.int8),
        kernels.read_only(view.age, np.int32),
        *(kernels.read_only(table, table.dtype) for table in band_tables(view.days)),
    )


def opens_buyable(view: MarketView) -> BoolPanel:
    """(T, N): trades that day and opens below the upper limit."""
    return (trade_states(view) & 1).astype(np.bool_)


def opens_sellable(view: MarketView) -> BoolPanel:
    """(T, N): trades that day and opens above the lower limit."""
    return (trade_states(view) & 2).astype(np.bool_)


class Exits(NamedTuple):
    """What a sale that is due at the open of each session gets."""

    price: FloatPanel
    """(T, N) adjusted; NaN when no sale is possible up to the last row"""
    delayed: BoolPanel
    """(T, N) the sale waits for a later open, or ends at the last price of a delisted name"""


def exit_prices(view: MarketView, states: NDArray[np.int8] | None = None) -> Exits:
    """Price of a sale due at each open: the first sellable open from there on, the last close once delisted.

    Shape: (T, N). Unit: adjusted yuan. NaN: nothing up to the last row of the view can be sold at; nothing later is read.
    `states` are those of `trade_states(view)`, where the caller already has them.
    """
    from quantgpt.trading import kernels

    at_open = trade_states(view) if states is None else states
    return Exits(
        *kernels.exits(
            kernels.read_only(at_open, np.int8),
            kernels.read_only(view.fields["open"], np.float64),
            kernels.read_only(view.fields["close"], np.float64),
        )
    )
