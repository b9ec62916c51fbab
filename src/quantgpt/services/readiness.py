"""Is everything there that a task needs?"""

from __future__ import annotations

from typing import Any

from quantgpt.foundations.errors import QuantError
from quantgpt.services._base import App
from quantgpt.services.jobs.lifeline import is_dead


def check(app: App) -> dict[str, dict[str, Any]]:
    """Database, market data and workers: `ok` and a word on each."""
    return {"database": _database(app), "market": _market(app), "workers": _workers(app)}


def notes(app: App) -> dict[str, dict[str, Any]]:
    """What works without, but better with: a language model, a data source. Not asked, only looked up."""
    settings = app.settings
    has_model = settings.deepseek_api_key is not None
    source = "只用本地行情" if settings.cache_only else settings.data_provider
    return {
        "language_model": {
            "configured": has_model,
            "message": settings.deepseek_model if has_model else "未配置 DEEPSEEK_API_KEY，文字由离线引擎理解",
        },
        "provider": {"configured": not settings.cache_only, "message": source},
    }


def _database(app: App) -> dict[str, Any]:
    try:
        app.records.check()
    except QuantError as error:
        return {"ok": False, "message": error.message}
    return {"ok": True, "message": app.records.backend}


def _market(app: App) -> dict[str, Any]:
    try:
        market = app.markets.open()
    except QuantError as error:
        return {"ok": False, "message": error.message}
    if not market.manifest.holds_stocks:
        return {"ok": False, "message": f"行情库 {market.name} 里没有股票日线"}
    return {"ok": True, "message": f"{market.name} {market.snapshot}"}


def _workers(app: App) -> dict[str, Any]:
    try:
        heard = app.records.workers.alive(app.settings.lease_seconds)
    except QuantError as error:
        return {"ok": False, "message": error.message}
    alive = sum(not is_dead(name) for name in heard)
    return {"ok": alive > 0, "message": str(alive)}
