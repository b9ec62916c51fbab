"""What the tools share: the App, who is asking, how long an answer may take, a worker when there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from mcp.server.mcpserver import Context

from quantgpt.foundations.errors import BadRequest, Unauthenticated

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.services._base import App

OWNER = "quantgpt.owner"
"""key of the request's scope that names the user; only the guard of the HTTP transports writes it"""


class Standby(Protocol):
    """What a server that runs alone brings along: a worker for when there is none, a market for when there is none."""

    def is_wanted(self, app: App) -> bool:
        """Nobody works on the jobs."""
        ...

    def provide_market(self, app: App) -> None:
        """Write the demo market."""
        ...

    def start(self, app: App) -> None:
        """Start it; from the main thread, whose life the kernel ties it to."""
        ...


@dataclass
class Desk:
    """State of one MCP server. The App is opened by the first tool that needs it: listing needs nothing."""

    open_app: Callable[[], App]
    standby: Standby | None = None
    admit: Callable[[str, Connection], None] | None = None
    """refuses a submission of a user who submits too often"""
    _opening: Lock = field(default_factory=Lock)
    _migrating: Lock = field(default_factory=Lock)
    _providing: Lock = field(default_factory=Lock)
    """one lock for each: what takes seconds must not hold up those who only need the App"""
    _app: App | None = None
    _migrated: bool = False

    @property
    def app(self) -> App:
        """The App."""
        if self._app is None:
            with self._opening:
                if self._app is None:
                    self._app = self.open_app()
        return self._app

    def open_records(self) -> None:
        """Bring the database to the newest form before its first use; on the wire nothing has to wait for that."""
        with self._migrating:
            if not self._migrated:
                self.app.ensure_room()
                self.app.records.migrate()
                self._migrated = True

    def open_market(self) -> None:
        """Have a market, if providing one is our business."""
        with self._providing:
            if self.standby is not None and not self.app.markets.names():
                self.app.ensure_room()
                self.standby.provide_market(self.app)

    def patience(self, wait_seconds: float) -> float:
        """Seconds a tool may wait before it hands out the job's id. Raises BadRequest for a negative number."""
        if not wait_seconds >= 0:
            raise BadRequest("wait_seconds 不能为负", field="wait_seconds", nearest=0)
        return min(wait_seconds, self.app.settings.mcp_wait)


Call = Context[Desk, Any]


def desk_of(ctx: Call) -> Desk:
    """The desk that a call came to."""
    return ctx.request_context.lifespan_context


def owner_of(ctx: Call) -> str:
    """The user behind a call: the local admin on stdio, the user of the token over HTTP. Raises Unauthenticated."""
    request = ctx.request_context.request
    if request is None:
        from quantgpt.records import LOCAL_ADMIN

        return LOCAL_ADMIN
    owner = request.scope.get(OWNER)
    if not isinstance(owner, str):
        raise Unauthenticated("未提供认证信息")
    return owner


def is_local(ctx: Call) -> bool:
    """The caller shares our disk: it may be shown paths."""
    return ctx.request_context.request is None
