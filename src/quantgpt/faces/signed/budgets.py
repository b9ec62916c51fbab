"""How much may be asked: weights per key, counted in the database; per address, counted here, where nobody signs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from quantgpt.faces.signed.calls import Caller
from quantgpt.faces.signed.refusals import Refusal, too_often
from quantgpt.services._base import App
from quantgpt.services.signed import limits

USED_HEADER, LIMIT_HEADER = "X-PipAI-Used-Weight-1m", "X-PipAI-Weight-Limit-1m"
REFUSED_PER_MINUTE = 1_000
"""Requests with wrong credentials of one address in any minute."""
_SECONDS = 60
_MOST_ADDRESSES = 4_096


class Window:
    """What was counted under each name in the last 60 seconds, by whole seconds; the names used last are remembered."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._counts: OrderedDict[str, dict[int, int]] = OrderedDict()
        self._turn = threading.Lock()

    def spend(self, name: str, amount: int) -> tuple[int, float | None]:
        """Count an amount; (what is counted now, None), or, where it does not fit, what is and the seconds until it does."""
        now = self._now()
        with self._turn:
            seconds = self._counts.pop(name, {})
            seconds = {at: count for at, count in seconds.items() if now - _SECONDS < at <= now + _SECONDS}
            self._counts[name] = seconds
            while len(self._counts) > _MOST_ADDRESSES:
                self._counts.popitem(last=False)
            used = sum(seconds.values())
            if used + amount > self._most:
                return used, self._until(seconds, used + amount - self._most, now)
            seconds[int(now)] = seconds.get(int(now), 0) + amount
            return used + amount, None

    @staticmethod
    def _until(seconds: dict[int, int], needed: int, now: float) -> float:
        for at in sorted(seconds):
            needed -= seconds[at]
            if needed <= 0:
                return max(0.0, at + _SECONDS - now)
        return float(_SECONDS)


class Budgets:
    """The limits of one server."""

    def __init__(self, app: App) -> None:
        def now() -> float:
            return app.clock.now().timestamp()

        self._app = app
        self._refused = Window(REFUSED_PER_MINUTE, now)
        self._public = Window(app.settings.signed_weight, now)

    def spend(self, caller: Caller, weight: int) -> dict[str, str]:
        """Book a request's weight; the headers that say so.  Raises: Refusal 429 with the same headers, and books nothing."""
        if caller.key_id:
            budget = limits.spend(self._app, caller.bucket, weight)
            used, limit, wait = budget.used, budget.limit, budget.wait
        else:
            limit = self._app.settings.signed_weight
            used, wait = self._public.spend(caller.bucket, weight)
        headers = {USED_HEADER: str(used), LIMIT_HEADER: str(limit)}
        if wait is not None:
            refusal = too_often(wait, f"more than {limit} request weight within a minute")
            refusal.headers = {**refusal.headers, **headers}
            raise refusal
        return headers

    def refused(self, address: str, refusal: Refusal) -> Refusal:
        """Count wrong credentials of an address; what to answer. Who signs well is never refused for a neighbour."""
        _, wait = self._refused.spend(address, 1)
        return refusal if wait is None else too_often(wait, "too many requests with wrong credentials")


def poll(app: App, caller: Caller, job_id: str) -> None:
    """Count one look at a job that is not finished.  Raises: Refusal 429 when it comes too soon after those before."""
    wait = limits.poll(app, caller.key_id, job_id)
    if wait is not None:
        raise too_often(wait, "a job may be asked for once in 5 seconds")
