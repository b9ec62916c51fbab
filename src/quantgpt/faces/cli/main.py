"""Entry of the command `quantgpt`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from contextlib import suppress
from pathlib import Path

import typer

from quantgpt.faces.cli import commands
from quantgpt.faces.cli.failures import exit_code, show_error
from quantgpt.foundations.errors import DiskFull, QuantError


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
        _run(arguments)
    except QuantError as error:
        show_error(error)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        full = DiskFull("磁盘空间不足，输出没有写完", hint="free some space, then try again")
        show_error(full)
        _drop_output()
        sys.exit(exit_code(full))


def _run(arguments: list[str] | None) -> None:
    """Run one command and write out all that it said."""
    try:
        build_cli()(args=arguments)
    finally:
        sys.stdout.flush()


def _drop_output() -> None:
    """What standard output still holds goes nowhere, so that the end of the process does not stumble over it."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
