"""The worker's side of the fork server: start it, order children, hear what became of them."""

from __future__ import annotations

import json
import logging
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from quantgpt.foundations.errors import Unavailable

log = logging.getLogger(__name__)

START_SECONDS = 600.0
ENTRY = "from quantgpt.bootstrap import fork_server; fork_server()"


class Nursery:
    """One fork server. Start it from the main thread: the kernel ties its life to the thread that made it."""

    def __init__(self, greeting: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._greeting = dict(greeting)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def start(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Start the fork server and wait until it is warm, as long as that is `wanted`. Without warming where that left
        threads behind.

        Raises: Unavailable.
        """
        if self._start(self._greeting, wanted) > 1:
            log.warning("warming up left threads behind; starting the fork server cold")
            self.stop()
            self._start({**self._greeting, "warm": False}, wanted)

    def _start(self, greeting: Mapping[str, Any], wanted: Callable[[], bool]) -> int:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", ENTRY, str(theirs.fileno()), str(os.getpid())],
                env=self._environment,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=2,
            )
        self.control = ours
        ours.send(json.dumps(greeting).encode())
        ours.setblocking(False)
        deadline = time.monotonic() + START_SECONDS
        while wanted() and time.monotonic() < deadline:
            messages, alive = self.messages()
            if messages:
                return int(messages[0]["threads"])
            if not alive:
                break
            select.select([ours], [], [], 0.2)
        self.stop()
        raise Unavailable("任务进程无法启动", hint="see the log above" if wanted() else "it was told to stop")

    @property
    def pid(self) -> int | None:
        """Process id of the fork server."""
        return self._process.pid if self._process else None

    def order(self, order: Mapping[str, Any]) -> int:
        """Ask for a child; returns the descriptor (non-blocking) on which it will report. Raises OSError.

        The order itself may be long and hold secrets: it goes as an anonymous file that only the child reads.
        """
        assert self.control is not None
        mine, childs = os.pipe()
        paper = os.memfd_create("order", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(paper), "wb") as handle:
                handle.write(json.dumps(order, ensure_ascii=False).encode())
            head = {"id": order["id"], "attempt": order["attempt"]}
            socket.send_fds(self.control, [json.dumps(head).encode()], [childs, paper])
        except OSError:
            os.close(mine)
            raise
        finally:
            os.close(childs)
            os.close(paper)
        os.set_blocking(mine, False)
        return mine

    def messages(self) -> tuple[list[dict[str, Any]], bool]:
        """(what the fork server said since the last call, whether it still lives)."""
        found: list[dict[str, Any]] = []
        while True:
            try:
                message = self._receive()
            except BlockingIOError:
                return found, True
            except OSError:
                return found, False
            if message is None:
                return found, False
            found.append(message)

    def _receive(self) -> dict[str, Any] | None:
        assert self.control is not None
        data = self.control.recv(1 << 16)
        return json.loads(data) if data else None

    def stop(self) -> None:
        """End the fork server, and with it every child that is left."""
        if self.control is not None:
            self.control.close()
            self.control = None
        if self._process is not None:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
            self._process = None
