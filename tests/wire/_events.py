"""Reading event streams."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from starlette.testclient import TestClient


class Event(NamedTuple):
    """One server-sent event."""

    id: str | None
    name: str
    data: Any


def parse(text: str) -> list[Event]:
    """All events of a stream."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append(Event(fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


def stream(client: TestClient, task_id: str, last: str | None = None) -> list[Event]:
    """The events of a task until the stream ends."""
    headers = {"Last-Event-ID": last} if last else {}
    answer = client.get(f"/api/v1/tasks/{task_id}/stream", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return parse(answer.text)
