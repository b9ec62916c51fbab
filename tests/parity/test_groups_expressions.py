"""Group returns, turnover and forward returns of many expressions against the slow oracle, on the demo and on real markets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.parity.slow_trading import slow_groups, slow_label, slow_simulation
from tests.parity.views import make_view

from quantgpt.backtest.groups import GroupSpec, Tape, simulate_groups
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.factors.grouping import form_groups, rebalance_rows
from quantgpt.factors.labels import forward_returns
from quantgpt.foundations.panel import MarketView
from quantgpt.market.demo import demo_view
from quantgpt.trading.boards import board_of

EXPRESSIONS = (
    "rank(close)",
    "rank(close/ts_mean(close, 20))",
    "-rank(ts_delta(close, 5))",
    "ts_mean(close, 10)/ts_mean(close, 30)",
    "zscore(close)",
    "ts_std(returns, 20)",
    "-ts_std(returns, 10)",
    "ts_corr(close, volume, 10)",
    "-ts_corr(rank(close), rank(volume), 10)",
    "rank(volume/ts_mean(volume, 20))",
    "ts_rank(close, 20)",
    "(close - ts_min(low, 20))/(ts_max(high, 20) - ts_min(low, 20))",
    "ts_argmax(close, 20)",
    "ts_argmin(low, 10)",
    "decay_linear(returns, 10)",
    "ts_sum(returns, 5)",
    "-ts_sum(returns, 20)",
    "(high - low)/close",
    "(close - open)/(high - low + 0.001)",
    "close/vwap - 1",
    "log(amount)",
    "-log(volume)",
    "ts_delta(volume, 5)/volume",
    "abs(returns)",
    "sign(returns)*volume",
    "rank(ts_delta(close, 3))*rank(volume)",
    "scale(returns)",
    "ts_max(returns, 10)",
    "ts_cov(returns, volume, 10)",
    "close > ts_mean(close, 10) ? 1 : -1",
    "power(returns, 2)",
    "ts_shift(close, 5)/close",
)


def check(view: MarketView, n_groups: int = 3, holding: int = 5) -> int:
    """Compare everything for every expression; returns how many of them formed groups."""
    panels = evaluate([compile_expression(text) for text in EXPRESSIONS], EvalInputs.of(view))
    rows = rebalance_rows(view.first, view.days.size, holding)
    tape, spec, formed = Tape.of(view), GroupSpec(n_groups=n_groups, holding=holding), 0
    for panel in panels:
        groups = form_groups(panel, view.eligible, rows, n_groups)
        targets = [slow_groups(panel, view.eligible, int(row), n_groups) for row in rows]
        assert groups.tolist() == [[of.get(i, -1) for i in range(len(view.assets))] for of in targets]
        fast = simulate_groups(view, groups, rows, spec, tape)
        skip = rows.size - fast.rows.size
        for g in range(n_groups):
            slow = slow_simulation(
                view, targets[skip:], fast.rows.tolist(), g, charge=lambda row, side, value: value * 0.0015
            )
            np.testing.assert_allclose(fast.returns_gross[g], slow.gross, rtol=0, atol=1e-9)
            np.testing.assert_allclose(fast.returns_net[g], slow.net, rtol=0, atol=1e-9)
            np.testing.assert_allclose(fast.turnover_traded[g], slow.traded, rtol=0, atol=1e-9)
        weights = np.array(
            [(groups == g) / np.maximum((groups == g).sum(axis=1, keepdims=True), 1) for g in range(n_groups)]
        )
        target = np.abs(np.diff(weights[:, skip:], axis=1)).sum(axis=2) / 2
        if not fast.skipped.size:
            np.testing.assert_allclose(fast.turnover_target[:, 1:], target, rtol=0, atol=1e-9)
        formed += 1
    return formed


def check_labels(view: MarketView, horizon: int) -> None:
    labels = forward_returns(view, horizon)
    every = [[slow_label(view, t, i, horizon)[0] for i in range(len(view.assets))] for t in range(view.days.size)]
    np.testing.assert_allclose(labels.values, every, rtol=0, atol=1e-9)


def test_every_expression_on_the_demo_market() -> None:
    view = demo_view(assets=40, sessions=130, seed=3, warmup=40)
    assert check(view) == len(EXPRESSIONS)
    check_labels(view, 5)


@pytest.fixture(scope="module")
def real_view() -> MarketView:
    """Forty real names over a stretch that holds a falling market and the first limit-ups after it."""
    import os

    folder = Path(os.environ.get("QUANTGPT_REAL_DATA", ""))
    if not (folder / "ashare_daily.parquet").is_file():
        pytest.skip("QUANTGPT_REAL_DATA is not set to a folder of real market data")
    columns = ["date", "code", "open", "high", "low", "close", "pre_close", "volume", "amount", "factor", "is_st"]
    span = [("date", ">=", pd.Timestamp("2015-05-04").date()), ("date", "<=", pd.Timestamp("2016-01-29").date())]
    bars = pd.read_parquet(folder / "ashare_daily.parquet", columns=columns, filters=span)
    codes = sorted(bars["code"].unique())[::25][:40]
    bars = bars[bars["code"].isin(codes)]
    days = np.sort(bars["date"].unique()).astype("datetime64[D]")
    wide = {name: bars.pivot(index="date", columns="code", values=name)[codes] for name in columns[2:]}
    raw = {name: frame.to_numpy(dtype=float, na_value=np.nan) for name, frame in wide.items()}
    traded = raw["volume"] > 0
    factor = pd.DataFrame(raw["factor"]).ffill().bfill().to_numpy()
    listed = np.isfinite(raw["close"])
    born = listed.argmax(axis=0)
    age = np.where(np.arange(days.size)[:, None] >= born, np.arange(days.size)[:, None] - born + 500, -1)
    view = make_view(
        days=days,
        raw_open=raw["open"],
        raw_close=raw["close"],
        pre_close=raw["pre_close"],
        factor=factor,
        traded=traded,
        age=age.astype(np.int32),
        st=np.nan_to_num(raw["is_st"], nan=-1).astype(np.int8),
        board=np.array([board_of(code) for code in codes], dtype=np.int8),
        assets=tuple(codes),
        first=30,
    )
    hole, scale = np.where(traded, 1.0, np.nan), factor / factor[0]
    last = pd.DataFrame(view.fields["close"]).ffill().shift(1).to_numpy()
    fields = dict(view.fields)
    fields |= {
        "high": raw["high"] * scale * hole,
        "low": raw["low"] * scale * hole,
        "volume": raw["volume"] / scale * hole,
        "amount": raw["amount"] * hole,
        "vwap": raw["amount"] / np.where(traded, raw["volume"], np.nan) * scale,
        "returns": view.fields["close"] / last - 1.0,
    }
    return replace(view, fields={name: np.ascontiguousarray(panel) for name, panel in fields.items()})


@pytest.mark.realdata
@pytest.mark.slow
def test_every_expression_on_real_data(real_view: MarketView) -> None:
    assert check(real_view) == len(EXPRESSIONS)
    check_labels(real_view, 5)
    run = simulate_groups(
        real_view,
        form_groups(real_view.fields["close"], real_view.eligible, np.arange(30, 150, 5), 3),
        np.arange(30, 150, 5),
        GroupSpec(n_groups=3),
    )
    reasons = {(b.side, b.reason) for b in run.blocked}
    assert {("buy", "limit_up"), ("sell", "suspended"), ("sell", "limit_down")} <= reasons
