"""What a name earned after a signal: tradable forward returns and one-session returns at a lag."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import BoolPanel, FloatPanel, MarketView
from quantgpt.trading.tradable import exit_prices, trade_states


class LabelPrices(NamedTuple):
    """Entry and exit prices from which forward returns of every horizon follow; build once, use for all horizons."""

    entry: FloatPanel
    """(T, N): adjusted open of that session, NaN where the name cannot be bought at it"""
    exit: FloatPanel
    """(T, N): what a sale due at that session's open gets, NaN where nothing up to the last row can be sold at"""
    delayed: BoolPanel
    """(T, N): that sale waits for a later open, or ends at the last price of a delisted name"""


class Labels(NamedTuple):
    """Forward returns and which of them ended later than due."""

    values: FloatPanel
    """(T, N): NaN = no label"""
    delayed: BoolPanel
    """(T, N): the exit had to wait; False where there is no label"""


def label_prices(view: MarketView) -> LabelPrices:
    """Entry and exit prices of one view.

    Shape: (T, N) each. Unit: adjusted yuan.
    """
    states = trade_states(view)
    at_exit = exit_prices(view, states)
    entry = np.where(states & 1, view.fields["open"], np.nan)
    return LabelPrices(entry, at_exit.price, at_exit.delayed)


def forward_returns(view: MarketView, horizon: int, prices: LabelPrices | None = None) -> Labels:
    """Return of buying at the open after the signal and selling `horizon` sessions later: open[T+1+h] / open[T+1] − 1.

    The sale waits for the first open at which the name can be sold (it trades and opens above the lower limit); a name
    that is delisted meanwhile ends at its last close. Both are flagged as delayed.

    Shape:  (T, N), row T = signal at the close of session T.
    Unit:   fraction, on adjusted prices.
    NaN:    T+1 cannot be bought (no trade, opens at the upper limit, no price), or the exit, due or delayed, lies after
            the last row of the view. Nothing after that row is read.
    Raises: BadRequest when `horizon` is below 1.
    """
    if horizon < 1:
        raise BadRequest(f"持有期必须是不小于 1 的整数，收到 {horizon}", field="holding_period", nearest=1)
    at = prices if prices is not None else label_prices(view)
    values = np.full(at.entry.shape, np.nan)
    delayed: NDArray[np.bool_] = np.zeros(at.entry.shape, dtype=np.bool_)
    last = at.entry.shape[0] - 1 - horizon
    if last > 0:
        values[:last] = at.exit[1 + horizon :] / at.entry[1 : last + 1] - 1.0
        delayed[:last] = at.delayed[1 + horizon :] & np.isfinite(values[:last])
    return Labels(values, delayed)


def marginal_returns(view: MarketView) -> FloatPanel:
    """Return of the one session that starts at the open after the signal: open[T+2] / open[T+1] − 1.

    The information coefficient at lag k pairs the factor of row T with row T + k − 1 of this panel: what the name earned
    from the open of T+k to the open of T+k+1, that session alone. The name is taken as held since T+1, so price limits
    do not matter here; for lag 1 it is `forward_returns(view, 1)` without the rule that T+1 must be buyable.

    Shape: (T, N); the last two rows are NaN.
    Unit:  fraction, on adjusted prices.
    NaN:   the name does not trade at one of the two opens.
    """
    price = view.fields["open"]
    open_ = np.where(view.traded & (price > 0) & (price < np.inf), price, np.nan)
    out = np.full(open_.shape, np.nan)
    out[:-2] = open_[2:] / open_[1:-1] - 1.0
    return out
