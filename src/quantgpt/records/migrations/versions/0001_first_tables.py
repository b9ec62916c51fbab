"""Users, jobs with their events, reports, workers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LOCAL_ADMIN = "00000000-0000-4000-8000-000000000001"


def upgrade() -> None:
    """Create the tables and the row of the local admin."""
    users = op.create_table(
        "users",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("nickname", sa.String(100)),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_login_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("fraction", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("ask", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.String(160)),
        sa.Column("lease_until", sa.Double),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("idempotency_hash", sa.String(64)),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("error_facts", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("outcome_hash", sa.String(64)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("finished_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_jobs_owner_id_users", ondelete="CASCADE"),
        sa.UniqueConstraint("owner_id", "idempotency_key", name="uq_jobs_owner_id_idempotency_key"),
        sa.CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name=op.f("ck_jobs_state")),
    )
    op.create_index("ix_jobs_queue", "jobs", ["state", sa.text("priority DESC"), "created_at", "id"])
    op.create_index("ix_jobs_owner", "jobs", ["owner_id", "operation", sa.text("created_at DESC"), "id"])
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("fraction", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "seq", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id_jobs", ondelete="CASCADE"),
    )
    op.create_table(
        "reports",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_reports"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_reports_job_id_jobs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_reports_owner_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_reports_owner", "reports", ["owner_id", "kept", "created_at", "name"])
    op.create_index("ix_reports_job", "reports", ["job_id"])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(160), nullable=False),
        sa.Column("host", sa.String(120), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.bulk_insert(
        users,
        [
            {
                "id": LOCAL_ADMIN,
                "email": "local@localhost",
                "nickname": "本机用户",
                "is_active": True,
                "is_admin": True,
                "created_at": 0.0,
                "last_login_at": None,
            }
        ],
    )
