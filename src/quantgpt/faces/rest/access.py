"""Who is asking. In local mode a request from this machine's own page or shell needs no token."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from quantgpt.faces.rest.addresses import came_through_a_proxy, is_foreign, is_loopback, network_address
from quantgpt.faces.rest.limits import LOOKED_AT
from quantgpt.faces.rest.state import Rest, rest_of
from quantgpt.foundations.errors import Forbidden, QuantError, Unauthenticated
from quantgpt.records import LOCAL_ADMIN, User
from quantgpt.services import accounts, tickets
from quantgpt.services._base import App
from quantgpt.services.tokens import ABSENT, ADMIN, ADMINS_ONLY, INVALID, NOBODY, WRONG_KIND, Claims, Tokens, tokens_of

REMEMBERED_SECONDS = 3.0
"""How long a user who was shut out, or logged out elsewhere, may still be believed."""
MOST_REMEMBERED = 10_000
_BY_ADDRESS = ("/tasks/{task_id}/stream", "/reports/{filename}")
"""Routes that take `?token=` and `?ticket=`: a browser opens them without headers of ours."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caller:
    """The user behind a request. `issued_at` is that of the token, None without one."""

    id: str
    email: str = ""
    is_admin: bool = False
    is_local: bool = False
    issued_at: int | None = None


class Door:
    """Reads tokens, and remembers for a few seconds what the database said of their users."""

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._known: dict[str, tuple[float, User | None]] = {}
        self._tokens: Tokens | None = None

    @property
    def tokens(self) -> Tokens:
        """The tokens of this installation."""
        if self._tokens is None:
            self._tokens = tokens_of(self._app)
        return self._tokens

    def user(self, token: str) -> Caller:
        """The user of an access token. Raises Unauthenticated."""
        claims = self.tokens.read(token)
        if claims.kind != "access":
            raise Unauthenticated(WRONG_KIND)
        user = accounts.user_of(claims, self._look_up)
        return Caller(user.id, user.email, issued_at=claims.issued_at)

    def admin(self, token: str) -> Caller:
        """The administrator of an admin token. Raises Unauthenticated, Forbidden for the token of a user."""
        claims = self.tokens.read(token)
        if claims.kind == "access":
            accounts.user_of(claims, self._look_up)
            raise Forbidden(ADMINS_ONLY)
        if claims.kind != "admin":
            raise Unauthenticated(WRONG_KIND)
        return Caller(ADMIN, ADMIN, is_admin=True, issued_at=claims.issued_at)

    def ticket_holder(self, ticket: str, subject: str) -> Caller:
        """The owner of a ticket, which is used up. Raises Unauthenticated."""
        user = self._look_up(tickets.redeem(self._app, ticket, subject))
        if user is None or not user.is_active:
            raise Unauthenticated(NOBODY)
        return Caller(user.id, user.email, issued_at=max(self.tokens.now(), int(user.tokens_from or 0)))

    def local(self) -> Caller:
        """Whoever sits at this machine."""
        user = self._look_up(LOCAL_ADMIN)
        return Caller(LOCAL_ADMIN, user.email if user else "", is_admin=True, is_local=True)

    def still_admits(self, caller: Caller) -> bool:
        """A caller who was let in may stay; asked again by what takes long, as a stream does."""
        if caller.is_local or caller.issued_at is None:
            return True
        try:
            accounts.user_of(Claims(subject=caller.id, kind="access", issued_at=caller.issued_at), self._look_up)
        except Unauthenticated:
            return False
        return True

    def forget(self, user_id: str) -> None:
        """Ask the database anew about a user."""
        self._known.pop(user_id, None)

    def _look_up(self, user_id: str) -> User | None:
        now = self._clock()
        known = self._known.get(user_id)
        if known is not None and 0 <= now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        found = self._app.records.users.get(user_id)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[user_id] = (now, found)
        return found


def door_of(request: HTTPConnection) -> Door:
    """The door of the server that a request came to."""
    state = request.app.state
    if not hasattr(state, "door"):
        state.door = Door(state.rest.app)
    door: Door = state.door
    return door


def caller_of(request: Request, rest: Annotated[Rest, Depends(rest_of)]) -> Caller:
    """The user behind a request. What is presented is always checked.

    Raises: Unauthenticated; Forbidden for another machine's name or page.
    """
    return _noted(request, lambda: _user(request, rest.app))


def admin_of(request: Request, rest: Annotated[Rest, Depends(rest_of)]) -> Caller:
    """The administrator behind a request.

    Raises: Unauthenticated; Forbidden for a user, and for another machine's name or page.
    """
    return _noted(request, lambda: _admin(request, rest.app))


def address_of(request: Request, rest: Annotated[Rest, Depends(rest_of)]) -> str:
    """The network address that a request is counted under where there is no user."""
    return network_address(request, rest.app.settings.trusted_proxies)


def bearer(request: HTTPConnection) -> str | None:
    """The token of the header; None without one. Raises Unauthenticated for a header that holds none."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(INVALID)
    return token.strip()


def _user(request: Request, app: App) -> Caller:
    door, header = door_of(request), bearer(request)
    token, ticket = request.query_params.get("token"), request.query_params.get("ticket")
    if (token is not None or ticket is not None) and not _takes_address_credentials(request):
        raise Unauthenticated(INVALID, hint="send the token in the header: Authorization: Bearer …")
    callers = [door.user(given) for given in (header, token) if given is not None]
    if ticket is not None and request.scope.get(LOOKED_AT):
        raise Unauthenticated(INVALID, hint="a ticket opens a page with GET")
    if ticket is not None:
        callers.append(door.ticket_holder(ticket, _subject(request)))
    if not callers:
        return _without_a_token(request, app, door)
    if any(caller.id != callers[0].id for caller in callers):
        raise Unauthenticated(INVALID)
    return callers[0]


def _admin(request: Request, app: App) -> Caller:
    door, header = door_of(request), bearer(request)
    if "token" in request.query_params or "ticket" in request.query_params:
        raise Unauthenticated(INVALID, hint="send the token in the header: Authorization: Bearer …")
    return _without_a_token(request, app, door) if header is None else door.admin(header)


def _without_a_token(request: Request, app: App, door: Door) -> Caller:
    """The local admin, if the request comes from this machine's own page or shell."""
    if app.settings.auth_in_force == "required":
        raise Unauthenticated(ABSENT)
    host = request.headers.get("host", "")
    if not is_loopback(host):
        raise Forbidden("只能从本机访问", hint="open the page as http://127.0.0.1 or http://localhost")
    if came_through_a_proxy(request.headers):
        raise Forbidden("经由代理的请求需要登录", hint="set QUANTGPT_AUTH=required behind a proxy, and log in")
    if is_foreign(request.headers.get("origin"), host):
        raise Forbidden("不接受来自其他网站的请求")
    cross_site = request.headers.get("sec-fetch-site") == "cross-site"
    if cross_site and request.headers.get("sec-fetch-mode") != "navigate":
        raise Forbidden("不接受来自其他网站的请求")
    return door.local()


def _takes_address_credentials(request: Request) -> bool:
    template = str(getattr(request.scope.get("route"), "path", ""))
    return request.method in ("GET", "HEAD") and template.endswith(_BY_ADDRESS)


def _subject(request: Request) -> str:
    given = request.path_params
    return tickets.stream_of(given["task_id"]) if "task_id" in given else tickets.report_of(given["filename"])


def _noted(request: Request, who: Callable[[], Caller]) -> Caller:
    """Who it is; a refusal is noted, without what was presented."""
    try:
        return who()
    except (Unauthenticated, Forbidden) as error:
        _note_refusal(request, error)
        raise


def _note_refusal(request: Request, error: QuantError) -> None:
    peer = request.client.host if request.client else "?"
    log.info(
        "refused %s %s from %s: %s",
        request.method,
        request.url.path.encode("unicode_escape").decode(),
        peer,
        error.message,
    )


CallerDep = Annotated[Caller, Depends(caller_of)]
AdminDep = Annotated[Caller, Depends(admin_of)]
AddressDep = Annotated[str, Depends(address_of)]
DoorDep = Annotated[Door, Depends(door_of)]
RestDep = Annotated[Rest, Depends(rest_of)]
