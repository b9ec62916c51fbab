"""Accounts, sessions, iterations, the trial ledger, feedback, a library of factors."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _owner() -> sa.Column[str]:
    return sa.Column("owner_id", sa.String(36), nullable=False)


def _of_users(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=f"fk_{table}_owner_id_users", ondelete="CASCADE")


def upgrade() -> None:
    """Add the tables, and the columns of jobs that tie tasks to sessions and to each other."""
    _accounts()
    _sessions()
    _tickets_and_feedback()
    _ledger()
    _library()
    _model_calls()


def _accounts() -> None:
    op.add_column("users", sa.Column("tokens_from", sa.Double))
    op.create_table(
        "email_codes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_email_codes"),
    )
    op.create_index("ix_email_codes_email", "email_codes", ["email", sa.text("created_at DESC")])
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("bucket", sa.String(300), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_bucket", "calls", ["bucket", "at"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(36), nullable=False),
        _owner(),
        sa.Column("name", sa.String(200)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        _of_users("sessions"),
    )
    op.create_index("ix_sessions_owner", "sessions", ["owner_id", sa.text("updated_at DESC"), "id"])
    op.add_column("jobs", sa.Column("session_id", sa.String(36)))
    op.add_column("jobs", sa.Column("parent_id", sa.String(32)))
    op.add_column("jobs", sa.Column("lineage_id", sa.String(32)))
    op.add_column("jobs", sa.Column("selected", sa.Integer))
    op.create_index("ix_jobs_list", "jobs", ["owner_id", sa.text("created_at DESC"), "id"])
    op.create_index("ix_jobs_session", "jobs", ["session_id", sa.text("created_at DESC"), "id"])
    op.create_index("ix_jobs_lineage", "jobs", ["lineage_id", "created_at"])
    op.execute("UPDATE jobs SET lineage_id = id WHERE operation = 'factor.test'")
    op.add_column("job_events", sa.Column("part", sa.Text))


def _tickets_and_feedback() -> None:
    op.create_table(
        "tickets",
        sa.Column("hash", sa.String(64), nullable=False),
        _owner(),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_tickets"),
        _of_users("tickets"),
    )
    op.create_index("ix_tickets_expires_at", "tickets", ["expires_at"])
    op.create_table(
        "feedbacks",
        sa.Column("id", sa.String(32), nullable=False),
        _owner(),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("screenshot", sa.Boolean, nullable=False),
        sa.Column("task_id", sa.String(32)),
        sa.Column("page_url", sa.Text),
        sa.Column("user_agent", sa.Text),
        sa.Column("webhook_sent", sa.Boolean, nullable=False),
        sa.Column("resolved", sa.Boolean, nullable=False),
        sa.Column("resolved_at", sa.Double),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedbacks"),
        _of_users("feedbacks"),
    )
    op.create_index("ix_feedbacks_created", "feedbacks", [sa.text("created_at DESC"), "id"])


def _ledger() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _owner(),
        sa.Column("ledger_key", sa.String(64), nullable=False),
        sa.Column("market", sa.String(64), nullable=False),
        sa.Column("universe", sa.String(64), nullable=False),
        sa.Column("start_date", sa.String(10), nullable=False),
        sa.Column("end_date", sa.String(10), nullable=False),
        sa.Column("holding_period", sa.Integer, nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("expression_hash", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32)),
        sa.Column("lineage_id", sa.String(32)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ok", sa.Boolean, nullable=False),
        sa.Column("sharpe_daily", sa.Double),
        sa.Column("sessions", sa.Integer),
        sa.Column("skew", sa.Double),
        sa.Column("kurtosis", sa.Double),
        sa.Column("ic_mean", sa.Double),
        sa.Column("rank_ic_mean", sa.Double),
        sa.Column("p_value", sa.Double),
        sa.Column("score", sa.Double),
        sa.Column("grade", sa.String(1)),
        sa.Column("first_day", sa.String(10)),
        sa.Column("returns", sa.LargeBinary),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("owner_id", "ledger_key", "holding_period", "expression_hash", name="uq_trials_identity"),
        _of_users("trials"),
    )
    op.create_index("ix_trials_job", "trials", ["job_id"])
    op.create_index("ix_trials_owner", "trials", ["owner_id", sa.text("created_at DESC"), "id"])
    op.create_table(
        "openings",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _owner(),
        sa.Column("lineage_id", sa.String(32), nullable=False),
        sa.Column("ledger_key", sa.String(64), nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("expression_hash", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("sealed_start", sa.String(10), nullable=False),
        sa.Column("sealed_end", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(32)),
        sa.Column("job_id", sa.String(32)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
        _of_users("openings"),
    )
    op.create_index("ix_openings_lineage", "openings", ["owner_id", "lineage_id", "created_at"])


def _library() -> None:
    op.create_table(
        "library_factors",
        sa.Column("id", sa.String(32), nullable=False),
        _owner(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("expression_hash", sa.String(64), nullable=False),
        sa.Column("direction", sa.Integer),
        sa.Column("universe", sa.String(64)),
        sa.Column("task_id", sa.String(32)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_factors"),
        sa.UniqueConstraint("owner_id", "expression_hash", name="uq_library_factors_owner_id_expression_hash"),
        sa.UniqueConstraint("owner_id", "name", name="uq_library_factors_owner_id_name"),
        _of_users("library_factors"),
    )


def _model_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _owner(),
        sa.Column("job_id", sa.String(32)),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("ok", sa.Boolean, nullable=False),
        sa.Column("fault", sa.String(32)),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        sa.Column("seconds", sa.Double),
        sa.Column("prompt_hash", sa.String(64)),
        sa.Column("answer_hash", sa.String(64)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_calls"),
        _of_users("model_calls"),
    )
    op.create_index("ix_model_calls_owner", "model_calls", ["owner_id", "created_at"])
