"""quantgpt up · quantgpt down: start and stop the server and the worker in the background"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from quantgpt.foundations.errors import Unavailable

if TYPE_CHECKING:
    import psutil

    from quantgpt.foundations.settings import Settings
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
    from quantgpt.bootstrap import build_app, ensure_access

    app = build_app()
    ensure_access(app.settings)
    app.ensure_room()
    app.records.check()
    with _alone(app.settings.run_folder):
        for part in PARTS:
            _stop(app.settings.run_folder / f"{part}.pid", part, app.settings)
        app.records.migrate()
        if not app.markets.names():
            _make_demo(
                app, "没有行情数据，生成演示市场（合成数据）· no market data: writing the demo market (synthetic)"
            )
        elif app.markets.has_old_demo():
            _make_demo(app, "演示市场有新内容，更新 · the demo market is brought up to date")
        address = _start_all(app)
    typer.echo(f"就绪 · ready: {address}")
    typer.echo(f"日志 · logs:  {_log(app, 'server').parent}")
    typer.echo("停止 · stop:  .venv/bin/quantgpt down")


def down() -> None:
    """停止后台的服务 · Stop what `up` has started."""
    from quantgpt.foundations.settings import load_settings

    settings = load_settings()
    folder, stopped = settings.run_folder, list[str]()
    if folder.is_dir():
        with _alone(folder):
            stopped = [part for part in reversed(PARTS) if _stop(folder / f"{part}.pid", part, settings)]
    typer.echo(f"已停止 · stopped: {', '.join(stopped)}" if stopped else "没有在运行 · nothing was running")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one `up` or `down` per home at a time. Raises Unavailable for the second."""
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "up.lock").open("ab")
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}", hint=str(error)) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable("另一个启动或停止正在进行", hint="wait until it has ended, then try again") from None
        yield


def _make_demo(app: App, words: str) -> None:
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    typer.echo(words)
    with progress_bar(quiet=False) as progress:
        data.make_demo(app.markets, data.DataDemo(), progress)


def _log(app: App, part: str) -> Path:
    return app.settings.home / "logs" / f"{part}.log"


def _code(part: str) -> str:
    return f"from quantgpt.faces.cli.main import main; main(['{COMMANDS[part]}'])"


def _start_all(app: App) -> str:
    """Start both parts; the address once the server answers. On any failure what was started here is stopped."""
    started: list[subprocess.Popen[bytes]] = []
    (app.settings.run_folder / "server.port").unlink(missing_ok=True)
    try:
        for part in PARTS:
            started.append(_start(app, part))
        return _wait(app, started[0])
    except BaseException:
        for process in reversed(started):
            _end(process)
        for part, process in zip(PARTS, started, strict=False):
            _forget(app.settings.run_folder / f"{part}.pid", process.pid)
        raise


def _start(app: App, part: str) -> subprocess.Popen[bytes]:
    from quantgpt.foundations.files import write_text
    from quantgpt.foundations.settings import part_environment

    log = _log(app, part)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", _code(part)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=part_environment(app.settings),
        )
    try:
        write_text(app.settings.run_folder / f"{part}.pid", f"{process.pid}\n")
    except BaseException:
        _end(process)
        raise
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process of ours and wait for it."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def _forget(pid_file: Path, pid: int) -> None:
    """Remove a pid file that still names that process."""
    with suppress(OSError, ValueError):
        if int(pid_file.read_text()) == pid:
            pid_file.unlink()


def _wait(app: App, server: subprocess.Popen[bytes]) -> str:
    """The address, once the server answers. Raises Unavailable with the end of its log when it does not."""
    import urllib.error
    import urllib.request

    host = app.settings.host if ":" not in app.settings.host else f"[{app.settings.host}]"
    address = f"http://{host}:{app.settings.port}"
    listens = app.settings.run_folder / "server.port"
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if not listens.exists():  # another program may answer on a port that ours could not take
            time.sleep(0.02)
            continue
        try:
            with urllib.request.urlopen(f"{address}/api/v1/health", timeout=2) as reply:
                if reply.status == 200 and server.poll() is None:
                    return address
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    log = _log(app, "server")
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-2:] if log.exists() else []
    raise Unavailable(f"服务没有启动：{' '.join(tail) or '没有日志'}", hint=f"see {log}")


def _stop(pid_file: Path, part: str, settings: Settings) -> bool:
    """Stop the process named in that file if it is that part of this home; any other is left alone and said."""
    import psutil

    try:
        process = psutil.Process(int(pid_file.read_text()))
        words = process.cmdline()
        dead = process.status() == psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        pid_file.unlink(missing_ok=True)
        return False
    if dead or not (_is_part(words, part) and _home_of(process, settings) == settings.home):
        if not dead:
            shown = " ".join(words)[:60]
            typer.echo(f"进程 {process.pid} 不是我们的（{shown}），不动它 · not ours, left alone", err=True)
        pid_file.unlink(missing_ok=True)
        return False
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
    _forget(pid_file, process.pid)
    return True


def _is_part(words: Sequence[str], part: str) -> bool:
    """The command line is that of `up`, or of `quantgpt serve` or `quantgpt worker` by hand."""
    if list(words[1:]) == ["-c", _code(part)]:
        return True
    return len(words) >= 2 and Path(words[-2]).name == "quantgpt" and words[-1] == COMMANDS[part]


def _home_of(process: psutil.Process, settings: Settings) -> Path | None:
    """The home folder that a process works in; None when that cannot be seen."""
    import psutil

    from quantgpt.foundations.settings import home_of

    try:
        seen = process.as_dict(["environ", "cwd"])
        return home_of(seen["environ"], Path(seen["cwd"]), settings) if all(seen.values()) else None
    except (OSError, RuntimeError, psutil.Error):
        return None
