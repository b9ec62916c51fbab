"""The trials and openings tables on both databases: what is the same trial, what is seen, who may open a slice."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from quantgpt.records import LOCAL_ADMIN, NewJob, Records
from quantgpt.records.openings import add_opening, has_been_opened
from quantgpt.services.daily_returns import unpack_returns
from quantgpt.services.trials import Identity, failed_row, measured_row

pytestmark = pytest.mark.xdist_group("records")


def identity(name: str, universe: str = "hs300", holding: int = 5) -> Identity:
    return Identity(
        market="demo",
        universe=universe,
        start_date="2023-01-01",
        end_date="2025-12-31",
        holding_period=holding,
        expression=name,
        expression_hash=name,
    )


KEY = identity("a").key


def row(name: str, seed: int = 1, **what: Any) -> dict[str, Any]:
    returns = np.random.default_rng(seed).normal(size=300) / 100
    return measured_row(identity(name, **what), returns, "2023-01-04", {"p_value": 0.01, "grade": "C"}, "test")


def test_the_same_again_is_no_new_trial_and_changes_nothing(records: Records) -> None:
    assert records.trials.add(LOCAL_ADMIN, [row("a", 1), row("b", 2)]) == 2
    assert records.trials.add(LOCAL_ADMIN, [row("a", 3), row("a", holding=10), row("a", universe="csi500")]) == 2
    mine = records.trials.of_ledgers(LOCAL_ADMIN, [KEY])
    assert [(found.expression, found.holding_period) for found in mine] == [("a", 5), ("b", 5), ("a", 10)]
    first = np.random.default_rng(1).normal(size=300) / 100
    packed = records.trials.returns_of(LOCAL_ADMIN, [mine[0].id])
    np.testing.assert_allclose(unpack_returns(packed[mine[0].id]), first, atol=1e-9)


def test_every_user_has_a_ledger_of_their_own(records: Records) -> None:
    other = records.accounts.ensure("other@example.com").id
    records.trials.add(LOCAL_ADMIN, [row("a")])
    records.trials.add(other, [row("a"), row("b")])
    assert len(records.trials.of_ledgers(LOCAL_ADMIN, [KEY])) == 1
    assert records.trials.page(other, page=1, page_size=10).total == 2
    assert records.trials.of_jobs(other, ["nobody"]) == []


def test_pages_and_counts(records: Records) -> None:
    records.trials.add(LOCAL_ADMIN, [row(f"t{k}", k) for k in range(5)])
    records.trials.add(LOCAL_ADMIN, [row("x", universe="csi500"), failed_row(identity("y", "csi500"))])
    page = records.trials.page(LOCAL_ADMIN, page=2, page_size=3)
    assert (page.total, [found.expression for found in page.rows]) == (7, ["t3", "t2", "t1"])
    assert all(found.returns is None for found in page.rows)
    assert records.trials.page(LOCAL_ADMIN, page=1, page_size=3, universe="csi500").total == 2
    assert records.trials.page(LOCAL_ADMIN, page=9, page_size=3).rows == []
    by_universe = {found.universe: found for found in records.trials.counts(LOCAL_ADMIN)}
    assert (by_universe["hs300"].trials, by_universe["hs300"].failed) == (5, 0)
    assert (by_universe["csi500"].trials, by_universe["csi500"].failed) == (2, 1)


def test_parallel_bookings_of_the_same_trials_count_once(records: Records) -> None:
    """In whatever order each brings them: none waits for another that waits for it."""
    added: list[int] = []
    together = threading.Barrier(4)

    def book(turn: int) -> None:
        order = np.random.default_rng(turn).permutation(60)
        together.wait()
        for part in np.array_split(order, 2):
            added.append(records.trials.add(LOCAL_ADMIN, [row(f"p{k}", k) for k in part]))

    threads = [threading.Thread(target=book, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(added) == 8
    assert sum(added) == 60
    assert len(records.trials.of_ledgers(LOCAL_ADMIN, [KEY])) == 60


def look(name: str, **more: Any) -> dict[str, Any]:
    on_slice = {"kind": "opening", "start_date": "2025-04-01", "ledger_key": "slice"}
    return {**row(name), **on_slice, "reason": "plain_run", "opened_ledger_key": KEY, "own_span": True, **more}


def test_a_plain_run_is_a_look_for_every_lineage_that_tried_the_factor(records: Records) -> None:
    records.trials.add(LOCAL_ADMIN, [{**row("a"), "kind": "candidate"}], job_id="i1", lineage_id="search")
    records.trials.add(LOCAL_ADMIN, [row("a"), look("a")], job_id="j1", lineage_id="j1")
    records.trials.add(LOCAL_ADMIN, [row("a"), look("a")], job_id="j1", lineage_id="j1")
    for lineage in ("search", "j1"):
        (seen,) = records.openings.of_lineage(LOCAL_ADMIN, lineage)
        assert (seen.reason, seen.refused, seen.job_id, seen.expression) == ("plain_run", False, "j1", "a")
        assert (seen.sealed_start, seen.sealed_end, seen.ledger_key) == ("2025-04-01", "2025-12-31", KEY)
    assert [found.kind for found in records.trials.of_ledgers(LOCAL_ADMIN, ["slice"])] == ["opening"]
    assert records.openings.of_lineage(LOCAL_ADMIN, "other") == []


def test_what_running_work_tells_is_booked_with_its_job(records: Records) -> None:
    records.jobs.submit(NewJob(id="j", operation="test", owner_id=LOCAL_ADMIN, ask="{}", lineage_id="root"))
    job = records.attempts.claim("w", 15)
    assert job is not None
    assert records.attempts.note("j", 1, facts={}, trials=[row("a"), look("a")])
    (mine,) = records.trials.of_jobs(LOCAL_ADMIN, ["j"])[:1]
    assert (mine.job_id, mine.lineage_id, mine.expression) == ("j", "root", "a")
    assert [seen.job_id for seen in records.openings.of_lineage(LOCAL_ADMIN, "root")] == ["j"]
    assert not records.attempts.note("j", 2, facts={}, trials=[row("late")])
    assert len(records.trials.of_ledgers(LOCAL_ADMIN, [KEY])) == 1


def test_a_session_holds_its_tests_and_the_searches_that_began_there(records: Records) -> None:
    records.sessions.add("s", LOCAL_ADMIN, "one")
    for name, session in (("own", "s"), ("other", None)):
        records.jobs.submit(
            NewJob(id=name, operation="test", owner_id=LOCAL_ADMIN, ask="{}", session_id=session, lineage_id=name)
        )
    records.trials.add(LOCAL_ADMIN, [row("a")], job_id="own", lineage_id="own")
    records.trials.add(LOCAL_ADMIN, [row("b")], job_id="iter_1", lineage_id="own")
    records.trials.add(LOCAL_ADMIN, [row("c")], job_id="other", lineage_id="other")
    assert [found.expression for found in records.trials.of_session(LOCAL_ADMIN, "s")] == ["a", "b"]
    assert [found.expression for found in records.trials.of_lineage(LOCAL_ADMIN, "own")] == ["a", "b"]
    assert all(found.returns for found in records.trials.of_lineage(LOCAL_ADMIN, "own"))
    assert records.trials.of_session(LOCAL_ADMIN, "none") == []


OPENING = {
    "lineage_id": "root",
    "ledger_key": KEY,
    "expression": "a",
    "expression_hash": "a",
    "reason": "selection",
    "sealed_start": "2025-04-01",
    "sealed_end": "2025-12-31",
    "asked_by": "i1",
}


def test_of_many_openings_at_once_one_is_let_through(records: Records) -> None:
    together = threading.Barrier(6)
    opened: list[bool] = []

    def ask() -> None:
        together.wait()
        with records.writer.begin() as connection:
            free = not has_been_opened(connection, LOCAL_ADMIN, "root")
            if free:
                add_opening(connection, LOCAL_ADMIN, {**OPENING, "refused": False})
        opened.append(free)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(opened) == 1
    assert len(records.openings.of_lineage(LOCAL_ADMIN, "root")) == 1


def test_refused_looks_and_plain_runs_do_not_open(records: Records) -> None:
    records.openings.add(LOCAL_ADMIN, {**OPENING, "refused": True})
    records.openings.add(LOCAL_ADMIN, {**OPENING, "refused": False, "reason": "plain_run"})
    with records.writer.begin() as connection:
        assert not has_been_opened(connection, LOCAL_ADMIN, "root")
    identity_of_it = records.openings.add(LOCAL_ADMIN, {**OPENING, "refused": False})
    records.openings.name_job(identity_of_it, "j9")
    with records.writer.begin() as connection:
        assert has_been_opened(connection, LOCAL_ADMIN, "root")
        assert not has_been_opened(connection, LOCAL_ADMIN, "another")
    assert [seen.job_id for seen in records.openings.of_lineage(LOCAL_ADMIN, "root")] == [None, None, "j9"]
