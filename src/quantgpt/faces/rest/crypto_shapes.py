"""Shapes of what the page is told about crypto backtests and keys, for the schema."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from quantgpt.faces.rest.wire import Text

EXAMPLE = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-03-31T23:59:59Z",
    "capital": "10000",
}
JOB_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "example": EXAMPLE}}},
    }
}
"""The body is read as text, so that decimals stay exactly what was written."""


class Templates(BaseModel):
    """The catalogue. `params` of each is a JSON Schema."""

    data: list[dict[str, Any]]


class TimeframeSpan(BaseModel):
    """Bars of one length: open time of the first one and last millisecond of the last one, since 1970, UTC."""

    timeframe: str
    first_ms: int
    last_ms: int


class CryptoSymbol(BaseModel):
    """One pair of a venue with its filters and the bars that there are."""

    model_config = ConfigDict(extra="allow")

    symbol: str
    venue: Literal["perp", "spot"]
    base: str
    quote: str
    tick: str
    step: str
    min_notional: str
    timeframes: list[TimeframeSpan]


class CryptoMarket(BaseModel):
    """The market whose bars a new job would use."""

    market: str
    snapshot: str
    synthetic: bool
    symbols: list[CryptoSymbol]


class Said(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class CheckFault(Said):
    """One field that cannot be, with the nearest value that can."""

    field: str
    nearest: Any = None


class Checked(BaseModel):
    """What would be said of a configuration if it was sent."""

    ok: bool
    faults: list[CheckFault]
    warnings: list[Said]


class CryptoJob(BaseModel):
    """A job as the signed interface shows it."""

    id: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    config: dict[str, Any]
    submitted_at: str
    started_at: str | None
    finished_at: str | None
    progress: float
    result: dict[str, Any] | None
    error: dict[str, Any] | None


class CryptoJobs(BaseModel):
    """A page of the caller's jobs, newest first; results with their metrics only."""

    data: list[CryptoJob]
    next_cursor: str | None


class ChartBars(BaseModel):
    """Bars for a chart, of the length asked for or a whole multiple of it. Times in milliseconds since 1970, UTC."""

    length_ms: int
    open_time: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float | None]
    missing: list[list[int]] = Field(description="spans without bars, from and to")
    pinned: bool | None = Field(None, description="of a job: they are of the data that it was run on")


class ApiKey(BaseModel):
    """A key of the signed interface. No scopes: it may do everything."""

    id: str
    name: str
    scopes: list[str]
    created_at: str
    last_used_at: str | None
    rotated_until: str | None = Field(description="until then the secret before this one still counts")
    revoked_at: str | None


class ApiKeys(BaseModel):
    """The caller's keys, and the scopes that a key can be given."""

    keys: list[ApiKey]
    scopes: list[str]


class ApiKeySecret(BaseModel):
    """A key with its secret, which is shown this once."""

    key: ApiKey
    secret: str


class NewKeyBody(BaseModel):
    """POST /api-keys."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "laptop", "scopes": []}})

    name: Text = Field("", description="名称，最多 100 字")
    scopes: list[Text] = Field([], max_length=20, description="权限；不填则全部")


class RotateKeyBody(BaseModel):
    """POST /api-keys/{key_id}/rotate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"grace_seconds": 86400}})

    grace_seconds: StrictInt = Field(86400, ge=0, le=2_592_000, description="旧密钥还有效的秒数，最多 30 天")
