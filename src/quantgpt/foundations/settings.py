"""Every setting: one typed, documented field each, read once from the environment and `.env` (the environment wins)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from quantgpt.foundations.errors import BadRequest

_THREADED = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
_PACKAGE = Path(__file__).resolve().parent.parent
_SINGLE = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _spare_cores() -> int:
    """One job per core, one core left for the server."""
    return max(1, len(os.sched_getaffinity(0)) - 1) if hasattr(os, "sched_getaffinity") else 1


class Settings(BaseSettings):
    """The settings of one installation. Field `home` is the variable QUANTGPT_HOME, and so on, as `validation_alias` says."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", extra="ignore", frozen=True)

    home: Path = Field(Path("~/.quantgpt"), validation_alias="QUANTGPT_HOME")
    """Folder of everything that is kept: market data, artifacts, database, pid files."""
    host: str = Field("127.0.0.1", validation_alias="QUANTGPT_HOST")
    """Address the server listens on; anything but loopback forces QUANTGPT_AUTH=required."""
    port: int = Field(8003, ge=1, le=65535, validation_alias="QUANTGPT_PORT")
    """Port of the REST interface and the web page."""
    auth: Literal["local", "required"] = Field("local", validation_alias="QUANTGPT_AUTH")
    """`local`: requests from this machine need no token. `required`: every request needs one."""
    workers: int = Field(default_factory=_spare_cores, ge=1, le=256, validation_alias="QUANTGPT_WORKERS")
    """Jobs that one worker process runs at the same time (default: cores - 1, at least 1)."""
    job_threads: int = Field(1, ge=1, le=256, validation_alias="QUANTGPT_JOB_THREADS")
    """Threads of one job."""
    job_memory_mb: int = Field(6144, ge=256, validation_alias="QUANTGPT_JOB_MEMORY_MB")
    """Resident memory at which a job is stopped, in MiB."""
    lease_seconds: float = Field(15.0, ge=1.0, validation_alias="QUANTGPT_LEASE")
    """Seconds of silence after which a worker on another machine counts as lost."""
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    """PostgreSQL (postgresql:// or postgresql+asyncpg://) or sqlite:///…; empty: SQLite in QUANTGPT_HOME."""

    deepseek_api_key: SecretStr | None = Field(None, validation_alias="DEEPSEEK_API_KEY")
    """Key of the language model; expressions work without one."""
    deepseek_base_url: str = Field("https://api.deepseek.com/v1", validation_alias="DEEPSEEK_BASE_URL")
    """Base address of an OpenAI-compatible interface."""
    deepseek_model: str = Field("deepseek-chat", validation_alias="DEEPSEEK_MODEL")
    """Name of the model."""
    model_daily_calls: int = Field(500, ge=0, validation_alias="QUANTGPT_MODEL_DAILY_CALLS")
    """Calls of the language model per user in any 24 hours."""
    model_cutoff: date | None = Field(None, validation_alias="QUANTGPT_MODEL_CUTOFF")
    """Day (YYYY-MM-DD) up to which the model's training data reach, where the built-in table does not know it."""
    jwt_secret: SecretStr | None = Field(None, validation_alias="JWT_SECRET")
    """Key that signs access tokens; without one a key is generated and kept in QUANTGPT_HOME/secrets."""
    jwt_secret_key: SecretStr | None = Field(None, validation_alias="JWT_SECRET_KEY")
    """An older name of JWT_SECRET, which wins."""
    access_hours: float = Field(24.0, gt=0, validation_alias="JWT_ACCESS_TOKEN_EXPIRE_HOURS")
    """Hours that an access token is valid."""
    refresh_days: float = Field(7.0, gt=0, validation_alias="JWT_REFRESH_TOKEN_EXPIRE_DAYS")
    """Days that a refresh token is valid."""
    smtp_host: str = Field("", validation_alias="SMTP_HOST")
    """Mail server for the codes; without one they go to `quantgpt mailbox` in local mode."""
    smtp_port: int = Field(465, ge=1, le=65535, validation_alias="SMTP_PORT")
    """Port of the mail server."""
    smtp_user: str = Field("", validation_alias="SMTP_USER")
    """User name at the mail server."""
    smtp_password: SecretStr | None = Field(None, validation_alias="SMTP_PASSWORD")
    """Password at the mail server."""
    smtp_from: str = Field("", validation_alias="SMTP_FROM")
    """Sender of the letters (default: the user name)."""
    smtp_use_tls: bool = Field(True, validation_alias="SMTP_USE_TLS")
    """Encrypted from the first byte (ports 25, 587 and 2525: by STARTTLS); off: STARTTLS where the server offers it."""
    trusted_proxies: str = Field("", validation_alias="QUANTGPT_TRUSTED_PROXIES")
    """Addresses of proxies, comma separated, whose X-Forwarded-For is believed."""
    public_url: str = Field("", validation_alias="QUANTGPT_PUBLIC_URL")
    """Address under which others reach this server, for links in messages."""
    cors_origins: str = Field("*", validation_alias="QUANTGPT_CORS_ORIGINS")
    """Origins allowed for requests that carry a token, comma separated. Requests without one never get a CORS header."""
    admin_password: SecretStr | None = Field(None, validation_alias="QUANTGPT_ADMIN_PASSWORD")
    """Password of the administration pages."""
    feedback_webhook: SecretStr | None = Field(None, validation_alias="QUANTGPT_FEEDBACK_WEBHOOK")
    """Feishu bot that is told about feedback."""
    feedback_webhook_secret: SecretStr | None = Field(None, validation_alias="QUANTGPT_FEEDBACK_WEBHOOK_SECRET")
    """Signing key of that bot."""

    max_active_tasks: int = Field(5, ge=1, validation_alias="QUANTGPT_MAX_ACTIVE_TASKS")
    """Unfinished tasks of everybody together; more get 503."""
    task_ttl: int = Field(3600, ge=0, validation_alias="QUANTGPT_TASK_TTL")
    """Accepted for the API document's sake, without effect: tasks are kept in the database for good."""
    task_timeout: float = Field(600.0, gt=0, validation_alias="QUANTGPT_TASK_TIMEOUT")
    """Seconds after which a running task is stopped."""
    rate_limit: int = Field(10, ge=1, validation_alias="QUANTGPT_RATE_LIMIT")
    """Accepted submissions per caller and rolling minute; more get 429."""
    max_prompt_len: int = Field(500, ge=1, validation_alias="QUANTGPT_MAX_PROMPT_LEN")
    """Longest prompt in words, in characters; expressions have limits of their own."""
    max_body_bytes: int = Field(1_048_576, ge=1024, validation_alias="QUANTGPT_MAX_BODY")
    """Largest request body in bytes; larger ones get 413."""
    sse_timeout: float = Field(300.0, gt=0, validation_alias="QUANTGPT_SSE_TIMEOUT")
    """Seconds after which an event stream ends with an error event."""
    max_sse: int = Field(50, ge=1, validation_alias="QUANTGPT_MAX_SSE")
    """Event streams open at the same time; more get 503."""
    max_total_tasks: int = Field(200, ge=1, validation_alias="QUANTGPT_MAX_TOTAL_TASKS")
    """Accepted for the API document's sake, without effect: no tasks are kept in memory."""
    mcp_wait: float = Field(45.0, ge=0, le=600, validation_alias="QUANTGPT_MCP_WAIT")
    """Seconds that a tool of the MCP server waits for its job at most before it hands out the job's id."""
    max_reports: int = Field(200, ge=1, validation_alias="QUANTGPT_MAX_REPORTS")
    """Report files kept per user; older ones are made again when they are asked for."""
    signed_weight: int = Field(1200, ge=1, validation_alias="QUANTGPT_SIGNED_WEIGHT")
    """Weight of signed requests per key and rolling minute; more get 429."""
    signed_poll_rule: bool = Field(True, validation_alias="QUANTGPT_SIGNED_POLL_RULE")
    """An unfinished signed job may be read three times at once, then every five seconds, per key; more get 429."""
    signed_strict_query: bool = Field(False, validation_alias="QUANTGPT_SIGNED_STRICT_QUERY")
    """The signature of a GET must cover the query string; off: the path alone is accepted, too."""
    signed_running: int = Field(2, ge=1, validation_alias="QUANTGPT_SIGNED_RUNNING")
    """Signed jobs of one account that run at the same time."""
    signed_queued: int = Field(50, ge=1, validation_alias="QUANTGPT_SIGNED_QUEUED")
    """Signed jobs of one account that wait; more get 409."""
    signed_queue: int = Field(1000, ge=1, validation_alias="QUANTGPT_SIGNED_QUEUE")
    """Signed jobs of everybody that wait; more get 503."""
    signed_days: float = Field(90.0, gt=0, validation_alias="QUANTGPT_SIGNED_DAYS")
    """Days that equity curve and trades of a signed job are kept; its metrics stay."""
    data_provider: str = Field("baostock", validation_alias="QUANTGPT_DATA_PROVIDER")
    """Data source that `quantgpt data update` and `--prefetch` ask."""
    cache_only: bool = Field(False, validation_alias="QUANTGPT_CACHE_ONLY")
    """Never ask a data source; use what the market store has."""
    baostock_api_key: SecretStr | None = Field(None, validation_alias="QUANTGPT_BAOSTOCK_API_KEY")
    """Optional key of the data source baostock."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", validation_alias="QUANTGPT_LOG_LEVEL")
    """How much the server and the worker log to standard error."""

    @field_validator("home", mode="after")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            return cls.model_fields[info.field_name].get_default(call_default_factory=True)
        return value

    @property
    def market_folder(self) -> Path:
        """Where market data live."""
        return self.home / "market"

    @property
    def artifacts_folder(self) -> Path:
        """Where reports and series live."""
        return self.home / "artifacts"

    @property
    def run_folder(self) -> Path:
        """Where running processes leave their pid and port."""
        return self.home / "run"

    @property
    def listens_on_loopback(self) -> bool:
        """Only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def auth_in_force(self) -> Literal["local", "required"]:
        """The mode that applies: any address but loopback forces `required`."""
        return self.auth if self.listens_on_loopback else "required"


def env_file() -> Path:
    """The `.env` that counts: that of the project the package is installed from, else that of the current folder."""
    root = next((folder for folder in _PACKAGE.parents[:2] if (folder / "pyproject.toml").is_file()), Path.cwd())
    return root / ".env"


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; `overrides` (by field name) win over both.

    Raises: BadRequest naming every variable that has a bad value, or the `.env` that cannot be read.
    """
    given = {str(Settings.model_fields[name].validation_alias): value for name, value in overrides.items()}
    path = env_file()
    try:
        return Settings(_env_file=path, **given)
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"无法读取配置文件 {path}", hint=f"save it as readable UTF-8 text: {error}") from None
    except ValidationError as error:
        faults = "；".join(f"{'.'.join(map(str, e['loc'])) or '?'}: {e['msg']}" for e in error.errors())
        raise BadRequest(f"配置有误：{faults}", hint="correct the environment variable or the line in .env") from None


def home_of(environment: Mapping[str, str], folder: Path, settings: Settings) -> Path:
    """The home of another process, by its environment and current folder; `settings` are those of this process.

    Where neither process was given one, both have read the same settings.
    """
    variable = str(Settings.model_fields["home"].validation_alias)
    given, ours = (found.get(variable, "").strip() for found in (environment, os.environ))
    if not given and not ours:
        return settings.home
    return (folder / Path(given or str(Settings.model_fields["home"].default)).expanduser()).resolve()


def part_environment(settings: Settings) -> dict[str, str]:
    """The environment of a server or a worker of this installation: ours, with the home spelled out."""
    return {**os.environ, str(Settings.model_fields["home"].validation_alias): str(settings.home)}


def child_environment(settings: Settings, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that computes: threads capped, no secret of ours in it.

    The linear algebra libraries get one thread, the allocator of Arrow none of its own: they start theirs when they are
    imported, and a process with threads cannot be forked safely.
    """
    secret = {str(f.validation_alias) for f in Settings.model_fields.values() if "SecretStr" in str(f.annotation)}
    kept = {name: value for name, value in os.environ.items() if name not in secret}
    threads = dict.fromkeys(_THREADED, str(settings.job_threads)) | dict.fromkeys(_SINGLE, "1")
    alone = {"NUMBA_THREADING_LAYER": "omp", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    return {**kept, **threads, **alone, "PYTHONUNBUFFERED": "1", **(extra or {})}
