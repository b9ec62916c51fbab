"""What every source shares: the registry, the child process with a deadline, the words for failures."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from quantgpt.foundations.errors import SourceFailed
from quantgpt.foundations.registry import Registry
from quantgpt.market.source import Source

SOURCES: Registry[Callable[..., Source]] = Registry("data source")
T = TypeVar("T", bound=Callable[..., Source])

MAX_REPLY_BYTES = 64 << 20


def source(name: str) -> Callable[[T], T]:
    """Register a source under its vendor's name."""

    def register(made: T) -> T:
        SOURCES.add(name, made)
        return made

    return register


class SourceError(SourceFailed):
    """A source failed; `code` is the vendor's, or one of ours: timeout, died, garbled, dns, connect, incomplete ..."""

    def __init__(self, message: str, *, code: str, hint: str = "", can_retry: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.can_retry = can_retry


@dataclass(frozen=True)
class Table:
    """A vendor's reply: column names and rows of text, as they came."""

    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """One column's texts. Raises: KeyError."""
        if name not in self.fields:
            raise KeyError(name)
        at = self.fields.index(name)
        return [row[at] for row in self.rows]


@dataclass
class Child:
    """A vendor's client in a process of its own: whatever it prints, however it hangs, it can be ended.

    The child gets requests as JSON lines on stdin and answers as JSON lines on a pipe of its own; its standard output is
    turned to standard error before the vendor's module is imported.
    """

    command: Sequence[str]
    vendor: str
    explain: Callable[[str, str], SourceError]
    _process: subprocess.Popen[bytes] | None = None
    _replies: int = -1
    _rest: bytes = b""

    def ask(self, method: str, deadline_seconds: float, **arguments: Any) -> Any:
        """One call in the child.  Raises: SourceError; after a time-out or a death the child is gone."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"method": method, "arguments": arguments}).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            raise self._died() from None
        line = self._read_line(time.monotonic() + deadline_seconds, deadline_seconds)
        try:
            reply = json.loads(line)
        except ValueError:
            self.close()
            raise self.explain("garbled", "") from None
        if "error" in reply:
            raise self.explain(str(reply["error"]["code"]), str(reply["error"]["message"]))
        return reply["value"]

    def close(self) -> None:
        """End the child, by force if it does not go by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):
            if process.stdin:
                process.stdin.close()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
        process.wait()
        os.close(self._replies)
        self._rest = b""

    def _start(self) -> None:
        if self._process is not None:
            self.close()
        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*self.command, str(writing)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(writing)
        os.set_blocking(reading, False)
        self._replies, self._rest = reading, b""

    def _read_line(self, until: float, deadline_seconds: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                left = until - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self.close()
                    raise self.explain("timeout", f"{deadline_seconds:g}")
                chunk = os.read(self._replies, 1 << 20)
                if not chunk:
                    raise self._died()
                self._rest += chunk
                if len(self._rest) > MAX_REPLY_BYTES:
                    self.close()
                    raise self.explain("too_large", "")
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _died(self) -> SourceError:
        process = self._process
        code = process.wait() if process is not None else None
        self.close()
        return self.explain("died", str(code))


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules in this Python."""
    return [sys.executable, "-m", module, *arguments]
