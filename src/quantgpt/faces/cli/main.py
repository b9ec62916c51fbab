"""Entry of the command `quantgpt`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer

from quantgpt.faces.cli import commands
from quantgpt.faces.cli.failures import exit_code, show_error
from quantgpt.foundations.errors import QuantError


def build_cli() -> typer.Typer:
    """The command line with all commands."""
    cli = typer.Typer(
        name="quantgpt",
        help="QuantGPT：A 股因子研究工作台 · A-share factor research workbench",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for module in sorted(m.name for m in pkgutil.iter_modules(commands.__path__)):
        importlib.import_module(f"{commands.__name__}.{module}").install(cli)
    return cli


def main(arguments: list[str] | None = None) -> None:
    """Run one command; the exit code says which kind of failure there was."""
    try:
        build_cli()(args=arguments)
    except QuantError as error:
        show_error(error)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
