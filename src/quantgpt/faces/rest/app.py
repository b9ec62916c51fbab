"""The ASGI application."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from quantgpt import __version__
from quantgpt.faces.rest import errors, routes, site
from quantgpt.faces.rest.headers import SecurityHeaders
from quantgpt.faces.rest.limits import BodyLimit, HeadAsGet, RollingWindow
from quantgpt.faces.rest.state import Rest
from quantgpt.faces.rest.watcher import Watcher
from quantgpt.services._base import App

PREFIX = "/api/v1"


def create_api(app: App) -> FastAPI:
    """The application over one App. Its database must be migrated."""
    rest = Rest(app=app, watcher=Watcher(app), submissions=RollingWindow(app.settings.rate_limit))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(rest.watcher.run())
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
    errors.install(api)
    for module in sorted(m.name for m in pkgutil.iter_modules(routes.__path__)):
        api.include_router(importlib.import_module(f"{routes.__name__}.{module}").router, prefix=PREFIX)
    api.state.interface = list(api.routes)
    api.include_router(site.router)
    api.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=4)
    api.add_middleware(HeadAsGet)
    api.add_middleware(BodyLimit, largest=app.settings.max_body_bytes)
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
