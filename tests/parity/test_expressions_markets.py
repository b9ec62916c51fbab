"""Factor values on the demo market and on real bars against the slow interpreter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.parity.expression_oracle import oracle
from tests.parity.test_expressions import EXPRESSIONS, assert_same

from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.market.demo import demo_view


@pytest.fixture(scope="module")
def demo_market() -> EvalInputs:
    """A small piece of the demo market."""
    view = demo_view(assets=24, sessions=60, warmup=20)
    return EvalInputs.of(view)


@pytest.fixture(scope="module")
def real_market(real_data: Path) -> EvalInputs:
    """Twenty real names over half a year with ex-dividend days and suspensions, adjusted from the first bar."""
    import pandas as pd

    path = real_data / "ashare_daily.parquet"
    days = (pd.Timestamp("2016-02-01").date(), pd.Timestamp("2016-07-31").date())
    codes = sorted(
        pd.read_parquet(path, columns=["code"], filters=[("date", "==", pd.Timestamp("2016-03-01").date())])["code"]
    )
    bars = pd.read_parquet(
        path, filters=[("code", "in", codes[::30][:20]), ("date", ">=", days[0]), ("date", "<=", days[1])]
    )

    def panel(column: str) -> np.ndarray:
        wide = bars.assign(code=bars["code"].astype(str)).pivot(index="date", columns="code", values=column)
        return wide.to_numpy(dtype=float)

    traded = panel("volume") > 0
    factor = panel("factor")
    factor = factor / np.array([column[np.isfinite(column)][0] for column in factor.T])
    fields = {name: np.where(traded, panel(name) * factor, np.nan) for name in ("open", "high", "low", "close")}
    fields["volume"] = np.where(traded, panel("volume") / factor, np.nan)
    fields["vwap"] = np.where(traded, panel("amount") / np.where(traded, panel("volume"), 1) * factor, np.nan)
    last = pd.DataFrame(fields["close"]).ffill().shift(1).to_numpy()
    fields["returns"] = fields["close"] / last - 1
    fields["pct_change"] = np.where(traded, np.round((panel("close") / panel("pre_close") - 1) * 100, 4), np.nan)
    dates = np.sort(bars["date"].unique()).astype("datetime64[D]")
    weekday = ((dates.astype(np.int64) + 3) % 7).astype(float)
    fields["weekday"] = np.repeat(weekday[:, None], traded.shape[1], axis=1)
    industry = (np.arange(traded.shape[1]) % 4).astype(np.int16)
    return EvalInputs(dates, fields, traded, industry)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_demo_panels_equal_those_of_the_slow_interpreter(text: str, demo_market: EvalInputs) -> None:
    expression = compile_expression(text)
    ours = evaluate([expression], demo_market)[0]
    assert np.isfinite(ours).any() or text == "close / (open - open)" or "where(returns > 0, 0, 0)" in text
    assert_same(ours, oracle(expression, demo_market.fields, demo_market.eligible, demo_market.industry))


@pytest.mark.realdata
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_real_panels_equal_those_of_the_slow_interpreter(text: str, real_market: EvalInputs) -> None:
    expression = compile_expression(text)
    ours = evaluate([expression], real_market)[0]
    assert_same(ours, oracle(expression, real_market.fields, real_market.eligible, real_market.industry))
