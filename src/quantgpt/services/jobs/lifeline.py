"""Ties between processes: a child never outlives its parent, a dead process is known as dead."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path


def host_id() -> str:
    """This machine, this boot, this process namespace: where a pid has one meaning."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    start = boot.read_text().strip()[:8] if boot.exists() else "0"
    namespace = Path("/proc/self/ns/pid")
    space = namespace.readlink().name.strip("pid:[]") if namespace.is_symlink() else "0"
    return f"{socket.gethostname()[:64]}-{start}-{space}"


def birth_of(pid: int) -> str | None:
    """When a living process was started (an opaque word that a reused pid does not share); None when it is dead."""
    with suppress(OSError, IndexError, ValueError):
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if state == "Z" else rest[18]
    if Path("/proc/self/stat").exists():
        return None
    import psutil

    try:
        return str(int(psutil.Process(pid).create_time()))
    except psutil.Error:
        return None


def worker_name(pid: int) -> str:
    """A name for a worker process that no other process will ever have."""
    return f"{host_id()}:{pid}:{birth_of(pid)}"


def is_dead(worker_id: str) -> bool:
    """The worker of that name ran on this machine and is gone. False where nothing can be known."""
    host, _, rest = worker_id.rpartition(":")[0].rpartition(":")
    birth = worker_id.rpartition(":")[2]
    return host == host_id() and rest.isdigit() and birth_of(int(rest)) != birth


def kill_group(pid: int, number: int) -> None:
    """Send a signal to a process group, or to the process where the group is not there yet."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
