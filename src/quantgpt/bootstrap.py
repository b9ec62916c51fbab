"""The only place that builds things: settings → stores → App, worker, fork server."""

from __future__ import annotations

import importlib
import logging
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.clock import SystemClock
from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.settings import Settings, child_environment, load_settings
from quantgpt.services._base import OPERATIONS, App, Plugs

if TYPE_CHECKING:
    from quantgpt.market.source import PairSource, Source
    from quantgpt.services.jobs.worker import Worker

_SECRETS = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}


def build_app(settings: Settings | None = None) -> App:
    """The App of these settings (read from the environment by default). Opens nothing yet."""
    OPERATIONS.load("quantgpt.services")
    return App(settings=settings or load_settings(), clock=SystemClock(), plugs=PLUGS)


def _model(settings: Settings) -> Any:
    from quantgpt.connectors.llms import open_model

    return open_model(settings)


def _mailer(settings: Settings) -> Any:
    from quantgpt.connectors.notifiers.mail import open_mailer

    return open_mailer(settings)


def _notifier(settings: Settings) -> Any:
    from quantgpt.connectors.notifiers.feishu import open_notifier

    return open_notifier(settings)


def _source(settings: Settings, name: str) -> Source:
    if settings.cache_only:
        raise Unavailable(
            "QUANTGPT_CACHE_ONLY 已打开，不访问数据源", hint="unset it to fetch data; what the store has can be used"
        )
    from quantgpt.connectors.sources import _base

    _base.SOURCES.load("quantgpt.connectors.sources")
    made, key = _base.SOURCES[name], getattr(settings, f"{name}_api_key", None)
    return made(api_key=key.get_secret_value()) if key else made()


def _sources() -> Sequence[str]:
    from quantgpt.connectors.sources import _base

    _base.SOURCES.load("quantgpt.connectors.sources")
    return [name for name, _ in _base.SOURCES.items()]


PLUGS = Plugs(model=_model, mailer=_mailer, notifier=_notifier, source=_source, sources=_sources)


def start_logging(settings: Settings) -> None:
    """Log to standard error; standard output belongs to results."""
    logging.basicConfig(
        level=settings.log_level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname).1s %(process)d %(name)s: %(message)s",
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)


def ensure_access(settings: Settings) -> None:
    """Make the key that signs tokens, where there is none. Raises Unavailable for a key that nobody should trust."""
    from quantgpt.services import secrets

    secrets.ensure(settings)


def build_worker(app: App, *, plugins: Sequence[str] = (), warm: bool = True) -> Worker:
    """A worker of this installation, not started."""
    from quantgpt.services.jobs.nursery import Nursery
    from quantgpt.services.jobs.worker import Worker

    greeting = {
        "settings": app.settings.model_dump(mode="json", exclude=_SECRETS),
        "plugins": list(plugins),
        "warm": warm,
    }
    return Worker(app=app, nursery=Nursery(greeting, child_environment(app.settings)), slots=app.settings.workers)


def fork_server() -> None:
    """Entry of the process that forks the children: arguments are the control socket and the worker's pid."""
    from quantgpt.services.jobs.forkserver import serve

    def build(body: dict[str, Any]) -> App:
        settings = load_settings(**body)
        start_logging(settings)
        return build_app(settings)

    serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), build)


def load_plugins(modules: Sequence[str]) -> None:
    """Import modules that bring operations of their own; call it before `build_app`."""
    for module in modules:
        importlib.import_module(module)


def build_source(app: App, name: str) -> Source:
    """The data source of that name. Raises: NotFound naming the known ones, Unavailable where none may be asked."""
    return app.plugs.source(app.settings, name)


def build_pair_source(app: App) -> PairSource:
    """The exchange that candles of pairs are fetched from. Raises: Unavailable where none may be asked."""
    if app.settings.cache_only:
        raise Unavailable(
            "QUANTGPT_CACHE_ONLY 已打开，不访问数据源", hint="unset it to fetch data; what the store has can be used"
        )
    from quantgpt.connectors.sources.binance import Binance

    return Binance()
