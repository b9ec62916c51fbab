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
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

HEAD = "0003"
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
    Column("tokens_from", Double),
    UniqueConstraint("email"),
)

email_codes = Table(
    "email_codes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", String(255), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("used", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)
Index("ix_email_codes_email", email_codes.c.email, email_codes.c.created_at.desc())

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("bucket", String(300), nullable=False),
    Column("at", Double, nullable=False),
)
Index("ix_calls_bucket", calls.c.bucket, calls.c.at)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200)),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
)
Index("ix_sessions_owner", sessions.c.owner_id, sessions.c.updated_at.desc(), sessions.c.id)

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
    Column("session_id", String(36)),
    Column("parent_id", String(32)),
    Column("lineage_id", String(32)),
    Column("selected", Integer),
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
Index("ix_jobs_list", jobs.c.owner_id, jobs.c.created_at.desc(), jobs.c.id)
Index("ix_jobs_session", jobs.c.session_id, jobs.c.created_at.desc(), jobs.c.id)
Index("ix_jobs_lineage", jobs.c.lineage_id, jobs.c.created_at)
Index("ix_jobs_ended", jobs.c.operation, jobs.c.finished_at)

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
    Column("part", Text),
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

tickets = Table(
    "tickets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("expires_at", Double, nullable=False),
)
Index("ix_tickets_expires_at", tickets.c.expires_at)

feedbacks = Table(
    "feedbacks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("description", Text, nullable=False),
    Column("screenshot", Boolean, nullable=False),
    Column("task_id", String(32)),
    Column("page_url", Text),
    Column("user_agent", Text),
    Column("webhook_sent", Boolean, nullable=False),
    Column("resolved", Boolean, nullable=False),
    Column("resolved_at", Double),
    Column("created_at", Double, nullable=False),
)
Index("ix_feedbacks_created", feedbacks.c.created_at.desc(), feedbacks.c.id)

trials = Table(
    "trials",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("ledger_key", String(64), nullable=False),
    Column("market", String(64), nullable=False),
    Column("universe", String(64), nullable=False),
    Column("start_date", String(10), nullable=False),
    Column("end_date", String(10), nullable=False),
    Column("holding_period", Integer, nullable=False),
    Column("expression", Text, nullable=False),
    Column("expression_hash", String(64), nullable=False),
    Column("job_id", String(32)),
    Column("lineage_id", String(32)),
    Column("kind", String(16), nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("sharpe_daily", Double),
    Column("sessions", Integer),
    Column("skew", Double),
    Column("kurtosis", Double),
    Column("ic_mean", Double),
    Column("rank_ic_mean", Double),
    Column("p_value", Double),
    Column("score", Double),
    Column("grade", String(1)),
    Column("first_day", String(10)),
    Column("returns", LargeBinary),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("owner_id", "ledger_key", "holding_period", "expression_hash", name="uq_trials_identity"),
)
Index("ix_trials_job", trials.c.job_id)
Index("ix_trials_owner", trials.c.owner_id, trials.c.created_at.desc(), trials.c.id)

openings = Table(
    "openings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("lineage_id", String(32), nullable=False),
    Column("ledger_key", String(64), nullable=False),
    Column("expression", Text, nullable=False),
    Column("expression_hash", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("sealed_start", String(10), nullable=False),
    Column("sealed_end", String(10), nullable=False),
    Column("asked_by", String(32)),
    Column("job_id", String(32)),
    Column("created_at", Double, nullable=False),
)
Index("ix_openings_lineage", openings.c.owner_id, openings.c.lineage_id, openings.c.created_at)

library_factors = Table(
    "library_factors",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("expression", Text, nullable=False),
    Column("expression_hash", String(64), nullable=False),
    Column("direction", Integer),
    Column("universe", String(64)),
    Column("task_id", String(32)),
    Column("note", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("owner_id", "expression_hash"),
    UniqueConstraint("owner_id", "name"),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("job_id", String(32)),
    Column("model", String(100), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("fault", String(32)),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("seconds", Double),
    Column("prompt_hash", String(64)),
    Column("answer_hash", String(64)),
    Column("created_at", Double, nullable=False),
)
Index("ix_model_calls_owner", model_calls.c.owner_id, model_calls.c.created_at)

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
