"""`python -m quantgpt`: the MCP server on standard input and output, or over HTTP with `--transport`;
`--prefetch hs300 csi500` fills the market store and exits."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from quantgpt.faces.mcp.own_worker import OwnWorker
    from quantgpt.services._base import App

TRANSPORTS = ("stdio", "sse", "streamable-http", "http")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code."""
    given = _parser().parse_args(arguments)
    if given.prefetch is None and given.transport == "stdio":
        return _stdio() if arguments is None else _inside_another_program()
    from quantgpt.foundations.errors import QuantError

    try:
        return _prefetch(tuple(given.prefetch)) if given.prefetch is not None else _remote(given)
    except QuantError as error:
        return _say(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m quantgpt", description="QuantGPT MCP server")
    parser.add_argument("--transport", choices=TRANSPORTS, default="stdio", help="http：接口、网页与 /mcp；默认 stdio")
    parser.add_argument("--host", help="监听地址，默认取 QUANTGPT_HOST；本机以外的地址一律要求登录")
    parser.add_argument("--port", type=int, help="监听端口，默认取 QUANTGPT_PORT")
    parser.add_argument("--prefetch", nargs="+", metavar="UNIVERSE", help="预取这些股票池的行情，然后退出")
    return parser


def _inside_another_program() -> int:
    """The server takes standard input and output of its process for good: only a process of its own may do that."""
    sys.stderr.write("错误：标准输入输出上的 MCP 服务要在自己的进程里运行：python -m quantgpt\n")
    sys.stderr.write("提示：在程序里只能用 --prefetch 或 --transport sse|streamable-http|http\n")
    return 2


def _stdio() -> int:
    """Nothing is imported before the streams belong to the protocol."""
    from quantgpt.faces.mcp.wire import claim_wire

    wire = claim_wire()
    gc.disable()  # nothing becomes garbage while modules are loaded; the server turns it on again
    from quantgpt.faces.mcp.stdio import serve_stdio

    try:
        serve_stdio(_open_app, wire)
    except KeyboardInterrupt:
        return 130
    return 0


def _open_app() -> App:
    from quantgpt.bootstrap import build_app, start_logging

    app = build_app()
    start_logging(app.settings)
    return app


def _say(error: BaseException) -> int:
    from quantgpt.foundations.errors import Kind, QuantError

    assert isinstance(error, QuantError)
    sys.stderr.write(f"错误：{error.message}\n" + (f"提示：{error.hint}\n" if error.hint else ""))
    return 2 if error.kind is Kind.INVALID else 6


def _remote(given: argparse.Namespace) -> int:
    """One of the transports over HTTP, with a worker of its own where there is none."""
    from quantgpt.bootstrap import build_app, ensure_access, start_logging
    from quantgpt.faces.mcp.own_worker import OwnWorker
    from quantgpt.foundations.settings import load_settings

    asked = {name: getattr(given, name) for name in ("host", "port") if getattr(given, name) is not None}
    app = build_app(load_settings(**asked))
    start_logging(app.settings)
    app.ensure_room()
    ensure_access(app.settings)
    app.records.migrate()
    worker = OwnWorker()
    try:
        if worker.is_wanted(app):
            worker.start(app)
        _serve(app, given.transport, worker)
    finally:
        worker.stop()
    return 0


def _serve(app: App, transport: str, worker: OwnWorker) -> None:
    """The interface with its page and /mcp, or the tools alone; both know the same users."""
    if transport == "http":
        from quantgpt.faces.serving import serve

        serve(app)
        return
    from quantgpt.faces.mcp.alone import alone, serve_alone
    from quantgpt.faces.rest.access import caller_of
    from quantgpt.faces.rest.limits import Submissions

    def authenticate(request: Request) -> str:
        return caller_of(request, request.app.state.rest).id

    made = alone(app, transport, authenticate, Submissions(app).admit, worker)
    serve_alone(made, app.settings.host, app.settings.port)


def _prefetch(universes: tuple[str, ...]) -> int:
    from quantgpt.bootstrap import build_app, build_source
    from quantgpt.services.prefetch import prefetch

    def say(stage: str, fraction: float, message: str = "") -> None:
        sys.stderr.write(f"\r{stage} {100 * fraction:3.0f}% {message[:60]:<60}")

    app = build_app()
    made = prefetch(app, build_source(app, app.settings.data_provider), universes, say)
    sys.stderr.write("\n")
    sys.stdout.write(f"{made.sentence()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
