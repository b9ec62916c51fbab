"""Helpers: forked copies of a process that read its memory and compute pieces of one piece of work."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import resource
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

Work = Callable[[list[int]], Iterable[tuple[int, Any]]]
"""Computes a batch of numbered pieces and yields each piece as it is done."""

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Lost:
    """A piece that took its helper down, twice."""

    reason: str


@dataclass
class _Helper:
    pid: int
    line: Connection
    held: list[int] = field(default_factory=list)


def can_fork() -> bool:
    """This process has one thread, so that a forked copy of it is whole."""
    tasks = Path("/proc/self/task")
    return hasattr(os, "fork") and (len(os.listdir(tasks)) if tasks.exists() else threading.active_count()) == 1  # noqa: PTH208


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; exits at once if `parent` is dead already.

    The kernel forgets this at fork, so each generation calls it for itself.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def spread(batches: Sequence[Sequence[int]], work: Work, helpers: int) -> Generator[tuple[int, Any], None, None]:
    """Every numbered piece with what `work` made of it, in the order in which they are done.

    `work` runs in forked copies of this process, which therefore must have one thread and must have run no parallel
    region; what it yields is sent as pickled objects. With one helper, or where forking is not safe, it runs here. The pieces that a
    helper held when it died are tried once more, each alone; one that takes a second helper down is `Lost`. No helper
    outlives the iterator, nor this process.
    """
    if helpers <= 1 or not batches or not can_fork():
        for batch in batches:
            yield from work(list(batch))
        return
    crew = _Crew(batches, work)
    gc.collect()
    gc.freeze()
    try:
        for _ in range(min(helpers, len(batches))):
            crew.hire()
        yield from crew.run()
    finally:
        crew.dismiss()
        gc.unfreeze()


class _Crew:
    """The helpers of one `spread`, and what is left to do."""

    def __init__(self, batches: Sequence[Sequence[int]], work: Work) -> None:
        self.work = work
        self.left = deque(list(batch) for batch in batches)
        self.tried: set[int] = set()
        self.helpers: dict[Connection, _Helper] = {}

    def hire(self) -> None:
        """Fork one more helper and give it a batch."""
        mine, theirs = Pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _serve(self.work, theirs, parent, (mine, *self.helpers))
        theirs.close()
        helper = _Helper(pid, mine)
        self.helpers[mine] = helper
        self._order(helper)

    def _order(self, helper: _Helper) -> None:
        """The next batch, or nothing: the helper ends."""
        helper.held = self.left.popleft() if self.left else []
        with suppress(BrokenPipeError, ConnectionResetError):
            helper.line.send(helper.held)

    def run(self) -> Iterator[tuple[int, Any]]:
        """Hear the helpers until everything is done."""
        while self.helpers:
            for line in wait(list(self.helpers)):
                assert isinstance(line, Connection)
                yield from self._hear(self.helpers[line])

    def _hear(self, helper: _Helper) -> Iterator[tuple[int, Any]]:
        try:
            message = helper.line.recv()
        except (EOFError, ConnectionResetError):
            yield from self._bury(helper)
            return
        if message is None:
            self._order(helper)
        else:
            helper.held.remove(message[0])
            yield message

    def _bury(self, helper: _Helper) -> Iterator[tuple[int, Any]]:
        """A helper has ended: try again what it held, or give it up."""
        code = self._let_go(helper)
        for piece in helper.held:
            if piece in self.tried:
                yield piece, Lost(_reason(code))
            else:
                self.tried.add(piece)
                self.left.append([piece])
        if self.left and len(self.helpers) < len(self.left):
            self.hire()

    def _let_go(self, helper: _Helper) -> int:
        del self.helpers[helper.line]
        helper.line.close()
        _, status = os.waitpid(helper.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def dismiss(self) -> None:
        """End every helper that is left."""
        for helper in list(self.helpers.values()):
            with suppress(ProcessLookupError):
                os.kill(helper.pid, signal.SIGKILL)
            self._let_go(helper)


def _serve(work: Work, line: Connection, parent: int, others: Iterable[Connection]) -> None:
    """The life of a helper. Never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(parent)
        for other in others:
            other.close()
        os.dup2(2, 1)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        while batch := line.recv():
            for done in work(batch):
                line.send(done)
            line.send(None)
        code = 0
    except BaseException:
        log.exception("a helper broke")
    finally:
        os._exit(code)


def _reason(code: int) -> str:
    cause = f"进程被信号 {-code} 终止（可能内存不足）" if code < 0 else f"进程意外退出（代码 {code}）"
    return f"{cause}，已重试一次"
