"""The ASGI application."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI, Request
from starlette.routing import BaseRoute

from quantgpt import __version__
from quantgpt.faces.rest import errors, routes, site
from quantgpt.faces.rest.access import caller_of
from quantgpt.faces.rest.cors import Cors
from quantgpt.faces.rest.headers import SecurityHeaders
from quantgpt.faces.rest.limits import BodyLimit, HeadAsGet, Submissions
from quantgpt.faces.rest.routes import feedback, imports
from quantgpt.faces.rest.state import Rest
from quantgpt.faces.rest.watcher import Watcher
from quantgpt.faces.rest.zipping import Gzip
from quantgpt.services._base import App

PREFIX = "/api/v1"
SIGNED = "/v1"
"""Where requests are signed: that part says itself how large a body may be."""


class Attachment(Protocol):
    """Something else that the application serves."""

    def routes(self) -> Sequence[BaseRoute]:
        """Its addresses, which go before those of the page."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Entered as long as the application lives."""
        ...

    def stop(self) -> None:
        """End what is open, so that the server can stop."""
        ...


Attach = Callable[[Callable[[Request], str], Callable[[str, Any], None]], Attachment]
"""Makes an attachment out of two functions: who is asking, and counting a submission of theirs."""


def create_api(app: App, attach: Sequence[Attach] = ()) -> FastAPI:
    """The application over one App. Its database must be migrated."""
    rest = Rest(app=app, watcher=Watcher(app), submissions=Submissions(app))
    attached = [made(lambda request: caller_of(request, rest).id, rest.submissions.admit) for made in attach]

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(rest.watcher.run())
        async with AsyncExitStack() as stack:
            for one in attached:
                await stack.enter_async_context(one.running())
            yield
        rest.watcher.stop()
        await watching

    api = FastAPI(
        title="QuantGPT",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    api.state.rest = rest
    api.state.attached = attached
    errors.install(api)
    for module in sorted(m.name for m in pkgutil.iter_modules(routes.__path__)):
        api.include_router(importlib.import_module(f"{routes.__name__}.{module}").router, prefix=PREFIX)
    api.state.interface = list(api.routes)
    for one in attached:
        api.router.routes.extend(one.routes())
    api.include_router(site.router)
    api.add_middleware(Gzip)
    api.add_middleware(HeadAsGet)
    larger = {f"{PREFIX}/feedback": feedback.LARGEST_BODY, f"{PREFIX}/imports": imports.LARGEST_BODY}
    api.add_middleware(BodyLimit, largest=app.settings.max_body_bytes, of_path=larger, apart=(SIGNED,))
    api.add_middleware(Cors, settings=app.settings)
    api.add_middleware(SecurityHeaders)
    _describe_errors(api)
    return api


def _describe_errors(api: FastAPI) -> None:
    """The schema speaks of 400 in our shape where the framework would speak of 422."""
    plain = api.openapi
    failure = {
        "description": "参数错误",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}},
    }

    def described() -> dict[str, Any]:
        if api.openapi_schema:
            return api.openapi_schema
        schema = plain()
        for path in schema["paths"].values():
            for how in path.values():
                how["responses"].pop("422", None)
                for status in ("400", "401", "403", "503"):
                    how["responses"].setdefault(status, failure)
        models = schema["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            models.pop(name, None)
        models["Failure"] = {
            "type": "object",
            "required": ["detail"],
            "properties": {
                "detail": {"type": "string"},
                "detail_en": {"type": "string"},
                "code": {"type": "string"},
                "field": {"type": "string"},
                "hint": {"type": "string"},
                "nearest": {},
                "line": {"type": "integer"},
                "column": {"type": "integer"},
            },
        }
        api.openapi_schema = schema
        return schema

    api.openapi = described  # type: ignore[method-assign]
