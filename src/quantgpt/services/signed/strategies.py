"""Stored strategies: a template with its parameters under a name, as a base for jobs. Nothing is traded here."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quantgpt.records.strategies import StrategyRow
from quantgpt.services._base import App
from quantgpt.services.signed import paging
from quantgpt.services.signed.config import check_params, check_template, context_of, find_template
from quantgpt.services.signed.faults import InvalidParameter, NotYours, fault, unknown_symbol_fault
from quantgpt.services.signed.fields import READERS, Fields
from quantgpt.services.signed.literals import Wrong, printed, written
from quantgpt.templates._params import Number

FIELDS = ("name", "template_id", "params", "symbols", "timeframe", "capital", "leverage")
STATUSES = ("draft", "deployed", "paused", "stopped", "error")
PREFIX = "strat_"
LONGEST_NAME = 64
NO_STATS = {"open_positions": 0, "total_pnl": "0.00", "total_trades": 0, "win_rate": "0.000000"}
"""What a strategy did that was never deployed."""

_ID = re.compile(r"strat_[0-9a-f]{6,8}", re.ASCII)


def create(app: App, owner_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Store a strategy.  Raises: InvalidParameter, UnknownSymbol, DuplicateName."""
    given = {name: value for name, value in body.items() if value is not None}
    name, stored = _checked(app, body, given)
    row = app.records.strategies.add(PREFIX + secrets.token_hex(4), owner_id, name=name, body=_text(stored))
    return _shown(row)


def get(app: App, owner_id: str, strategy_id: str) -> dict[str, Any]:
    """One strategy.  Raises: NotYours."""
    return _shown(_row(app, owner_id, strategy_id))


def base_of(app: App, owner_id: str, strategy_id: str) -> dict[str, Any]:
    """The fields that a strategy gives to a job.  Raises: NotYours."""
    found: dict[str, Any] = json.loads(_row(app, owner_id, strategy_id).body)
    return found


def page(app: App, owner_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of somebody's strategies, newest first: `status`, `limit` (20), `cursor`.  Raises: InvalidParameter."""
    asked = paging.Asked(query)
    status = asked.choice("status", STATUSES)
    limit, after = asked.limit(20), asked.cursor("created_at", {"status": status})
    asked.refuse()
    rows = app.records.strategies.page(owner_id, limit=limit + 1, after=after, status=status)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    following = paging.cursor_of("created_at", last.created_at, last.id, {"status": status}) if last else None
    return {"data": [_shown(row) for row in rows[:limit]], "next_cursor": following}


def change(app: App, owner_id: str, strategy_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Change some fields; `params` are replaced whole. All of it is checked again.

    Raises: NotYours, InvalidParameter, UnknownSymbol, DuplicateName.
    """
    found = Fields()
    found.unknown(body, FIELDS)
    found.refuse()
    if not body:
        known = ", ".join(FIELDS)
        raise InvalidParameter([fault("", f"send at least one of {known}", f"至少给出一个字段：{known}")])
    nothing = [fault(name, "must not be null", "不能为 null") for name, value in body.items() if value is None]
    if nothing:
        raise InvalidParameter(nothing)

    def make(row: StrategyRow) -> tuple[str, str]:
        name, stored = _checked(app, body, {"name": row.name, **json.loads(row.body), **body})
        return name, _text(stored)

    _row(app, owner_id, strategy_id)
    row = app.records.strategies.change(strategy_id, owner_id, make)
    if row is None:
        raise _missing()
    return _shown(row)


def delete(app: App, owner_id: str, strategy_id: str) -> dict[str, Any]:
    """Remove a strategy; jobs made of it stay as they are.  Raises: NotYours."""
    if not (_ID.fullmatch(strategy_id) and app.records.strategies.remove(strategy_id, owner_id)):
        raise _missing()
    return {"deleted": True, "id": strategy_id}


def _row(app: App, owner_id: str, strategy_id: str) -> StrategyRow:
    row = app.records.strategies.get(strategy_id, owner_id) if _ID.fullmatch(strategy_id) else None
    if row is None:
        raise _missing()
    return row


def _missing() -> NotYours:
    return NotYours("没有这个策略", en="No such strategy", field="strategy_id")


def _checked(app: App, body: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the fields that are stored.  Raises: InvalidParameter, UnknownSymbol."""
    from quantgpt.services.signed import candles

    found = Fields()
    found.unknown(body, FIELDS)
    for name in FIELDS[1:]:
        found.read(given, name, READERS[name])
    found.read(given, "name", _name)
    found.missing(given, FIELDS[:-1])
    values = found.values
    values.setdefault("leverage", 1)
    known = candles.instruments(candles.crypto_market(app))
    there = [symbol for symbol, venue in known if venue == "perp"]
    for number, symbol in enumerate(values.get("symbols", ())):
        if symbol not in there:
            found.unknown_symbols.append(unknown_symbol_fault(symbol, there, f"symbols[{number}]"))
    template = find_template(values.get("template_id"), found.faults)
    params = None
    if template is not None:
        check_template(template, values, found.faults)
        whole = not (found.faults or found.unknown_symbols)
        context = context_of({**values, "fee_model": "fixed_bps"}, known) if whole else None
        params = check_params(template, values["params"], context, found.faults) if "params" in values else None
    found.refuse()
    assert params is not None
    return values["name"], {
        "template_id": values["template_id"],
        "params": dict(params.echo),
        "symbols": list(values["symbols"]),
        "timeframe": values["timeframe"],
        "capital": written(values["capital"]),
        "leverage": values["leverage"],
    }


def _name(value: object) -> str:
    name = value.strip() if isinstance(value, str) and not isinstance(value, Number) else ""
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Wrong(f"must have 1 to {LONGEST_NAME} printable characters", f"应为 1 到 {LONGEST_NAME} 个可见字符")
    return name


def _text(stored: Mapping[str, Any]) -> str:
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def _shown(row: StrategyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        **json.loads(row.body),
        "status": row.status,
        "deployed_at": None,
        "created_at": _moment(row.created_at),
        "updated_at": _moment(row.updated_at),
        "stats": dict(NO_STATS),
    }


def _moment(seconds: float) -> str:
    return printed(datetime.fromtimestamp(seconds, UTC))
