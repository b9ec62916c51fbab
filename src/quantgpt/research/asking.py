"""Questions to a language model within a budget of calls and seconds: patience with faults that pass, a receipt for each call."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantgpt.foundations.chat import PASSING, Answer, Message, ModelFault
from quantgpt.research.model import ChatModel

PAUSE_SECONDS = 0.5
CALL_SECONDS = 60.0


@dataclass(kw_only=True)
class Asking:
    """One task's questions to a model.

    `calls` and `seconds` bound all of them together, requests that failed included; `faults` is how many faults are
    forgiven. `receipt` hears of every request as a row for the table of model calls; it is called before anything else
    happens. A pause never outlasts the budget: a server that wants to be left alone for longer is a fault that stays.
    """

    model: ChatModel
    purpose: str
    receipt: Callable[[dict[str, Any]], None]
    calls: int = 4
    seconds: float = 120.0
    faults: int = 2
    pause: float = field(default_factory=lambda: PAUSE_SECONDS)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    used: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_hash: str | None = None
    answer_hash: str | None = None
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (self.clock() - self._began)

    def ask(self, messages: Sequence[Message], *, max_tokens: int = 1024, temperature: float = 0.1) -> Answer:
        """The model's answer, after at most `faults` faults over the whole task.

        Raises: ModelFault: the last one, or `budget` when no call or no second is left.
        """
        while True:
            if self.used >= self.calls or self.left <= 0:
                raise ModelFault("budget", f"{self.used} calls", requests=0)
            try:
                return self._once(messages, max_tokens, temperature)
            except ModelFault as fault:
                if not self.forgives(fault):
                    raise

    def forgives(self, fault: ModelFault) -> bool:
        """Whether it makes sense to ask again after that fault; waits as long as the server wishes before it says so."""
        wait = self.pause if fault.retry_after is None else fault.retry_after
        self.faults -= 1
        if fault.kind not in PASSING or self.faults < 0 or self.used >= self.calls or wait >= self.left:
            return False
        self.sleep(wait)
        return True

    def _once(self, messages: Sequence[Message], max_tokens: int, temperature: float) -> Answer:
        asked = _hash("\n".join(f"{m.role}: {m.content}" for m in messages))
        began = self.clock()
        row: dict[str, Any] = {"model": self.model.name[:100], "purpose": self.purpose, "prompt_hash": asked}
        try:
            answer = self.model.ask(
                messages, max_tokens=max_tokens, temperature=temperature, seconds=min(CALL_SECONDS, self.left)
            )
        except ModelFault as fault:
            self.used += fault.requests
            self._book(row | {"ok": False, "fault": fault.kind}, fault.requests, began)
            raise
        self.used += answer.requests
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        self.prompt_hash, self.answer_hash = asked, _hash(answer.text)
        told = {
            "ok": True,
            "fault": None,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "answer_hash": self.answer_hash,
        }
        self._book(row | told, answer.requests, began)
        return answer

    def _book(self, row: dict[str, Any], requests: int, began: float) -> None:
        """One receipt for each request; of several, all but the last were turned down."""
        turned_down = {**row, "ok": False, "fault": "refused", "prompt_tokens": None, "completion_tokens": None}
        for _ in range(requests - 1):
            self.receipt({**turned_down, "seconds": 0.0, "answer_hash": None})
        self.receipt(
            {"answer_hash": None, "prompt_tokens": None, "completion_tokens": None}
            | row
            | {"seconds": round(self.clock() - began, 3)}
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
