"""Walk-forward windows: purged, counted, and honest about what they cannot say."""

import numpy as np
import pytest

from quantgpt.factors.rolling import NO_WINDOWS, roll, windows


def sessions(years: float, start: str = "2015-01-05") -> np.ndarray:
    days = np.arange(np.datetime64(start), np.datetime64(start) + int(years * 365.25))
    return days[np.is_busday(days)]


def rolled(years: float, ic: float, holding: int = 5, **more):
    days = sessions(years)
    g = np.random.default_rng(0)
    values = g.normal(ic, 0.05, days.size)
    returns = g.normal(0.0005, 0.01, days.size)
    return roll(values, days, returns, -returns, holding, **more)


@pytest.mark.parametrize("years", [2, 3, 4.5, 5.2, 10])
def test_the_parts_never_touch_and_every_boundary_is_purged(years: float) -> None:
    days = sessions(years)
    planned, _ = windows(days, purge=5)
    assert planned
    for w in planned:
        assert w.train[1] + 5 <= w.valid[0]
        assert w.valid[1] + 5 <= w.test[0]
        assert 0 <= w.train[0] < w.train[1] < w.valid[1] < w.test[1] <= days.size


def test_three_years_give_three_proportional_windows() -> None:
    body, done = rolled(3, 0.03)
    assert len(done) == 3
    assert body["summary"]["window_spec"]["mode"] == "proportional"


def test_ten_years_step_by_three_months() -> None:
    body, done = rolled(10, 0.03)
    assert len(done) == 21
    assert body["summary"]["window_spec"] == {
        "mode": "calendar",
        "train_years": 3,
        "valid_years": 1,
        "test_years": 1,
        "step_months": 3,
        "purge_days": 5,
    }


def test_keys_are_those_of_the_contract() -> None:
    body, _ = rolled(3, 0.03)
    assert {"score", "summary", "decay_analysis", "windows"} == set(body)
    assert {"n_windows", "mean_test_ic", "mean_test_ir", "mean_train_ic"} <= set(body["summary"])
    assert {"mean_decay", "status", "per_window_decay"} <= set(body["decay_analysis"])
    assert {"window_index", "train_period", "valid_period", "test_period", "train_ic", "train_ir", "valid_ic",
            "valid_ir", "test_ic", "test_ir", "anti_overfit_score", "sharpe"} <= set(body["windows"][0])  # fmt: skip
    assert body["windows"][0]["window_index"] == 1
    assert " ~ " in body["windows"][0]["test_period"]


def test_the_direction_comes_from_the_training_part_alone() -> None:
    days = sessions(3)
    values = np.full(days.size, -0.02) + np.random.default_rng(0).normal(0, 0.01, days.size)
    changed = values.copy()
    planned, _ = windows(days, 5)
    changed[planned[0].valid[0] :] = 0.5
    assert roll(values, days, values, values, 5)[1][0].direction == -1
    assert roll(changed, days, values, values, 5)[1][0].direction == -1


def test_a_steady_factor_is_stable_and_scores_above_noise() -> None:
    steady, _ = rolled(6, 0.05)
    noise, _ = rolled(6, 0.0)
    assert steady["decay_analysis"]["status"] == "stable"
    assert steady["summary"]["same_sign_share"] == 1.0
    assert steady["score"] > noise["score"]


def test_a_factor_that_dies_is_unstable() -> None:
    days = sessions(3)
    values = np.random.default_rng(0).normal(0.06, 0.02, days.size)
    values[days.size // 2 :] -= 0.09
    body, _ = roll(values, days, values, values, 5)
    assert body["decay_analysis"]["status"] == "unstable"
    assert body["decay_analysis"]["decay_diff_t"] > 2


def test_too_short_a_span_says_so() -> None:
    body, done = rolled(0.2, 0.03)
    assert done == []
    assert body["score"] == 0.0
    assert body["summary"]["error"] == NO_WINDOWS
    assert body["decay_analysis"]["status"] == "insufficient_data"


def test_nothing_at_all_says_so() -> None:
    empty = np.array([], dtype="datetime64[D]")
    body, _ = roll(np.array([]), empty, np.array([]), np.array([]), 5)
    assert body["summary"]["error"] == NO_WINDOWS
