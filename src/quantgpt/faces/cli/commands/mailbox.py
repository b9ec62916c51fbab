"""quantgpt mailbox"""

from __future__ import annotations

from typing import Annotated

import typer


def install(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("mailbox")(show_mailbox)


def show_mailbox(email: Annotated[str | None, typer.Option("--email", help="只看寄给这个邮箱的信")] = None) -> None:
    """没有邮件服务器时留在本机的信件（验证码），最新的在最后 · Letters that stay here without a mail server, newest last."""
    from quantgpt.connectors.notifiers.mail import mailbox
    from quantgpt.foundations.settings import load_settings

    letters = mailbox(load_settings()).letters(email.strip().lower() if email else None)
    if not letters:
        typer.echo("没有信件 · no letters", err=True)
    for letter in letters:
        typer.echo(f"{letter.at} UTC  {letter.to}  {letter.subject}\n{letter.text.rstrip()}\n")
