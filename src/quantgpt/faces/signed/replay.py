"""The same signed write again: it gets the answer that it got, and nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

from quantgpt.faces.signed.calls import Answer, Caller
from quantgpt.faces.signed.refusals import Refusal
from quantgpt.services._base import App
from quantgpt.services.signed import answers

REPLAYED = {"Idempotent-Replay": "true"}
_STRIPES = 64
_PASSING = (401, 403, 415, 429)
"""Refusals that say nothing of what is signed, beside those of the server: they are not remembered."""


class Replays:
    """Answers to signed writes, kept in the database; requests that are the same wait for each other."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._turns = [threading.Lock() for _ in range(_STRIPES)]

    def once(self, caller: Caller, do: Callable[[], Answer], refused: Callable[[Refusal], Answer]) -> Answer:
        """The first answer to this signature, made now where there is none. What refuses is an answer, too."""
        with self._turns[int(caller.token[:8], 16) % _STRIPES]:
            known = answers.recall(self._app, caller.token)
            if known is not None:
                return Answer(known.body, known.status, {**known.headers, **REPLAYED})
            try:
                made = do()
            except Refusal as refusal:
                if refusal.status >= 500 or refusal.status in _PASSING:
                    raise
                made = refused(refusal)
            kept = answers.Answer(status=made.status, headers=dict(made.headers), body=made.body)
            answers.keep(self._app, caller.token, kept)
            return made
