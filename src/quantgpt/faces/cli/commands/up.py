"""quantgpt up · quantgpt down: start and stop the server and the worker in the background"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from quantgpt.foundations.errors import Unavailable

if TYPE_CHECKING:
    from quantgpt.services._base import App

PARTS = ("server", "worker")
COMMANDS = {"server": "serve", "worker": "worker"}
READY_SECONDS = 60.0
STOP_SECONDS = 15.0


def install(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("up")(up)
    cli.command("down")(down)


def up() -> None:
    """准备数据库与行情，（重新）启动服务，打印网址 · Prepare, (re)start in the background, print the address."""
    from quantgpt.bootstrap import build_app, refuse_unsafe_access

    app = build_app()
    refuse_unsafe_access(app.settings)
    app.ensure_room()
    for part in PARTS:
        _stop(app.settings.run_folder / f"{part}.pid", COMMANDS[part])
    app.records.migrate()
    if not app.markets.names():
        _make_demo(app)
    started = {part: _start(app, part) for part in PARTS}
    address = _wait(app, started["server"])
    typer.echo(f"就绪 · ready: {address}")
    typer.echo(f"日志 · logs:  {_log(app, 'server').parent}")
    typer.echo("停止 · stop:  .venv/bin/quantgpt down")


def down() -> None:
    """停止后台的服务 · Stop what `up` has started."""
    from quantgpt.foundations.settings import load_settings

    folder = load_settings().run_folder
    stopped = [part for part in reversed(PARTS) if _stop(folder / f"{part}.pid", COMMANDS[part])]
    typer.echo(f"已停止 · stopped: {', '.join(stopped)}" if stopped else "没有在运行 · nothing was running")


def _make_demo(app: App) -> None:
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    typer.echo("没有行情数据，生成演示市场（合成数据）· no market data: writing the demo market (synthetic)")
    with progress_bar(quiet=False) as progress:
        data.make_demo(app.markets, data.DataDemo(), progress)


def _log(app: App, part: str) -> Path:
    return app.settings.home / "logs" / f"{part}.log"


def _start(app: App, part: str) -> subprocess.Popen[bytes]:
    log = _log(app, part)
    log.parent.mkdir(parents=True, exist_ok=True)
    code = f"from quantgpt.faces.cli.main import main; main(['{COMMANDS[part]}'])"
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )


def _wait(app: App, server: subprocess.Popen[bytes]) -> str:
    """The address, once the server answers. Raises Unavailable with the end of its log when it does not."""
    import urllib.error
    import urllib.request

    host = app.settings.host if ":" not in app.settings.host else f"[{app.settings.host}]"
    address = f"http://{host}:{app.settings.port}"
    pid_file = app.settings.run_folder / "server.pid"
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if not _holds(pid_file, server.pid):  # another program may answer on a port that ours could not take
            time.sleep(0.02)
            continue
        try:
            with urllib.request.urlopen(f"{address}/api/v1/health", timeout=2) as reply:
                if reply.status == 200 and server.poll() is None:
                    return address
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    for part in reversed(PARTS):
        _stop(app.settings.run_folder / f"{part}.pid", COMMANDS[part])
    log = _log(app, "server")
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-2:] if log.exists() else []
    raise Unavailable(f"服务没有启动：{' '.join(tail) or '没有日志'}", hint=f"see {log}")


def _holds(pid_file: Path, pid: int) -> bool:
    try:
        return int(pid_file.read_text()) == pid
    except (OSError, ValueError):
        return False


def _stop(pid_file: Path, command: str) -> bool:
    """Stop the process named in that file if it is ours; a foreign or dead process is left alone and said."""
    import psutil

    try:
        process = psutil.Process(int(pid_file.read_text()))
        words = " ".join(process.cmdline())
    except (OSError, ValueError, psutil.Error):
        pid_file.unlink(missing_ok=True)
        return False
    if "quantgpt" not in words or command not in words:
        typer.echo(f"进程 {process.pid} 不是我们的（{words[:60]}），不动它 · not ours, left alone", err=True)
        pid_file.unlink(missing_ok=True)
        return False
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
    return True
