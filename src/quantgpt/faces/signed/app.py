"""The application at /v1 and /health: route, credentials, weight, body, answer, in that order."""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from quantgpt.faces.rest.addresses import network_address
from quantgpt.faces.rest.app import SIGNED
from quantgpt.faces.signed import auth, routes
from quantgpt.faces.signed.budgets import Budgets
from quantgpt.faces.signed.calls import MOST_BODY, Answer, Call, Caller, as_json, read_query
from quantgpt.faces.signed.endpoints import Endpoint, Endpoints
from quantgpt.faces.signed.refusals import INTERNAL, Refusal, bad, refusal_of
from quantgpt.faces.signed.replay import Replays
from quantgpt.foundations.errors import QuantError
from quantgpt.services._base import App

REQUEST_HEADER = "X-Request-Id"
BODY_SECONDS = 30
MOST_DISCARDED = 16 * 1_048_576
"""bytes of a body that is too large which are read before it is refused"""
HANG_UP = {"Connection": "close"}

log = logging.getLogger(__name__)


class SignedFace:
    """An ASGI application, and an attachment of the server."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._endpoints = Endpoints(_endpoints())
        self._budgets = Budgets(app)
        self._replays = Replays(app)

    def routes(self) -> Sequence[BaseRoute]:
        """Everything below /v1, whatever the method, and the address that tells that the server is there."""
        below = [Route(path, endpoint=self, include_in_schema=False) for path in (SIGNED, f"{SIGNED}/{{rest:path}}")]
        return [*below, Route("/health", endpoint=self._health, include_in_schema=False)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As long as the application lives."""
        yield

    def stop(self) -> None:
        """Nothing is open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        asked = _Asked(request, f"req_{secrets.token_hex(6)}")
        try:
            answer = await self._answer(asked)
        except _Gone:
            return
        except Exception as error:
            answer = asked.refused(_as_refusal(error, asked))
        response = Response(b"" if request.method == "HEAD" else answer.body, answer.status)
        response.headers.update(_lines(answer, asked))
        await response(scope, receive, send)

    async def _answer(self, asked: _Asked) -> Answer:
        """Look at what costs nothing first, then read the body, then do the rest beside the event loop."""
        endpoint, values = self._endpoints.find(asked.method, asked.path)
        given = None
        if not endpoint.public or auth.is_signed(asked.headers):
            try:
                given = auth.credentials(asked.headers)
            except Refusal as refusal:
                raise self._budgets.refused(self._address(asked), refusal) from None
        body = await asked.body()
        return await run_in_threadpool(partial(self._serve, asked, endpoint, values, given, body))

    def _serve(
        self, asked: _Asked, endpoint: Endpoint, values: dict[str, str], given: auth.Given | None, body: bytes
    ) -> Answer:
        address = self._address(asked)
        caller = Caller(bucket=address)
        if given is not None:
            try:
                caller = auth.signer(self._app, given, asked.method, asked.path, asked.query, body)
            except Refusal as refusal:
                raise self._budgets.refused(address, refusal) from None
        query, fault = _query_or_fault(asked.query, endpoint)
        asked.weights.update(self._budgets.spend(caller, endpoint.cost(query)))
        auth.require(caller, endpoint.scope)
        if fault is not None:
            raise fault
        if body and asked.method in (*auth.LOOKING, "DELETE"):
            raise bad("", f"{asked.method} takes no body")
        call = Call(
            app=self._app,
            caller=caller,
            method=asked.method,
            headers=asked.headers,
            values=values,
            query=query,
            body=body,
        )
        if asked.method in auth.LOOKING:
            return endpoint.answer(call)
        return self._replays.once(caller, partial(_carry_out, endpoint, call, asked), asked.refused)

    def _address(self, asked: _Asked) -> str:
        return network_address(asked.request, self._app.settings.trusted_proxies)

    async def _health(self, request: Request) -> Response:
        """That the server is there; costs nothing and is never limited."""
        now = self._app.clock.now().astimezone(UTC)
        body = {"status": "healthy", "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})


class _Gone(Exception):
    """Whoever asked has hung up."""


class _Asked:
    """A request as it came in, with what its answer will say of it."""

    def __init__(self, request: Request, request_id: str) -> None:
        self.request = request
        self.id = request_id
        self.method = request.method
        self.headers: Headers = request.headers
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        self.path: str = raw.decode("latin-1")
        self.query: str = request.scope.get("query_string", b"").decode("latin-1")
        self.weights: dict[str, str] = {}

    async def body(self) -> bytes:
        """The body as it was sent.

        Raises: Refusal 413 beyond 64 KiB, announced or not; what comes behind is read and thrown away for a while, since
        most programs read no answer before they have sent everything. Refusal 400 for one that does not come.
        """
        announced = self.headers.get("content-length", "0")
        too_large = not announced.isdigit() or int(announced[:18]) > MOST_BODY
        parts, seen, more = bytearray(), 0, not (too_large and "expect" in self.headers)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while more and seen <= MOST_DISCARDED:
                    message = await self.request.receive()
                    if message["type"] != "http.request":
                        raise _Gone
                    part, more = message.get("body", b""), message.get("more_body", False)
                    seen += len(part)
                    if seen <= MOST_BODY:
                        parts += part
        except TimeoutError:
            refusal = bad("", f"the body did not come within {BODY_SECONDS} s")
            refusal.headers = HANG_UP
            raise refusal from None
        if too_large or seen > MOST_BODY:
            raise Refusal(413, "PAYLOAD_TOO_LARGE", f"a body has at most {MOST_BODY} bytes", headers=HANG_UP)
        return bytes(parts)

    def refused(self, refusal: Refusal) -> Answer:
        """The answer that a refusal is."""
        return Answer(as_json(refusal.body(self.id)), refusal.status, dict(refusal.headers))


def _lines(answer: Answer, asked: _Asked) -> dict[str, str]:
    """The headers of an answer: its own, those of the weight, and the number of the request."""
    plain = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", REQUEST_HEADER: asked.id}
    if answer.status == 304:
        del plain["Content-Type"]
    return {**plain, **asked.weights, **answer.headers}


def _carry_out(endpoint: Endpoint, call: Call, asked: _Asked) -> Answer:
    """A write; what the services refuse is a refusal."""
    try:
        return endpoint.answer(call)
    except QuantError as error:
        raise _as_refusal(error, asked) from error


def _as_refusal(error: Exception, asked: _Asked) -> Refusal:
    """What to answer; what nobody expected is logged under the number of the request."""
    if isinstance(error, Refusal):
        return error
    refusal = refusal_of(error) if isinstance(error, QuantError) else Refusal(500, "INTERNAL_ERROR", INTERNAL)
    if refusal.status == 500:
        log.error("%s %s broke (%s)", asked.method, ascii(asked.path)[:200], asked.id, exc_info=error)
    return refusal


def _query_or_fault(raw: str, endpoint: Endpoint) -> tuple[dict[str, str], Refusal | None]:
    """The query, or what is wrong with it: weight is booked before that is said."""
    try:
        return read_query(raw.encode("latin-1"), endpoint.query), None
    except Refusal as fault:
        return {}, fault


def _endpoints() -> list[Endpoint]:
    """Those of every module of `routes`."""
    names = sorted(module.name for module in pkgutil.iter_modules(routes.__path__))
    modules = [importlib.import_module(f"{routes.__name__}.{name}") for name in names]
    return [endpoint for module in modules for endpoint in module.ENDPOINTS]
