"""The process that forks the children of jobs: everything heavy is imported here once, so a child is ready at once.

It has one thread and never runs a parallel region: a fork after either would kill the child.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from quantgpt.foundations.processes import die_with_parent
from quantgpt.services._base import OPERATIONS, App
from quantgpt.services.jobs.child import become_child, run_order
from quantgpt.services.jobs.lifeline import kill_group

log = logging.getLogger(__name__)

NICENESS = 10
LARGEST_ORDER = 1 << 16


def serve(control: socket.socket, worker: int, build: Callable[[dict[str, Any]], App]) -> None:
    """Take orders from the worker until it goes away. `build` makes the App out of the first message."""
    die_with_parent(worker)
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    greeting = json.loads(control.recv(LARGEST_ORDER))
    for module in greeting["plugins"]:
        importlib.import_module(module)
    app = build(greeting["settings"])
    if greeting["warm"]:
        _warm(app)
    gc.collect()
    gc.freeze()
    _tell(control, {"type": "ready", "threads": _threads()})
    _take_orders(app, control)


def _warm(app: App) -> None:
    for name, how in OPERATIONS.items():
        if how.warm is None:
            continue
        try:
            how.warm(app)
        except Exception:
            log.warning("could not warm up %s; its first job will be slower", name, exc_info=True)


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def _take_orders(app: App, control: socket.socket) -> None:
    woken, wake = os.pipe()
    for descriptor in (woken, wake):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([control.fileno(), woken], [], [], 1.0)
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 4096)
        _bury(control)
        if control.fileno() in ready and not _take_one(app, control):
            return


def _take_one(app: App, control: socket.socket) -> bool:
    data, descriptors, _, _ = socket.recv_fds(control, LARGEST_ORDER, 2)
    if not data:
        return False
    order = json.loads(data)
    pipe, paper = descriptors
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _child(app, control, paper, pipe, parent)
    with suppress(OSError):
        os.setpgid(pid, pid)
    os.close(pipe)
    os.close(paper)
    _tell(control, {"type": "started", "id": order["id"], "attempt": order["attempt"], "pid": pid})
    return True


def _child(app: App, control: socket.socket, paper: int, pipe: int, parent: int) -> None:
    """Never returns."""
    code = 1
    try:
        become_child(parent)
        control.close()
        os.lseek(paper, 0, os.SEEK_SET)
        with os.fdopen(paper, "rb") as handle:
            order = json.loads(handle.read())
        run_order(app, order, pipe)
        code = 0
    except BaseException:
        log.exception("the child of a job broke")
    finally:
        os._exit(code)


def _bury(control: socket.socket) -> None:
    """Report children that ended, and end whatever they left running in their group."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        kill_group(pid, signal.SIGKILL)
        _tell(control, {"type": "exited", "pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(control: socket.socket, message: dict[str, Any]) -> None:
    try:
        control.send(json.dumps(message).encode())
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)
