"""The ledger of trials: every factor that somebody tested, once per market, universe, span and holding period."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from quantgpt.records.engine import database_faults
from quantgpt.records.openings import PLAIN_RUN, add_plain_run
from quantgpt.records.schema import database_now, jobs, trials

_IDENTITY = ("owner_id", "ledger_key", "holding_period", "expression_hash")


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """One trial. Figures are None where the test gave none; `returns` are compressed and only read where asked for."""

    id: int
    owner_id: str
    ledger_key: str
    market: str
    universe: str
    start_date: str
    end_date: str
    holding_period: int
    expression: str
    expression_hash: str
    job_id: str | None
    lineage_id: str | None
    kind: str
    ok: bool
    sharpe_daily: float | None
    sessions: int | None
    skew: float | None
    kurtosis: float | None
    ic_mean: float | None
    rank_ic_mean: float | None
    p_value: float | None
    score: float | None
    grade: str | None
    first_day: str | None
    created_at: float
    returns: bytes | None = None


class BookedTrial(NamedTuple):
    """What counting needs of a trial, of which a ledger may hold tens of thousands."""

    id: int
    ledger_key: str
    universe: str
    start_date: str
    end_date: str
    holding_period: int
    expression: str
    expression_hash: str
    lineage_id: str | None
    kind: str
    ok: bool
    sharpe_daily: float | None
    sessions: int | None
    p_value: float | None
    grade: str | None
    first_day: str | None
    returns: bytes | None = None

    @property
    def label(self) -> str:
        """What tells it from the others of its ledger."""
        return f"{self.expression_hash}/{self.holding_period}"


@dataclass(frozen=True, kw_only=True)
class LedgerSpan:
    """What the trials of one ledger have in common."""

    ledger_key: str
    market: str
    universe: str
    start_date: str
    end_date: str


@dataclass(frozen=True, kw_only=True)
class TrialPage:
    """One page of trials, and what is in all pages together."""

    rows: list[TrialRow]
    repeated: frozenset[int]
    """ids of those on the page whose factor was tried before on the same ledger, with another holding period"""
    total: int
    failed: int
    repeats: int


@dataclass(frozen=True, kw_only=True)
class LedgerCount:
    """How much is in one ledger."""

    ledger_key: str
    market: str
    universe: str
    start_date: str
    end_date: str
    trials: int
    failed: int
    first_at: float
    last_at: float


def add_trials(
    connection: Connection,
    owner_id: str,
    job_id: str | None,
    lineage_id: str | None,
    rows: Sequence[Mapping[str, Any]],
) -> int:
    """Book trials in a transaction of the caller; one that is in the ledger already stays as it is. Returns the new ones.

    They are booked in the order of their identities, so that of two transactions with the same ones the later waits for
    the earlier, and never each for the other.

    `returns` of a row is base64 text of compressed daily returns, or None.
    """
    known = {column.name for column in trials.c}
    added = 0
    for row in sorted(rows, key=_place):
        values = {name: value for name, value in row.items() if name in known}
        if isinstance(values.get("returns"), str):
            values["returns"] = base64.b64decode(values["returns"])
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(trials)
            .values(**{"lineage_id": lineage_id, **values}, owner_id=owner_id, job_id=job_id, created_at=database_now())
            .on_conflict_do_nothing(index_elements=list(_IDENTITY))
            .returning(trials.c.id)
        )
        added += connection.execute(statement).first() is not None
        if row["kind"] == "opening" and row.get("reason") == PLAIN_RUN:
            _book_look(connection, owner_id, job_id, lineage_id, row)
    return added


def _place(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return row["ledger_key"], row["holding_period"], row["expression_hash"]


def _book_look(
    connection: Connection, owner_id: str, job_id: str | None, lineage_id: str | None, row: Mapping[str, Any]
) -> None:
    """A plain run saw the sealed slice of a span: book it for each lineage that searched the span and tried the
    expression, and for its own lineage where the span is its own."""
    lineages = set(connection.execute(_lineages_that_tried(owner_id, row["opened_ledger_key"], row)).scalars())
    if lineage_id and row.get("own_span"):
        lineages.add(lineage_id)
    look = {
        "ledger_key": row["opened_ledger_key"],
        "expression": row["expression"],
        "expression_hash": row["expression_hash"],
        "sealed_start": row["start_date"],
        "sealed_end": row["end_date"],
        "asked_by": job_id,
        "job_id": job_id,
    }
    for lineage in sorted(lineages):
        add_plain_run(connection, owner_id, {**look, "lineage_id": lineage})


def _lineages_that_tried(owner_id: str, key: str, row: Mapping[str, Any]) -> Select[Any]:
    """Lineages with a search on the span of a ledger that tried the factor of `row` there, as a candidate or before."""
    of_ledger = and_(trials.c.owner_id == owner_id, trials.c.ledger_key == key, trials.c.lineage_id.is_not(None))
    searched = select(trials.c.lineage_id).where(of_ledger, trials.c.kind == "candidate")
    return (
        select(trials.c.lineage_id)
        .where(of_ledger, trials.c.expression_hash == row["expression_hash"], trials.c.lineage_id.in_(searched))
        .distinct()
    )


def _one_of_each_ledger(owner_id: str) -> Select[Any]:
    """The id of one trial of every ledger of somebody, each found by one step through the index of identities, however
    many trials it holds."""
    mine = trials.c.owner_id == owner_id
    keys = select(func.min(trials.c.ledger_key).label("key")).where(mine).cte("keys", recursive=True)
    following = select(func.min(trials.c.ledger_key)).where(mine, trials.c.ledger_key > keys.c.key).scalar_subquery()
    keys = keys.union_all(select(following).where(keys.c.key.is_not(None)))
    one = select(trials.c.id).where(mine, trials.c.ledger_key == keys.c.key).limit(1).scalar_subquery()
    return select(one.label("id")).select_from(keys).where(keys.c.key.is_not(None))


def _of_ledgers(owner_id: str, keys: Sequence[str]) -> Select[Any]:
    """The trials of some ledgers without their returns, oldest first."""
    mine = and_(trials.c.owner_id == owner_id, trials.c.ledger_key.in_(list(keys)))
    columns = [trials.c[name] for name in BookedTrial._fields if name != "returns"]
    return select(*columns).where(mine).order_by(trials.c.id)


_WITHOUT_RETURNS = [column for column in trials.c if column is not trials.c.returns]


class TrialRecords:
    """The trials table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(
        self,
        owner_id: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        job_id: str | None = None,
        lineage_id: str | None = None,
    ) -> int:
        """Book trials; the number of those that are new."""
        with database_faults(), self._writer.begin() as connection:
            return add_trials(connection, owner_id, job_id, lineage_id, rows)

    def of_ledgers(self, owner_id: str, keys: Sequence[str]) -> list[BookedTrial]:
        """The trials of some ledgers, oldest first, without returns."""
        if not keys:
            return []
        with database_faults(), self._reader.begin() as connection:
            return [BookedTrial(*row) for row in connection.execute(_of_ledgers(owner_id, keys))]

    def spans_over(self, owner_id: str, market: str, universe: str, start_date: str, end_date: str) -> list[LedgerSpan]:
        """The ledgers of one universe whose spans have days in common with this one."""
        columns = [trials.c[name] for name in LedgerSpan.__dataclass_fields__]
        with database_faults(), self._reader.begin() as connection:
            ledgers = list(connection.execute(_one_of_each_ledger(owner_id)).scalars())
            found = (
                select(*columns)
                .where(trials.c.id.in_(ledgers))
                .where(trials.c.market == market, func.lower(trials.c.universe) == universe.lower())
                .where(trials.c.start_date <= end_date, trials.c.end_date >= start_date)
                .order_by(trials.c.start_date, trials.c.end_date)
            )
            return [LedgerSpan(**row) for row in connection.execute(found).mappings()]

    def returns_of(self, owner_id: str, ids: Sequence[int]) -> dict[int, bytes]:
        """Compressed daily returns of those of these trials that have some."""
        wanted = and_(trials.c.owner_id == owner_id, trials.c.id.in_(list(ids)), trials.c.returns.is_not(None))
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(select(trials.c.id, trials.c.returns).where(wanted))
            return {row.id: bytes(row.returns) for row in found}

    def page(
        self,
        owner_id: str,
        *,
        page: int,
        page_size: int,
        key: str | None = None,
        universe: str | None = None,
        lineage_id: str | None = None,
    ) -> TrialPage:
        """One page of somebody's trials, newest first, with the counts of all pages."""
        whole = [trials.c.owner_id == owner_id]
        whole += [trials.c.ledger_key == key] if key is not None else []
        whole += [trials.c.universe == universe] if universe is not None else []
        part = [trials.c.lineage_id == lineage_id] if lineage_id is not None else []
        query = (
            select(*_WITHOUT_RETURNS)
            .where(*whole, *part)
            .order_by(trials.c.created_at.desc(), trials.c.id.desc())
            .limit(page_size)
            .offset((page - 1) * page_size)
        )
        first = func.min(trials.c.id).over(partition_by=(trials.c.ledger_key, trials.c.expression_hash))
        seen = select(trials.c.id, trials.c.ok, trials.c.lineage_id, first.label("first")).where(*whole).subquery()
        shown = [seen.c.lineage_id == lineage_id] if lineage_id is not None else []
        counts = select(
            func.count(),
            func.sum(case((seen.c.ok, 0), else_=1)),
            func.sum(case((seen.c.id > seen.c.first, 1), else_=0)),
        ).where(*shown)
        with database_faults(), self._reader.begin() as connection:
            total, failed, repeats = connection.execute(counts).one()
            rows = [TrialRow(**row) for row in connection.execute(query).mappings()]
            again = select(seen.c.id).where(seen.c.id > seen.c.first, seen.c.id.in_([row.id for row in rows]))
            return TrialPage(
                rows=rows,
                repeated=frozenset(connection.execute(again).scalars()),
                total=int(total),
                failed=int(failed or 0),
                repeats=int(repeats or 0),
            )

    def of_lineage(self, owner_id: str, lineage_id: str) -> list[TrialRow]:
        """The trials of one lineage with their returns, oldest first."""
        mine = and_(trials.c.owner_id == owner_id, trials.c.lineage_id == lineage_id)
        return self._read(select(trials).where(mine).order_by(trials.c.id))

    def of_jobs(self, owner_id: str, job_ids: Sequence[str]) -> list[TrialRow]:
        """The trials that those jobs brought, oldest first, without returns."""
        mine = and_(trials.c.owner_id == owner_id, trials.c.job_id.in_(list(job_ids)))
        return self._read(select(*_WITHOUT_RETURNS).where(mine).order_by(trials.c.id))

    def of_session(self, owner_id: str, session_id: str) -> list[TrialRow]:
        """The trials of the jobs of one session, and of jobs that descend from them, oldest first, without returns."""
        roots = select(jobs.c.lineage_id).where(
            jobs.c.owner_id == owner_id, jobs.c.session_id == session_id, jobs.c.lineage_id.is_not(None)
        )
        own = select(jobs.c.id).where(jobs.c.owner_id == owner_id, jobs.c.session_id == session_id)
        belongs = or_(trials.c.job_id.in_(own), trials.c.lineage_id.in_(roots))
        query = select(*_WITHOUT_RETURNS).where(trials.c.owner_id == owner_id, belongs).order_by(trials.c.id)
        return self._read(query)

    def counts(self, owner_id: str) -> list[LedgerCount]:
        """Every ledger of somebody, the one used last first."""
        failures = func.sum(case((trials.c.ok, 0), else_=1))
        group = (trials.c.ledger_key, trials.c.market, trials.c.universe, trials.c.start_date, trials.c.end_date)
        query = (
            select(
                *group,
                func.count().label("trials"),
                failures.label("failed"),
                func.min(trials.c.created_at).label("first_at"),
                func.max(trials.c.created_at).label("last_at"),
            )
            .where(trials.c.owner_id == owner_id)
            .group_by(*group)
            .order_by(func.max(trials.c.created_at).desc(), trials.c.ledger_key)
        )
        with database_faults(), self._reader.begin() as connection:
            return [
                LedgerCount(**{**row, "failed": int(row["failed"])}) for row in connection.execute(query).mappings()
            ]

    def _read(self, query: Select[Any]) -> list[TrialRow]:
        with database_faults(), self._reader.begin() as connection:
            return [TrialRow(**row) for row in connection.execute(query).mappings()]
