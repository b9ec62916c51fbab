"""Requests for signed jobs, and accounts that make them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import App
from quantgpt.services.signed import jobs

ASK: dict[str, Any] = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-03-31T23:59:59Z",
    "capital": "10000.00",
}


def asked(**changes: Any) -> dict[str, Any]:
    """A request with other fields; those that are None are left out."""
    return {name: value for name, value in {**ASK, **changes}.items() if value is not None}


def make(app: App, owner_id: str = LOCAL_ADMIN, **changes: Any) -> Job:
    """A job."""
    return jobs.create(app, owner_id, asked(**changes))[0]


def account(app: App, name: str) -> str:
    """Id of an account."""
    return app.records.accounts.ensure(f"{name}@example.com").id


def with_settings(app: App, **changes: Any) -> App:
    """The same installation under other settings."""
    other = replace(app, settings=app.settings.model_copy(update=changes))
    other.__dict__["records"] = app.records
    return other
