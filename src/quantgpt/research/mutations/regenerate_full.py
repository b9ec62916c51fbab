"""A fresh start: a factor of one of twelve families, two of them together, or a cross with what won before."""

from __future__ import annotations

import random
from collections.abc import Iterator

from quantgpt.expr.expression import Expression, compile_expression
from quantgpt.expr.tree import Node
from quantgpt.foundations.errors import BadExpression
from quantgpt.research.mutations._base import TRIES, Ground, call, calls_of, comparable, mutation, replaced, unit_of

FAMILIES: dict[str, tuple[str, ...]] = {
    "momentum": (
        "close / ts_shift(close, {n}) - 1",
        "ts_shift(close, {s}) / ts_shift(close, {l}) - 1",
        "close / ts_max(high, {l})",
    ),
    "reversal": ("close / ts_mean(close, {s}) - 1", "ts_sum(returns, {s})", "ts_delta(vwap, {s}) / vwap"),
    "volatility": (
        "ts_std(returns, {n})",
        "ts_std(returns, {s}) / ts_std(returns, {l})",
        "ts_mean((high - low) / close, {n})",
        "ts_mad(returns, {n})",
    ),
    "volume": (
        "volume / ts_mean(volume, {n})",
        "ts_zscore(amount, {n})",
        "ts_mean(turn, {s}) / ts_mean(turn, {l})",
        "ts_std(volume, {n}) / ts_mean(volume, {n})",
    ),
    "range_position": (
        "(close - ts_min(low, {n})) / (ts_max(high, {n}) - ts_min(low, {n}))",
        "ts_rank(close, {n})",
        "ts_argmax(high, {n})",
    ),
    "correlation": (
        "ts_corr(close, volume, {n})",
        "ts_corr(rank(returns), rank(volume), {n})",
        "ts_corr(ts_delta(close, 1), ts_delta(volume, 1), {n})",
    ),
    "mean_reversion": ("ts_zscore(close, {n})", "ts_resi(close, {n}) / close", "close / ts_median(close, {n}) - 1"),
    "intraday": (
        "ts_mean((close - open) / (high - low + 0.001), {s})",
        "ts_mean(close / vwap - 1, {s})",
        "ts_sum(open / ts_shift(close, 1) - 1, {n})",
        "ts_mean((high - close) / (close - low + 0.001), {s})",
    ),
    "nonlinear_momentum": (
        "tanh(ts_zscore(close, {n})) * ts_std(returns, {n})",
        "sign_power(close / ts_shift(close, {n}) - 1, 0.5)",
        "ts_sum(sign(returns) * power(abs(returns), 0.5), {n})",
    ),
    "decay_weighted": (
        "decay_linear(returns, {n})",
        "decay_linear(rank(volume / ts_mean(volume, {l})), {s})",
        "decay_linear(ts_delta(close, 1) / close, {n})",
    ),
    "interaction": (
        "ts_sum(returns * volume, {n}) / ts_sum(volume, {n})",
        "rank(ts_std(returns, {n})) * rank(close / ts_shift(close, {s}))",
        "ts_mean(abs(returns) / amount, {n})",
    ),
    "conditional": (
        "ts_sum(where(returns > 0, returns, 0), {n}) / ts_sum(abs(returns), {n})",
        "ts_std(where(returns < 0, returns, 0), {n})",
        "ts_mean(where(volume > ts_mean(volume, {l}), returns, 0), {n})",
    ),
}
SHORT, MIDDLE, LONG = (3, 5, 10), (5, 10, 20, 40, 60), (40, 60, 120)
JOINS = ("add", "sub", "mul")


@mutation("regenerate_full", zh="重新生成", en="A fresh start")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """Many draws: half of them one family, the others two families or a cross with earlier winners."""
    winners = ground.memory.winners()
    for _ in range(4 * TRIES):
        first = _drawn(ground, rng)
        if first is None:
            continue
        luck = rng.random()
        if luck < 0.5:
            yield first
        elif luck < 0.75 or not winners:
            second = _drawn(ground, rng)
            if second is not None:
                yield _joined(first, second, rng)
        else:
            yield _crossed(parent.tree, rng.choice(winners).tree, first, rng)


def _drawn(ground: Ground, rng: random.Random) -> Node | None:
    """A factor of one family, if this market has its fields."""
    text = rng.choice(FAMILIES[rng.choice(sorted(FAMILIES))])
    text = text.format(s=rng.choice(SHORT), n=rng.choice(MIDDLE), l=rng.choice(LONG))
    try:
        return compile_expression(text, fields=ground.fields, has_industry=ground.has_industry).tree
    except BadExpression:
        return None


def _joined(a: Node, b: Node, rng: random.Random) -> Node:
    return call(rng.choice(JOINS), call("rank", a), call("rank", b))


def _crossed(parent: Node, winner: Node, fresh: Node, rng: random.Random) -> Node:
    """A winner with one part from the parent or from a fresh draw in place of a part of the same unit; where nothing
    fits, both joined."""
    donor = rng.choice((parent, fresh))
    pairs = [
        (old, new)
        for old in calls_of(winner)[:-1]
        for new in calls_of(donor)
        if unit_of(old) == unit_of(new) and old.key != new.key
    ]
    if not pairs:
        return _joined(comparable(winner), comparable(donor), rng)
    old, new = rng.choice(pairs)
    return replaced(winner, old, new)
