"""Group formation and the group simulation against a slow oracle, and the promises that they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.parity.slow_trading import SlowRun, slow_groups, slow_simulation
from tests.parity.views import columns, prefix, random_view

from quantgpt.backtest.groups import EXECUTIONS, GroupSpec, Tape, simulate_groups, simulate_phases
from quantgpt.factors.grouping import form_groups, rebalance_rows, rounded, usable_groups
from quantgpt.foundations.errors import BadRequest, Broken, NoData
from quantgpt.foundations.panel import MarketView
from quantgpt.trading.costs import FLAT, CostModel, itemised

N_GROUPS = 3


def factor_of(view: MarketView, seed: int = 0) -> np.ndarray:
    """Noise with ties and holes."""
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=view.member.shape), 1)
    return np.where(rng.random(values.shape) < 0.05, np.nan, values)


def eligible(view: MarketView) -> np.ndarray:
    return view.traded & (view.age >= 0)


def charge_of(costs: CostModel, view: MarketView) -> Callable[[int, str, float], float]:
    """Cost of one order in units of the starting capital, by the published rates, written out again."""

    def flat(row: int, side: str, value: float) -> float:
        return value * 0.0015

    def items(row: int, side: str, value: float) -> float:
        day = str(view.days[row])
        yuan = value * costs.capital_yuan
        fee = max(yuan * 0.00025, 5.0) + yuan * (0.00001 if day >= "2022-04-29" else 0.00002)
        if side == "sell":
            fee += yuan * (0.0005 if day >= "2023-08-28" else 0.001)
        return fee / costs.capital_yuan

    return flat if costs.name == "flat" else items


def both(view: MarketView, spec: GroupSpec, seed: int = 0) -> tuple[object, list[SlowRun]]:
    factor, may = factor_of(view, seed), eligible(view)
    rows = rebalance_rows(view.first, view.days.size, spec.holding, spec.phase)
    fast = simulate_groups(view, form_groups(factor, may, rows, spec.n_groups), rows, spec)
    targets = [slow_groups(factor, may, int(row), spec.n_groups) for row in rows]
    charge = charge_of(spec.costs, view)
    slow = [
        slow_simulation(view, targets, rows.tolist(), g, execution=spec.execution, charge=charge)
        for g in range(spec.n_groups)
    ]
    return fast, slow


CASES = [
    (start, seed, execution, costs)
    for seed, start in enumerate(("2020-07-27", "2022-04-01", "2023-03-20", "2023-08-01", "2026-06-08"))
    for execution, costs in (
        ("next_open", FLAT),
        ("next_open", itemised(capital_yuan=50_000.0)),
        ("next_close", FLAT),
        ("same_close", itemised()),
    )
]


@pytest.mark.parametrize(("start", "seed", "execution", "costs"), CASES)
@pytest.mark.parametrize(("holding", "phase"), [(1, 0), (5, 2)])
def test_simulation_equals_the_slow_oracle(
    start: str, seed: int, execution: str, costs: CostModel, holding: int, phase: int
) -> None:
    view = random_view(seed, start=start)
    spec = GroupSpec(n_groups=N_GROUPS, holding=holding, execution=execution, costs=costs, phase=phase)
    fast, slow = both(view, spec)
    close = {"rtol": 0, "atol": 1e-11}
    for run in slow if execution == "same_close" else []:
        # The first build's charges fall on the first day with a return.
        run.net[:2] = [(1 + run.net[0]) * (1 + run.net[1]) - 1]
        assert run.gross.pop(0) == 0.0
    np.testing.assert_allclose(fast.returns_gross, [run.gross for run in slow], **close)
    np.testing.assert_allclose(fast.returns_net, [run.net for run in slow], **close)
    assert fast.days.tolist() == list(range(fast.rows[0] + 1, 60))
    np.testing.assert_allclose(fast.turnover_traded, [run.traded for run in slow], **close)
    np.testing.assert_allclose(fast.cost, [run.cost for run in slow], **close)
    for g, run in enumerate(slow):
        at = np.searchsorted(view.days, [b.day for b in fast.blocked if b.group == g])
        mine = [(b.asset, b.side) for b in fast.blocked if b.group == g]
        assert {(int(t), *which) for t, which in zip(at, mine, strict=True)} == run.blocked
        fills = [f for f in fast.fills(g, capital_yuan=1.0) if f.side != "cash_out"]
        assert sorted((str(f.day), f.asset, f.side) for f in fills) == sorted(
            (str(view.days[t]), i, side) for t, i, side, _ in run.orders
        )


def test_the_random_markets_hold_every_kind_of_trouble() -> None:
    reasons, delisted = set(), 0
    for seed in range(6):
        fast, _ = both(random_view(seed), GroupSpec(n_groups=N_GROUPS, holding=3), seed)
        reasons |= {(b.side, b.reason) for b in fast.blocked}
        delisted += len(fast.delistings)
    assert reasons >= {("buy", "suspended"), ("buy", "limit_up"), ("sell", "suspended"), ("sell", "limit_down")}
    assert delisted > 0


@pytest.mark.parametrize("n_groups", [2, 3, 5, 10])
def test_groups_equal_the_slow_oracle(n_groups: int) -> None:
    view = random_view(21)
    factor, may = factor_of(view), eligible(view)
    rows = np.arange(view.days.size)
    fast = form_groups(factor, may, rows, n_groups)
    for row in rows:
        slow = slow_groups(factor, may, int(row), n_groups)
        assert fast[row].tolist() == [slow.get(i, -1) for i in range(24)]


@given(some.lists(some.floats(allow_nan=False, allow_infinity=False, width=64), min_size=2, max_size=40))
@settings(max_examples=200, deadline=None)
def test_groups_are_of_equal_count_and_in_order(values: list[float]) -> None:
    factor = np.array([values])
    groups = form_groups(factor, np.ones_like(factor, dtype=bool), np.array([0]), 2)[0]
    assert abs(int((groups == 0).sum()) - int((groups == 1).sum())) <= 1
    assert rounded(factor)[0][groups == 0].max() <= rounded(factor)[0][groups == 1].min()


def test_values_that_differ_only_in_their_last_bits_tie_and_go_by_column() -> None:
    factor = np.array([[0.1 + 0.2, 0.3, 0.3 - 1e-16, 1.0]])
    groups = form_groups(factor, np.ones((1, 4), dtype=bool), np.array([0]), 4)
    assert groups.tolist() == [[0, 1, 2, 3]]
    assert rounded(np.array([np.inf, -np.inf, -0.0])).tolist()[2] == 0.0
    assert rounded(np.nextafter(np.array([1.0, 1.0, -8.0]), [0.0, 2.0, 0.0])).tolist() == [1.0, 1.0, -8.0]
    assert np.isnan(rounded(np.array([np.inf, -np.inf]))).all()


def test_few_names_reduce_the_groups() -> None:
    factor, may = np.random.default_rng(0).normal(size=(10, 7)), np.ones((10, 7), dtype=bool)
    rows = np.arange(10)
    assert usable_groups(factor, may, rows, 5) == 5
    assert usable_groups(factor, may, rows, 20) == 7
    assert usable_groups(factor, np.zeros_like(may), rows, 20) == 2


def test_a_row_with_too_few_names_leaves_the_book_as_it_is() -> None:
    view = random_view(22)
    factor, may = factor_of(view), eligible(view)
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(factor, may, rows, 3)
    without = groups.copy()
    without[4] = -1
    run = simulate_groups(view, without, rows, GroupSpec(n_groups=3))
    fewer = simulate_groups(view, np.delete(groups, 4, axis=0), np.delete(rows, 4), GroupSpec(n_groups=3))
    np.testing.assert_array_equal(run.returns_net, fewer.returns_net)
    assert run.skipped.tolist() == [20]
    assert np.isnan(run.turnover_target[:, 4]).all()


def test_leading_rows_without_groups_are_left_out() -> None:
    view = random_view(23)
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(factor_of(view), eligible(view), rows, 3)
    groups[:2] = -1
    run = simulate_groups(view, groups, rows, GroupSpec(n_groups=3))
    assert run.rows[0] == 10
    assert run.days[0] == 11


@pytest.mark.parametrize("execution", EXECUTIONS)
@pytest.mark.parametrize("cut", [15, 31, 59])
def test_later_rows_never_change_earlier_returns(execution: str, cut: int) -> None:
    view = random_view(24)
    factor, may, spec = factor_of(view), eligible(view), GroupSpec(n_groups=3, execution=execution)
    runs = []
    for part in (view, prefix(view, cut)):
        rows = rebalance_rows(0, part.days.size, 5)
        runs.append(simulate_groups(part, form_groups(factor, may, rows, 3), rows, spec))
    # A trade at the close of the cut itself is not among those of the shorter span, which could not hold it.
    span = runs[1].days.size - (execution == "same_close")
    np.testing.assert_array_equal(runs[0].returns_net[:, :span], runs[1].returns_net[:, :span])


def test_the_close_of_the_trading_day_never_changes_its_fills() -> None:
    view = random_view(25)
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(factor_of(view), eligible(view), rows, 3)
    spec, day = GroupSpec(n_groups=3), int(rows[5]) + 1
    close = np.array(view.fields["close"])
    raw = np.array(view.fields["raw_close"])
    close[day] *= 1.07
    raw[day] *= 1.07
    other = replace(view, fields={**view.fields, "close": close, "raw_close": raw})
    fills = [
        [f for f in simulate_groups(v, groups, rows, spec).fills() if f.day <= view.days[day]] for v in (view, other)
    ]
    assert fills[0] == fills[1]
    assert any(f.day == view.days[day] for f in fills[0])


def test_the_order_of_names_changes_nothing() -> None:
    view = random_view(26)
    factor = np.random.default_rng(1).normal(size=view.member.shape)
    order = np.random.default_rng(2).permutation(24)
    rows = rebalance_rows(0, 60, 5)
    runs = [
        simulate_groups(v, form_groups(f, eligible(v), rows, 3), rows, GroupSpec(n_groups=3))
        for v, f in ((view, factor), (columns(view, order), factor[:, order]))
    ]
    np.testing.assert_allclose(runs[0].returns_net, runs[1].returns_net, rtol=0, atol=1e-14)
    np.testing.assert_allclose(runs[0].last_weights[:, order], runs[1].last_weights, rtol=0, atol=1e-14)


def test_the_same_input_gives_the_same_bits() -> None:
    view = random_view(27)
    runs = [both(view, GroupSpec(n_groups=3))[0] for _ in range(2)]
    assert runs[0].returns_net.tobytes() == runs[1].returns_net.tobytes()


def test_phases_are_the_single_runs() -> None:
    view = random_view(28)
    factor, may, spec = factor_of(view), eligible(view), GroupSpec(n_groups=3, holding=4)
    tape = Tape.of(view)
    for phase, run in enumerate(simulate_phases(view, factor, may, spec, tape)):
        rows = rebalance_rows(0, 60, 4, phase)
        single = simulate_groups(view, form_groups(factor, may, rows, 3), rows, replace(spec, phase=phase))
        np.testing.assert_array_equal(run.returns_net, single.returns_net)
        assert run.spec.phase == phase


def test_target_turnover_is_half_the_change_of_equal_weights() -> None:
    view = random_view(29)
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(factor_of(view), eligible(view), rows, 3)
    run = simulate_groups(view, groups, rows, GroupSpec(n_groups=3))
    for g in range(3):
        weights = (groups == g) / (groups == g).sum(axis=1, keepdims=True)
        expected = np.abs(np.diff(weights, axis=0)).sum(axis=1) / 2
        np.testing.assert_allclose(run.turnover_target[g, 1:], expected, rtol=0, atol=1e-12)
        assert run.names_in[g, 1:].tolist() == ((groups[1:] == g) & (groups[:-1] != g)).sum(axis=1).tolist()
        assert run.names_out[g, 1:].tolist() == ((groups[1:] != g) & (groups[:-1] == g)).sum(axis=1).tolist()


def test_the_first_build_is_charged_half_a_round_trip() -> None:
    view = random_view(30)
    run, _ = both(view, GroupSpec(n_groups=3))
    np.testing.assert_allclose(run.cost, 0.003 * run.turnover_traded, rtol=0, atol=1e-14)
    assert run.turnover_traded[:, 0].max() == pytest.approx(0.5)


def test_both_legs_of_the_long_short_series_pay() -> None:
    run, _ = both(random_view(31), GroupSpec(n_groups=3))
    pair = run.long_short(2, 0)
    drag = (run.returns_gross - run.returns_net)[[0, 2]].sum(axis=0)
    np.testing.assert_allclose(pair.gross - pair.net, drag, rtol=0, atol=1e-15)
    assert (pair.net <= pair.gross).all()


def test_nothing_is_bought_and_sold_on_the_same_day() -> None:
    run, _ = both(random_view(32), GroupSpec(n_groups=3, holding=1))
    sides: dict[tuple[str, int, int], set[str]] = {}
    for fill in run.fills():
        sides.setdefault((str(fill.day), fill.group, fill.asset), set()).add(fill.side)
    assert max(len(kinds) for kinds in sides.values()) == 1
    assert len(run.fills()) == sum(len(run.fills(g)) for g in range(3))


def test_names_without_a_trade_are_counted_as_halted() -> None:
    view = random_view(33)
    run, _ = both(view, GroupSpec(n_groups=3))
    assert 0 < run.halted.max() < 1
    assert (run.halted >= 0).all()
    assert ((run.cash >= 0) & (run.cash <= 1)).all()


def test_a_tape_of_another_market_is_refused() -> None:
    view = random_view(1)
    rows = rebalance_rows(0, 60, 5)
    groups = form_groups(factor_of(view), eligible(view), rows, 3)
    with pytest.raises(Broken):
        simulate_groups(view, groups, rows, GroupSpec(n_groups=3), Tape.of(view, "next_close"))
    with pytest.raises(Broken):
        simulate_groups(view, groups, rows, GroupSpec(n_groups=3), Tape.of(random_view(2)))


@pytest.mark.parametrize("n_groups", [-1, 1, 10**9])
def test_specs_with_absurd_group_counts_are_refused(n_groups: int) -> None:
    with pytest.raises(BadRequest, match="分组数"):
        GroupSpec(n_groups=n_groups)


def test_blocked_orders_say_why_in_both_languages() -> None:
    run, _ = both(random_view(2), GroupSpec(n_groups=3, holding=2))
    words = {b.reason: b.rule for b in run.blocked}
    assert "涨停价" in words["limit_up"].zh
    assert "upper limit" in words["limit_up"].en
    assert "跌停价" in words["limit_down"].zh
    assert "停牌" in words["suspended"].zh


@pytest.mark.parametrize("n_groups", [-1, 0, 1, 101, 10_000])
def test_group_counts_out_of_range_are_refused(n_groups: int) -> None:
    with pytest.raises(BadRequest, match="分组数"):
        form_groups(np.zeros((1, 5)), np.ones((1, 5), dtype=bool), np.array([0]), n_groups)


def test_markets_without_anything_to_group_are_refused() -> None:
    view = random_view(1)
    rows = rebalance_rows(0, 60, 5)
    with pytest.raises(NoData, match="分组"):
        simulate_groups(view, np.full((12, 24), -1, dtype=np.int8), rows, GroupSpec(n_groups=3))
    with pytest.raises(NoData, match="分组"):
        simulate_phases(view, np.full((60, 24), np.nan), eligible(view), GroupSpec(n_groups=3))
    with pytest.raises(NoData, match="区间太短"):
        simulate_groups(prefix(view, 1), np.zeros((0, 24), dtype=np.int8), rebalance_rows(0, 1, 5), GroupSpec())


@pytest.mark.parametrize(
    ("groups", "rows"),
    [
        (np.zeros((2, 23), dtype=np.int8), [0, 5]),
        (np.full((2, 24), 7, dtype=np.int8), [0, 5]),
        (np.zeros((2, 24), dtype=np.int8), [5, 0]),
        (np.zeros((2, 24), dtype=np.int8), [5, 59]),
    ],
)
def test_groups_that_do_not_fit_the_view_are_refused(groups: np.ndarray, rows: list[int]) -> None:
    with pytest.raises(BadRequest):
        simulate_groups(random_view(1), groups, np.array(rows), GroupSpec(n_groups=3))


@pytest.mark.parametrize(("holding", "phase"), [(0, 0), (-1, 0), (5, 5), (5, -1)])
def test_impossible_grids_are_refused(holding: int, phase: int) -> None:
    with pytest.raises(BadRequest):
        rebalance_rows(0, 60, holding, phase)


def test_an_unknown_execution_is_refused() -> None:
    with pytest.raises(BadRequest, match="next_open"):
        GroupSpec(execution="yesterday")  # type: ignore[arg-type]
