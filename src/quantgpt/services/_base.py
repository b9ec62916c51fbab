"""App, the handle on everything that use cases need, and the registry of operations."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import BadRequest, Broken, QuantError, Unavailable
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.foundations.progress import Note, Progress, silent
from quantgpt.foundations.registry import Registry

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.foundations.settings import Settings
    from quantgpt.market import MarketStore
    from quantgpt.market.source import Source
    from quantgpt.records import Job, Records
    from quantgpt.records.fairness import Fair
    from quantgpt.research.model import ChatModel
    from quantgpt.services.artifacts import Artifacts

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class JobRef:
    """The job on whose behalf something is kept."""

    id: str
    attempt: int
    owner_id: str
    created_at: float


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stays of a finished job: the result, what of it is hashed, facts beside it, report files."""

    result: dict[str, Any]
    hashed: object
    facts: dict[str, Any] = field(default_factory=dict)
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One use case. `function(app, ask, progress)` computes; the rest says how it behaves as a job.

    check:   `(app, ask) -> ask` looks at everything that can be known before computing.
    keep:    `(app, job, outcome, progress) -> Kept` writes files and says what stays.
    warm:    `(app)` makes the process that forks the children ready: imports, compiled kernels.
    facts:   `(ask) -> dict` that is shown from the start.
    explain: `(error) -> sentence` a failed job shows.
    brief:   `(app, ask, owner_id) -> dict` of what the computation must know from the database, in plain JSON values;
             it comes as the ask's field `briefing`, read when the work begins.
    secrets: settings that its child is given beside the others.
    task:    it is a task of the contract: listed, and counted in the limit of unfinished tasks.
    limited: it is no task, but computes as long as one: counted in that limit, too.
    fair:    accounts take turns, `signed_running` jobs of each at a time.
    tidy:    `(app)` is called by a worker once an hour.
    prefix:  what its ids begin with.
    """

    name: str
    ask: type[Any]
    run: Literal["job", "now"]
    function: Callable[..., Any]
    check: Callable[[App, Any], Any] | None = None
    keep: Callable[[App, JobRef, Any, Progress], Kept] | None = None
    warm: Callable[[App], None] | None = None
    facts: Callable[[Any], dict[str, Any]] | None = None
    explain: Callable[[QuantError], str] | None = None
    last_stage: str = "completed"
    brief: Callable[[App, Any, str], dict[str, Any]] | None = None
    secrets: tuple[str, ...] = ()
    task: bool = False
    limited: bool = False
    fair: bool = False
    tidy: Callable[[App], None] | None = None
    prefix: str = ""
    priority: int = 0

    def read_ask(self, text: str) -> Any:
        """The request out of its JSON text."""
        return self.ask(**json.loads(text))


OPERATIONS: Registry[Operation] = Registry("operation")


def operation(name: str, *, ask: type[Any], run: Literal["job", "now"], **how: Any) -> Callable[[F], F]:
    """Register a use case under `name`; `ask` is its frozen request, `how` the other fields of Operation."""

    def register(function: F) -> F:
        OPERATIONS.add(name, Operation(name=name, ask=ask, run=run, function=function, **how))
        return function

    return register


def operation_of(ask: object) -> Operation:
    """The operation that a request belongs to. Raises Broken."""
    for _, candidate in OPERATIONS.items():
        if type(ask) is candidate.ask:
            return candidate
    raise Broken(f"no operation takes {type(ask).__name__}")


def tasks_of_the_contract() -> tuple[str, ...]:
    """Names of the operations whose jobs are tasks."""
    return tuple(name for name, how in OPERATIONS.items() if how.task)


def limited_operations() -> tuple[str, ...]:
    """Names of the operations whose unfinished jobs are limited together."""
    return tuple(name for name, how in OPERATIONS.items() if how.task or how.limited)


def fairness(settings: Settings) -> Fair:
    """How the accounts take turns."""
    from quantgpt.records.fairness import Fair

    fair = tuple(name for name, how in OPERATIONS.items() if how.fair)
    return Fair(operations=fair, running=settings.signed_running)


OURS = "\x1f"
"""What our own idempotency keys begin with."""


def own_key(text: str) -> str:
    """An idempotency key of ours; no user can name it: theirs begin with a character that is shown."""
    return f"{OURS}{text}"


def checked_key(key: str | None) -> str | None:
    """An idempotency key that a user sent.  Raises: BadRequest."""
    if key is not None and not (0 < len(key) <= 200 and key[0] > OURS):
        raise BadRequest(
            "Idempotency-Key 应为 1 到 200 个字符",
            en="Idempotency-Key takes 1 to 200 characters",
            field="Idempotency-Key",
        )
    return key


class Mailer(Protocol):
    """Sends letters."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one letter. Raises Unavailable when it was not taken."""
        ...


class Notifier(Protocol):
    """Tells a group of people."""

    def send(self, text: str) -> bool:
        """Send a message; whether it was delivered. Never raises."""
        ...


def _no_source(settings: Settings, name: str) -> Source:
    raise Unavailable("这个安装没有数据源", hint="import files instead")


@dataclass(frozen=True, kw_only=True)
class Plugs:
    """What connects an installation to the outside world; each of the first three opens what the settings name, or None."""

    model: Callable[[Settings], ChatModel | None] = lambda settings: None
    mailer: Callable[[Settings], Mailer | None] = lambda settings: None
    notifier: Callable[[Settings], Notifier | None] = lambda settings: None
    source: Callable[[Settings, str], Source] = _no_source
    """the data source of that name; raises NotFound, Unavailable"""
    sources: Callable[[], Sequence[str]] = tuple
    """names of the data sources that there are"""


@dataclass(frozen=True)
class _Keeping:
    """Passes progress on and keeps what work done here and now tells."""

    progress: Progress
    records: Records
    owner_id: str

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        self.progress(stage, fraction, message)

    def tell(self, note: Note) -> None:
        self.records.keep(self.owner_id, trials=note.trials, model_calls=note.model_calls)


@dataclass(frozen=True)
class App:
    """Settings, stores and clock of one installation; opened when first used."""

    settings: Settings
    clock: Clock
    plugs: Plugs = field(default_factory=Plugs)

    @cached_property
    def markets(self) -> MarketStore:
        """The market store."""
        from quantgpt.market import MarketStore

        return MarketStore(self.settings.market_folder)

    @cached_property
    def records(self) -> Records:
        """The database."""
        from quantgpt.records import open_records

        url = self.settings.database_url
        return open_records(url.get_secret_value() if url else None, self.settings.home)

    @cached_property
    def artifacts(self) -> Artifacts:
        """Reports and series on disk."""
        from quantgpt.services.artifacts import Artifacts

        return Artifacts(self.settings.artifacts_folder)

    def run(self, ask: object, progress: Progress = silent, *, owner_id: str | None = None) -> Any:
        """Check a request and carry it out here and now.

        With an owner it counts as theirs, as a job would: it is briefed, and what it tells is kept. Without one nothing
        is read from the database and nothing is written.
        """
        how = operation_of(ask)
        checked: Any = how.check(self, ask) if how.check else ask
        if owner_id is None:
            return how.function(self, checked, progress)
        self.records.migrate()
        if how.brief is not None:
            checked = replace(checked, briefing=how.brief(self, checked, owner_id))
        return how.function(self, checked, _Keeping(progress, self.records, owner_id))

    def submit(
        self,
        ask: Any,
        *,
        owner_id: str,
        idempotency_key: str | None = None,
        admit: Callable[[Connection], None] | None = None,
        session_id: str | None = None,
        parent: Job | None = None,
    ) -> Job:
        """Check a request and queue it as a job; it is committed when this returns. `admit` may refuse it last, in
        the transaction that queues it. A job without a parent begins a lineage of its own.

        Raises: what the operation's check raises, Conflict for a used idempotency key, Unavailable when too many
        jobs are unfinished, NotFound when the session is not the owner's.
        """
        from quantgpt.records import NewJob

        how = operation_of(ask)
        if how.run != "job":
            raise Broken(f"{how.name} does not run as a job")
        asked = hash_value([asdict(ask), session_id, parent.id if parent else None])
        body = asdict(how.check(self, ask) if how.check else ask)
        job_id = how.prefix + secrets.token_hex(5 if how.prefix else 6)
        new = NewJob(
            id=job_id,
            operation=how.name,
            owner_id=owner_id,
            ask=canonical_json(body),
            facts=canonical_json(how.facts(how.ask(**body)) if how.facts else {}),
            session_id=session_id,
            parent_id=parent.id if parent else None,
            lineage_id=(parent.lineage_id or parent.id) if parent else job_id,
            priority=how.priority,
            idempotency_key=idempotency_key,
            idempotency_hash=asked if idempotency_key else None,
        )
        limit = self.settings.max_active_tasks if how.task or how.limited else None
        job, _ = self.records.jobs.submit(new, max_open=limit, limited=limited_operations(), admit=admit)
        return job

    def ensure_room(self) -> None:
        """Raise DiskFull or Unavailable when nothing can be written below the home folder."""
        from quantgpt.foundations.files import write_text

        probe = self.settings.home / f".room-{os.getpid()}"
        try:
            self.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_text(probe, "room\n" * 1024)
            probe.unlink()
        except OSError as error:
            raise Unavailable(f"无法写入 {self.settings.home}", hint=str(error)) from error
