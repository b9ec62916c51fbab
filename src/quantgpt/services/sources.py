"""Where market data come from: which sources there are, whether each works, and what the last test of it found."""

from __future__ import annotations

import difflib
import fcntl
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import Conflict, NotFound
from quantgpt.foundations.files import write_text
from quantgpt.foundations.hashing import canonical_json
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.market.source import ProbeStep

PROBE_SECONDS = 4.5
"""A test answers within about five seconds."""
SLOW_MS = 2000.0
"""A source whose first query takes longer works, but slowly."""
FILES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "files",
        "CSV / Parquet",
        "CSV / Parquet",
        "随时可用：按列识别，拖进来先看预览",
        "always there: recognised by columns, previewed first",
    ),
    (
        "qlib",
        "Qlib 目录",
        "Qlib folder",
        "原地读取，用于计算特征；不导入行情库",
        "read in place for features; not imported into a market",
    ),
)
STEPS = {
    "client": ("客户端", "client"),
    "dns": ("域名解析", "name lookup"),
    "connect": ("连接", "connection"),
    "login": ("登录", "log-in"),
    "query": ("查询", "query"),
}
FAILED_EN = {
    "dns": "name lookup failed",
    "connect": "the server cannot be reached",
    "connect_timeout": "connecting timed out",
    "timeout": "no answer in time",
    "died": "the client's process died",
    "garbled": "the answer cannot be read",
    "client": "the client could not read the answer",
    "missing": "the client is not installed",
    "incomplete": "the answer is incomplete",
}


class NotTestable(Conflict):
    """A source that nothing has to be asked of."""

    code = "not_testable"


def list_sources(app: App) -> dict[str, Any]:
    """Every source with its state."""
    notes = _read(app)
    vendors = [_vendor(app, name, notes.get(name, {})) for name in app.plugs.sources()]
    return {"sources": [*vendors, *(_file_kind(row) for row in FILES)]}


def probe_source(app: App, name: str) -> dict[str, Any]:
    """Try a source step by step, within about five seconds, and remember what was found.

    Raises: NotFound, NotTestable, Unavailable where no source may be asked.
    """
    known = [*app.plugs.sources(), *(row[0] for row in FILES)]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise NotFound(
            f"没有名为 {name[:40]!r} 的数据源",
            hint=f"可用：{', '.join(known)}",
            field="source",
            nearest=near[0] if near else known[0],
        )
    if name not in app.plugs.sources():
        raise NotTestable("文件来源不需要测试", hint="drop files on the import page", field="source")
    with app.plugs.source(app.settings, name) as source:
        steps = source.probe(PROBE_SECONDS)
    return _vendor(app, name, _renote(app, name, lambda before: _noted(before, steps)))


def note_success(app: App, name: str) -> None:
    """A source has just delivered."""
    now = time.time()
    _renote(app, name, lambda before: {**before, "last_success_at": now, "delivered_at": now})


def _noted(before: Mapping[str, Any], steps: list[ProbeStep]) -> dict[str, Any]:
    now = time.time()
    ok = bool(steps) and steps[-1].ok
    return {
        **before,
        "checked_at": now,
        "last_success_at": now if ok else before.get("last_success_at"),
        "failed_before": before.get("ok") is False,
        "ok": ok,
        "latency_ms": round(steps[-1].milliseconds) if ok else None,
        "steps": [
            {"step": s.step, "ok": s.ok, "ms": round(s.milliseconds), "code": s.code, "message": s.message}
            for s in steps
        ],
    }


def _vendor(app: App, name: str, note: Mapping[str, Any]) -> dict[str, Any]:
    steps = [_step(step) for step in note.get("steps", [])]
    status, code, zh, en = _status(app, name, note)
    return {
        "name": name,
        "kind": "vendor",
        "zh": name,
        "en": name,
        "status": status,
        "code": code,
        "zh_reason": zh,
        "en_reason": en,
        "latency_ms": note.get("latency_ms"),
        "checked_at": _moment(note.get("checked_at")),
        "last_success_at": _moment(note.get("last_success_at")),
        "can_test": not app.settings.cache_only,
        "steps": steps,
    }


def _status(app: App, name: str, note: Mapping[str, Any]) -> tuple[str, str | None, str, str]:
    """(status, code, reason in both languages)."""
    if app.settings.cache_only:
        return "off", "cache_only", "QUANTGPT_CACHE_ONLY 已打开", "QUANTGPT_CACHE_ONLY is set"
    if "ok" not in note:
        if note.get("last_success_at"):
            return "fine", None, "更新时可用", "it delivered an update"
        return "untested", None, "还没有测试过", "not tested yet"
    if not note["ok"]:
        last = note["steps"][-1]
        step_zh, step_en = STEPS[last["step"]]
        what = str(last["message"]).removeprefix(f"{name}：").partition("（")[0]
        why = FAILED_EN.get(last["code"], f"error {last['code']}")
        return "unavailable", last["code"], f"{what}（{step_zh}这一步）", f"{why} (step: {step_en})"
    if float(note.get("latency_ms") or 0.0) > SLOW_MS:
        return "degraded", "slow", f"查询用了 {note['latency_ms'] / 1000:.1f} 秒", "the query was slow"
    if note.get("failed_before"):
        return "degraded", "recovered", "上一次测试失败，这一次正常", "the test before this one failed"
    return "fine", None, "", ""


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    zh, en = STEPS[step["step"]]
    return {"step": step["step"], "zh": zh, "en": en, "ok": step["ok"], "ms": step["ms"]}


def _file_kind(row: tuple[str, str, str, str, str]) -> dict[str, Any]:
    name, zh, en, zh_reason, en_reason = row
    nothing = dict.fromkeys(("code", "latency_ms", "checked_at", "last_success_at"))
    words = {"zh": zh, "en": en, "zh_reason": zh_reason, "en_reason": en_reason}
    return {**nothing, "name": name, "kind": "files", "status": "fine", **words, "can_test": False, "steps": []}


def _path(app: App) -> Path:
    return app.settings.home / "sources.json"


def _read(app: App) -> dict[str, Any]:
    """What was remembered; a damaged note is as good as none."""
    try:
        body = json.loads(_path(app).read_text(encoding="utf-8"))
        return {str(name): note for name, note in body.items() if isinstance(note, dict)}
    except (OSError, ValueError, AttributeError):
        return {}


def _renote(app: App, name: str, make: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Make a new note on a source from the old one, alone among all processes: sources are tested side by side."""
    app.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (app.settings.home / ".sources.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        notes = _read(app)
        note = make(notes.get(name, {}))
        write_text(_path(app), canonical_json({**notes, name: note}) + "\n")
    return note


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
