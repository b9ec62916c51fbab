"""Tables of signed requests: keys, what they spent, answers that are given again, stored strategies, whose turn it is."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from quantgpt.records.schema import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("former", Text),
    Column("former_until", Double),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
)
Index("ix_api_keys_owner", api_keys.c.owner_id, api_keys.c.created_at, api_keys.c.id)

weights = Table(
    "weights",
    metadata,
    Column("bucket", String(80), primary_key=True),
    Column("second", BigInteger, primary_key=True, autoincrement=False),
    Column("weight", Integer, nullable=False),
)
Index("ix_weights_second", weights.c.second)

polls = Table(
    "polls",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("job_id", String(32), primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("at", Double, nullable=False),
)
Index("ix_polls_at", polls.c.at)

answers = Table(
    "answers",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("at", Double, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("ix_answers_at", answers.c.at)

turns = Table(
    "turns",
    metadata,
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Double, nullable=False),
)

strategies = Table(
    "strategies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    UniqueConstraint("owner_id", "name"),
)
Index("ix_strategies_owner", strategies.c.owner_id, strategies.c.created_at.desc(), strategies.c.id.desc())
