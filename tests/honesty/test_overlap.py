"""Which trials count for a test and which looks at sealed slices are seen, whatever the exact dates; on both databases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, text
from tests._rig import lend_demo, make_app

from quantgpt.records import LOCAL_ADMIN, Records
from quantgpt.records import trials as records_of_trials
from quantgpt.records.schema import trials
from quantgpt.services._base import App
from quantgpt.services.ledger import brief_over, tried_over
from quantgpt.services.sealing import seal_of
from quantgpt.services.trials import Identity, TrialBook, failed_row, look_rows, measured_row, prepare

pytestmark = pytest.mark.xdist_group("records")

SPAN = ("2023-01-01", "2025-12-31")


@pytest.fixture
def app(url: str | None, tmp_path: Path) -> Iterator[App]:
    """An App on the demo market without a worker."""
    made = lend_demo(make_app(tmp_path / "home", database_url=url))
    yield made
    made.records.close()


def identity(name: str, span: tuple[str, str] = SPAN, **more: Any) -> Identity:
    plain = Identity(
        market="demo",
        universe="hs300",
        start_date=span[0],
        end_date=span[1],
        holding_period=5,
        expression=name,
        expression_hash=name,
    )
    return replace(plain, **more)


def sessions(app: App, first: str, last: str) -> list[str]:
    """Days of the demo market, looked through one by one."""
    return [day for day in map(str, app.markets.open("demo").days) if first <= day <= last]


def active(name: str, days: list[str]) -> np.ndarray:
    """What a factor earned on those days: the same on the same day, whatever the span."""
    seed = zlib.crc32(name.encode())
    return np.array([np.random.default_rng([seed, zlib.crc32(day.encode())]).normal() / 100 for day in days])


def row(app: App, name: str, span: tuple[str, str] = SPAN, last: str | None = None, **more: Any) -> dict[str, Any]:
    """A trial of a factor on a span, seen up to `last`."""
    kind = more.pop("kind", "test")
    days = sessions(app, span[0], last or span[1])
    return measured_row(identity(name, span, **more), active(name, days), days[0], {"p_value": 0.1}, kind)


def searched(app: App, n: int = 10, lineage: str = "search", span: tuple[str, str] = SPAN) -> str:
    """A search of `n` candidates on the open part of a span; the last day that it saw."""
    seal = seal_of(app.markets.open("demo").days, *span)
    assert seal is not None
    rows = [row(app, f"c{k}", span, seal.open_last, kind="candidate") for k in range(n)]
    app.records.trials.add(LOCAL_ADMIN, rows, job_id=f"iter_{lineage}", lineage_id=lineage)
    return seal.open_last


def book(app: App, span: tuple[str, str], owner: str = LOCAL_ADMIN, **where: Any) -> TrialBook:
    """What a job on that span is told, by the way of JSON."""
    asked = {"market": "demo", "universe": "hs300", **where}
    told = brief_over(app, owner, asked["market"], asked["universe"], *span)
    return TrialBook.read(json.loads(json.dumps(told, allow_nan=False)), app.markets.open("demo").days)


def judged(app: App, span: tuple[str, str], name: str = "mine") -> Any:
    days = sessions(app, *span)
    return book(app, span).judge(identity(name, span), active(name, days) + 0.0012, days[0])


SHIFTED = [
    ("2023-01-02", "2025-12-31"),
    ("2023-01-01", "2025-12-30"),
    ("2023-02-01", "2025-12-31"),
    ("2023-01-01", "2025-11-28"),
    ("2022-12-01", "2025-12-31"),
]


def test_shifted_dates_are_no_way_out(app: App) -> None:
    searched(app)
    exact = judged(app, SPAN)
    assert exact.trials == 11
    assert exact.effective_trials == pytest.approx(11, abs=0.7)
    for span in SHIFTED:
        shifted = judged(app, span)
        assert shifted.trials == 11
        assert shifted.effective_trials == pytest.approx(exact.effective_trials, abs=0.1)
        assert shifted.dsr == pytest.approx(exact.dsr, abs=0.06)
        assert shifted.dsr < shifted.psr - 0.05
        assert shifted.hurdle == pytest.approx(exact.hurdle, rel=0.05)


def test_the_same_factor_on_shifted_dates_is_no_other_trial(app: App) -> None:
    searched(app)
    for span in SHIFTED:
        app.records.trials.add(LOCAL_ADMIN, [row(app, "c0", span), row(app, "c1", span)])
    assert len(tried_over(app, LOCAL_ADMIN, "demo", "hs300", *SPAN).rows) == 10
    assert prepare(identity("c0"), book(app, SPAN)).trials == pytest.approx(10, abs=0.7)
    assert prepare(identity("new"), book(app, SPAN)).trials == pytest.approx(11, abs=0.7)
    again = book(app, SPAN)
    again.add(row(app, "c0"))
    assert again.ledger().trials == 10


def test_one_year_inside_a_searched_span_counts_it(app: App) -> None:
    searched(app)
    assert book(app, ("2024-01-01", "2024-12-31")).ledger().trials == 10


def test_ten_years_are_not_covered_by_a_search_on_the_last_one(app: App) -> None:
    span = ("2025-01-01", "2025-12-31")
    app.records.trials.add(LOCAL_ADMIN, [row(app, f"t{k}", span) for k in range(5)])
    assert book(app, span).ledger().trials == 5
    assert book(app, ("2016-01-01", "2025-12-31")).ledger().trials == 0
    assert book(app, ("2024-01-15", "2025-12-31")).ledger().trials == 5
    assert book(app, ("2023-11-01", "2025-12-31")).ledger().trials == 0


def test_dates_before_the_market_began_are_no_way_out(app: App) -> None:
    first = str(app.markets.open("demo").days[0])
    app.records.trials.add(LOCAL_ADMIN, [row(app, "t", (first, "2025-12-31"))])
    assert book(app, ("1990-01-01", "2025-12-31")).ledger().trials == 1


def test_other_spans_owners_and_universes_have_ledgers_of_their_own(app: App) -> None:
    searched(app, span=("2019-01-01", "2021-12-31"))
    other = app.records.accounts.ensure("other@example.com").id
    app.records.trials.add(other, [row(app, "theirs")])
    app.records.trials.add(LOCAL_ADMIN, [row(app, "x", universe="csi500"), row(app, "y", market="elsewhere")])
    assert book(app, SPAN).ledger().trials == 0
    assert book(app, ("2021-12-31", "2023-06-30")).ledger().trials == 0
    assert book(app, SPAN, other).ledger().trials == 1
    assert book(app, SPAN, universe="CSI500").ledger().trials == 1


def test_a_candidate_is_no_trial_of_the_slice_that_it_never_saw(app: App) -> None:
    last = searched(app)
    seal = seal_of(app.markets.open("demo").days, *SPAN)
    assert seal is not None
    failed = failed_row(identity("broken"), "candidate", seal)
    app.records.trials.add(LOCAL_ADMIN, [failed], lineage_id="search")
    assert book(app, (seal.first, seal.last)).ledger().trials == 0
    assert book(app, (seal.open_first, last)).ledger().trials == 11
    app.records.trials.add(LOCAL_ADMIN, [row(app, "plain"), failed_row(identity("plainly broken"))])
    assert book(app, (seal.first, seal.last)).ledger().trials == 2


def test_only_the_newest_come_with_their_returns(app: App) -> None:
    app.records.trials.add(LOCAL_ADMIN, [row(app, f"t{k}") for k in range(6)])
    app.records.trials.add(LOCAL_ADMIN, [failed_row(identity("broken"))])
    rows = tried_over(app, LOCAL_ADMIN, "demo", "hs300", *SPAN, with_returns=4).rows
    assert [found.returns is not None for found in rows] == [False, False, True, True, True, True, False]
    told = brief_over(app, LOCAL_ADMIN, "demo", "hs300", *SPAN)["ledger"]
    assert (told["older"], len(told["rows"]), told["searched"]) == (0, 7, [])


# -- looks -----------------------------------------------------------------------------------------------------------


def plain_run(app: App, name: str, span: tuple[str, str], last: str | None = None, job: str | None = "j1") -> None:
    """What a plain run of a factor books, told by a job of its own or by none."""
    days = sessions(app, span[0], last or span[1])
    returns = active(name, days)
    who = identity(name, span)
    rows = [measured_row(who, returns, days[0], {}, "test"), *look_rows(who, book(app, span), returns, days)]
    app.records.trials.add(LOCAL_ADMIN, rows, job_id=job, lineage_id=job)


def looks(app: App, lineage: str = "search") -> list[tuple[str, str | None]]:
    return [(look.reason, look.job_id) for look in app.records.openings.of_lineage(LOCAL_ADMIN, lineage)]


@pytest.mark.parametrize(
    "span", [SPAN, ("2023-01-01", "2025-12-30"), ("2025-03-01", "2025-12-31"), ("2025-11-03", "2025-12-31")]
)
def test_any_run_that_sees_a_sealed_session_is_a_look(app: App, span: tuple[str, str]) -> None:
    searched(app)
    plain_run(app, "c3", span)
    assert looks(app) == [("plain_run", "j1")]
    seal = seal_of(app.markets.open("demo").days, *SPAN)
    (seen,) = app.records.openings.of_lineage(LOCAL_ADMIN, "search")
    assert seal is not None
    assert (seen.sealed_start, seen.sealed_end, seen.ledger_key) == (seal.first, seal.last, identity("c3").key)
    assert book(app, (seal.first, seal.last)).ledger().trials == 1  # and is counted there
    plain_run(app, "never tried there", span, job="j2")
    assert len(looks(app)) == 1


def test_the_first_sealed_session_makes_the_difference(app: App) -> None:
    last = searched(app)
    following = sessions(app, last, "2025-12-31")[1]
    plain_run(app, "c0", ("2022-06-01", last), job="before")
    assert looks(app) == []
    plain_run(app, "c0", ("2022-06-01", following), job="after")
    assert looks(app) == [("plain_run", "after")]


def test_a_run_on_command_without_a_job_is_a_look(app: App) -> None:
    searched(app)
    plain_run(app, "c1", ("2023-01-01", "2025-12-30"), job=None)
    assert looks(app) == [("plain_run", None)]


def test_the_factor_that_a_search_began_with_is_one_of_its_own(app: App) -> None:
    seal = seal_of(app.markets.open("demo").days, *SPAN)
    assert seal is not None
    app.records.trials.add(LOCAL_ADMIN, [row(app, "root", last=seal.open_last)], job_id="search", lineage_id="search")
    searched(app)
    plain_run(app, "root", ("2024-01-01", "2025-12-30"))
    assert looks(app) == [("plain_run", "j1")]


def test_every_lineage_that_tried_the_factor_is_told(app: App) -> None:
    searched(app, lineage="one")
    searched(app, lineage="two", span=("2023-02-01", "2025-12-31"))
    searched(app, lineage="three", span=("2019-01-01", "2021-12-31"))
    plain_run(app, "c5", ("2022-01-01", "2025-12-15"))
    assert (looks(app, "one"), looks(app, "two"), looks(app, "three")) == ([("plain_run", "j1")],) * 2 + ([],)
    assert looks(app, "j1") == [("plain_run", "j1")]  # it has a slice of its own


# -- the way to them -------------------------------------------------------------------------------------------------


def plan(records: Records, query: Any) -> str:
    """How a database answers a query."""
    compiled = query.compile(records.reader, compile_kwargs={"literal_binds": True})
    how = "EXPLAIN QUERY PLAN" if records.reader.dialect.name == "sqlite" else "EXPLAIN"
    with records.reader.begin() as connection:
        return "\n".join(str(line) for line in connection.execute(text(f"{how} {compiled}")))


def crowded(records: Records) -> None:
    """Fifty ledgers of one user with sixty trials each."""
    spans = [(f"{year}-{month:02d}-01", f"{year + 3}-12-31") for year in range(2017, 2022) for month in range(1, 11)]
    rows = [failed_row(identity(f"t{k}", span), "sweep") for span in spans for k in range(60)]
    with records.writer.begin() as connection:
        connection.execute(insert(trials), [{**row, "owner_id": LOCAL_ADMIN, "created_at": 0.0} for row in rows])
        connection.execute(text("ANALYZE trials"))


def test_the_ledgers_of_a_span_are_found_by_index(app: App) -> None:
    crowded(app.records)
    known = app.records.trials.spans_over(LOCAL_ADMIN, "demo", "hs300", "2024-11-05", "2025-12-31")
    assert [found.start_date for found in known] == [f"2021-{month:02d}-01" for month in range(1, 11)]
    identities = "uq_trials_identity" if app.records.reader.dialect.name != "sqlite" else "sqlite_autoindex_trials"
    keys = [found.ledger_key for found in known[:2]]
    spans = plan(app.records, records_of_trials._one_of_each_ledger(LOCAL_ADMIN))
    rows = plan(app.records, records_of_trials._of_ledgers(LOCAL_ADMIN, keys))
    tried = plan(app.records, records_of_trials._lineages_that_tried(LOCAL_ADMIN, keys[0], {"expression_hash": "t1"}))
    for found in (spans, rows, tried):
        assert identities in found, found
        assert "SCAN trials" not in found, found
        assert "Seq Scan on trials" not in found, found
