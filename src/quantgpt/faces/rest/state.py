"""What the routes share: the App, the limits, the watcher of events."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from quantgpt.faces.rest.limits import Submissions
from quantgpt.faces.rest.watcher import Watcher
from quantgpt.services._base import App


@dataclass
class Rest:
    """State of one server."""

    app: App
    watcher: Watcher
    submissions: Submissions
    streams: int = 0


def rest_of(request: Request) -> Rest:
    """The state of the server that a request came to."""
    rest: Rest = request.app.state.rest
    return rest
