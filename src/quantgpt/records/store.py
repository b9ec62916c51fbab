"""One handle on the database: the repositories and the migrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from quantgpt.records.accounts import AccountRecords
from quantgpt.records.answers import AnswerRecords
from quantgpt.records.attempts import AttemptRecords
from quantgpt.records.calls import CallRecords
from quantgpt.records.engine import database_address, database_faults, make_engines
from quantgpt.records.feedbacks import FeedbackRecords
from quantgpt.records.jobs import JobRecords
from quantgpt.records.keys import KeyRecords
from quantgpt.records.library import LibraryRecords
from quantgpt.records.model_calls import ModelCallRecords, add_model_calls
from quantgpt.records.openings import OpeningRecords
from quantgpt.records.overview import OverviewRecords
from quantgpt.records.reports import ReportRecords
from quantgpt.records.schema import HEAD
from quantgpt.records.sessions import SessionRecords
from quantgpt.records.signed_jobs import SignedJobRecords
from quantgpt.records.strategies import StrategyRecords
from quantgpt.records.tickets import TicketRecords
from quantgpt.records.trials import TrialRecords, add_trials
from quantgpt.records.users import UserRecords
from quantgpt.records.weights import WeightRecords
from quantgpt.records.workers import WorkerRecords


@dataclass(frozen=True)
class Records:
    """The database and its repositories."""

    writer: Engine
    reader: Engine
    jobs: JobRecords
    attempts: AttemptRecords
    users: UserRecords
    reports: ReportRecords
    workers: WorkerRecords
    accounts: AccountRecords
    calls: CallRecords
    sessions: SessionRecords
    tickets: TicketRecords
    feedbacks: FeedbackRecords
    overview: OverviewRecords
    trials: TrialRecords
    openings: OpeningRecords
    library: LibraryRecords
    model_calls: ModelCallRecords
    keys: KeyRecords
    weights: WeightRecords
    answers: AnswerRecords
    strategies: StrategyRecords
    signed_jobs: SignedJobRecords

    @property
    def backend(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    def revision(self) -> str | None:
        """The migration the database stands at; None for an empty one."""
        with reading(self.reader) as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def migrate(self) -> str:
        """Bring the tables to the newest form; does nothing (and loads nothing) when they are. Safe to run at once twice."""
        if self.revision() != HEAD:
            from quantgpt.records.migrate import upgrade

            with database_faults():
                upgrade(self.writer)
        return HEAD

    def keep(
        self, owner_id: str, *, trials: Sequence[Mapping[str, Any]] = (), model_calls: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Book trials and calls of a model that no job stands for."""
        with database_faults(), self.writer.begin() as connection:
            add_trials(connection, owner_id, None, None, trials)
            add_model_calls(connection, owner_id, None, model_calls)

    def check(self) -> None:
        """Ask the database for one row. Raises Unavailable."""
        with reading(self.reader) as connection:
            table = " FROM sqlite_master LIMIT 1" if self.backend == "sqlite" else ""  # reads the file
            connection.execute(text(f"SELECT 1{table}")).scalar()

    def close(self) -> None:
        """Let all connections go."""
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction, with the database's faults as our errors."""
    with database_faults(), engine.begin() as connection:
        yield connection


def open_records(database_url: str | None, home: Path) -> Records:
    """Connect to the database that `database_url` names, or to the SQLite file in `home`. Connects when first used."""
    writer, reader = make_engines(database_address(database_url, home))
    return Records(
        writer=writer,
        reader=reader,
        jobs=JobRecords(writer, reader),
        attempts=AttemptRecords(writer, reader),
        users=UserRecords(writer, reader),
        reports=ReportRecords(writer, reader),
        workers=WorkerRecords(writer, reader),
        accounts=AccountRecords(writer, reader),
        calls=CallRecords(writer, reader),
        sessions=SessionRecords(writer, reader),
        tickets=TicketRecords(writer, reader),
        feedbacks=FeedbackRecords(writer, reader),
        overview=OverviewRecords(writer, reader),
        trials=TrialRecords(writer, reader),
        openings=OpeningRecords(writer, reader),
        library=LibraryRecords(writer, reader),
        model_calls=ModelCallRecords(writer, reader),
        keys=KeyRecords(writer, reader),
        weights=WeightRecords(writer, reader),
        answers=AnswerRecords(writer, reader),
        strategies=StrategyRecords(writer, reader),
        signed_jobs=SignedJobRecords(writer, reader),
    )
