"""Alpha360 of Qlib: sixty days of prices over today's close and of volume over today's volume."""

from __future__ import annotations

from dataclasses import replace

from quantgpt.libraries._base import Library, LibraryFactor, shelved
from quantgpt.libraries.alpha158 import LABELS, price_column, volume_column

SOURCE = "Qlib 0.9.7, Alpha360"
DAYS = 60
BLOCKS = ("CLOSE", "OPEN", "HIGH", "LOW", "VWAP", "VOLUME")


def feature_columns() -> tuple[LibraryFactor, ...]:
    """The 360 columns, block by block, the oldest day of each first; CLOSE0 is 1 wherever there is a close."""
    made = [
        volume_column(day) if block == "VOLUME" else price_column(block, day)
        for block in BLOCKS
        for day in reversed(range(DAYS))
    ]
    return tuple(replace(factor, source=f"{SOURCE}, {factor.name}") for factor in made)


@shelved("alpha360")
def alpha360() -> Library:
    """The 360 columns, with Qlib's spellings, order and numbers."""
    return Library(
        name="alpha360",
        zh="Alpha360（Qlib）",
        en="Alpha360 of Qlib",
        dialect="qlib",
        compat="qlib",
        source=SOURCE,
        factors=feature_columns(),
        labels=LABELS,
    )
