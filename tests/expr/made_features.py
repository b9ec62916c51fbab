"""Feature inputs with every kind of gap, made from the made market, and bitwise comparison of results."""

from __future__ import annotations

import numpy as np
from tests.expr.made_market import made_market

from quantgpt.expr.features import FeatureInputs

CODES = ("SH600000", "SH000300", "000905.SH")


def made_inputs(days: int = 90, names: int = 23, seed: int = 5, others: bool = True) -> FeatureInputs:
    """Suspensions, late listings, early ends, a name without any bar, zero and infinite values, ties."""
    market = made_market(days, names, seed)
    fields = {name: np.array(panel, np.float32) for name, panel in market.fields.items()}
    fields["factor"] = np.where(np.isnan(fields["close"]), np.nan, np.float32(1.5))
    fields["change"] = fields["returns"].copy()
    fields["volume"][12, :4] = 0.0
    fields["amount"] = fields["volume"] * fields["vwap"]
    fields["volume"][60:62, -2:] = np.inf
    first = np.zeros(names, np.int32)
    last = np.full(names, days - 1, np.int32)
    first[3], last[7], first[5], last[5] = 40, days - 20, 1, 0
    single: dict[str, FeatureInputs] = {}
    if others:
        single = {code: _column(made_inputs(days, names, 11 + i, False), 8 + i) for i, code in enumerate(CODES)}
        single |= {"600000.SH": single["SH600000"], "000300.SH": single["SH000300"]}
    absent = (np.arange(days)[:, None] < first) | (np.arange(days)[:, None] > last)
    fields = {name: np.where(absent, np.float32(np.nan), panel) for name, panel in fields.items()}
    return FeatureInputs(market.days, fields, first, last, market.eligible, market.industry, single)


def _column(inputs: FeatureInputs, j: int) -> FeatureInputs:
    """One name alone."""
    fields = {name: panel[:, j : j + 1] for name, panel in inputs.fields.items()}
    return FeatureInputs(inputs.days, fields, inputs.first[j : j + 1], inputs.last[j : j + 1])


def different(a: np.ndarray, b: np.ndarray, ulps: int = 0) -> np.ndarray:
    """Where two float32 arrays are further apart than `ulps` steps; two missing values are equal, and so are 0 and -0."""
    x, y = (np.ascontiguousarray(v, np.float32).view(np.int32).astype(np.int64) for v in (a, b))
    x, y = (np.where(v < 0, -(v & 0x7FFFFFFF), v) for v in (x, y))
    unlike: np.ndarray = (np.abs(x - y) > ulps) & ~(np.isnan(a) & np.isnan(b))
    return unlike
