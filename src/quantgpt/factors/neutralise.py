"""A factor without what its industry and size explain: residuals of one regression per session."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import owned
from quantgpt.foundations.panel import BoolPanel, FloatPanel


def neutralise(
    factor: FloatPanel,
    eligible: BoolPanel,
    industry: NDArray[np.int16] | None = None,
    size: FloatPanel | None = None,
) -> FloatPanel:
    """Residuals on industry dummies, on a size column, or on both, over the eligible names of each session.

    Shape:  (T, N); industry (N,) with -1 = unknown, which counts as one industry of its own; size (T, N), for example the
            logarithm of the float market value.
    NaN:    names that are not eligible, have no value, or no size when size is used. A name alone in its industry gets 0.
    """
    from quantgpt.factors import kernels

    x = owned(factor)
    codes = np.zeros(x.shape[1], dtype=np.int32) if industry is None else np.asarray(industry).astype(np.int32)
    column = owned(size) if size is not None else np.zeros((1, 1))
    valid = np.isfinite(x) & eligible
    out = np.empty_like(x)
    number = int(codes.max(initial=-1)) + 1
    kernels.residual_rows(x, valid, codes, number, column, size is not None, out)
    return out


def log_size(cap: FloatPanel) -> FloatPanel:
    """Natural logarithm of a market value; NaN where it is missing or not positive."""
    return np.log(np.where(cap > 0, cap, np.nan))
