"""Alpha158 and Alpha360 as handlers: columns, labels, rows, default processors, and the quirk of Alpha360's label."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.learning.made_tables import days_from

from quantgpt import learning
from quantgpt.expr.features import FeatureInputs
from quantgpt.foundations.errors import BadExpression, BadRequest, QuantError
from quantgpt.learning.alphas import Alpha158, Alpha158vwap, Alpha360, Alpha360vwap, label_columns
from quantgpt.learning.datasets import Dataset
from quantgpt.learning.handlers import DataHandler
from quantgpt.libraries import library

ROWS, NAMES = 90, 20
WINDOW = {"fit_start_time": "2020-01-10", "fit_end_time": "2020-02-15"}
CANDLES: dict[str, Any] = {"kbar": {}}
ASSETS = tuple(f"SZ{j:06d}" for j in range(NAMES))


@cache
def inputs() -> FeatureInputs:
    """A made market in which names 0 and 1 begin late and end early, with gaps inside."""
    g = np.random.default_rng(11)
    close = np.exp(np.cumsum(g.standard_normal((ROWS, NAMES)) * 0.02, axis=0)) * 20
    opened = close * (1 + g.standard_normal((ROWS, NAMES)) * 0.01)
    high, low = np.maximum(opened, close) * 1.01, np.minimum(opened, close) * 0.99
    volume = g.integers(100, 90_000, (ROWS, NAMES)).astype(float)
    fields = {"open": opened, "high": high, "low": low, "close": close, "volume": volume}
    fields["vwap"] = (opened + high + low + close) / 4
    first, last = np.zeros(NAMES, np.int32), np.full(NAMES, ROWS - 1, np.int32)
    first[0], last[1] = 30, 50
    row = np.arange(ROWS)[:, None]
    gone = (row < first) | (row > last)
    gone[40:44, 5] = True
    single = {name: np.where(gone, np.nan, x).astype(np.float32) for name, x in fields.items()}
    return FeatureInputs(days_from("2020-01-01", ROWS), single, first, last)


def later(field: str, rows: int) -> np.ndarray:
    x = inputs().fields[field].astype(np.float64)
    return np.concatenate([x[rows:], np.full((rows, NAMES), np.nan)])


def test_columns_and_names_are_those_of_the_libraries() -> None:
    wide = Alpha158(inputs(), ASSETS)
    assert [name for _, name in wide.columns("feature")] == list(library("alpha158").names)
    assert wide.columns("label") == [("label", "LABEL0")]
    assert wide.fetch(data_key="learn").values.shape[1] == 159
    deep = Alpha360(inputs(), ASSETS, **WINDOW)
    assert [name for _, name in deep.columns("feature")] == list(library("alpha360").names)


@pytest.mark.parametrize(
    ("made", "field"), [(Alpha158, "close"), (Alpha158vwap, "vwap"), (Alpha360, "close"), (Alpha360vwap, "vwap")]
)
def test_the_label_is_the_return_from_the_next_session_to_the_one_after(made: Any, field: str) -> None:
    more: dict[str, Any] = {"features": CANDLES} if made in (Alpha158, Alpha158vwap) else WINDOW
    handler = made(inputs(), ASSETS, **more)
    raw = handler.view("raw")
    label = raw.columns[-1]
    assert label.key == ("label", "LABEL0")
    expected = later(field, 2) / later(field, 1) - 1
    np.testing.assert_allclose(label.values[raw.present], expected[raw.present], rtol=1e-5, atol=2e-7)


def test_rows_run_from_the_first_to_the_last_bar_within_the_universe() -> None:
    members = np.ones((ROWS, NAMES), dtype=bool)
    members[:60, 3] = False
    handler = Alpha158(inputs(), ASSETS, start=20, stop=80, members=members, features=CANDLES)
    present = handler.view("raw").present
    assert present.shape == (60, NAMES)
    assert not present[:10, 0].any()
    assert present[10:, 0].all()
    assert present[:31, 1].all()
    assert not present[31:, 1].any()
    assert not present[:40, 3].any()
    assert present[40:, 3].all()
    assert present[:, 5].all()


def test_the_rows_before_the_first_one_asked_for_warm_the_windows() -> None:
    config = {"rolling": {"include": ["MA"], "windows": [20]}}
    whole = Alpha158(inputs(), ASSETS, features=config).fetch(("2020-02-10", None), data_key="raw")
    part = Alpha158(inputs(), ASSETS, start=40, features=config).fetch(data_key="raw")
    np.testing.assert_array_equal(whole.values, part.values)


def alone(column: pd.Series, fit: slice) -> pd.Series:
    """ProcessInf, ZScoreNorm and Fillna on one column, in plain pandas."""
    finite = column.where(~np.isinf(column))
    column = column.where(~np.isinf(column), finite.groupby(level="datetime").transform("mean"))
    mean, deviation = column.loc[fit].mean(), column.loc[fit].std(ddof=0)
    scaled = column if column.loc[fit].nunique() == 1 else (column - mean) / deviation
    return scaled.fillna(0)


@pytest.mark.parametrize("compat", ["qlib", "strict"])
def test_alpha360_scales_and_fills_the_label_in_qlibs_mode_only(compat: Any) -> None:
    handler = Alpha360(inputs(), ASSETS, compat=compat, **WINDOW)
    raw = handler.fetch(data_key="raw", as_frame=True).astype(np.float64)
    infer = handler.fetch(as_frame=True)
    fit = slice(WINDOW["fit_start_time"], WINDOW["fit_end_time"])
    for name in ("CLOSE59", "CLOSE0", "OPEN3", "VWAP0", "VOLUME7", "LABEL0"):
        plain = raw[name] if name == "LABEL0" and compat == "strict" else alone(raw[name], fit)
        np.testing.assert_allclose(infer[name], plain, rtol=1e-5, atol=1e-5, err_msg=name)
    learn = handler.fetch(data_key="learn", as_frame=True)
    if compat == "qlib":
        assert "label_changed" in {entry["code"] for entry in handler.notices}
        assert len(learn) == len(raw)
        label = infer["LABEL0"].astype(np.float64)
    else:
        assert "label_changed" not in {entry["code"] for entry in handler.notices}
        assert len(learn) == raw["LABEL0"].notna().sum()
        label = raw["LABEL0"].dropna()
    expected = label.groupby(level="datetime").transform(lambda day: (day - day.mean()) / day.std())
    np.testing.assert_allclose(learn["LABEL0"], expected, rtol=1e-5, atol=1e-5, equal_nan=True)


def test_alpha360_without_a_fit_window_uses_the_train_segment() -> None:
    segments = {"train": ("2020-01-10", "2020-02-15"), "test": ("2020-02-16", None)}
    handler = Alpha360(inputs(), ASSETS)
    data = Dataset(handler, segments)
    given = Alpha360(inputs(), ASSETS, **WINDOW)
    np.testing.assert_array_equal(data.prepare("test").values, given.fetch(segments["test"]).values)
    assert "fit_window_from_train" in {entry["code"] for entry in data.notices}


def test_strict_features_leave_out_what_qlib_fills() -> None:
    config = {"rolling": {"include": ["MA"], "windows": [20]}}
    qlib, strict = (
        Alpha158(inputs(), ASSETS, features=config, compat=compat).fetch(data_key="raw", as_frame=True)["MA20"]
        for compat in ("qlib", "strict")
    )
    assert qlib.loc["2020-01-03"].notna().any()
    assert strict.loc["2020-01-03"].isna().all()
    both = strict.notna()
    assert both.mean() > 0.5
    np.testing.assert_allclose(qlib[both], strict[both], rtol=1e-6)


def test_labels_take_qlibs_forms_and_ours() -> None:
    text = "Ref($open, -2)/Ref($open, -1) - 1"
    assert label_columns(text) == label_columns({"LABEL0": text}) == label_columns(([text], ["LABEL0"]))
    assert label_columns([text]) == {text: text}
    two = Alpha158(inputs(), ASSETS, features=CANDLES, label={"ONE": text, "TWO": "Ref($close, -3)/$close - 1"})
    assert two.columns("label") == [("label", "ONE"), ("label", "TWO")]
    np.testing.assert_allclose(
        two.view("raw").columns[-1].values, later("close", 3) / inputs().fields["close"] - 1, rtol=1e-5, atol=2e-7
    )


@pytest.mark.parametrize(
    "label", [5, (1, 2), [], ["$close", "$close"], (["$close", "$open"], ["X", "X"]), (["$close"], [])]
)
def test_what_is_no_label_is_refused(label: Any) -> None:
    with pytest.raises(BadRequest, match="label") as refused:
        label_columns(label)
    assert refused.value.field == "label"


def test_processors_may_be_chosen() -> None:
    robust = [
        {"class": "RobustZScoreNorm", "kwargs": {"fields_group": "feature", "clip_outlier": True}},
        {"class": "Fillna", "kwargs": {"fields_group": "feature"}},
    ]
    learn = ["DropnaLabel", {"class": "CSRankNorm", "kwargs": {"fields_group": "label"}}]
    handler = Alpha158(
        inputs(), ASSETS, features=CANDLES, infer_processors=robust, learn_processors=learn, threads=2, **WINDOW
    )
    features = handler.fetch(col_set="feature").values
    assert np.abs(features).max() <= 3
    assert not np.isnan(features).any()
    label = handler.fetch(col_set="label", data_key="learn").values
    assert -1.73 < label.min() < 0 < label.max() <= 1.7301


CASES: list[tuple[Any, type[QuantError], str, str | None]] = [
    (lambda: Alpha158(inputs(), ASSETS, label="Ref($clos, -1)"), BadExpression, "clos", "expression"),
    (lambda: Alpha158(inputs(), ASSETS, label="Ref($close, -1"), BadExpression, "", "expression"),
    (lambda: Alpha158(inputs(), ASSETS, label=[]), BadRequest, "at least one", "label"),
    (
        lambda: Alpha158(inputs(), ASSETS, label=(["$close"], [])),
        BadRequest,
        "1 label expressions have 0 names",
        "label",
    ),
    (lambda: Alpha158(inputs(), ASSETS, label=[1, "$close"]), BadRequest, "(expressions, names)", "label"),  # type: ignore[list-item]
    (lambda: Alpha158(inputs(), ASSETS[:3]), BadRequest, "3 names were given for 20", "names"),
    (lambda: Alpha158(inputs(), ASSETS, members=np.ones((3, 3), bool)), BadRequest, "members is (3, 3)", "members"),
    (lambda: Alpha158(inputs(), ASSETS, features={"candles": {}}), BadRequest, "candles", "feature"),
    (lambda: Alpha360(inputs(), ASSETS).fetch(), BadRequest, "ZScoreNorm has to be fitted", "fit_start_time"),
]


@pytest.mark.parametrize(("act", "kind", "words", "field"), CASES)
def test_bad_input_is_named(act: Any, kind: type[QuantError], words: str, field: str | None) -> None:
    with pytest.raises(kind) as caught:
        act()
    assert words in str(caught.value)
    assert caught.value.field == field


def test_a_field_that_the_data_lack_is_named_before_anything_is_computed() -> None:
    short = {name: panel for name, panel in inputs().fields.items() if name != "vwap"}
    lacking = FeatureInputs(inputs().days, short, inputs().first, inputs().last)
    with pytest.raises(BadExpression, match="vwap"):
        Alpha158vwap(lacking, ASSETS, features=CANDLES)


def test_a_handler_is_a_data_handler() -> None:
    for made in (Alpha158, Alpha158vwap, Alpha360, Alpha360vwap):
        assert issubclass(made, DataHandler)


def test_the_package_hands_out_its_classes_on_first_use() -> None:
    code = (
        "import sys, quantgpt.learning as learning; early = 'numpy' in sys.modules; "
        "print(early, [getattr(learning, name).__name__ for name in learning.__all__] == learning.__all__)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False True\n"
    )
    with pytest.raises(AttributeError, match="has no attribute 'Alpha101'"):
        learning.Alpha101  # noqa: B018
