"""What a snapshot knows about its names beside their bars: listing, boards, industries, membership, indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import Days, FloatPanel
from quantgpt.market.snapshots import Array

Text = NDArray[np.str_]


@dataclass(frozen=True, kw_only=True)
class Spells:
    """Membership of one universe: one entry per name and spell, both ends included, NaT = still a member."""

    codes: Text
    first: Days
    last: Days

    @property
    def as_of(self) -> np.datetime64:
        """The last day on which anything changed."""
        ends = self.last[~np.isnat(self.last)]
        return max(self.first.max(), ends.max()) if ends.size else self.first.max()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Small arrays of a snapshot; `N` names in the order that breaks ties, `K` indices, `T` sessions."""

    days: Days
    calendar: Days
    """every session that the store knows, official ones only"""
    assets: Text
    names: Text
    board: NDArray[np.int8]
    industry: NDArray[np.int16]
    industry_names: Text
    list_day: Days
    delist_day: Days
    first_row: NDArray[np.int32]
    """(N,): row of the first stored bar"""
    last_row: NDArray[np.int32]
    """(N,): row of the last stored bar"""
    base: FloatPanel
    """(N,): factor of the first stored bar"""
    index_codes: Text
    index_names: Text
    adjusted_only: Text
    """names of which only forward-adjusted prices are known; kept apart, in no universe"""
    spells: Mapping[str, Spells] = field(default_factory=dict)

    def arrays(self) -> dict[str, Array]:
        """Each array under the name it is stored by."""
        out = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "spells"}
        for universe, spell in self.spells.items():
            for part in ("codes", "first", "last"):
                out[f"spells.{universe}.{part}"] = getattr(spell, part)
        return out

    @classmethod
    def read(cls, names: Mapping[str, str], load: Callable[[str], Array]) -> Facts:
        """Read stored arrays back."""
        plain = {f.name: load(f.name) for f in fields(cls) if f.name != "spells"}
        universes = sorted({name.split(".")[1] for name in names if name.startswith("spells.")})
        spells = {
            universe: Spells(**{part: load(f"spells.{universe}.{part}") for part in ("codes", "first", "last")})
            for universe in universes
        }
        return cls(spells=spells, **plain)


def text_array(values: list[str] | tuple[str, ...]) -> Text:
    """Strings as a fixed-width array, also when there are none."""
    return np.array(values, dtype=np.str_) if values else np.empty(0, dtype="<U1")
