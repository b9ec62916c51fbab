"""quantgpt token"""

from __future__ import annotations

from typing import Annotated

import typer


def install(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("token")(token)


def token(email: Annotated[str, typer.Option("--email", help="账户的邮箱；没有账户则创建")]) -> None:
    """为脚本打印一个 access token（最后一行）· Print an access token for scripts, alone on the last line."""
    from quantgpt.bootstrap import build_app
    from quantgpt.services.accounts import token_for

    app = build_app()
    app.ensure_room()
    app.records.migrate()
    given = token_for(app, email)
    typer.echo(f"{app.settings.access_hours:g} 小时内有效 · valid for {app.settings.access_hours:g} hours", err=True)
    typer.echo(given)
