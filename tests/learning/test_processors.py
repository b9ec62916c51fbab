"""Every processor beside a plain pandas statement of it, on random panels with gaps, infinities, ties and constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.learning.made_tables import frame_of, made_panels, made_table

from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.processors import PROCESSORS

FIT = {"fit_start_time": "2020-01-04", "fit_end_time": "2020-01-20"}
Step = Callable[[pd.DataFrame], pd.DataFrame]


def by_day(change: Step) -> Step:
    def whole(frame: pd.DataFrame) -> pd.DataFrame:
        parts = [change(part) for _, part in frame.groupby(level="datetime", sort=True)]
        return pd.concat(parts)

    return whole


def in_group(group: str | None, change: Step) -> Step:
    def whole(frame: pd.DataFrame) -> pd.DataFrame:
        out = frame.copy()
        chosen = [c for c in frame.columns if group is None or c[0] == group]
        out[chosen] = change(frame[chosen])
        return out

    return whole


def fit_part(frame: pd.DataFrame) -> pd.DataFrame:
    day = frame.index.get_level_values("datetime")
    return frame[(day >= "2020-01-04") & (day <= "2020-01-20")]


def unless(same: pd.Series, frame: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({c: frame[c] if same[c] else changed[c] for c in frame.columns})


def min_max(frame: pd.DataFrame) -> pd.DataFrame:
    low, high = fit_part(frame).min(), fit_part(frame).max()
    return unless(low == high, frame, (frame - low) / (high - low))


def zscore(frame: pd.DataFrame) -> pd.DataFrame:
    fit = fit_part(frame)
    mean, deviation = fit.mean(), fit.std(ddof=0)
    return unless(fit.nunique() == 1, frame, (frame - mean) / deviation)


def robust(frame: pd.DataFrame, clip: bool) -> pd.DataFrame:
    fit = fit_part(frame)
    middle = fit.median()
    spread = ((fit - middle).abs().median() + 1e-12) * 1.4826
    out = (frame - middle) / spread
    return out.clip(-3, 3) if clip else out


def process_inf(day: pd.DataFrame) -> pd.DataFrame:
    finite = day.where(~np.isinf(day))
    return day.where(~np.isinf(day), finite.mean(), axis=1)


def day_zscore(day: pd.DataFrame) -> pd.DataFrame:
    deviation = day.std().where(day.nunique() > 1)
    return (day - day.mean()) / deviation


def day_robust(day: pd.DataFrame) -> pd.DataFrame:
    centred = day - day.median()
    return (centred / centred.abs().median() / 1.4826).clip(-3, 3)


def tanh(frame: pd.DataFrame) -> pd.DataFrame:
    is_label = pd.Series(frame.columns.get_level_values(1).str.contains("LABEL"), frame.columns)
    return unless(is_label, frame, np.tanh(frame - 1))


CASES: list[tuple[str, dict[str, Any], Step]] = [
    ("DropnaProcessor", {}, lambda f: f.dropna()),
    ("DropnaProcessor", {"fields_group": "feature"}, lambda f: f.dropna(subset=[c for c in f if c[0] == "feature"])),
    ("DropCol", {"col_list": ["TIED"]}, lambda f: f.drop(columns=[("feature", "TIED")])),
    ("FilterCol", {"col_list": ["WILD"]}, lambda f: f[[("feature", "WILD"), ("label", "LABEL0")]]),
    ("ProcessInf", {}, by_day(process_inf)),
    ("Fillna", {}, lambda f: f.fillna(0)),
    ("Fillna", {"fields_group": "feature", "fill_value": -7}, in_group("feature", lambda f: f.fillna(-7))),
    ("TanhProcess", {}, tanh),
    ("MinMaxNorm", FIT, min_max),
    ("ZScoreNorm", FIT, zscore),
    ("ZScoreNorm", {**FIT, "fields_group": "label"}, in_group("label", zscore)),
    ("RobustZScoreNorm", FIT, lambda f: robust(f, True)),
    ("RobustZScoreNorm", {**FIT, "clip_outlier": False}, lambda f: robust(f, False)),
    ("CSZScoreNorm", {}, by_day(day_zscore)),
    ("CSZScoreNorm", {"fields_group": ["label"]}, in_group("label", by_day(day_zscore))),
    ("CSZScoreNorm", {"method": "robust"}, by_day(day_robust)),
    ("CSRankNorm", {}, by_day(lambda d: (d.rank(pct=True) - 0.5) * 3.46)),
    ("CSZFillna", {}, by_day(lambda d: d.fillna(d.mean()))),
]


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "kwargs", "twin"), CASES)
def test_processor_equals_pandas(name: str, kwargs: dict[str, Any], twin: Step, dtype: Any) -> None:
    for seed in range(2):
        for finite in (False, True):
            panels, present = made_panels(seed, dtype=dtype)
            if finite:
                panels = {key: np.where(np.isinf(x), np.nan, x).astype(dtype) for key, x in panels.items()}
            table = made_table(panels, present)
            expected = twin(frame_of(table))
            handler = DataHandler(table, infer_processors=[{"class": name, "kwargs": kwargs}])
            got = handler.fetch(col_set="__raw", as_frame=True)
            assert list(got.columns) == list(expected.columns)
            assert list(got.index) == list(expected.index)
            tolerance = {"rtol": 1e-6, "atol": 1e-6} if dtype is np.float32 else {"rtol": 1e-11, "atol": 1e-12}
            np.testing.assert_allclose(got, expected, equal_nan=True, **tolerance)


def test_every_processor_is_compared() -> None:
    PROCESSORS.load("quantgpt.learning.processors")
    assert {name for name, _, _ in CASES} | {"DropnaLabel"} == set(PROCESSORS)


def test_the_rows_of_a_float32_rank_are_those_of_float64() -> None:
    g = np.random.default_rng(5)
    x = g.standard_normal((40, 300)).astype(np.float32)
    x[g.random(x.shape) < 0.3] = 0.0
    x[g.random(x.shape) < 0.1] *= -1.0
    x[:, :3] = np.inf, -np.inf, np.nan
    single = DataHandler(made_table({("feature", "x"): x}), infer_processors=["CSRankNorm"]).fetch().values
    double = DataHandler(made_table({("feature", "x"): x.astype("f8")}), infer_processors=["CSRankNorm"]).fetch().values
    np.testing.assert_array_equal(single, double.astype(np.float32))


def test_a_mean_of_a_large_offset_keeps_its_digits() -> None:
    g = np.random.default_rng(6)
    x = 1e9 + g.standard_normal((500, 40)) * 1e-3
    x[0, 0] = 1e15
    kwargs = {"fit_start_time": "2020-01-02", "fit_end_time": "2022-01-01"}
    handler = DataHandler(
        made_table({("feature", "x"): x}), infer_processors=[{"class": "ZScoreNorm", "kwargs": kwargs}]
    )
    handler.view()
    mean, deviation = handler.fitted[0]["columns"][0][2:]
    np.testing.assert_allclose(mean, x[1:].mean(), rtol=1e-15)
    np.testing.assert_allclose(deviation, (x[1:] - x[1:].mean()).std(), rtol=1e-6)


@pytest.mark.parametrize("value", [0.1, 1.0, -3e-7, 1e12])
def test_a_constant_column_stays_as_it_is(value: float) -> None:
    x = np.full((70, 9), value, dtype=np.float32)
    for name in ("ZScoreNorm", "MinMaxNorm"):
        description = {"class": name, "kwargs": {"fit_start_time": "2020-01-01", "fit_end_time": "2020-02-20"}}
        handler = DataHandler(made_table({("feature", "x"): x}), infer_processors=[description])
        np.testing.assert_array_equal(handler.fetch().values, x.reshape(-1, 1))
        assert [entry["code"] for entry in handler.notices] == ["fit_constant"]
    flat_day = DataHandler(made_table({("feature", "x"): x}), infer_processors=["CSZScoreNorm"]).fetch().values
    assert np.isnan(flat_day).all()


def test_an_infinite_value_in_a_session_makes_its_zscore_missing_and_leaves_the_others() -> None:
    x = np.array([[1.0, 2.0, np.inf], [1.0, 2.0, 4.0]])
    values = DataHandler(made_table({("feature", "x"): x}), infer_processors=["CSZScoreNorm"]).fetch().values
    assert np.isnan(values[:3]).all()
    assert np.isfinite(values[3:]).all()
