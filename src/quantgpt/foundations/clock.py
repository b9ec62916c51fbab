"""Time comes in through a clock, so that tests choose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where "now" comes from."""

    def now(self) -> datetime:
        """The present moment, in UTC with its zone."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, in UTC with its zone."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is set."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


def market_date(clock: Clock) -> date:
    """Today's date in Shanghai."""
    return clock.now().astimezone(SHANGHAI).date()
