"""IC and rank IC of many expressions against a slow oracle on scipy ranks, on the demo and on real markets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata
from tests.parity.slow_trading import slow_label
from tests.parity.test_groups_expressions import EXPRESSIONS, real_view

from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.factors.grouping import rounded
from quantgpt.factors.ic import pearson_ic, rank_ic, rank_rows
from quantgpt.factors.labels import forward_returns
from quantgpt.foundations.panel import MarketView
from quantgpt.market.demo import demo_view

__all__ = ["real_view"]

HOLDING = 5


def slow_ic(f: np.ndarray, r: np.ndarray, ranked: bool) -> float:
    """Correlation of one session's pairs; NaN below five names or when one side is constant."""
    both = np.isfinite(f) & np.isfinite(r)
    a, b = f[both], r[both]
    if ranked:
        a, b = rankdata(rounded(a)), rankdata(rounded(b))
    if a.size < 5 or np.ptp(a) <= 1e-12 * np.abs(a).max() or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def check(view: MarketView) -> None:
    label = forward_returns(view, HOLDING).values
    rows = np.arange(view.first, view.days.size - 1 - HOLDING)
    slow = np.array([[slow_label(view, t, i, HOLDING)[0] for i in range(len(view.assets))] for t in rows])
    panels = evaluate([compile_expression(text) for text in EXPRESSIONS], EvalInputs.of(view))
    returns = rank_rows(label)
    for text, panel in zip(EXPRESSIONS, panels, strict=True):
        factor = np.where(view.eligible, panel, np.nan)
        valid = np.isfinite(factor)
        fast = rank_ic(rank_rows(panel, view.eligible), returns, rows).values
        rank = [slow_ic(factor[t], slow[k], ranked=True) for k, t in enumerate(rows)]
        np.testing.assert_allclose(fast, rank, rtol=0, atol=1e-9, err_msg=text)
        plain = pearson_ic(panel, valid, label, np.isfinite(label), rows)
        raw = [slow_ic(factor[t], slow[k], ranked=False) for k, t in enumerate(rows)]
        np.testing.assert_allclose(plain, raw, rtol=0, atol=1e-9, err_msg=text)


def test_every_expression_on_the_demo_market() -> None:
    check(demo_view(assets=40, sessions=130, seed=3, warmup=40))


@pytest.mark.realdata
@pytest.mark.slow
def test_every_expression_on_real_data(real_view: MarketView) -> None:
    check(real_view)
