"""The doctor: is everything there that this installation needs?"""

from __future__ import annotations

import ctypes.util
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from quantgpt.foundations.errors import QuantError
from quantgpt.services._base import App

NODE = (20, 19)
SQLITE_WAL_FIXED = (3, 51, 3)
LEAST_DISK_GB = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    level: Literal["ok", "note", "fault"]
    message: str
    hint: str = ""


def examine(app: App) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    return [*_machine(app), *_assets(), *_stores(app)]


def _machine(app: App) -> Iterator[Finding]:
    fits = sys.version_info >= (3, 11)
    yield Finding("Python", "ok" if fits else "fault", platform.python_version(), "" if fits else "3.11 or newer")
    app.settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(app.settings.home).free / 2**30
    yield Finding(
        "磁盘", "ok" if free >= LEAST_DISK_GB else "note", f"{app.settings.home} 剩余 {free:.1f} GB",
        "" if free >= LEAST_DISK_GB else "less than 2 GB left",
    )  # fmt: skip
    sound = sqlite3.sqlite_version_info >= SQLITE_WAL_FIXED
    yield Finding(
        "SQLite", "ok" if sound else "note", sqlite3.sqlite_version,
        "" if sound else "3.51.3 以前的 WAL 有一个罕见的重置缺陷：只用一个检查点进程，并保留备份",
    )  # fmt: skip
    libgomp = ctypes.util.find_library("gomp")
    yield Finding(
        "OpenMP", "ok" if libgomp else "note", libgomp or "没有 libgomp.so.1", "" if libgomp else "apt install libgomp1"
    )
    yield _node()


def _node() -> Finding:
    path = shutil.which("node")
    if path is None:
        return Finding("Node", "note", "没有安装", "only needed to build the web page")
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        version = tuple(int(part) for part in said.lstrip("v").split("-")[0].split("."))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return Finding("Node", "note", f"无法运行：{error}")
    fits = version >= NODE
    return Finding("Node", "ok" if fits else "note", said, "" if fits else "20.19 or newer builds the web page")


def _assets() -> Iterator[Finding]:
    spec = find_spec("quantgpt")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    built = (root / "faces" / "static" / "index.html").is_file()
    hint = "" if built else "run: npm ci && npm run build in web/"
    yield Finding("网页", "ok" if built else "note", "已构建" if built else "尚未构建", hint)
    fonts = sorted(path.name for path in (root / "reports" / "assets").glob("*.ttf"))
    hint = "" if fonts else "reports fall back to the reader's own fonts"
    yield Finding("报告字体", "ok" if fonts else "note", "、".join(fonts) or "没有内置字体", hint)


def _stores(app: App) -> Iterator[Finding]:
    try:
        app.records.check()
        revision = app.records.revision()
        level: Literal["ok", "note"] = "ok" if revision else "note"
        hint = "" if revision else "run: quantgpt migrate"
        yield Finding("数据库", level, f"{app.records.backend} {revision or '空'}", hint)
    except QuantError as error:
        yield Finding("数据库", "fault", error.message, error.hint)
    try:
        market = app.markets.open()
        kind = "（合成）" if market.synthetic else ""
        days = f"{market.days[0]} 至 {market.days[-1]}" if market.days.size else "没有日线"
        yield Finding("行情", "ok", f"{market.name}{kind} {market.snapshot}，{len(market.assets)} 只股票，{days}")
    except QuantError as error:
        yield Finding("行情", "note", error.message, error.hint)
