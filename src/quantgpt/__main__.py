"""`python -m quantgpt`: `--prefetch hs300 csi500` fills the market store and exits."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from quantgpt.foundations.errors import QuantError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m quantgpt", description="QuantGPT")
    parser.add_argument("--prefetch", nargs="+", metavar="UNIVERSE", help="预取这些股票池的行情，然后退出")
    given = parser.parse_args(arguments)
    if not given.prefetch:
        sys.stderr.write("错误：此版本没有 MCP 服务；用 --prefetch hs300 csi500 预取行情，或运行 quantgpt --help\n")
        return 2
    try:
        return _prefetch(tuple(given.prefetch))
    except QuantError as error:
        sys.stderr.write(f"错误：{error.message}\n" + (f"提示：{error.hint}\n" if error.hint else ""))
        return 2 if error.kind == "invalid" else 6


def _prefetch(universes: tuple[str, ...]) -> int:
    from quantgpt.bootstrap import build_app, build_source
    from quantgpt.services import data

    def say(stage: str, fraction: float, message: str = "") -> None:
        sys.stderr.write(f"\r{stage} {100 * fraction:3.0f}% {message[:60]:<60}")

    app = build_app()
    ask = data.DataUpdate(universes=universes, apply=True)
    made = data.update_data(app.markets, build_source(app, "baostock"), app.clock, ask, say)
    sys.stderr.write("\n")
    sys.stdout.write(f"行情库 {made.market}：{made.rows:,} 行，快照 {made.snapshot}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
