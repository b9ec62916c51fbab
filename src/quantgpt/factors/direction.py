"""Which end of a factor is the good one: decided on the first part of the sample and kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_CALIBRATION = 120
"""sessions with an information coefficient that the first third must hold"""


@dataclass(frozen=True)
class Direction:
    """The sign of the factor, where it comes from and the slice that decided it."""

    sign: int
    source: str
    """"calibration", "calibration_half" (the sample is short) or "given" """
    calibration: NDArray[np.bool_]
    """(D,) over the rows with labels: inside the calibration slice; all False when the sign was given"""
    rank_ic: float
    """mean rank IC of the slice, NaN when given or empty"""

    @property
    def flipped(self) -> bool:
        """Low values are the good ones."""
        return self.sign < 0


def calibration_slice(values: NDArray[np.float64]) -> tuple[NDArray[np.bool_], str]:
    """The first third of the sessions that have an IC if that is 120 or more, else the first half.

    Shape: (D,) -> (D,) mask that reaches from the first row to the last session of the slice.
    """
    present = np.flatnonzero(np.isfinite(values))
    mask = np.zeros(values.size, dtype=np.bool_)
    third = present.size // 3
    source = "calibration" if third >= LEAST_CALIBRATION else "calibration_half"
    size = third if third >= LEAST_CALIBRATION else present.size // 2
    if size:
        mask[: present[size - 1] + 1] = True
    return mask, source


def choose_direction(values: NDArray[np.float64], given: int | None = None) -> Direction:
    """Sign of the mean rank IC on the calibration slice, or the one given.

    Shape: values (D,), rank IC by session. A mean of exactly 0, or an empty slice, counts as positive.
    """
    if given is not None:
        return Direction(1 if given >= 0 else -1, "given", np.zeros(values.size, dtype=np.bool_), math.nan)
    mask, source = calibration_slice(values)
    inside = values[mask & np.isfinite(values)]
    mean = float(inside.mean()) if inside.size else math.nan
    return Direction(-1 if mean < 0 else 1, source, mask, mean)
