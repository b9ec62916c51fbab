"""Keys of signed requests and what they spend, answers that are given again, strategies, turns of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _owner() -> sa.Column[str]:
    return sa.Column("owner_id", sa.String(36), nullable=False)


def _of_users(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=f"fk_{table}_owner_id_users", ondelete="CASCADE")


def upgrade() -> None:
    """Add the tables, and the index that finds results that are old."""
    op.create_index("ix_jobs_ended", "jobs", ["operation", "finished_at"])
    _keys()
    _limits()
    _answers()
    _strategies()


def _keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), nullable=False),
        _owner(),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("former", sa.Text),
        sa.Column("former_until", sa.Double),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_used_at", sa.Double),
        sa.Column("revoked_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        _of_users("api_keys"),
    )
    op.create_index("ix_api_keys_owner", "api_keys", ["owner_id", "created_at", "id"])


def _limits() -> None:
    op.create_table(
        "weights",
        sa.Column("bucket", sa.String(80), nullable=False),
        sa.Column("second", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("weight", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "second", name="pk_weights"),
    )
    op.create_index("ix_weights_second", "weights", ["second"])
    op.create_table(
        "polls",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "job_id", name="pk_polls"),
    )
    op.create_index("ix_polls_at", "polls", ["at"])
    op.create_table(
        "turns",
        _owner(),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="pk_turns"),
        _of_users("turns"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"])


def _strategies() -> None:
    op.create_table(
        "strategies",
        sa.Column("id", sa.String(32), nullable=False),
        _owner(),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_strategies"),
        sa.UniqueConstraint("owner_id", "name", name="uq_strategies_owner_id_name"),
        _of_users("strategies"),
    )
    op.create_index("ix_strategies_owner", "strategies", ["owner_id", sa.text("created_at DESC"), sa.text("id DESC")])
