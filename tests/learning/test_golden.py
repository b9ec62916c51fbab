"""Processors on eight rows whose results are known to eight digits from Qlib 0.9.7."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.learning.made_tables import made_table

from quantgpt.learning.handlers import DataHandler

NAN, INF = np.nan, np.inf
X = np.array([[1.0, 2, 4, NAN], [10, INF, 30, 40]])
LABEL = np.array([[0.1, 0.2, 0.2, -0.3], [0, 0.5, NAN, 0.1]])
FIT = {"fit_start_time": "2020-01-01", "fit_end_time": "2020-01-01"}
LABELS = {"fields_group": "label"}
GOLDEN: list[tuple[str, dict[str, Any], str, list[float]]] = [
    ("ProcessInf", {}, "x", [1, 2, 4, NAN, 10, 26.66666667, 30, 40]),
    ("MinMaxNorm", {**FIT, "fields_group": "feature"}, "x", [0, 0.33333333, 1, NAN, 3, INF, 9.66666667, 13]),
    (
        "ZScoreNorm",
        {**FIT, "fields_group": "feature"},
        "x",
        [-1.06904497, -0.26726124, 1.33630621, NAN, 6.14700856, INF, 22.18268308, 30.20052034],
    ),
    (
        "RobustZScoreNorm",
        {**FIT, "fields_group": "feature", "clip_outlier": False},
        "x",
        [-0.67449076, 0, 1.34898152, NAN, 5.39592608, INF, 18.88574127, 25.63064886],
    ),
    (
        "RobustZScoreNorm",
        {**FIT, "fields_group": "feature"},
        "x",
        [-0.67449076, 0, 1.34898152, NAN, 3, 3, 3, 3],
    ),
    (
        "CSZScoreNorm",
        LABELS,
        "label",
        [0.21004201, 0.63012604, 0.63012604, -1.47029409, -0.75592895, 1.13389342, NAN, -0.37796447],
    ),
    (
        "CSZScoreNorm",
        {**LABELS, "method": "robust"},
        "label",
        [-0.67449076, 0.67449076, 0.67449076, -3, -0.67449076, 2.69796304, NAN, 0],
    ),
    ("CSRankNorm", LABELS, "label", [0, 1.2975, 1.2975, -0.865, -0.57666667, 1.73, NAN, 0.57666667]),
    ("CSZFillna", LABELS, "label", [0.1, 0.2, 0.2, -0.3, 0, 0.5, 0.2, 0.1]),
]


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize(("name", "kwargs", "column", "expected"), GOLDEN)
def test_processor_prints_the_golden_digits(
    name: str, kwargs: dict[str, Any], column: str, expected: list[float], padded: bool
) -> None:
    table = made_table({("feature", "x"): X, ("label", "label"): LABEL}, padded=padded)
    handler = DataHandler(table, infer_processors=[{"class": name, "kwargs": kwargs}])
    frame = handler.fetch(as_frame=True)
    np.testing.assert_allclose(frame[column], expected, rtol=0, atol=5.01e-9, equal_nan=True)


def test_float32_planes_give_the_golden_numbers_to_single_precision() -> None:
    for name, kwargs, column, expected in GOLDEN:
        table = made_table({("feature", "x"): X.astype("f4"), ("label", "label"): LABEL.astype("f4")})
        handler = DataHandler(table, infer_processors=[{"class": name, "kwargs": kwargs}])
        frame = handler.fetch(as_frame=True)
        assert frame[column].dtype == np.float32
        np.testing.assert_allclose(frame[column], expected, rtol=1e-6, atol=5e-7, equal_nan=True)
