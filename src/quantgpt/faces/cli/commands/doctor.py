"""quantgpt doctor · quantgpt warmup"""

from __future__ import annotations

import typer


def install(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("doctor")(doctor)
    cli.command("warmup")(warmup)


def doctor() -> None:
    """检查这台机器和这个安装 · Check this machine and this installation."""
    from rich.console import Console
    from rich.markup import escape

    from quantgpt.bootstrap import build_app
    from quantgpt.services.diagnosis import examine

    console = Console(highlight=False, soft_wrap=True)
    marks = {"ok": "[green]✓[/green]", "note": "[yellow]![/yellow]", "fault": "[red]✗[/red]"}
    findings = examine(build_app())
    for finding in findings:
        console.print(f"{marks[finding.level]} {finding.name}：{escape(finding.message)}")
        if finding.hint:
            console.print(f"   [cyan]{escape(finding.hint)}[/cyan]")
    if any(finding.level == "fault" for finding in findings):
        raise typer.Exit(1)


def warmup() -> None:
    """编译全部内核 · Compile all kernels."""
    import time

    from quantgpt.bootstrap import build_app
    from quantgpt.services._base import OPERATIONS

    began = time.perf_counter()
    app = build_app()
    for _, how in OPERATIONS.items():
        if how.warm is not None:
            how.warm(app)
    typer.echo(f"内核已就绪，用时 {time.perf_counter() - began:.1f} 秒")
