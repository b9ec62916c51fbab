"""Runs the vendor's client in a process of its own: JSON requests on stdin, JSON replies on the pipe given by number.

Standard output is turned to standard error before the client is imported, because it prints there.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

SUCCESS = "0"
CONNECT_SECONDS = 10.0
QUERIES = frozenset(
    {
        "query_trade_dates",
        "query_daily_history_k_AStock",
        "query_daily_adjust_factor",
        "query_history_k_data_plus",
        "query_hs300_stocks",
        "query_zz500_stocks",
        "query_sz50_stocks",
        "query_stock_basic",
    }
)

PROBES = ("probe_client", "probe_dns", "probe_connect", "probe_login")
"""Steps on the way to the first query, one at a time."""


class CallFailed(Exception):
    """A call came back with an error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def main(arguments: list[str]) -> None:
    """Serve requests until standard input ends. Arguments: client module, folder of it or "", number of the pipe."""
    module, folder, pipe = arguments
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if folder:
        sys.path.insert(0, folder)
    session = _Session(module)
    with os.fdopen(int(pipe), "wb", buffering=0) as replies:
        for line in sys.stdin.buffer:
            request = json.loads(line)
            try:
                reply: dict[str, Any] = {"value": session.call(request["method"], request["arguments"])}
            except CallFailed as error:
                reply = {"error": {"code": error.code, "message": error.message}}
            replies.write(json.dumps(reply).encode() + b"\n")


class _Session:
    """One log-in, kept for all calls."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._client: Any = None

    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Fields and rows of one query, all pages; nothing for a step of a probe."""
        key = arguments.pop("api_key", "")
        if method in PROBES:
            self._step(method, key)
            return {"fields": [], "rows": []}
        if method not in QUERIES:
            raise CallFailed("method", method)
        if self._client is None:
            self._client = self._log_in(key)
        return _table(lambda: getattr(self._client, method)(**arguments))

    def _step(self, method: str, key: str) -> None:
        if method == "probe_client":
            self._load()
        elif method == "probe_dns":
            _resolve(self._module, key)
        elif method == "probe_connect":
            _connect(self._module, key)
        elif self._client is None:
            self._client = self._log_in(key, reach=False)

    def _load(self) -> Any:
        try:
            return importlib.import_module(self._module)
        except ImportError as error:
            raise CallFailed("missing", str(error)) from error

    def _log_in(self, key: str, *, reach: bool = True) -> Any:
        client = self._load()
        if reach:
            _resolve(self._module, key)
            _connect(self._module, key)
        if key:
            client.set_API_key(key)
        answer = _guarded(client.login)
        _check(answer)
        return client


def _address(module: str, key: str) -> tuple[str, int] | None:
    """Host and port of the server; None where the client does not say."""
    try:
        constants = importlib.import_module(f"{module}.common.contants")
    except ImportError:
        return None
    host = constants.BAOSTOCK_VIP_SERVER_IP if key else constants.BAOSTOCK_SERVER_IP
    return host, int(constants.BAOSTOCK_SERVER_PORT)


def _resolve(module: str, key: str) -> None:
    """Tell a name that does not resolve from a server that does not answer; the client reports neither."""
    address = _address(module, key)
    if address is None:
        return
    host, port = address
    try:
        socket.getaddrinfo(host, port)
    except OSError as error:
        raise CallFailed("dns", f"{host}: {error}") from error


def _connect(module: str, key: str) -> None:
    address = _address(module, key)
    if address is None:
        return
    host, port = address
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except TimeoutError as error:
        raise CallFailed("connect_timeout", f"{host}:{port}") from error
    except OSError as error:
        raise CallFailed("connect", f"{host}:{port}: {error.strerror or error}") from error
    socket.setdefaulttimeout(60.0)


def _table(query: Callable[[], Any]) -> dict[str, Any]:
    """Rows of all pages; the error code is looked at before and after, since a failed page only ends the loop."""
    answer = _guarded(query)
    _check(answer)
    rows = []
    while _guarded(answer.next):
        rows.append(_guarded(answer.get_row_data))
    _check(answer)
    return {"fields": list(answer.fields), "rows": rows}


def _check(answer: Any) -> None:
    code = str(getattr(answer, "error_code", ""))
    if code != SUCCESS:
        raise CallFailed(code, str(getattr(answer, "error_msg", "")))


def _guarded(call: Callable[[], Any]) -> Any:
    """The client raises whatever comes when a reply is cut off; say so in one way."""
    try:
        return call()
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OSError) as error:
        raise CallFailed("client", f"{type(error).__name__}: {error}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
