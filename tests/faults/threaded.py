"""An operation whose warming up leaves a thread behind, as a careless library would."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from quantgpt.services._base import App, operation


def leave_a_thread(app: App) -> None:
    """Start a thread that does not end."""
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Ask for nothing."""


@operation("test.idle", ask=Idle, run="job", warm=leave_a_thread)
def idle(app: App, ask: Idle, progress: Any) -> dict[str, Any]:
    """Do nothing."""
    return {}
