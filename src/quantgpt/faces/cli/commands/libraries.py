"""quantgpt libraries …"""

from __future__ import annotations

from typing import Annotated

import typer


def install(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("libraries")(libraries)


def libraries(
    name: Annotated[str | None, typer.Argument(help="因子库；不写则列出全部")] = None,
    left_out: Annotated[bool, typer.Option("--left-out", help="列出无法精确表达的因子及原因")] = False,
) -> None:
    """内置因子库：名称、表达式、无法表达的因子 · The factor libraries."""
    from quantgpt.libraries import LIBRARIES, left_out_report, library

    names = LIBRARIES.names() if name is None else [library(name).name]
    if left_out:
        typer.echo(left_out_report(names))
    elif name is None:
        for shelf in map(library, names):
            typer.echo(f"{shelf.name:<16}{len(shelf):>4}  {shelf.zh} · {shelf.en}")
    else:
        for factor in library(name).factors:
            typer.echo(f"{factor.name:<12}{factor.expression}\n{'':<12}{factor.zh} · {factor.en}")
