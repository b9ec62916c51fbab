"""The direction comes from the first part of the sample and from nothing after it."""

import numpy as np

from quantgpt.factors.direction import calibration_slice, choose_direction


def test_the_first_third_decides_when_it_is_long_enough() -> None:
    values = np.r_[np.full(130, -0.1), np.full(260, 0.5)]
    direction = choose_direction(values)
    assert (direction.sign, direction.source) == (-1, "calibration")
    assert direction.flipped
    assert direction.calibration.sum() == 130


def test_a_short_sample_uses_its_first_half() -> None:
    values = np.r_[np.full(100, -0.1), np.full(100, 0.5)]
    direction = choose_direction(values)
    assert (direction.sign, direction.source) == (-1, "calibration_half")
    assert direction.calibration.sum() == 100


def test_missing_sessions_do_not_count() -> None:
    values = np.full(800, np.nan)
    values[::2] = 0.1
    mask, source = calibration_slice(values)
    assert source == "calibration"
    assert np.isfinite(values[mask]).sum() == 133


def test_what_comes_after_the_slice_never_changes_the_direction() -> None:
    g = np.random.default_rng(0)
    values = g.normal(0.01, 0.1, 450)
    first = choose_direction(values)
    later = values.copy()
    later[150:] = -1.0
    assert choose_direction(later).sign == first.sign
    assert choose_direction(later).rank_ic == first.rank_ic


def test_a_given_direction_is_kept_and_nothing_is_calibrated() -> None:
    direction = choose_direction(np.full(300, 0.1), given=-1)
    assert (direction.sign, direction.source) == (-1, "given")
    assert not direction.calibration.any()


def test_nothing_known_counts_as_positive() -> None:
    assert choose_direction(np.full(10, np.nan)).sign == 1
