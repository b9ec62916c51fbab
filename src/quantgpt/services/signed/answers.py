"""Answers that are given again: the very same signed request, sent twice, does something once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from quantgpt.foundations.hashing import canonical_json
from quantgpt.records.answers import AnswerRow
from quantgpt.services._base import App


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def recall(app: App, token: str) -> Answer | None:
    """The answer that this request got within the last ten minutes. `token` names a request (64 characters at most)."""
    row = app.records.answers.get(token)
    return None if row is None else Answer(status=row.status, headers=json.loads(row.headers), body=row.body)


def keep(app: App, token: str, answer: Answer) -> None:
    """Keep what a request was answered; of two answers the first one stays."""
    headers = canonical_json(dict(answer.headers))
    app.records.answers.add(token, AnswerRow(status=answer.status, headers=headers, body=answer.body))
