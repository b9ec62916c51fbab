"""People with accounts, and texts that break careless programs."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from quantgpt.services import accounts
from quantgpt.services._base import App

API = "/api/v1"

ODD_TEXTS = [
    "动量因子研究",
    "😀👩‍👩‍👧‍👦 émoji",
    "\u202eright to left\u202c عربى",
    "<script>alert(1)</script>",
    "'; DROP TABLE jobs; --",
    "{{7*7}} ${7*7} #{7*7} %(x)s %s {0}",
    "=cmd|' /C calc'!A0",
    "first\r\nSet-Cookie: x=1\r\nsecond",
    "../../etc/passwd",
    "..\\..\\windows",
    "䶮㐀\U00020000",
    "a\u200bb\ufeffc\u2028d",
    "null",
    "\x1b[31mred\x07",
    "𝐛𝐨𝐥𝐝 ﬁ ﷺ",
]
"""Stored and shown as they are, wherever a text may stand."""


class Person:
    """Somebody with an account, and what they send."""

    def __init__(self, client: TestClient, app: App, email: str) -> None:
        self._client = client
        self.email = email
        self.headers = {"Authorization": f"Bearer {accounts.token_for(app, email)}"}
        self.id = app.records.accounts.ensure(email).id

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Send a request under their name."""
        return self._client.request(method, f"{API}{path}", headers=self.headers, **more)
