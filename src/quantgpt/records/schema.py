"""Tables. Moments are seconds since 1970 in UTC by the clock of the database; JSON is text, written once and read as it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

HEAD = "0001"
"""The newest migration; a database that says so needs no look at the migration scripts."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(255), nullable=False),
    Column("nickname", String(100)),
    Column("is_active", Boolean, nullable=False),
    Column("is_admin", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_login_at", Double),
    UniqueConstraint("email"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("operation", String(64), nullable=False),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("fraction", Double, nullable=False),
    Column("message", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("worker_id", String(160)),
    Column("lease_until", Double),
    Column("idempotency_key", String(200)),
    Column("idempotency_hash", String(64)),
    Column("last_seq", Integer, nullable=False),
    Column("error", Text),
    Column("error_facts", Text),
    Column("outcome", Text),
    Column("outcome_hash", String(64)),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name="state"),
    UniqueConstraint("owner_id", "idempotency_key"),
)
Index("ix_jobs_queue", jobs.c.state, jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
Index("ix_jobs_owner", jobs.c.owner_id, jobs.c.operation, jobs.c.created_at.desc(), jobs.c.id)

job_events = Table(
    "job_events",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("fraction", Double, nullable=False),
    Column("message", Text, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("kept", Boolean, nullable=False),
)
Index("ix_reports_owner", reports.c.owner_id, reports.c.kept, reports.c.created_at, reports.c.name)
Index("ix_reports_job", reports.c.job_id)

workers = Table(
    "workers",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("host", String(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
)


class database_now(FunctionElement[float]):
    """The clock of the database, in seconds since 1970."""

    type = Double()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite_now(element: database_now, compiler: Any, **kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_now)
def _standard_now(element: database_now, compiler: Any, **kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"
