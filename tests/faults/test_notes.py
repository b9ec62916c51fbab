"""What running work tells is kept, in order, whatever the database does meanwhile; it is told what it must know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests._rig import finished, make_app, submit, working
from tests.faults.operations import Probe, Telling

from quantgpt.foundations.errors import DiskFull, QuantError, Unavailable
from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import App

KEY = "sk-a-key-of-tests"


def parts_of(app: App, job: Job) -> list[int]:
    events = app.records.jobs.events(job.id)
    return [json.loads(event.part)["number"] for event in events if event.part is not None]


def test_parts_and_facts_are_kept_in_order(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    with working(app):
        job = finished(app, submit(app, Telling(parts=5)).id)
    assert (job.state, parts_of(app, job), json.loads(job.facts)["number"]) == ("succeeded", [0, 1, 2, 3, 4], 4)
    app.records.close()


def test_work_is_briefed_and_given_its_secrets_but_not_by_its_environment(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", deepseek_api_key=KEY)
    with working(app):
        job = finished(app, submit(app, Telling()).id)
    assert json.loads(job.outcome or "") == {"briefing": {"owner": LOCAL_ADMIN}, "key": KEY, "in_environment": False}
    assert KEY not in job.ask + job.facts
    app.records.close()


def test_a_briefing_that_is_refused_says_why(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    with working(app):
        job = finished(app, submit(app, Telling(refuse_brief=True)).id)
    assert (job.state, job.error) == ("failed", "没有可以开始的依据")
    app.records.close()


@pytest.mark.parametrize("fault", [Unavailable("away"), DiskFull("full")], ids=["away", "full"])
def test_a_note_waits_for_the_database_even_behind_the_end_of_its_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: QuantError
) -> None:
    app = make_app(tmp_path / "home")
    note, calls = app.records.attempts.note, []

    def refused_at_first(*arguments: object, **more: object) -> bool:
        calls.append(1)
        if len(calls) < 8:
            raise fault
        return note(*arguments, **more)  # type: ignore[arg-type]

    with working(app):
        monkeypatch.setattr(app.records.attempts, "note", refused_at_first)
        job = finished(app, submit(app, Telling(parts=3)).id)
        monkeypatch.undo()
        after = finished(app, submit(app, Probe()).id)
    assert (job.state, parts_of(app, job), after.state) == ("succeeded", [0, 1, 2], "succeeded")
    app.records.close()


def test_a_note_that_cannot_be_stored_ends_the_job_and_not_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(tmp_path / "home")

    def refuse(*_: object, **__: object) -> bool:
        raise ValueError("cannot store that")

    with working(app):
        monkeypatch.setattr(app.records.attempts, "note", refuse)
        job = finished(app, submit(app, Telling()).id)
        monkeypatch.undo()
        after = finished(app, submit(app, Probe()).id)
    assert (job.state, after.state) == ("failed", "succeeded")
    app.records.close()
