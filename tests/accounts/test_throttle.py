"""Limits in the database: exact under parallel calls, by its clock, and blind to what was refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.accounts.conftest import age_calls

from quantgpt.faces.rest.limits import Submissions
from quantgpt.foundations.errors import RateLimited
from quantgpt.records.calls import KEPT_SECONDS, Limit
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("records")


def admitted(app: App, *limits: Limit) -> bool:
    """Whether a call was within its limits."""
    try:
        app.records.calls.admit(*limits)
    except RateLimited:
        return False
    return True


def test_as_many_calls_at_once_as_the_limit_allows(app: App) -> None:
    with ThreadPoolExecutor(12) as pool:
        let_in = list(pool.map(lambda number: admitted(app, Limit(f"b{number % 2}", 7, 60)), range(60)))
    assert sum(let_in) == 14
    assert [app.records.calls.count(name, 60) for name in ("b0", "b1")] == [7, 7]


def test_the_window_rolls_and_refused_calls_do_not_count(app: App) -> None:
    limit = Limit("b", 2, 60)
    assert [admitted(app, limit) for _ in range(4)] == [True, True, False, False]
    age_calls(app, 40)
    with pytest.raises(RateLimited) as refused:
        app.records.calls.admit(limit)
    assert 15 < refused.value.retry_after_seconds <= 20
    age_calls(app, 20.5)
    assert [admitted(app, limit) for _ in range(3)] == [True, True, False]


def test_the_wait_is_that_of_the_call_that_stands_in_the_way(app: App) -> None:
    for _ in range(3):
        app.records.calls.admit(Limit("b", 3, 60))
        age_calls(app, 10)
    with pytest.raises(RateLimited) as refused:
        app.records.calls.admit(Limit("b", 3, 60))
    assert 25 < refused.value.retry_after_seconds <= 30


def test_a_call_counts_against_all_its_limits_or_none(app: App) -> None:
    wide, narrow = Limit("wide", 5, 60), Limit("narrow", 1, 60)
    assert [admitted(app, wide, narrow) for _ in range(3)] == [True, False, False]
    assert [app.records.calls.count(name, 60) for name in ("wide", "narrow")] == [1, 1]
    app.records.calls.give_back("wide", "narrow")
    assert [app.records.calls.count(name, 60) for name in ("wide", "narrow")] == [0, 0]


def test_a_call_of_a_transaction_counts_when_it_is_committed(app: App) -> None:
    limit = Limit("b", 1, 60)
    with app.records.writer.connect() as connection:
        begun = connection.begin()
        app.records.calls.admit(limit, connection=connection)
        begun.rollback()
    assert app.records.calls.count("b", 60) == 0
    with app.records.writer.begin() as connection:
        app.records.calls.admit(limit, connection=connection)
    assert app.records.calls.count("b", 60) == 1


def test_submissions_of_one_user_share_a_limit_and_others_have_their_own(app: App) -> None:
    strict = replace(app, settings=app.settings.model_copy(update={"rate_limit": 2}))
    submissions = Submissions(strict)
    submissions.admit("a")
    with app.records.writer.begin() as connection:
        submissions.admit("a", connection)
    with pytest.raises(RateLimited, match=r"^请求过于频繁，请稍后再试$"):
        submissions.admit("a")
    submissions.admit("b")
    strict.records.close()


def test_old_calls_are_forgotten_and_young_ones_kept(app: App) -> None:
    app.records.calls.admit(Limit("old", 1, 60))
    age_calls(app, KEPT_SECONDS + 1)
    app.records.calls.admit(Limit("young", 1, 60))
    app.records.calls.forget_old()
    assert [app.records.calls.count(name, 10 * KEPT_SECONDS) for name in ("old", "young")] == [0, 1]
    age_calls(app, KEPT_SECONDS + 1)
    app.records.calls.admit(Limit("young", 1, 60))
    assert app.records.calls.count("young", 10 * KEPT_SECONDS) == 1
