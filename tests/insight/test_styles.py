"""A factor beside the usual styles: a planted style leaves nothing, the parts of the long side's return add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from quantgpt.expr import compile_expression
from quantgpt.factors.marginal import centred_ranks
from quantgpt.factors.styles import STYLES, attribute, purge, stacked

SESSIONS, NAMES = 200, 80
ROWS = np.arange(SESSIONS - 6)


def world(seed: int = 2) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    size = np.repeat(draw.normal(size=(1, NAMES)), SESSIONS, axis=0) + 0.01 * draw.normal(size=(SESSIONS, NAMES))
    own = draw.normal(size=(SESSIONS, NAMES))
    eligible = draw.random((SESSIONS, NAMES)) > 0.05
    industry = draw.integers(-1, 6, NAMES).astype(np.int16)
    paid = -0.01 * size + 0.004 * own + 0.02 * draw.normal(size=(SESSIONS, NAMES))
    return {"size": size, "own": own, "eligible": eligible, "industry": industry, "paid": paid}


def purged(made: dict[str, Any], factor: Any, styles: dict[str, Any], industry: Any = None) -> Any:
    columns = stacked(styles, made["eligible"])
    return purge(factor, columns, industry, made["eligible"], made["paid"], ROWS, 5)


def test_a_planted_size_factor_leaves_nothing() -> None:
    made = world()
    factor = -made["size"]
    raw = purged(made, factor, {})
    assert raw.rank_ic.mean > 0.2
    left = purged(made, factor, {"size": made["size"]})
    assert not left.rank_ic.n or abs(left.rank_ic.mean) < 0.02
    assert left.explained > 0.999


def test_what_is_not_style_stays() -> None:
    made = world()
    mixed = made["own"] - 2 * made["size"]
    left = purged(made, mixed, {"size": made["size"]}, made["industry"])
    alone = purged(made, made["own"], {})
    assert left.rank_ic.mean == pytest.approx(alone.rank_ic.mean, abs=0.03)
    assert left.rank_ic.hac.t > 3


def test_residuals_are_those_of_least_squares() -> None:
    made = world(4)
    factor = made["own"] + made["size"]
    ranks = centred_ranks(np.where(made["eligible"], factor, np.nan), made["eligible"])
    style = centred_ranks(np.where(made["eligible"], made["size"], np.nan), made["eligible"])
    series = []
    for t in ROWS:
        names = np.flatnonzero(np.isfinite(ranks[t]))
        x = np.column_stack([style[t, names], *[(made["industry"][names] == k).astype(float) for k in range(-1, 6)]])
        x = x[:, x.any(axis=0)]
        left = ranks[t, names] - x @ (np.linalg.pinv(x) @ ranks[t, names])
        y = made["paid"][t, names]
        a, b = left.argsort().argsort(), y.argsort().argsort()
        series.append(np.corrcoef(a, b)[0, 1])
    found = purged(made, factor, {"size": made["size"]}, made["industry"])
    assert found.rank_ic.mean == pytest.approx(float(np.mean(series)), abs=1e-9)


def test_the_parts_of_the_long_side_add_up() -> None:
    made = world()
    styles = {"size": made["size"], "other": world(9)["own"]}
    found = attribute(made["own"] - made["size"], 1, styles, made["eligible"], made["paid"], ROWS)
    total = sum(part.mean for part in found.by_style.values()) + found.specific.mean
    assert total == pytest.approx(found.active.mean, abs=1e-15)
    assert found.active.mean > 0
    assert found.by_style["size"].mean > 5 * abs(found.by_style["other"].mean)
    assert found.exposure["size"] < -0.1
    assert found.to_json()["styles"]["size"]["annual"] == pytest.approx(found.by_style["size"].mean * 252)


def test_the_direction_turns_the_long_side() -> None:
    made = world()
    up, down = (
        attribute(-made["size"], sign, {"size": made["size"]}, made["eligible"], made["paid"], ROWS) for sign in (1, -1)
    )
    assert up.active.mean > 0 > down.active.mean


def test_too_few_names_give_no_figure() -> None:
    made = world()
    thin = {**made, "eligible": made["eligible"] & (np.arange(NAMES) < 3)}
    assert purged(thin, thin["own"], {"size": thin["size"]}).rank_ic.n == 0


def test_every_style_is_an_expression() -> None:
    assert len({style.name for style in STYLES}) == len(STYLES)
    for style in STYLES:
        assert compile_expression(style.expression).lookahead == 0
