"""How a child is, and what it died of."""

from __future__ import annotations

import signal
from contextlib import suppress


def resident_mb(pid: int) -> float:
    """Memory of a process and of the helpers that it forked, in MiB; pages that they share with it count once."""
    import psutil

    try:
        process = psutil.Process(pid)
        found = float(process.memory_info().rss)
        helpers = process.children(recursive=True)
    except psutil.Error:
        return 0.0
    for helper in helpers:
        with suppress(psutil.Error):
            found += float(helper.memory_full_info().uss)
    return found / 2**20


def cause_of_death(code: int) -> str:
    """What an exit code says, for the person who waits."""
    if code == -signal.SIGKILL:
        return "进程被信号 9 终止（可能内存不足）"
    if code < 0:
        return f"进程被信号 {-code} 终止"
    return f"进程意外退出（代码 {code}）"
