"""The book over time is that of the simulation: weights, turnover, orders, growth between rebalances."""

from __future__ import annotations

import numpy as np
import pytest

from quantgpt.backtest import daybook
from quantgpt.backtest.computed import Computed
from quantgpt.backtest.factor_test import FactorTestSpec, compute
from quantgpt.backtest.groups import Execution
from quantgpt.backtest.kernels import BUY, DELISTED
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.foundations.symbols import baostock_spelling
from quantgpt.market.demo import demo_view


def made(execution: Execution = "next_open", costs: str = "itemised", direction: int | None = None) -> Computed:
    view = demo_view(assets=110, sessions=420, seed=3)
    factor = evaluate([compile_expression("rank(close/ts_mean(close, 20))")], EvalInputs.of(view))[0]
    spec = FactorTestSpec(permutations=9, execution=execution, costs=costs, direction=direction)  # type: ignore[arg-type]
    return compute(view, factor, spec)


@pytest.fixture(scope="module", params=["next_open", "next_close", "same_close"])
def computed(request: pytest.FixtureRequest) -> Computed:
    return made(request.param)


def test_the_replay_ends_where_the_simulation_ends(computed: Computed) -> None:
    book = daybook.replay(computed)
    np.testing.assert_allclose(book.weights[-1], computed.run.last_weights[computed.top], atol=1e-13)
    assert (book.weights.sum(axis=1) <= 1.0 + 1e-12).all()


def test_orders_come_to_the_turnover_and_the_costs(computed: Computed) -> None:
    book, run = daybook.replay(computed), computed.run
    turnover, cost = np.zeros(run.rows.size), np.zeros(run.rows.size)
    for (kind, _, _, rebalance), (weight, charge) in zip(book.fills, book.amounts, strict=True):
        turnover[rebalance] += 0.5 * weight if kind != DELISTED else 0.0
        cost[rebalance] += charge
    np.testing.assert_allclose(turnover, run.turnover_traded[computed.top], atol=1e-12)
    np.testing.assert_allclose(cost, run.cost[computed.top], atol=1e-12)


def test_orders_are_the_fills_of_the_simulation(computed: Computed) -> None:
    fills = computed.run.fills(computed.top, 1.0)
    table = daybook.trades(computed, daybook.replay(computed))
    assert [str(fill.day) for fill in fills] == list(table.index)
    assert [baostock_spelling(computed.view.assets[fill.asset]) for fill in fills] == table.columns["code"]
    assert [fill.side for fill in fills] == table.columns["side"]
    np.testing.assert_allclose([fill.price for fill in fills], np.array(table.columns["price"], dtype=float), atol=5e-5)


def test_weights_drift_as_prices_do(computed: Computed) -> None:
    """Oracle: from the weights of one rebalance and the growth of each name to those before the next one."""
    book, run = daybook.replay(computed), computed.run
    grown = daybook.period_returns(computed, book.rebalances)
    checked = 0
    for at in range(book.rebalances.size - 1):
        rows = run.trade_rows[book.rebalances[at : at + 2]]
        between = (book.fills[:, 1] > rows[0]) & (book.fills[:, 1] < rows[1])
        now = (book.fills[:, 1] == rows[1]) & (book.fills[:, 0] == DELISTED)
        if between.any() or now.any() or np.isnan(grown[at][book.weights[at] > 0]).any():
            continue
        held = np.nan_to_num(book.weights[at] * (1.0 + grown[at]))
        before = held / (held.sum() + 1.0 - book.weights[at].sum())
        after = before.copy()
        for (kind, row, name, _), (weight, _) in zip(book.fills, book.amounts, strict=True):
            if row == rows[1]:
                after[name] += weight if kind == BUY else -weight
        np.testing.assert_allclose(after, book.weights[at + 1], atol=1e-10)
        checked += 1
    assert checked > 10


def test_the_last_growth_is_the_holding_return(computed: Computed) -> None:
    book = daybook.replay(computed)
    np.testing.assert_allclose(
        daybook.period_returns(computed, book.rebalances)[-1], computed.run.holding_return(), atol=1e-12
    )


def test_positions_are_the_holdings_of_the_last_rebalance() -> None:
    from quantgpt.backtest.holdings import holdings

    c = made(direction=-1)
    table, last = daybook.positions(c, daybook.replay(c)), holdings(c)
    rows = [at for at, day in enumerate(table.index) if day == table.meta["trades"][-1]]
    weight = {str(table.columns["code"][at]): table.columns["weight"][at] for at in rows}
    held = dict(zip(map(str, last.index), last.columns["weight"], strict=True))
    assert weight == pytest.approx(
        {code: share for code, share in held.items() if float(share or 0.0) > 1e-9}, rel=1e-5
    )
    place = dict(zip(map(str, last.index), last.columns["percentile"], strict=True))
    for at in rows:
        known = place[str(table.columns["code"][at])]
        shown = table.columns["percentile"][at]
        assert shown is known if known is None else shown == pytest.approx(known, rel=1e-5)


def test_a_long_run_keeps_its_newest_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    c = made()
    book = daybook.replay(c)
    whole = daybook.positions(c, book), daybook.trades(c, book)
    monkeypatch.setattr(daybook, "MOST_ROWS", 200)
    cut = daybook.positions(c, book), daybook.trades(c, book)
    for all_of_it, some in zip(whole, cut, strict=True):
        assert 0 < len(some.index) <= 200
        assert list(all_of_it.index)[-len(some.index) :] == list(some.index)
        assert list(some.index).count(some.index[0]) == list(all_of_it.index).count(some.index[0])
    assert cut[0].meta["first"] > 0
    assert len(cut[0].meta["trades"]) + cut[0].meta["first"] == cut[0].meta["of"]
    assert cut[1].meta["total"] == len(whole[1].index)
    assert cut[1].meta["first_day"] == cut[1].index[0]


def test_a_delisted_name_becomes_cash_at_its_last_price() -> None:
    panel = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])
    assert daybook.last_known(panel, 2, 0) == 2.0
    assert np.isnan(daybook.last_known(panel, 2, 1))
