"""Empty, tiny, halted and broken markets: an answer or our own error, never a crash or an invented number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.parity.views import columns, random_view

from quantgpt.backtest.groups import GroupSpec, Tape, simulate_groups, simulate_phases
from quantgpt.factors.grouping import form_groups, rebalance_rows, usable_groups
from quantgpt.factors.labels import forward_returns, marginal_returns
from quantgpt.foundations.errors import NoData
from quantgpt.foundations.panel import MarketView
from quantgpt.trading.costs import itemised
from quantgpt.trading.tradable import opens_buyable, trade_states


def test_a_market_without_names_has_nothing_to_group() -> None:
    view = columns(random_view(1), np.array([], dtype=int))
    assert forward_returns(view, 5).values.shape == (60, 0)
    assert marginal_returns(view).shape == (60, 0)
    assert usable_groups(np.zeros((60, 0)), np.zeros((60, 0), dtype=bool), np.arange(60), 5) == 2
    with pytest.raises(NoData):
        simulate_phases(view, np.zeros((60, 0)), np.zeros((60, 0), dtype=bool), GroupSpec())


def test_a_market_that_never_trades_leaves_everything_in_cash() -> None:
    view = random_view(2)
    view = replace(view, traded=np.zeros_like(view.traded))
    assert not opens_buyable(view).any()
    assert np.isnan(forward_returns(view, 1).values).all()
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(np.random.default_rng(0).normal(size=(60, 24)), np.ones((60, 24), dtype=bool), rows, 3)
    run = simulate_groups(view, groups, rows, GroupSpec(n_groups=3))
    assert (run.returns_net == 0).all()
    assert (run.cash == 1).all()
    assert {b.reason for b in run.blocked} <= {"suspended", "not_listed"}
    assert np.isnan(run.holding_return()).all()


@pytest.mark.parametrize("bad", [0.0, -3.0, np.inf, np.nan])
def test_impossible_opening_prices_cannot_be_traded(bad: float) -> None:
    view = random_view(3)
    raw, adjusted = (np.array(view.fields[name]) for name in ("raw_open", "open"))
    raw[20] = adjusted[20] = bad
    broken = replace(view, fields={**view.fields, "raw_open": raw, "open": adjusted})
    assert (trade_states(broken)[20] & 3 == 0).all()
    labels = forward_returns(broken, 5)
    assert np.isnan(labels.values[19]).all()
    assert not np.isinf(labels.values).any()
    assert not np.isinf(marginal_returns(broken)).any()
    runs = simulate_phases(broken, raw, broken.traded, GroupSpec(n_groups=3))
    assert all(np.isfinite(run.returns_net).all() for run in runs)


@pytest.mark.parametrize("rows", [2, 3])
def test_the_shortest_spans_still_run(rows: int) -> None:
    view = random_view(4, rows=60)
    short = MarketView(**{
        **{name: getattr(view, name) for name in view.__dataclass_fields__},
        "days": view.days[:rows], "member": view.member[:rows], "traded": view.traded[:rows], "st": view.st[:rows],
        "age": view.age[:rows], "fields": {name: panel[:rows] for name, panel in view.fields.items()},
    })  # fmt: skip
    runs = simulate_phases(short, short.fields["close"], short.traded, GroupSpec(n_groups=2, holding=5))
    assert [run.days.tolist() for run in runs] == [list(range(first + 1, rows)) for first in range(rows - 1)]


def test_a_tiny_account_is_eaten_by_the_minimum_commission() -> None:
    view = random_view(5)
    spec = GroupSpec(n_groups=3, holding=1, costs=itemised(capital_yuan=200.0))
    run = simulate_phases(view, view.fields["close"], view.traded, spec)[0]
    assert (run.returns_net >= -1.0).all()
    assert np.isfinite(run.returns_net).all()
    assert np.prod(1.0 + run.returns_net[0]) < 0.01


def test_more_events_than_room_are_all_kept() -> None:
    view = random_view(6, rows=400, names=60)
    factor = np.random.default_rng(0).normal(size=view.member.shape)
    run = simulate_phases(view, factor, view.traded, GroupSpec(n_groups=2, holding=1))[0]
    fills = run.fills()
    assert len(fills) > 4096
    assert len({(f.day, f.asset, f.group) for f in fills}) == len(fills)


@pytest.mark.parametrize("execution", ["next_open", "next_close", "same_close"])
def test_holding_returns_run_from_the_last_trade_to_the_last_close(execution: str) -> None:
    view = random_view(7)
    run = simulate_phases(view, view.fields["close"], view.traded, GroupSpec(n_groups=2, execution=execution))[0]
    row = int(run.trade_rows[-1])
    entry = view.fields["open" if execution == "next_open" else "close"][row]
    last = np.array([view.fields["close"][view.traded[:, i], i][-1] for i in range(24)])
    expected = np.where(Tape.of(view, execution).states[row] & 4, np.nan, last / entry - 1.0)
    np.testing.assert_allclose(run.holding_return(), expected, rtol=0, atol=1e-12)
