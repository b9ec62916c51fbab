"""What each template refuses, what it warns of, and the plan that comes of its parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.templates.test_params import GRID, HOUR, context, faults

from quantgpt.templates import GridPlan, LadderPlan, SignalPlan, template_of
from quantgpt.templates._params import BadParams, Number


def plan(template: str, params: dict[str, Any], **changes: Any) -> Any:
    found = template_of(template)
    return found.plan(found.read(params, context(**changes)).values)


def nearest(template: str, params: dict[str, Any], **changes: Any) -> object:
    with pytest.raises(BadParams) as caught:
        template_of(template).read(params, context(**changes))
    return caught.value.nearest


def test_grid_bounds() -> None:
    assert faults("tpl_grid", {**GRID, "upper_price": "2400"}) == {
        "params.upper_price": "must exceed params.lower_price"
    }
    assert faults("tpl_grid", {**GRID, "upper_price": "2399"}) == {
        "params.upper_price": "must exceed params.lower_price"
    }


@pytest.mark.parametrize("spacing", ["arithmetic", "geometric"])
def test_grid_lines_are_a_tick_apart(spacing: str) -> None:
    narrow = {"grid_levels": Number("12"), "upper_price": "101", "lower_price": "100", "spacing": spacing}
    assert list(faults("tpl_grid", narrow)) == ["params.grid_levels"]
    most = nearest("tpl_grid", narrow)
    assert most == (11 if spacing == "arithmetic" else 10)
    assert template_of("tpl_grid").read({**narrow, "grid_levels": most}, context())
    impossible = {"grid_levels": 2, "upper_price": "100.05", "lower_price": "100"}
    assert nearest("tpl_grid", impossible) is None


def test_grid_lots_reach_the_minimum_notional() -> None:
    many = {**GRID, "grid_levels": Number("100")}
    small = {"min_notionals": {"BTCUSDT": Decimal(100)}}
    assert list(faults("tpl_grid", many, **small)) == ["params.grid_levels"]
    assert nearest("tpl_grid", many, **small) == 11
    assert not template_of("tpl_grid").read({**GRID, "grid_levels": 11}, context(**small)).warnings
    some = template_of("tpl_grid").read({**GRID, "grid_levels": 12}, context(**small)).warnings
    assert len(some) == 1
    assert "90.91" in some[0][1]


def test_grid_stops_lie_outside() -> None:
    for mode, below, above in (
        ("long", "stop_loss_price", "take_profit_price"),
        ("short", "take_profit_price", "stop_loss_price"),
    ):
        bad = {**GRID, "mode": mode, below: "2400", above: "3600"}
        assert list(faults("tpl_grid", bad)) == [f"params.{below}", f"params.{above}"]
        assert template_of("tpl_grid").read({**GRID, "mode": mode, below: "2399.9", above: "3600.1"}, context())


def test_grid_warns_of_a_step_that_fees_eat() -> None:
    narrow = {"grid_levels": 11, "upper_price": "101", "lower_price": "100"}
    assert len(template_of("tpl_grid").read(narrow, context(maker_rate=Decimal("0.0005"))).warnings) == 1
    assert not template_of("tpl_grid").read(narrow, context(maker_rate=Decimal("0.0004"))).warnings


def test_grid_plan() -> None:
    params = {
        **GRID,
        "spacing": "geometric",
        "mode": "neutral",
        "rebalance_threshold": "0.02",
        "stop_loss_price": "2000",
        "take_profit_price": "4000",
    }
    assert plan("tpl_grid", params) == GridPlan(
        levels=10,
        lower=Decimal(2400),
        upper=Decimal(3600),
        spacing="geometric",
        mode="neutral",
        rebalance_threshold=Decimal("0.02"),
        stop_loss_price=Decimal(2000),
        take_profit_price=Decimal(4000),
    )


@pytest.mark.parametrize(
    ("interval", "timeframe", "near"),
    [("1h", 4 * HOUR, "4h"), ("4h", 24 * HOUR, "1d"), ("1h", 24 * HOUR, "1d"), ("1h", HOUR // 60, None)],
)
def test_dca_interval(interval: str, timeframe: int, near: str | None) -> None:
    params = {"interval": interval, "buy_amount": "100"}
    if near is None:
        assert template_of("tpl_dca").read(params, context(timeframe_ms=timeframe))
    else:
        assert nearest("tpl_dca", params, timeframe_ms=timeframe) == near


def test_dca_amounts() -> None:
    assert faults("tpl_dca", {"interval": "1d", "buy_amount": "4.99"}) == {
        "params.buy_amount": "must be at least the minimum notional of BTCUSDT (5)"
    }
    assert not template_of("tpl_dca").read({"interval": "1d", "buy_amount": "999"}, context()).warnings
    assert len(template_of("tpl_dca").read({"interval": "1d", "buy_amount": "1000"}, context()).warnings) == 1
    assert not template_of("tpl_dca").read({"interval": "1d", "buy_amount": "1900"}, context(leverage=2)).warnings


def test_dca_amounts_leave_room_for_rounding_down_to_a_step() -> None:
    """5 at a step that is worth up to 1 is 4 … 5: six is enough; where a step is worth more, twice the minimum is."""
    terms = {"min_notionals": {"BTCUSDT": Decimal(5)}}
    for worth, enough in (("1", "6"), ("4500", "10")):
        steps = {**terms, "step_worths": {"BTCUSDT": Decimal(worth)}}
        assert nearest("tpl_dca", {"interval": "1d", "buy_amount": "4"}, **steps) == enough
        assert not template_of("tpl_dca").read({"interval": "1d", "buy_amount": enough}, context(**steps)).warnings
        tight = template_of("tpl_dca").read({"interval": "1d", "buy_amount": "5"}, context(**steps)).warnings
        assert [f"{enough} is enough" in en for _, en in tight] == [True]


@pytest.mark.parametrize(
    ("template", "params"), [("tpl_breakout", {"lookback": 24}), ("tpl_momentum", {}), ("tpl_meanrev", {})]
)
def test_a_position_that_never_reaches_the_minimum_is_refused(template: str, params: dict[str, Any]) -> None:
    small = {**params, "position_pct": "0.0049"}
    assert list(faults(template, small)) == ["params.position_pct"]
    assert nearest(template, small) == "0.01"
    assert template_of(template).read({**params, "position_pct": "0.01"}, context())
    assert template_of(template).read(small, context(leverage=2))
    assert nearest(template, params, capital=Decimal(1)) is None


def test_dca_safety_buys_need_their_number() -> None:
    safety = {"interval": "1d", "buy_amount": "10", "safety_step_pct": "0.01"}
    assert faults("tpl_dca", safety) == {"params.max_orders": "is required with params.safety_step_pct"}
    assert nearest("tpl_dca", {**safety, "max_orders": 201}) == 200
    assert list(faults("tpl_dca", {**safety, "max_orders": 20, "safety_volume_scale": "10"})) == [
        "params.safety_volume_scale"
    ]
    assert template_of("tpl_dca").read({**safety, "max_orders": 9, "safety_volume_scale": "10"}, context())
    idle = template_of("tpl_dca").read({"interval": "1d", "buy_amount": "10", "safety_step_scale": "2"}, context())
    assert len(idle.warnings) == 1


def test_dca_plan() -> None:
    params = {
        "interval": "1w",
        "buy_amount": "100.5",
        "take_profit_pct": "0.05",
        "stop_loss_pct": "0.2",
        "max_orders": 4,
        "safety_step_pct": "0.01",
    }
    assert plan("tpl_dca", params) == LadderPlan(
        interval_ms=7 * 24 * HOUR,
        amount=Decimal("100.5"),
        take_profit=Decimal("0.05"),
        stop_loss=Decimal("0.2"),
        max_orders=4,
        safety_step=Decimal("0.01"),
    )


def test_momentum_order_of_averages() -> None:
    assert nearest("tpl_momentum", {"fast": 50}) == 49
    assert list(faults("tpl_ma_cross", {"fast": 10, "slow": 10})) == ["params.fast"]


@pytest.mark.parametrize(
    ("template", "params", "warmup"),
    [
        ("tpl_momentum", {}, 500),
        ("tpl_momentum", {"ma_type": "sma"}, 51),
        ("tpl_breakout", {"lookback": 24}, 25),
        ("tpl_breakout", {"lookback": 24, "exit_lookback": 30}, 31),
        ("tpl_breakout", {"lookback": 24, "atr_mult": "2"}, 240),
        ("tpl_meanrev", {}, 140),
    ],
)
def test_warm_up(template: str, params: dict[str, Any], warmup: int) -> None:
    found = plan(template, params)
    assert isinstance(found, SignalPlan)
    assert found.warmup == warmup


def test_meanrev_order_of_levels() -> None:
    assert list(faults("tpl_meanrev", {"oversold": "50"})) == ["params.oversold"]
    assert list(faults("tpl_rsi", {"exit_level": "70"})) == ["params.overbought"]
    assert list(faults("tpl_rsi", {"oversold": "60", "exit_level": "55", "overbought": "55"})) == [
        "params.oversold",
        "params.overbought",
    ]


def test_shares_and_stops_are_handed_on() -> None:
    found = plan("tpl_breakout", {"lookback": 24, "position_pct": "0.5", "stop_loss_pct": "0.05"})
    assert found.position_share == Decimal("0.5")
    assert found.stop_loss == Decimal("0.05")
