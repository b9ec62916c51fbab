"""Another kind of signal from the same idea: its change instead of its level, volume instead of price, a condition, a
companion, what is left after a companion is taken out."""

from __future__ import annotations

import random
from collections.abc import Iterator

from quantgpt.expr.expression import Expression, compile_expression
from quantgpt.expr.tree import Node, fold, market_field, number
from quantgpt.foundations.errors import BadExpression
from quantgpt.research.mutations._base import TRIES, Ground, call, comparable, mutation

OVER_TIME = ("ts_delta", "ts_av_diff", "ts_rank", "ts_zscore", "ts_std")
WINDOWS = (5, 10, 20, 40, 60)
EXCHANGES: tuple[dict[str, str], ...] = (
    dict.fromkeys(("open", "high", "low", "close", "vwap"), "volume"),
    dict.fromkeys(("open", "high", "low", "close", "vwap"), "amount"),
    {"volume": "close", "amount": "close"},
    {"close": "vwap"},
    {"close": "high", "high": "low"},
    {"volume": "amount"},
    {"volume": "turn", "amount": "turn"},
    {"returns": "pct_change"},
)
"""fields that may stand for each other, all at once"""
COMPANIONS = (
    "ts_std(returns, 20)",
    "volume / ts_mean(volume, 20)",
    "close / ts_shift(close, 5) - 1",
    "close / ts_shift(close, 60) - 1",
    "(close - ts_min(low, 20)) / (ts_max(high, 20) - ts_min(low, 20))",
    "ts_corr(close, volume, 20)",
    "(high - low) / close",
    "(close - open) / open",
    "ts_mean(turn, 20)",
    "log(cap)",
)
CONDITIONS = (
    "volume > ts_mean(volume, 20)",
    "close > ts_mean(close, 60)",
    "returns > 0",
    "ts_std(returns, 10) > ts_std(returns, 60)",
    "close > open",
)


@mutation("mutate_signal_type", zh="换信号类型", en="Another kind of signal")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """Many draws of the five kinds."""
    kinds = [_over_time, _exchanged, _conditional, _accompanied, _residual]
    for _ in range(4 * TRIES):
        made = rng.choice(kinds)(comparable(parent.tree), ground, rng)
        if made is not None:
            yield made


def _read(texts: tuple[str, ...], ground: Ground, rng: random.Random) -> Node | None:
    """One of the texts that this market can answer."""
    text = rng.choice(texts)
    try:
        return compile_expression(text, fields=ground.fields, has_industry=ground.has_industry).tree
    except BadExpression:
        return None


def _over_time(root: Node, ground: Ground, rng: random.Random) -> Node | None:
    return call(rng.choice(OVER_TIME), root, numbers=(rng.choice(WINDOWS),))


def _exchanged(root: Node, ground: Ground, rng: random.Random) -> Node | None:
    table = rng.choice(EXCHANGES)

    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        if node.operator is None:
            return market_field(table[node.name]) if node.kind == "field" and node.name in table else node
        return call(node.name, *parts, numbers=node.numbers)

    made = fold(root, visit)
    return None if made.key == root.key else made


def _conditional(root: Node, ground: Ground, rng: random.Random) -> Node | None:
    condition = _read(CONDITIONS, ground, rng)
    if condition is None:
        return None
    other = call("neg", root) if rng.random() < 0.5 else call("mul", root, number(0.5))
    return call("where", condition, root, other)


def _accompanied(root: Node, ground: Ground, rng: random.Random) -> Node | None:
    companion = _read(COMPANIONS, ground, rng)
    if companion is None:
        return None
    how = rng.choice(("add", "sub", "mul"))
    return call(how, call("rank", root), call("rank", companion))


def _residual(root: Node, ground: Ground, rng: random.Random) -> Node | None:
    companion = _read(COMPANIONS, ground, rng)
    return None if companion is None else call("cs_residual", call("rank", root), call("rank", companion))
