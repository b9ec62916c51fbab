"""One day of a finished run: what was held, traded and refused. Read off the archive; nothing is computed again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.foundations.series import Series
from quantgpt.services._base import App
from quantgpt.services.tasks import archive_of, read_task

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NEEDED = ("nav", "drawdown", "daily_returns", "ic", "blocked")
_BOOK = ("positions", "trades")
_OLD = {
    "zh": "这次运行早于逐日持仓的保存，再运行一次即可看到",
    "en": "This run is older than the record of holdings by day; run it again to see them",
}
_BEFORE = {"zh": "这一天还没有建仓", "en": "Nothing had been bought yet on this day"}


def read_day(app: App, task_id: str, owner_id: str, day: str, *, candidate: int | None = None) -> dict[str, Any]:
    """What a finished run held, traded and could not trade on one session.

    Raises: NotFound; BadRequest, with the nearest session, for what is no session of the run.
    """
    job = read_task(app, task_id, owner_id)
    archive = archive_of(app, job, candidate)
    known = set(app.artifacts.series_names(archive))
    if not known:
        raise NotFound("这次运行没有逐日数据", hint="the task has no series")
    result, tables = app.artifacts.load(archive, [name for name in (*_NEEDED, *_BOOK) if name in known])
    sessions = [str(one) for one in tables["nav"].index]
    at = _place(day, sessions, result)
    figures = {
        "return": _returns(tables["daily_returns"], day),
        "nav": {name: tables["nav"].columns[name][at] for name in ("strategy", "benchmark")},
        "drawdown": tables["drawdown"].columns["strategy"][at],
        "rank_ic": _cell(tables["ic"], day, "rank_ic"),
        "group": tables["nav"].meta.get("strategy_group"),
    }
    book = tables.get("positions")
    return {
        "date": day,
        "is_session": True,
        **figures,
        **_rebalance(book, day),
        "holdings": _holdings(book, day),
        "trades": _trades(tables.get("trades"), day),
        "blocked": _blocked(tables["blocked"], day),
        "previous": sessions[at - 1] if at else None,
        "next": sessions[at + 1] if at + 1 < len(sessions) else None,
    }


def _place(day: str, sessions: Sequence[str], result: Mapping[str, Any]) -> int:
    """Where the session stands among those of the run. Raises BadRequest."""
    first, last = sessions[0], sessions[-1]
    try:
        if not _DATE.fullmatch(day):
            raise ValueError
        date.fromisoformat(day)
    except ValueError:
        raise BadRequest(
            f"日期应为 YYYY-MM-DD，收到 {day[:20]!r}", field="date", hint=f"{first} … {last}", nearest=last
        ) from None
    at = bisect_left(sessions, day)
    if at < len(sessions) and sessions[at] == day:
        return at
    if day < first:
        raise BadRequest(f"这次运行从 {first} 开始", field="date", hint=f"begins on {first}", nearest=first)
    if day > last:
        sealed = ((result.get("search") or {}).get("sealed") or {}).get("state") == "sealed"
        why = "之后是封存段" if sealed else "到此为止"
        raise BadRequest(f"这次运行到 {last}，{why}", field="date", hint=f"ends on {last}", nearest=last)
    near = min(sessions[at - 1 : at + 1], key=lambda one: (abs(_days_between(one, day)), one))
    raise BadRequest(f"{day} 不是交易日", field="date", hint="no session", nearest=near)


def _days_between(one: str, other: str) -> int:
    return (date.fromisoformat(one) - date.fromisoformat(other)).days


def _cell(table: Series, day: str, column: str) -> Any:
    index = [str(one) for one in table.index]
    at = bisect_left(index, day)
    return table.columns[column][at] if at < len(index) and index[at] == day else None


def _returns(table: Series, day: str) -> dict[str, Any]:
    own, index = _cell(table, day, "strategy"), _cell(table, day, "benchmark")
    return {"strategy": own, "benchmark": index, "excess": None if own is None or index is None else own - index}


def _rebalance(book: Series | None, day: str) -> dict[str, Any]:
    """The last rebalance traded on or before a day, and whether it is of that very day."""
    at = _rebalance_at(book, day)
    if book is None or at is None:
        return {"rebalance": None, "is_rebalance": False}
    traded, signals = book.meta["trades"], book.meta["signals"]
    return {
        "rebalance": {
            "signal_date": signals[at],
            "trade_date": traded[at],
            "next_trade_date": traded[at + 1] if at + 1 < len(traded) else None,
            "index": at + 1 + int(book.meta["first"]),
            "of": book.meta["of"],
        },
        "is_rebalance": traded[at] == day,
    }


def _rebalance_at(book: Series | None, day: str) -> int | None:
    if book is None:
        return None
    at = bisect_right(book.meta["trades"], day) - 1
    return at if at >= 0 else None


def _rows(table: Series, day: str) -> list[dict[str, Any]]:
    """The rows of a day of a table that is sorted by day, with names and industries where the table knows them."""
    index = [str(one) for one in table.index]
    names: Mapping[str, Sequence[str | None]] = table.meta.get("names", {})
    found = []
    for at in range(bisect_left(index, day), bisect_right(index, day)):
        row = {name: values[at] for name, values in table.columns.items()}
        if (known := names.get(str(row.get("code")))) is not None:
            row |= {"name": known[0], "industry": known[1]}
        found.append(row)
    return found


def _holdings(book: Series | None, day: str) -> dict[str, Any]:
    """What was held from the last rebalance on; weights are those right after its trade."""
    at = _rebalance_at(book, day)
    if book is None or at is None:
        return {"state": "none", "reason": _reason(book, day), "as_of": None, "rows": []}
    traded = book.meta["trades"][at]
    return {"state": "known", "reason": None, "as_of": traded, "rows": _rows(book, traded)}


def _reason(book: Series | None, day: str) -> dict[str, str]:
    """Why there are no holdings on a day."""
    if book is None:
        return _OLD
    since = book.meta["trades"][0] if book.meta["trades"] else None
    if book.meta["first"] and since is not None:
        return {
            "zh": f"调仓太多，只保留了 {since} 起的持仓",
            "en": f"Too many rebalances: holdings are kept from {since} on",
        }
    return _BEFORE


def _trades(table: Series | None, day: str) -> dict[str, Any]:
    """The orders that were filled on a day, sales first, and what they came to."""
    if table is None:
        return {"state": "none", "reason": _OLD, "rows": [], "turnover": None, "cost": None}
    since = table.meta.get("first_day")
    if table.meta["shown"] < table.meta["total"] and since is not None and day < since:
        reason = {
            "zh": f"成交太多，只保留了 {since} 起的明细",
            "en": f"Too many trades: they are kept from {since} on",
        }
        return {"state": "none", "reason": reason, "rows": [], "turnover": None, "cost": None}
    rows = _rows(table, day)
    return {
        "state": "known",
        "reason": None,
        "rows": rows,
        "turnover": sum(row["weight"] or 0.0 for row in rows if row["side"] != "cash_out") / 2.0,
        "cost": sum(row["cost"] or 0.0 for row in rows),
    }


def _blocked(table: Series, day: str) -> dict[str, Any]:
    """The orders that the market did not let through on a day, with the rule."""
    rows = _rows(table, day)
    cut = table.meta.get("shown", 0) < table.meta.get("total", 0)
    if cut and not rows and len(table.index) and day > str(table.index[-1]):
        reason = {
            "zh": f"受阻的单子太多，只保留到 {table.index[-1]}",
            "en": f"Too many blocked orders: they are kept up to {table.index[-1]}",
        }
        return {"state": "none", "reason": reason, "rows": []}
    return {"state": "known", "reason": None, "rows": rows}
