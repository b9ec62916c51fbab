"""How the three views come about: order of the processors, fit windows, quirks, memory and threads."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.learning.made_tables import frame_of, made_panels, made_table

from quantgpt.foundations.errors import Conflict
from quantgpt.learning.datasets import Dataset
from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.tables import Table

LEARN: list[Any] = ["DropnaLabel", {"class": "CSZScoreNorm", "kwargs": {"fields_group": "label"}}]
WINDOW = {"fit_start_time": "2020-01-04", "fit_end_time": "2020-01-20"}
FEATURES = {"fields_group": "feature"}


def table_of(seed: int = 1, **more: Any) -> Table:
    panels, present = made_panels(seed, **more)
    return made_table(panels, present)


def test_the_defaults_of_alpha158_touch_the_label_alone() -> None:
    table = table_of()
    handler = DataHandler(table, learn_processors=LEARN)
    raw, infer, learn = (handler.view(key) for key in ("raw", "infer", "learn"))
    for k, column in enumerate(raw.columns):
        assert infer.columns[k].values is column.values
        assert (learn.columns[k].values is column.values) == (column.group == "feature")
    missing = np.isnan(raw.columns[3].values)
    np.testing.assert_array_equal(learn.present, raw.present & ~missing)
    assert handler.notices == []
    raw_label = frame_of(table)[("label", "LABEL0")].dropna()
    expected = raw_label.groupby(level="datetime").transform(lambda day: (day - day.mean()) / day.std())
    got = handler.fetch(col_set="label", data_key="learn", as_frame=True)["LABEL0"]
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6, equal_nan=True)
    np.testing.assert_array_equal(
        handler.fetch(col_set="label", data_key="raw", as_frame=True), frame_of(table)[["label"]]
    )


def test_append_learns_after_inference_and_independent_does_not() -> None:
    infer = [{"class": "Fillna", "kwargs": {"fields_group": "feature", "fill_value": 7}}]
    for process_type in ("append", "independent"):
        handler = DataHandler(
            table_of(),
            shared_processors=["ProcessInf"],
            infer_processors=infer,
            learn_processors=LEARN,
            process_type=process_type,
        )
        learned = handler.fetch(col_set="feature", data_key="learn").values
        assert np.isnan(learned).any() == (process_type == "independent")
        assert not np.isnan(handler.fetch(col_set="feature").values).any()
        assert np.isinf(handler.fetch(col_set="feature", data_key="raw").values).any()
        assert not np.isinf(learned).any()


def test_each_processor_is_fitted_on_what_the_one_before_has_left() -> None:
    table = table_of(dtype=np.float64)
    steps = ["ProcessInf", {"class": "Fillna", "kwargs": {"fill_value": 3}}, "MinMaxNorm", "ZScoreNorm"]
    handler = DataHandler(table, infer_processors=steps, **WINDOW)
    handler.view()
    frame = frame_of(DataHandler(table, infer_processors=steps[:2]).view())
    day = frame.index.get_level_values("datetime")
    fit = frame[(day >= WINDOW["fit_start_time"]) & (day <= WINDOW["fit_end_time"])]
    for group, name, low, high in handler.fitted[0]["columns"]:
        np.testing.assert_allclose([low, high], [fit[group, name].min(), fit[group, name].max()], rtol=1e-12)
    scaled = (fit - fit.min()) / (fit.max() - fit.min())
    for group, name, mean, deviation in handler.fitted[1]["columns"]:
        if name != "STILL":
            expected = [scaled[group, name].mean(), scaled[group, name].std(ddof=0)]
            np.testing.assert_allclose([mean, deviation], expected, rtol=1e-9)


def test_both_ends_of_the_fit_window_count_and_nothing_else_does() -> None:
    panels, present = made_panels(3, dtype=np.float64)
    table = made_table(panels, present)
    window = slice(4, 9)
    dates = {"fit_start_time": str(table.days[4]), "fit_end_time": str(table.days[8])}
    handler = DataHandler(table, infer_processors=[{"class": "MinMaxNorm", "kwargs": FEATURES}], **dates)
    handler.view()
    for _, name, low, high in handler.fitted[0]["columns"]:
        cells = panels["feature", name][window][present[window]]
        np.testing.assert_array_equal([float(low), float(high)], [np.nanmin(cells), np.nanmax(cells)])


@pytest.mark.parametrize("name", ["MinMaxNorm", "ZScoreNorm", "RobustZScoreNorm"])
def test_data_after_the_fit_window_change_nothing_that_was_fitted(name: str) -> None:
    panels, present = made_panels(4)
    handlers = []
    for spoil in (False, True):
        changed = {key: x.copy() for key, x in panels.items()}
        seen = present.copy()
        if spoil:
            for x in changed.values():
                x[20:] = x[20:] * -1e6 + 1
                x[:3] = np.nan
            seen[20:] = ~seen[20:]
        handlers.append(DataHandler(made_table(changed, seen), infer_processors=["ProcessInf", name], **WINDOW))
    one, other = (handler.fetch(("2020-01-04", "2020-01-20")).values for handler in handlers)
    assert handlers[0].fitted == handlers[1].fitted
    np.testing.assert_array_equal(one, other)


def test_absent_rows_enter_no_statistic() -> None:
    panels, present = made_panels(5)
    spoiled = {key: np.where(present, x, 1e9).astype(x.dtype) for key, x in panels.items()}
    steps: list[Any] = ["ProcessInf", "CSZFillna", "ZScoreNorm", "RobustZScoreNorm", "CSZScoreNorm", "CSRankNorm"]
    one, other = (
        DataHandler(made_table(p, present), infer_processors=steps, learn_processors=LEARN, **WINDOW)
        for p in (panels, spoiled)
    )
    for key in ("infer", "learn"):
        np.testing.assert_array_equal(one.fetch(data_key=key).values, other.fetch(data_key=key).values)


def test_the_train_segment_is_the_fit_window_where_none_is_given_and_it_is_said() -> None:
    train = ("2020-01-04", "2020-01-20")
    handler = DataHandler(table_of(), infer_processors=["ZScoreNorm"])
    assert handler.needs_fit_window
    data = Dataset(handler, {"train": train, "test": ("2020-01-21", "2020-01-30")})
    given = DataHandler(table_of(), infer_processors=["ZScoreNorm"], **WINDOW)
    np.testing.assert_array_equal(data.prepare("test").values, given.fetch(("2020-01-21", "2020-01-30")).values)
    assert handler.fitted == given.fitted
    assert "fit_window_from_train" in [entry["code"] for entry in data.notices]
    assert "fit_window_from_train" not in [entry["code"] for entry in given.notices]
    with pytest.raises(Conflict, match="fitted on 2020-01-04"):
        Dataset(handler, {"train": ("2020-01-01", "2020-01-05")})
    Dataset(given, {"train": ("2020-01-01", "2020-01-05")})


def test_a_window_of_the_processor_counts_where_the_handler_has_none() -> None:
    own = DataHandler(table_of(), infer_processors=[{"class": "ZScoreNorm", "kwargs": WINDOW}])
    handed = DataHandler(table_of(), infer_processors=["ZScoreNorm"], **WINDOW)
    assert not own.needs_fit_window
    np.testing.assert_array_equal(own.fetch().values, handed.fetch().values)


def test_without_groups_the_label_is_scaled_and_filled_and_this_is_said() -> None:
    quirk = DataHandler(table_of(), infer_processors=["ProcessInf", "ZScoreNorm", "Fillna"], **WINDOW)
    label = quirk.fetch(col_set="label").values
    raw = quirk.fetch(col_set="label", data_key="raw").values
    assert (label[np.isnan(raw)] == 0).all()
    assert not np.allclose(label[~np.isnan(raw)], raw[~np.isnan(raw)])
    said = {entry["code"]: entry["args"] for entry in quirk.notices}
    assert said["label_changed"] == {"processors": ["ProcessInf", "ZScoreNorm", "Fillna"], "columns": ["LABEL0"]}


@pytest.mark.parametrize("process_type", ["append", "independent"])
def test_giving_up_the_raw_view_changes_no_number(process_type: str) -> None:
    steps = ["ProcessInf", "ZScoreNorm", "Fillna"]
    kept, given_up = (
        DataHandler(
            table_of(7),
            infer_processors=steps,
            learn_processors=LEARN,
            process_type=process_type,
            drop_raw=drop,
            **WINDOW,
        )
        for drop in (False, True)
    )
    for key in ("infer", "learn"):
        np.testing.assert_array_equal(kept.fetch(data_key=key).values, given_up.fetch(data_key=key).values)


def test_with_the_raw_view_given_up_features_are_changed_where_they_are() -> None:
    table = table_of()
    before = [column.values for column in table.columns]
    handler = DataHandler(table, infer_processors=["ZScoreNorm"], learn_processors=LEARN, drop_raw=True, **WINDOW)
    learn = handler.view("learn")
    assert [column.values is old for column, old in zip(learn.columns, before, strict=True)] == [
        True,
        True,
        True,
        False,
    ]


def test_the_raw_view_is_what_it_was() -> None:
    panels, present = made_panels(8)
    table = made_table(panels, present)
    handler = DataHandler(table, infer_processors=["ProcessInf", "Fillna", "CSRankNorm"], learn_processors=LEARN)
    handler.view("learn")
    for column in handler.view("raw").columns:
        np.testing.assert_array_equal(column.values, panels[column.key])


def test_threads_change_no_bit() -> None:
    steps: list[Any] = ["ProcessInf", "RobustZScoreNorm", "CSZFillna", "CSRankNorm", "TanhProcess"]
    one, many = (
        DataHandler(table_of(9), infer_processors=steps, learn_processors=LEARN, threads=threads, **WINDOW)
        for threads in (1, 3)
    )
    np.testing.assert_array_equal(one.fetch(data_key="learn").values, many.fetch(data_key="learn").values)
    assert one.fitted == many.fitted


def test_numbers_learned_before_are_used_on_later_days() -> None:
    steps = ["ZScoreNorm", {"class": "RobustZScoreNorm", "kwargs": FEATURES}]
    panels, present = made_panels(10)
    first = DataHandler(made_table(panels, present), infer_processors=steps, **WINDOW)
    later = {key: x[22:] for key, x in panels.items()}
    second = DataHandler(
        made_table(later, present[22:], first="2020-01-23"),
        infer_processors=steps,
        fitted=json.loads(json.dumps(first.fitted, allow_nan=False)),
    )
    assert not second.needs_fit_window
    np.testing.assert_array_equal(second.fetch().values, first.fetch(("2020-01-23", None)).values)


def test_a_loader_is_called_once_and_only_when_needed() -> None:
    calls = []

    def load() -> Table:
        calls.append(1)
        return table_of()

    handler = DataHandler(load, learn_processors=LEARN)
    assert not calls
    handler.fetch()
    handler.fetch(data_key="learn")
    assert len(calls) == 1
