"""Why an order was blocked, in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from quantgpt.foundations.panel import MarketView
from quantgpt.trading.boards import Board
from quantgpt.trading.limits import FIRST_DAY, band_percent, first_sessions, limit_price

Reason = Literal["suspended", "limit_up", "limit_down", "not_listed"]


class Words(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


def rule_words(
    view: MarketView, row: int, asset: int, side: Literal["buy", "sell"], price: float
) -> tuple[Reason, Words]:
    """The reason why that order could not be filled at `price` (unadjusted), and the rule with its numbers."""
    age = int(view.age[row, asset])
    if age < 0:
        return "not_listed", Words("当日未上市或已退市", "not listed on that day")
    reference = float(view.fields["pre_close"][row, asset])
    if not view.traded[row, asset] or not price > 0 or not reference > 0:
        return "suspended", Words("停牌，当日无成交", "suspended: no trade on that day")
    board, st = Board(int(view.board[asset])), bool(view.st[row, asset] == 1)
    day: date = view.days[row].astype("datetime64[D]").item()
    listed: date = np.busday_offset(view.days[row], -max(age, 0), roll="backward").item()
    up, down = limit_price(Decimal(f"{reference:.4f}"), board, st=st, age=age, day=day, listed=listed)
    limit = up if side == "buy" else down
    if limit is None:
        return "suspended", Words("当日没有可用的成交价", "no usable price on that day")
    if first_sessions(board, age, listed) == FIRST_DAY:
        band = "+44%/−36%"
    else:
        band = f"{'ST ' if st else ''}±{band_percent(board, st, day)}%"
    zh = f"{board.zh} {band}，参考价 {reference:.2f}"
    en = f"{board.en} {band}, reference {reference:.2f}"
    if side == "buy":
        return "limit_up", Words(
            f"价格 {price:.2f} 触及涨停价 {limit}（{zh}）", f"price {price:.2f} at the upper limit {limit} ({en})"
        )
    return "limit_down", Words(
        f"价格 {price:.2f} 触及跌停价 {limit}（{zh}）", f"price {price:.2f} at the lower limit {limit} ({en})"
    )
