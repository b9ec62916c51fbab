"""What a key may spend: exact in every window, between threads and on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from tests.signed._asking import with_settings

from quantgpt.records.schema_signed import polls, weights
from quantgpt.records.weights import WINDOW, _wait
from quantgpt.services._base import App
from quantgpt.services.signed import limits

pytestmark = pytest.mark.xdist_group("records")


def age(app: App, seconds: int) -> None:
    """Let time pass for everything that was booked."""
    with app.records.writer.begin() as connection:
        connection.execute(update(weights).values(second=weights.c.second - seconds))
        connection.execute(update(polls).values(at=polls.c.at - seconds))


def test_a_budget_is_spent_and_comes_back(anywhere: App) -> None:
    assert limits.spend(anywhere, "pk_a", 20) == limits.Budget(used=20, limit=1200, wait=None)
    assert limits.spend(anywhere, "pk_a", 1180).used == 1200
    refused = limits.spend(anywhere, "pk_a", 1)
    assert refused.used == 1200
    assert refused.wait is not None
    assert 59 < refused.wait <= 61
    assert limits.spend(anywhere, "pk_b", 1).used == 1
    age(anywhere, WINDOW + 1)
    assert limits.spend(anywhere, "pk_a", 5) == limits.Budget(used=5, limit=1200, wait=None)


def test_what_is_refused_costs_nothing(anywhere: App) -> None:
    limits.spend(anywhere, "pk_a", 90, 100)
    assert limits.spend(anywhere, "pk_a", 20, 100).wait is not None
    assert limits.spend(anywhere, "pk_a", 10, 100) == limits.Budget(used=100, limit=100, wait=None)


def test_at_once_not_one_more_than_the_budget_allows(anywhere: App) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: limits.spend(anywhere, "pk_a", 5, 100), range(40)))
    assert sum(answer.wait is None for answer in answers) == 20
    assert sorted(answer.used for answer in answers if answer.wait is None) == list(range(5, 105, 5))


def test_the_wait_names_the_moment_at_which_it_fits(installed: App) -> None:
    limits.spend(installed, "pk_a", 60, 100)
    age(installed, 40)
    limits.spend(installed, "pk_a", 40, 100)
    few, many = (limits.spend(installed, "pk_a", weight, 100).wait for weight in (60, 61))
    assert few is not None
    assert many is not None
    assert 19 < few <= 21
    assert 59 < many <= 61


@given(st.lists(st.tuples(st.integers(0, WINDOW), st.integers(1, 50)), min_size=1, max_size=20), st.integers(1, 200))
@settings(max_examples=100, deadline=None)
def test_after_the_wait_enough_has_left_the_window(booked: list[tuple[int, int]], excess: int) -> None:
    rows, now = sorted(booked), float(WINDOW) + 0.5
    if sum(weight for _, weight in rows) < excess:
        assert _wait(rows, excess, now) == WINDOW
        return
    later = now + _wait(rows, excess, now)
    left = sum(weight for second, weight in rows if second < int(later + 1e-9) - WINDOW)
    before = sum(weight for second, weight in rows if second < int(later - 1.0) - WINDOW)
    assert left >= excess > before


def test_three_looks_at_once_then_one_every_five_seconds(anywhere: App) -> None:
    first = [limits.poll(anywhere, "pk_a", "bt_1") for _ in range(4)]
    assert first[:3] == [None] * 3
    assert first[3] is not None
    assert 4 < first[3] <= 5
    assert limits.poll(anywhere, "pk_a", "bt_2") is None
    assert limits.poll(anywhere, "pk_b", "bt_1") is None
    age(anywhere, 5)
    assert limits.poll(anywhere, "pk_a", "bt_1") is None
    assert limits.poll(anywhere, "pk_a", "bt_1") is not None
    age(anywhere, 3600)
    assert [limits.poll(anywhere, "pk_a", "bt_1") is None for _ in range(4)] == [True, True, True, False]


def test_the_rule_of_looks_can_be_switched_off(installed: App) -> None:
    off = with_settings(installed, signed_poll_rule=False)
    assert [limits.poll(off, "pk_a", "bt_1") for _ in range(9)] == [None] * 9


def test_what_no_limit_looks_at_is_forgotten(anywhere: App) -> None:
    limits.spend(anywhere, "pk_a", 1)
    limits.poll(anywhere, "pk_a", "bt_1")
    age(anywhere, 3700)
    anywhere.records.weights.forget_old()
    with anywhere.records.reader.begin() as connection:
        assert connection.execute(select(func.count()).select_from(weights)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(polls)).scalar_one() == 0
