"""quantgpt serve · quantgpt worker · quantgpt migrate"""

from __future__ import annotations

import importlib

import typer


def install(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (serve, worker, migrate):
        cli.command(command.__name__)(command)


def serve() -> None:
    """启动 HTTP 服务（接口与网页）· Serve the interface and the page."""
    import gc

    gc.disable()  # nothing becomes garbage while modules are loaded; the server turns it on again
    from quantgpt.bootstrap import build_app, ensure_access, start_logging

    app = build_app()
    start_logging(app.settings)
    ensure_access(app.settings)
    app.ensure_room()
    importlib.import_module("quantgpt.faces.serving").serve(app)


def worker() -> None:
    """启动任务进程 · Run jobs."""
    import os
    from contextlib import suppress

    from quantgpt.bootstrap import build_app, build_worker, start_logging
    from quantgpt.foundations.files import write_text

    app = build_app()
    start_logging(app.settings)
    app.ensure_room()
    app.records.migrate()
    pid_file = app.settings.run_folder / "worker.pid"
    write_text(pid_file, f"{os.getpid()}\n")
    try:
        build_worker(app).run()
    finally:
        with suppress(OSError):
            if pid_file.read_text().strip() == str(os.getpid()):
                pid_file.unlink()


def migrate() -> None:
    """把数据库升级到当前版本 · Bring the database to the newest form."""
    from quantgpt.bootstrap import build_app

    app = build_app()
    app.ensure_room()
    typer.echo(f"{app.records.backend}：{app.records.migrate()}")
