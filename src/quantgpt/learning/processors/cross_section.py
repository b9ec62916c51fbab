"""Processors that compare the names of one session."""

from __future__ import annotations

import numpy as np

from quantgpt.foundations.errors import BadRequest
from quantgpt.learning import kernels
from quantgpt.learning.processors._base import Group, PlaneProcessor, processor
from quantgpt.learning.processors.scaling import MOST, NORMAL_SPREAD
from quantgpt.learning.tables import Plane

METHODS = ("zscore", "robust")
MIDDLE = 0.5
UNIFORM_UNIT = 3.46
"""one over the standard deviation of a uniform law on 0..1, as Qlib rounds it"""


@processor("CSZScoreNorm")
class CSZScoreNorm(PlaneProcessor):
    """Per session (x − mean) / deviation, ddof 1; with `robust` (x − median) / MAD / 1.4826, held within ±3.

    NaN:    fewer than two valid values in the session, or all of them equal (zscore); a MAD of 0 gives ±3, and NaN at
            the median itself (robust).
    Source: Qlib 0.9.7, `CSZScoreNorm`. Where the mean of equal values is rounded, Qlib divides by the residue; here the
            session is missing, as it is in Qlib where nothing is rounded.
    """

    def __init__(self, fields_group: Group = None, method: str = "zscore") -> None:
        super().__init__(fields_group)
        if method not in METHODS:
            raise BadRequest(f"method must be zscore or robust, got {method!r}", field="method", nearest="zscore")
        self.method = method

    def change(self, plane: Plane) -> None:
        """Standardise every session."""
        x, width = plane.flat, plane.width
        if self.method == "zscore":
            kernels.day_zscore(x, width, plane.present, *plane.target())
        else:
            kernels.day_robust(x, width, plane.present, NORMAL_SPREAD, MOST, *plane.target())


@processor("CSRankNorm")
class CSRankNorm(PlaneProcessor):
    """Per session (rank / number of valid values − 0.5) · 3.46; equal values share their average rank.

    Source: Qlib 0.9.7, `CSRankNorm`.
    """

    def change(self, plane: Plane) -> None:
        """Rank every session; float32 by radix sort."""
        x, width, present = plane.flat, plane.width, plane.present
        if x.dtype == np.float32:
            kernels.day_rank_single(x, x.view(np.uint32), width, present, MIDDLE, UNIFORM_UNIT, *plane.target())
        else:
            kernels.day_rank(x, width, present, MIDDLE, UNIFORM_UNIT, *plane.target())
