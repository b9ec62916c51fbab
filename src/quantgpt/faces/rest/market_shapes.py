"""Answers about market data in words of the schema; the services fill them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Notice(BaseModel):
    """A warning that can be shown in either language."""

    code: str
    zh: str
    en: str
    args: dict[str, Any]


class UniverseRow(BaseModel):
    """A universe and how many belong to it on the last session."""

    name: str
    zh: str
    en: str
    is_pit: bool
    members: int


class MarketRow(BaseModel):
    """What one market holds."""

    name: str
    synthetic: bool
    is_default: bool
    can_import: bool
    snapshot: str | None
    made_at: str | None
    first_day: str | None
    last_day: str | None
    sessions: int
    names: int
    indices: int
    size_bytes: int
    rows: int
    snapshots: int
    calendar_until: str | None
    universes: list[UniverseRow]
    fields: list[str]
    sources: list[str]
    warnings: int | None = Field(description="of the coverage; null until it was asked for once")
    broken: str | None = Field(description="what is wrong with a damaged market")


class MarketList(BaseModel):
    """All markets."""

    default: str | None
    markets: list[MarketRow]


class SnapshotRow(BaseModel):
    """One kept snapshot."""

    id: str
    made_at: str
    is_current: bool
    first_day: str | None
    last_day: str | None
    names: int
    rows: int
    size_bytes: int
    sources: int


class SnapshotList(BaseModel):
    """Kept snapshots, newest first."""

    market: str
    current: str
    kept: int
    can_roll_back: bool
    snapshots: list[SnapshotRow]


class RolledBack(BaseModel):
    """The snapshot that is current after a rollback, and the one that was left."""

    market: str
    snapshot: str
    left: str


class CoverageCell(BaseModel):
    """One item in one year."""

    pct: float = Field(description="0 to 100")
    known: int
    of: int
    names: int = Field(description="names with at least one gap")


class CoverageRow(BaseModel):
    """One item; its cells run parallel to the years, null where the item does not exist."""

    field: str
    group: str
    zh: str
    en: str
    of: str
    cells: list[CoverageCell | None]


class CoverageWarning(Notice):
    """What has to be said about an item, and what it touches."""

    field: str
    metrics: list[str]


class CoverageTable(BaseModel):
    """How much is known, by item and year."""

    market: str
    snapshot: str
    years: list[int]
    rows: list[CoverageRow]
    warnings: list[CoverageWarning]


class HealthExample(BaseModel):
    """One place where a finding shows."""

    code: str | None
    name: str | None
    day: str | None
    text: str | None


class HealthCheck(BaseModel):
    """One check and what it found."""

    code: str
    zh: str
    en: str
    level: Literal["ok", "gap", "fault", "skipped"]
    count: int
    sentence_zh: str
    sentence_en: str
    metrics: list[str]
    rows: list[HealthExample]
    more: int


class HealthChecks(BaseModel):
    """All checks of one snapshot."""

    market: str
    snapshot: str
    ok: bool
    checked_at: str
    files_checked: bool
    objects: int
    bytes: int
    checks: list[HealthCheck]


class Instrument(BaseModel):
    """One stock or index."""

    code: str
    name: str
    kind: Literal["stock", "index"]
    board: str | None
    industry: str | None
    list_date: str | None
    delist_date: str | None
    first_day: str | None
    last_day: str | None
    delisted: bool
    st: bool | None


class Instruments(BaseModel):
    """The best matches."""

    market: str
    total: int
    instruments: list[Instrument]


class BarColumns(BaseModel):
    """Bars as columns of one length; null where nothing is known or nothing was traded."""

    day: list[str]
    open: list[float | None]
    high: list[float | None]
    low: list[float | None]
    close: list[float | None]
    volume: list[float | None] = Field(description="shares, as traded")
    amount: list[float | None] = Field(description="yuan")
    turn: list[float | None] = Field(description="per cent")
    pre_close: list[float | None]
    change: list[float | None] = Field(description="a fraction")
    suspended: list[bool]
    missing: list[bool]
    limit_up: list[float | None]
    limit_down: list[float | None]
    at_limit: list[int] = Field(description="1: closed at the upper limit, -1: at the lower one")
    st: list[bool | None]
    sessions: list[int]


class BarsOfName(BaseModel):
    """Bars of one name."""

    market: str
    snapshot: str
    synthetic: bool
    code: str
    name: str
    kind: Literal["stock", "index"]
    freq: Literal["1d", "1w", "1mo"]
    adjust: Literal["none", "forward"]
    first_day: str
    last_day: str
    start: str
    end: str
    anchor: str | None
    count: int
    columns: BarColumns
    notices: list[Notice]


class MembershipHead(BaseModel):
    """What is known about the lists of a universe."""

    market: str
    snapshot: str
    universe: str
    zh: str
    en: str
    is_pit: bool
    as_of: str | None
    known_until: str | None
    notices: list[Notice]


class Member(BaseModel):
    """One member on a day."""

    code: str
    name: str | None
    industry: str | None
    since: str | None
    until: str | None
    has_prices: bool


class MembersOfDay(MembershipHead):
    """The members on a session."""

    date: str
    asked: str
    source: str
    count: int
    with_prices: int
    members: list[Member]


class NamedCode(BaseModel):
    """A code and its name."""

    code: str
    name: str | None


class MemberStep(BaseModel):
    """A session on which the members changed."""

    day: str
    count: int
    with_prices: int
    added: list[NamedCode]
    removed: list[NamedCode]


class MemberHistory(MembershipHead):
    """Every change of the members."""

    first_day: str
    last_day: str
    steps: list[MemberStep]
