"""Reports: which file belongs to which job and user, and whether the file is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, reports


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One report file."""

    name: str
    job_id: str
    owner_id: str
    created_at: float
    kept: bool


class ReportRecords:
    """The reports table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def kept_again(self, name: str) -> None:
        """Note that a purged file was made again; it counts as the newest of its owner."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(
                update(reports).where(reports.c.name == name).values(kept=True, created_at=database_now())
            )

    def get(self, name: str) -> ReportRow | None:
        """The report of that name."""
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(select(reports).where(reports.c.name == name)).mappings().first()
        return None if row is None else ReportRow(**row)

    def surplus(self, owner_id: str, limit: int) -> list[str]:
        """Names of the files of one user beyond the newest `limit`."""
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(
                select(reports.c.name)
                .where(reports.c.owner_id == owner_id, reports.c.kept)
                .order_by(reports.c.created_at.desc(), reports.c.name)
                .offset(limit)
            )
            return [row.name for row in found]

    def drop(self, names: list[str]) -> None:
        """Note that the files are gone; the rows stay, so that they can be made again."""
        if names:
            with database_faults(), self._writer.begin() as connection:
                connection.execute(update(reports).where(reports.c.name.in_(names)).values(kept=False))
