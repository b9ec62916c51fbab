"""What a job is: as it is asked for, as it stands, one step of its history, how it fails."""

from __future__ import annotations

from dataclasses import dataclass

OPEN_STATES = ("queued", "running")


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """What is known of a job when it is asked for. `ask` and `facts` are JSON texts."""

    id: str
    operation: str
    owner_id: str
    ask: str
    facts: str = "{}"
    session_id: str | None = None
    parent_id: str | None = None
    lineage_id: str | None = None
    priority: int = 0
    idempotency_key: str | None = None
    idempotency_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as it stands. `ask`, `facts`, `error_facts` and `outcome` are JSON texts."""

    id: str
    operation: str
    owner_id: str
    state: str
    stage: str
    fraction: float
    message: str
    session_id: str | None
    parent_id: str | None
    lineage_id: str | None
    selected: int | None
    ask: str
    facts: str
    priority: int
    attempt: int
    losses: int
    worker_id: str | None
    lease_until: float | None
    idempotency_key: str | None
    idempotency_hash: str | None
    last_seq: int
    error: str | None
    error_facts: str | None
    outcome: str | None
    outcome_hash: str | None
    created_at: float
    updated_at: float
    started_at: float | None
    finished_at: float | None

    @property
    def is_finished(self) -> bool:
        """It will not change any more."""
        return self.state not in OPEN_STATES


@dataclass(frozen=True, kw_only=True)
class JobEvent:
    """One step of a job's history."""

    job_id: str
    seq: int
    attempt: int
    at: float
    state: str
    stage: str
    fraction: float
    message: str
    part: str | None = None
    """one finished part of the result, as JSON text"""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a job ends badly: the sentence for the person, and facts (JSON text) for programs."""

    error: str
    error_facts: str = "{}"
