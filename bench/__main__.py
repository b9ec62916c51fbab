"""Run the benchmarks and print the table: `python -m bench [name ...] [--quick]`; exits 1 when a target is missed."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from bench._row import Row

PREFIX = "bench_"


def available() -> list[str]:
    """Names of the benchmark modules, without their prefix."""
    folder = Path(__file__).parent
    return sorted(m.name.removeprefix(PREFIX) for m in pkgutil.iter_modules([str(folder)]) if m.name.startswith(PREFIX))


def number(value: float | None, unit: str) -> str:
    """A figure with its unit, or a dash."""
    if value is None:
        return "—"
    if unit == "s" and value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} {unit}"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | ours | peer | ratio | must | met | aim | note |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        ratio = "—" if row.ratio is None else f"{row.ratio:.3g}×"
        cells = (
            row.name,
            number(row.ours, row.unit),
            number(row.peer, row.unit),
            ratio,
            row.must,
            "yes" if row.ok else "NO",
            row.aim,
            row.note,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks (all by default) and print their table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of: {', '.join(available())}")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and smaller panels")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(available())):
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(available())}")
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ",
        end="",
    )
    print(f"load {os.getloadavg()[0]:.1f} at the start", flush=True)
    rows: list[Row] = []
    for name in options.names or available():
        print(f"… {name}", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"bench.{PREFIX}{name}").run(quick=options.quick)
    print(table(rows))
    missed = [row.name for row in rows if not row.ok]
    print(f"{len(rows) - len(missed)} of {len(rows)} targets met" + "".join(f"\nmissed: {name}" for name in missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
