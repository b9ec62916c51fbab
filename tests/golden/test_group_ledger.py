"""The group simulation against a ledger computed by hand (`group_ledger.md`), to the cent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.parity.views import make_view

from quantgpt.backtest.groups import GroupRun, GroupSpec, simulate_groups

TEXT = Path(__file__).with_name("group_ledger.md").read_text(encoding="utf-8")
NAMES = "ABCDEF"
CAPITAL = 1_000_000.0


def table(heading: str) -> list[list[str]]:
    """Rows of the table under a heading, without its header."""
    part = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.fixture(scope="module")
def run() -> GroupRun:
    """The case as a view and two groups: G2 is the ledger's, G1 holds nothing that matters."""
    days = np.array([day for _, day in table("Days")], dtype="datetime64[D]")
    shape = (days.size, len(NAMES))
    reference, opening, closing = (np.full(shape, np.nan) for _ in range(3))
    factor, traded = np.ones(shape), np.zeros(shape, dtype=bool)
    listed = np.zeros(shape, dtype=bool)
    for t, cells in enumerate(table("Prices")):
        for i, cell in enumerate(cells[1:]):
            words = cell.split()
            listed[t, i] = words[0] != "none"
            if listed[t, i]:
                reference[t, i] = float(words[0])
            if len(words) == 3:
                opening[t, i], closing[t, i] = float(words[1]), float(words[2])
                traded[t, i] = True
    factor[3:, 0] = 10.00 / 9.50
    age = np.where(listed, 1000 + np.arange(days.size)[:, None], -1).astype(np.int32)
    age[3:, 5] = np.arange(days.size - 3)
    view = make_view(
        days=days, raw_open=opening, raw_close=closing, pre_close=reference, factor=factor, traded=traded, age=age
    )
    targets = table("Targets")
    groups = np.full((len(targets), len(NAMES)), -1, dtype=np.int8)
    for k, (_, names) in enumerate(targets):
        groups[k, [NAMES.index(name) for name in names.split()]] = 1
    return simulate_groups(view, groups, np.array([int(row) for row, _ in targets]), GroupSpec(n_groups=2))


def row_of(run: GroupRun, day: np.datetime64) -> int:
    return int(np.searchsorted(run.tape.view.days, day))


def test_fills_match_the_hand_computed_ledger_to_the_cent(run: GroupRun) -> None:
    got = [
        [str(row_of(run, f.day)), NAMES[f.asset], f.side, f"{f.price:.2f}", f"{f.value_yuan:.2f}", f"{f.cost_yuan:.2f}"]
        for f in run.fills(1, capital_yuan=CAPITAL)
    ]
    assert sorted(got) == sorted(table("Fills"))


def test_sales_come_before_purchases_in_the_ledger(run: GroupRun) -> None:
    fills = [f for f in run.fills(1) if row_of(run, f.day) == 11]
    assert [f.side for f in fills] == ["sell", "sell", "buy", "buy"]


def test_blocked_orders_match_the_hand_computed_list(run: GroupRun) -> None:
    got = [[str(row_of(run, b.day)), NAMES[b.asset], b.side, b.reason] for b in run.blocked]
    assert got == table("Blocked")
    assert run.blocked[0].rule.zh == "价格 22.00 触及涨停价 22.00（主板 ±10%，参考价 20.00）"


def test_the_portfolio_matches_day_by_day(run: GroupRun) -> None:
    book = CAPITAL * np.cumprod(1.0 + run.returns_gross[1])
    net = CAPITAL * np.cumprod(1.0 + run.returns_net[1])
    expected = np.array(table("Portfolio"), dtype=float)
    assert run.days.tolist() == expected[:, 0].tolist()
    np.testing.assert_allclose(book, expected[:, 1], rtol=0, atol=0.00005 + 1e-6)
    np.testing.assert_allclose(net, expected[:, 2], rtol=0, atol=0.005 + 1e-6)


def test_turnover_and_charges_match(run: GroupRun) -> None:
    got = [
        [str(row), f"{turnover:.9f}", f"{cost:.9f}"]
        for row, turnover, cost in zip(run.rows, run.turnover_traded[1], run.cost[1], strict=True)
    ]
    assert got == table("Turnover and charges")


def test_the_delisted_holding_is_reported(run: GroupRun) -> None:
    assert [(row_of(run, day), NAMES[asset], group) for day, asset, group in run.delistings] == [(9, "E", 1)]


def test_a_name_listed_for_three_sessions_is_not_eligible_by_itself(run: GroupRun) -> None:
    assert not run.tape.view.eligible[:, 5].any()
