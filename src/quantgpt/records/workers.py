"""Workers: who takes jobs, on which machine, and when they were last heard of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, workers


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """One worker process."""

    id: str
    host: str
    pid: int
    slots: int
    started_at: float
    seen_at: float


class WorkerRecords:
    """The workers table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def enter(self, worker_id: str, *, host: str, pid: int, slots: int) -> None:
        """Announce a worker."""
        now = database_now()
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))
            connection.execute(
                insert(workers).values(id=worker_id, host=host, pid=pid, slots=slots, started_at=now, seen_at=now)
            )

    def seen(self, worker_id: str) -> bool:
        """Note that a worker lives; False when its row is gone."""
        with database_faults(), self._writer.begin() as connection:
            done = connection.execute(update(workers).where(workers.c.id == worker_id).values(seen_at=database_now()))
        return done.rowcount == 1

    def leave(self, worker_id: str) -> None:
        """Forget a worker."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))

    def all(self) -> list[WorkerRow]:
        """Every worker that did not say goodbye."""
        with database_faults(), self._reader.begin() as connection:
            return [WorkerRow(**row) for row in connection.execute(select(workers).order_by(workers.c.id)).mappings()]

    def alive(self, within_seconds: float) -> list[str]:
        """Ids of the workers heard of in the last seconds."""
        with database_faults(), self._reader.begin() as connection:
            heard = workers.c.seen_at > database_now() - within_seconds
            return [row.id for row in connection.execute(select(workers.c.id).where(heard).order_by(workers.c.id))]
