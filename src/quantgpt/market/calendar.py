"""Sessions of the Shanghai and Shenzhen exchanges: official ones from a table, later ones computed and marked so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

import numpy as np

from quantgpt.foundations.panel import Days

ONE_DAY = np.timedelta64(1, "D")


def weekdays(first: np.datetime64, last: np.datetime64) -> Days:
    """Mondays to Fridays from `first` to `last`, both included."""
    days = np.arange(first, last + ONE_DAY, dtype="datetime64[D]")
    return days[(days.astype(np.int64) + 3) % 7 < 5]


@dataclass(frozen=True)
class TradeDays:
    """A span of sessions; those after `official_until` are computed from public holidays, not announced."""

    days: Days
    official_until: np.datetime64

    def is_provisional(self, day: np.datetime64) -> bool:
        """Whether that day lies beyond the last announced one."""
        return bool(day > self.official_until)

    def between(self, first: np.datetime64, last: np.datetime64) -> Days:
        """Sessions from `first` to `last`, both included."""
        return self.days[np.searchsorted(self.days, first) : np.searchsorted(self.days, last, "right")]

    def contains(self, days: Days) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of `days` are sessions."""
        if not self.days.size:
            return np.zeros(days.shape, dtype=bool)
        at = np.minimum(np.searchsorted(self.days, days), self.days.size - 1)
        return np.asarray(self.days[at] == days)

    def extended(self, more: Days) -> TradeDays:
        """This table with sessions that a source has announced.

        A day inside the span that `more` covers is a session exactly when `more` has it; the rest stays.
        """
        if not more.size:
            return self
        more = np.unique(more.astype("datetime64[D]"))
        outside = self.days[(self.days < more[0]) | (self.days > more[-1])]
        until = max(self.official_until, more[-1])
        kept = np.union1d(outside, more)
        if more[-1] > self.official_until:
            kept = kept[kept <= until]
        return TradeDays(kept, until)

    def through(self, last: np.datetime64) -> TradeDays:
        """This table carried on to `last` with weekdays that are no public holiday (provisional ones)."""
        if not self.days.size or last <= self.days[-1]:
            return self
        begin = max(self.official_until, self.days[-1]) + ONE_DAY
        ahead = weekdays(begin, last)
        return TradeDays(
            np.concatenate([self.days, ahead[~np.isin(ahead, _computed_holidays(begin, last))]]), self.official_until
        )


@lru_cache(maxsize=1)
def official() -> TradeDays:
    """The table in the package: 2010 to the last year that the exchanges have announced."""
    closed: list[str] = []
    years: list[int] = []
    for line in files("quantgpt.market").joinpath("holidays.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            year, *dates = line.split()
            years.append(int(year))
            closed.extend(f"{year}-{date[:2]}-{date[2:]}" for date in dates)
    last = np.datetime64(f"{max(years)}-12-31", "D")
    days = weekdays(np.datetime64(f"{min(years)}-01-01", "D"), last)
    days = days[~np.isin(days, np.array(closed, dtype="datetime64[D]"))]
    days.flags.writeable = False
    return TradeDays(days, last)


def sessions_since(days: Days, start: Days, table: Days) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Sessions from each start to each day: 0 on the first session at or after the start, negative before it.

    Shape: (T,) days and (N,) starts -> (T, N). Before the first session of `table` every weekday counts as one, which is
           exact enough for names that have been listed for years. A start that is NaT counts as -1 everywhere.
    """
    if not table.size:
        table = days
    row = np.searchsorted(table, days).astype(np.int64)
    begin = np.searchsorted(table, start).astype(np.int64)
    early = start < table[0]
    begin[early] = -np.busday_count(start[early], table[0])
    age = row[:, None] - begin[None, :]
    age[:, np.isnat(start)] = -1
    return age.astype(np.int32)


def review_days(days: Sequence[date]) -> list[date]:
    """Sessions on which index reviews take effect: the Monday after the second Friday of June and December.

    The next session where that Monday is none.  Source: CSI index methodology (the rule since 2013).
    """
    found = []
    for year in range(days[0].year, days[-1].year + 1) if days else ():
        for month in (6, 12):
            monday = review_monday(year, month)
            at = bisect_left(days, monday)
            if 0 < at < len(days) and (days[at] - monday).days < 14:
                found.append(days[at])
    return found


def review_monday(year: int, month: int) -> date:
    """The Monday after the second Friday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 7 + 3)


def _computed_holidays(first: np.datetime64, last: np.datetime64) -> Days:
    import holidays

    years = range(first.astype(object).year, last.astype(object).year + 1)
    closed = holidays.financial_holidays("XSHG", years=years)
    return np.array(sorted(closed), dtype="datetime64[D]")
