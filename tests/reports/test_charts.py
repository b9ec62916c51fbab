"""Scales, ticks, gaps, colours and the geometry of charts."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantgpt.reports.charts.bins import Bins, Mark, histogram, null_distribution
from quantgpt.reports.charts.curves import Curve, over_days
from quantgpt.reports.charts.heat import HeatCell, month_map, tint
from quantgpt.reports.charts.plot import HOVER_BANDS, Plot
from quantgpt.reports.charts.ranges import Estimate, rows, upright
from quantgpt.reports.charts.scale import axis_for, date_ticks, spread, thin
from quantgpt.reports.charts.split import split_bar
from quantgpt.reports.words import fixed

PLAIN = st.floats(-1e9, 1e9, allow_nan=False)


@given(st.lists(PLAIN, max_size=30), st.integers(1, 8))
def test_ticks_are_round_numbers_around_the_values(values: list[float], parts: int) -> None:
    axis = axis_for(values, parts=parts)
    step = axis.ticks[1] - axis.ticks[0]
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - nice) for nice in (1, 2, 2.5, 5, 10)) < 1e-6
    assert all(axis.low - 0.05 * step <= value <= axis.high + 0.05 * step for value in values)


@pytest.mark.parametrize("values", [[], [None], [math.nan], [0.0], [5.0, 5.0], [1e-300], [1e300, -1e300]], ids=repr)
def test_an_axis_exists_for_any_values(values: list[float]) -> None:
    axis = axis_for(values)
    assert axis.low < axis.high
    assert math.isfinite(axis.at(0.0))


def test_a_year_of_sessions_is_marked_by_months_and_ten_years_by_years() -> None:
    year = [f"2021-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 21)]
    decade = [f"{y}{day[4:]}" for y in range(2015, 2025) for day in year]
    assert date_ticks(year)[0] == (0, "2021-01")
    assert all(re.fullmatch(r"\d{4}", words) for _, words in date_ticks(decade))
    assert max(len(date_ticks(year)), len(date_ticks(decade))) <= 6


def test_labels_of_neighbouring_marks_do_not_touch() -> None:
    places = [i for i, _ in date_ticks(["2020-12-31", *[f"2021-01-{d:02d}" for d in range(1, 29)], "2022-01-01"] * 1)]
    assert places == [1]


def test_thinning_keeps_highs_lows_ends_and_gaps() -> None:
    values: list[float | None] = [math.sin(i / 50) for i in range(5000)]
    values[1234], values[2345], values[3456] = 9.0, -9.0, None
    kept = thin(values, 400)
    assert {0, 1234, 2345, 3456, 4999} <= set(kept)
    assert len(kept) <= 600


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_that_are_spread_keep_their_distance(places: list[float]) -> None:
    out = sorted(spread(places, 10.0, 0.0, 300.0))
    assert all(b - a >= 9.98 for a, b in pairwise(out))


def test_a_gap_is_not_drawn_over() -> None:
    plot = Plot("x", 100)
    plot.line([0.0, 0.25, 0.5, 0.75, 1.0], [10.0, 20.0, None, 30.0, 40.0], "s")
    assert len(re.findall(r"M\d", str(plot.render()))) == 2


def test_a_single_value_between_gaps_stays_visible() -> None:
    plot = Plot("x", 100)
    plot.line([0.0, 0.5, 1.0], [None, 20.0, None], "s")
    assert "M2000 200l0 0" in str(plot.render())


def test_a_curve_starts_and_ends_where_its_values_are() -> None:
    plot = Plot("x", 100)
    plot.line([0.0, 0.5, 1.0], [0.0, 50.0, 100.0], "s")
    assert "M0 0l2000 500 2000 500" in str(plot.render())


def test_texts_are_escaped_in_charts() -> None:
    hostile = '<script>alert("1")</script>'
    plot = Plot(hostile, 100)
    plot.text(0, 0, hostile, "x")
    plot.box(0, 1, 0, 1, "x", hostile)
    assert "<script" not in str(plot.render())


def test_many_sessions_share_hover_columns_and_few_have_their_own() -> None:
    def columns(count: int) -> int:
        days = [str(i) for i in range(count)]
        chart = over_days("x", days, [Curve("a", [1.0] * count, "s")], write=fixed)
        return str(chart).count("<rect ")

    assert columns(40) == 40
    assert columns(5000) <= HOVER_BANDS


def test_hover_says_the_exact_value_of_the_day() -> None:
    chart = over_days("x", ["2024-01-02", "2024-01-03"], [Curve("净值", [1.0, None], "s")], write=lambda v: fixed(v, 4))
    assert "2024-01-02\n净值 1.0000" in chart
    assert "2024-01-03\n净值 —" in chart


@pytest.mark.parametrize(("value", "shade"), [(0.0, 0.0), (0.05, 0.18), (-0.05, 0.18), (0.1, 0.36), (0.9, 0.36)])
def test_heat_grows_with_the_value_and_stops_at_the_cap(value: float, shade: float) -> None:
    assert tint(value, 0.10) == shade


def test_months_without_a_value_are_dots_not_zeros() -> None:
    chart = month_map(
        "x", {"2024-02": HeatCell(0.05), "2024-03": HeatCell(None)}, {}, cap=0.1, write=fixed, total="全年",
        styles=("hu", "hd"), strong=lambda _: "",
    )  # fmt: skip
    assert chart.count("·") == 11
    assert 'class="hu" style="--a:0.18"' in chart


def test_bars_left_and_right_of_zero_differ() -> None:
    bins = Bins([-0.2, -0.1, 0.0, 0.1], [1, 2, 3, 4], 0.1)
    chart = histogram("x", bins, write=fixed, styles=("left", "right"), normal=(0.0, 0.1))
    assert (chart.count('class="left bin"'), chart.count('class="right bin"')) == (2, 2)
    assert "s-ink dash" in chart


@pytest.mark.parametrize(("observed", "side"), [(3.0, "end"), (-3.0, "start")])
def test_words_of_the_threshold_point_away_from_the_observed_value(observed: float, side: str) -> None:
    chart = null_distribution(
        "x", Bins([-1.0, 0.0], [5, 5], 1.0), observed=Mark(observed, "seen"), thresholds=[Mark(0.5, "limit")],
        zones=[(0.5, None)], failed=observed < 0.5, write=fixed,
    )  # fmt: skip
    assert re.search(rf'class="note halo {side}"[^>]*>limit<', chart)
    assert ("obs bad" in chart) == (observed < 0.5)


def test_the_observed_value_is_inside_the_picture_however_far_it_lies() -> None:
    chart = null_distribution(
        "x", Bins([0.0], [5], 1.0), observed=Mark(50.0, "seen"), thresholds=[], zones=[], failed=False, write=fixed
    )
    place = re.search(r'class="obs good" x1="([\d.]+)%"', chart)
    assert place
    assert 90 < float(place[1]) <= 100


def test_missing_estimates_keep_their_row() -> None:
    items = [Estimate("a", 0.1, 0.0, 0.2), Estimate("b", None)]
    assert rows("x", items, write=fixed).count('class="hit"') == 2
    assert "—" in rows("x", items, write=fixed)
    assert upright("x", items).count("<circle") == 1


def test_a_bar_of_shares_needs_something_to_share() -> None:
    assert split_bar("x", []) is None
    assert "停牌 3（75%）" in (split_bar("x", [("涨停", 1.0), ("停牌", 3.0)]) or "")
