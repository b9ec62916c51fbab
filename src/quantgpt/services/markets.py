"""Markets as their page shows them: what each holds, its snapshots, what is known of each item, what is wrong."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from quantgpt.foundations.errors import Conflict, QuantError
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.market.health import Finding
    from quantgpt.market.market import Market
    from quantgpt.market.store import MarketStatus

CHECKS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("files", "文件完整", "Files", ("file_missing", "file_changed")),
    ("not_finite", "无穷值", "Infinite values", ("not_finite",)),
    ("bad_bars", "自相矛盾的日线", "Contradictory bars", ("bad_bars",)),
    ("returns_disagree", "复权与参考价", "Adjusted and official returns", ("returns_disagree",)),
    ("large_steps", "异常大的涨跌", "Large steps", ("large_steps",)),
    ("empty_sessions", "没有成交的交易日", "Sessions without trades", ("empty_sessions",)),
    ("missing_rows", "缺少的日线", "Missing bars", ("missing_rows",)),
    ("missing_factor", "缺少的复权因子", "Missing factors", ("missing_factor",)),
    ("missing_amount", "缺少的成交额", "Missing amounts", ("missing_amount",)),
    ("st_unknown", "ST 标记", "ST flags", ("st_unknown",)),
    ("industry_unknown", "行业分类", "Industries", ("industry_unknown",)),
    ("benchmark_gaps", "基准指数", "Benchmarks", ("benchmark_gaps", "no_benchmark")),
    ("adjusted_only", "仅有复权价格的股票", "Names with adjusted prices only", ("adjusted_only",)),
)
"""What is checked: code, name in both languages, codes of the findings that belong to it."""
TOUCHES = {
    "not_finite": ("ic", "returns"),
    "bad_bars": ("ic", "returns", "fills"),
    "returns_disagree": ("ic", "returns"),
    "large_steps": ("ic", "returns"),
    "empty_sessions": ("ic", "returns", "fills"),
    "missing_rows": ("universe", "ic", "returns"),
    "missing_factor": ("ic", "returns"),
    "missing_amount": ("factor_values",),
    "st_unknown": ("fills", "universe"),
    "industry_unknown": ("neutral",),
    "benchmark_gaps": ("excess",),
    "adjusted_only": ("universe",),
}
"""What a finding touches, in the words of `market.coverage.TOUCHED`; `excess` is the comparison with the benchmark."""

_LARGEST_MEMORY = 16
_remembered: dict[tuple[Any, ...], Any] = {}
_one_at_a_time = threading.Lock()
_reading_files = threading.Lock()
_files_read: dict[tuple[Any, ...], tuple[float, dict[str, Any]]] = {}
"""the last check of files: when it ended, what it found"""
FILES_HOLD_SECONDS = 600.0
"""that a check of all files answers for, too, whoever asks again"""


T = TypeVar("T")


class Changed(Conflict):
    """Something is no longer as the caller saw it."""

    code = "changed"


class Busy(Conflict):
    """It is being done for somebody else just now."""

    code = "busy"


def list_markets(app: App) -> dict[str, Any]:
    """All markets, the default one first. A damaged one is named with what is wrong."""
    names = app.markets.names()
    default = app.markets.default() if names else None
    rows = [_market_row(app, name, name == default) for name in names]
    rows.sort(key=lambda row: (not row["is_default"], row["name"]))
    return {"default": default if default in names else None, "markets": rows}


def _market_row(app: App, name: str, is_default: bool) -> dict[str, Any]:
    head = {"name": name, "is_default": is_default, "can_import": name != "demo"}
    try:
        market = app.markets.open(name)
        return {**head, **_held(app, market), "broken": None}
    except QuantError as error:
        nothing = dict.fromkeys(("snapshot", "made_at", "first_day", "last_day", "calendar_until", "warnings"))
        zero = dict.fromkeys(("sessions", "names", "indices", "size_bytes", "rows", "snapshots"), 0)
        lists: dict[str, list[Any]] = {"universes": [], "fields": [], "sources": []}
        return {**head, "synthetic": name == "demo", **nothing, **zero, **lists, "broken": error.message}


def _held(app: App, market: Market) -> dict[str, Any]:
    key = (app.markets.root, market.name, market.snapshot)
    status: MarketStatus = _once(("status", *key), lambda: app.markets.status(market.name)[0])
    history = app.markets.folder(market.name).pointer().history
    counted = _remembered.get(("coverage", *key))
    return {
        "synthetic": market.synthetic,
        "snapshot": market.snapshot,
        "made_at": next((_moment(at) for name, at in reversed(history) if name == market.snapshot), None),
        "first_day": status.first_day,
        "last_day": status.last_day,
        "sessions": int(market.days.size),
        "names": status.names,
        "indices": status.indices,
        "size_bytes": status.size_bytes,
        "rows": status.rows,
        "snapshots": len(history),
        "calendar_until": status.calendar_until,
        "universes": _once(("universes", *key), lambda: [asdict(info) for info in market.universes()]),
        "fields": list(status.fields),
        "sources": list(status.sources),
        "warnings": None if counted is None else len(counted["warnings"]),
    }


def list_snapshots(app: App, name: str) -> dict[str, Any]:
    """The snapshots of a market that a rollback can return to, newest first.  Raises: UnknownMarket."""
    from quantgpt.market.snapshots import KEEP_SNAPSHOTS

    market = app.markets.open(name)
    folder = app.markets.folder(market.name)
    pointer = folder.pointer()
    rows = []
    for snapshot, made_at in reversed(pointer.history):
        manifest = folder.manifest(snapshot)
        files = [path for path in map(folder.path, manifest.objects()) if path.is_file()]
        rows.append(
            {
                "id": snapshot,
                "made_at": _moment(made_at),
                "is_current": snapshot == pointer.current,
                "first_day": manifest.notes.get("first_day"),
                "last_day": manifest.notes.get("last_day"),
                "names": int(manifest.notes.get("names") or 0),
                "rows": sum(int(entry["rows"]) for entry in manifest.tables.values()),
                "size_bytes": sum(path.stat().st_size for path in files),
                "sources": len(manifest.sources),
            }
        )
    return {
        "market": market.name,
        "current": pointer.current,
        "kept": KEEP_SNAPSHOTS,
        "can_roll_back": len(pointer.history) > 1,
        "snapshots": rows,
    }


def roll_back(app: App, name: str, current: str) -> dict[str, Any]:
    """Make the snapshot before the current one current again; `current` is the one that the caller sees, so that doing
    it twice goes back once.

    Raises: UnknownMarket, Changed, Conflict when there is nothing earlier or somebody writes.
    """
    market = app.markets.open(name)
    if current != market.snapshot:
        raise Changed(
            f"行情库 {market.name} 的当前快照已经是 {market.snapshot}，没有回退",
            hint="look at the snapshots again",
            field="current",
            nearest=market.snapshot,
        )
    return {
        "market": market.name,
        "snapshot": app.markets.rollback(market.name, current=current),
        "left": current,
    }


def read_coverage(app: App, name: str) -> dict[str, Any]:
    """How much of each item is known, year by year.  Raises: UnknownMarket."""
    market = app.markets.open(name)
    return _once(("coverage", app.markets.root, market.name, market.snapshot), lambda: _coverage(market))


def _coverage(market: Market) -> dict[str, Any]:
    from quantgpt.market.coverage import coverage

    found = coverage(market)
    rows = []
    for item, cells in found.rows:
        shown = [
            None
            if cell is None
            else {"pct": round(100 * cell.share, 2), "known": cell.known, "of": cell.of, "names": cell.names}
            for cell in cells
        ]
        head = {"field": item.field, "group": item.group, "zh": item.zh, "en": item.en, "of": item.of}
        rows.append({**head, "cells": shown})
    return {
        "market": market.name,
        "snapshot": market.snapshot,
        "years": list(found.years),
        "rows": rows,
        "warnings": [dict(entry) for entry in found.warnings],
    }


def read_health(app: App, name: str) -> dict[str, Any]:
    """Every check of a market with what it found, the last check of its files among them.  Raises: UnknownMarket."""
    market = app.markets.open(name)
    return _once(_health_key(app, market), lambda: _health(app, market, files=False))


def check_files(app: App, name: str) -> dict[str, Any]:
    """Every check, each file read and held against its hash as well. It is done once in a while for all who ask.

    Raises: UnknownMarket; Busy while files are being read for somebody else.
    """
    market = app.markets.open(name)
    key = _health_key(app, market)
    if not _reading_files.acquire(blocking=False):
        raise Busy("正在为另一个请求核对文件", hint="ask again in a moment")
    try:
        done_at, found = _files_read.get(key, (-math.inf, {}))
        if time.monotonic() - done_at >= FILES_HOLD_SECONDS:
            found = _health(app, market, files=True)
            _files_read.clear()
            _files_read[key] = (time.monotonic(), found)
            _remember(key, found)
        return found
    finally:
        _reading_files.release()


def _health_key(app: App, market: Market) -> tuple[Any, ...]:
    return "health", app.markets.root, market.name, market.snapshot


def _health(app: App, market: Market, *, files: bool) -> dict[str, Any]:
    from quantgpt.market.health import check

    found = check(market, app.markets.folder(market.name), files=files)
    names = dict(zip(market.assets, market.facts.names.tolist(), strict=True)) if market.assets else {}
    broken = any(finding.code in ("file_missing", "file_changed") for finding in found.findings)
    return {
        "market": found.market,
        "snapshot": found.snapshot,
        "ok": found.ok,
        "checked_at": datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "files_checked": files,
        "objects": found.objects,
        "bytes": found.bytes,
        "checks": [
            _check_row(code, zh, en, [one for one in found.findings if one.code in codes], names, broken)
            for code, zh, en, codes in CHECKS
        ],
    }


def _check_row(
    code: str, zh: str, en: str, found: list[Finding], names: dict[str, str], broken: bool
) -> dict[str, Any]:
    from quantgpt.market.health import Level

    examples = [example for finding in found for example in finding.examples]
    count = sum(finding.count for finding in found)
    passed, passed_en = (
        ("没有跑：文件不完整", "not run: files are damaged") if broken else ("没有发现", "nothing found")
    )
    level = "skipped" if broken and code != "files" else "ok"
    if found:
        level = "fault" if any(finding.level is Level.FAULT for finding in found) else "gap"
    rows = [
        {
            "code": example.code or None,
            "name": names.get(example.code),
            "day": example.day or None,
            "text": example.text or None,
        }
        for example in examples[:20]
    ]
    return {
        "code": code,
        "zh": zh,
        "en": en,
        "level": level,
        "count": count,
        "sentence_zh": "；".join(finding.zh for finding in found) or passed,
        "sentence_en": "; ".join(finding.en for finding in found) or passed_en,
        "metrics": list(TOUCHES.get(code, ())) if found else [],
        "rows": rows,
        "more": max(0, count - len(rows)) if rows else 0,
    }


def _once(key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """What never changes of one snapshot, made once and by one thread at a time."""
    kept: T | None = _remembered.get(key)
    if kept is None:
        with _one_at_a_time:
            kept = _remembered.get(key)
            if kept is None:
                kept = _remember(key, make())
    return kept


def _remember(key: tuple[Any, ...], value: T) -> T:
    while len(_remembered) >= _LARGEST_MEMORY * 4:
        _remembered.pop(next(iter(_remembered)))
    _remembered[key] = value
    return value


def _moment(text: str) -> str:
    """A moment with its zone as the interface writes it: UTC without one."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
