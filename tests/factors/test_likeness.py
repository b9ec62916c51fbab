"""How alike factor values are, against ranks written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantgpt.factors.likeness import Valued, likeness


def slow(a: dict[str, list[float]], b: dict[str, list[float]], days: int) -> tuple[float, int, float]:
    """Spearman by session over the names of both with a value, ties averaged, in plain Python."""
    found, names = [], []
    for day in range(days):
        both = [n for n in a if n in b and not math.isnan(a[n][day]) and not math.isnan(b[n][day])]
        if len(both) < 5:
            continue
        x, y = ([ranks(table[n][day] for n in both)] for table in (a, b))
        rx, ry = x[0], y[0]
        mx, my = sum(rx) / len(rx), sum(ry) / len(ry)
        top = sum((p - mx) * (q - my) for p, q in zip(rx, ry, strict=True))
        bottom = math.sqrt(sum((p - mx) ** 2 for p in rx) * sum((q - my) ** 2 for q in ry))
        if bottom > 0:
            found.append(top / bottom)
            names.append(len(both))
    return sum(found) / len(found), len(found), sum(names) / len(names)


def ranks(values) -> list[float]:  # type: ignore[no-untyped-def]
    listed = list(values)
    return [sum(v < x for v in listed) + (sum(v == x for v in listed) + 1) / 2 for x in listed]


def panel(seed: int, days: int, names: int) -> np.ndarray:
    g = np.random.default_rng(seed)
    made = np.round(g.normal(size=(days, names)), 1)
    made[g.random((days, names)) < 0.2] = np.nan
    return made


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, -1)])
def test_names_and_gaps_may_differ(signs: tuple[int, int]) -> None:
    days = 40
    a, b = panel(1, days, 12), panel(2, days, 15)
    b[:, 3:15] = np.round(10 * b[:, 3:15] + 8 * np.nan_to_num(a))
    names = tuple(f"n{k:02}" for k in range(12)), tuple(f"n{k:02}" for k in range(-3, 12))
    found = likeness(Valued(a, names[0], signs[0]), Valued(b, names[1], signs[1]))
    tables = [
        {name: p[:, at].tolist() for at, name in enumerate(known)} for p, known in zip((a, b), names, strict=True)
    ]
    mean, sessions, held = slow(tables[0], tables[1], days)
    assert found.correlation == pytest.approx(mean * signs[0] * signs[1])
    assert found.sessions == sessions
    assert found.names == pytest.approx(held)


def test_itself_is_one_and_its_opposite_too() -> None:
    a = panel(3, 30, 20)
    names = tuple(map(str, range(20)))
    assert likeness(Valued(a, names, 1), Valued(a.copy(), names, 1)).correlation == pytest.approx(1.0)
    assert likeness(Valued(a, names, 1), Valued(-a, names, -1)).correlation == pytest.approx(1.0)


def test_too_little_in_common_says_nothing() -> None:
    a = panel(4, 30, 20)
    strangers = likeness(Valued(a, tuple(map(str, range(20))), 1), Valued(a, tuple(map(str, range(50, 70))), 1))
    assert math.isnan(strangers.correlation)
    few = likeness(Valued(a[:15], tuple(map(str, range(20))), 1), Valued(a[:15], tuple(map(str, range(20))), 1))
    assert (math.isnan(few.correlation), few.sessions) == (True, 15)
