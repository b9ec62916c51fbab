"""Bad input gets an error that names the field, the reason and the nearest valid value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.learning.made_tables import days_from, made_panels, made_table

from quantgpt.foundations.errors import BadRequest, Broken, Conflict, NoData, QuantError
from quantgpt.learning.datasets import Dataset, TSDataset
from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.processors import read_processor
from quantgpt.learning.tables import Column, Table


def handler_of(**more: Any) -> DataHandler:
    panels, present = made_panels(1)
    return DataHandler(made_table(panels, present), **more)


def step(name: str, **kwargs: Any) -> dict[str, Any]:
    return {"class": name, "kwargs": kwargs}


CASES: list[tuple[Any, type[QuantError], str, str | None]] = [
    (lambda: read_processor("ZscoreNorm"), BadRequest, "did you mean ZScoreNorm", "processors"),
    (lambda: read_processor("CSZScoreNormal"), BadRequest, "no processor named 'CSZScoreNormal'", "processors"),
    (lambda: read_processor(step("Fillna", value=0)), BadRequest, "did you mean fill_value", "processors"),
    (lambda: read_processor({"kwargs": {}}), BadRequest, "name or by class and kwargs", "processors"),
    (lambda: read_processor({"class": "Fillna", "kwargs": [0]}), BadRequest, "must be a mapping", "processors"),
    (lambda: read_processor(step("DropCol", col_list=5)), BadRequest, "must be a list of names", "col_list"),
    (lambda: read_processor(step("Fillna", fill_value="0")), BadRequest, "must be a number", "fill_value"),
    (lambda: read_processor(step("CSZScoreNorm", method="rank")), BadRequest, "zscore or robust", "method"),
    (
        lambda: handler_of(infer_processors=["DropnaLabel"]),
        BadRequest,
        "put it into learn_processors",
        "infer_processors",
    ),
    (lambda: handler_of(shared_processors=["DropnaLabel"]), BadRequest, "looks at the label", "shared_processors"),
    (lambda: handler_of(process_type="both"), BadRequest, "append or independent", "process_type"),
    (lambda: handler_of(fit_start_time="2020-01-01"), BadRequest, "fit_end_time is missing", "fit_end_time"),
    (
        lambda: handler_of(fit_start_time="2020-02-01", fit_end_time="2020-01-01"),
        BadRequest,
        "before it starts",
        "fit_start_time",
    ),
    (
        lambda: handler_of(infer_processors=["ZScoreNorm"]).fetch(),
        BadRequest,
        "whole history is never used",
        "fit_start_time",
    ),
    (
        lambda: handler_of(
            infer_processors=["ZScoreNorm"], fit_start_time="2010-01-01", fit_end_time="2011-01-01"
        ).fetch(),
        BadRequest,
        "holds no row (rows run from 2020-01-01 to 2020-01-30)",
        "fit_start_time",
    ),
    (
        lambda: handler_of(infer_processors=[step("Fillna", fields_group="features")]).fetch(),
        BadRequest,
        "did you mean feature",
        "fields_group",
    ),
    (
        lambda: handler_of(infer_processors=[step("DropCol", col_list=["TIDE"])]).fetch(),
        BadRequest,
        "did you mean TIED",
        "col_list",
    ),
    (
        lambda: handler_of(infer_processors=[step("FilterCol", col_list=["WILT"])]).fetch(),
        BadRequest,
        "did you mean WILD",
        "col_list",
    ),
    (lambda: handler_of().fetch(col_set="labels"), BadRequest, "did you mean label", "col_set"),
    (lambda: handler_of().fetch(data_key="inference"), BadRequest, "did you mean infer", "data_key"),
    (lambda: handler_of(drop_raw=True).fetch(data_key="raw"), BadRequest, "set drop_raw to False", "data_key"),
    (lambda: handler_of().fetch("January"), BadRequest, "must be a date like 2020-01-31", "selector"),
    (lambda: handler_of().fetch(("2020-01-01",)), BadRequest, "a start and an end", "selector"),
    (lambda: handler_of().fetch(slice(None, None, 2)), BadRequest, "takes no step", "selector"),
    (lambda: handler_of().fetch(("2021-01-01", None)), NoData, "has no row in 2021-01-01", "selector"),
    (lambda: handler_of(fitted=[{"class": "ZScoreNorm"}]), BadRequest, "the processors are []", "fitted"),
    (
        lambda: handler_of(
            infer_processors=["ZScoreNorm"], fitted=[{"class": "ZScoreNorm", "columns": [["a", "b", 1]]}]
        ),
        BadRequest,
        "mean, deviation of every column",
        "fitted",
    ),
    (
        lambda: handler_of(
            infer_processors=["ZScoreNorm"], fitted=[{"class": "ZScoreNorm", "columns": [["feature", "WILDE", 1, 2]]}]
        ).fetch(),
        BadRequest,
        "no column in what ZScoreNorm has learned named 'feature/WILD'",
        "processors",
    ),
    (lambda: Dataset(handler_of(), {"train": ("2020",)}), BadRequest, "a start and an end", "segments.train"),
    (
        lambda: Dataset(handler_of(), {"train": (None, None)}).prepare("trian"),
        BadRequest,
        "did you mean train",
        "segments",
    ),
    (lambda: TSDataset(handler_of(), {}, step_len=0), BadRequest, "whole number from 1", "step_len"),
    (
        lambda: TSDataset(handler_of(), {"a": (None, None)}, fillna_type="bfill").prepare("a"),
        BadRequest,
        "none, ffill, ffill+bfill",
        "fillna_type",
    ),
    (
        lambda: TSDataset(handler_of(), {"a": (None, None)}).prepare("a", as_frame=True),
        BadRequest,
        "not frames",
        "as_frame",
    ),
    (
        lambda: TSDataset(handler_of(), {"a": (None, None)}).prepare("a")["2020-01-05", "SH60000"],
        BadRequest,
        "no name in this segment named 'SH60000' (did you mean SH60",
        "instrument",
    ),
    (
        lambda: TSDataset(handler_of(), {"a": (None, None)}).prepare("a")["2019-01-05", "SH600000"],
        BadRequest,
        "no session on or before",
        "datetime",
    ),
]


@pytest.mark.parametrize(("act", "kind", "words", "field"), CASES)
def test_bad_input_is_named(act: Any, kind: type[QuantError], words: str, field: str | None) -> None:
    with pytest.raises(kind) as caught:
        act()
    assert words in str(caught.value)
    assert caught.value.field == field


def test_tables_that_do_not_fit_are_refused() -> None:
    days, names, present = days_from("2020-01-01", 2), ["a", "b"], np.ones((2, 2), bool)
    plane = np.zeros((2, 2), np.float32)
    with pytest.raises(Broken, match="feature/x is"):
        Table(days, names, present, [Column("feature", "x", plane[:1])])
    with pytest.raises(Broken, match="int64"):
        Table(days, names, present, [Column("feature", "x", plane.astype(np.int64))])  # type: ignore[arg-type]
    with pytest.raises(Broken, match="neighbours"):
        Table(days, names, present, [Column("feature", "x", np.asfortranarray(plane))])
    with pytest.raises(Broken, match="ascend"):
        Table(days[::-1], names, present, [])
    with pytest.raises(Broken, match="present"):
        Table(days, names, present[:1], [])
    with pytest.raises(BadRequest, match="two columns"):
        Table(days, names, present, [Column("feature", "x", plane), Column("feature", "x", plane)])


def test_a_column_without_values_in_the_fit_window_becomes_missing_and_this_is_said() -> None:
    panels, present = made_panels(2)
    panels["feature", "TIED"][3:20] = np.nan
    for name in ("ZScoreNorm", "MinMaxNorm", "RobustZScoreNorm"):
        handler = DataHandler(
            made_table(panels, present),
            infer_processors=[step(name, fields_group="feature")],
            fit_start_time="2020-01-04",
            fit_end_time="2020-01-20",
        )
        assert np.isnan(handler.fetch(as_frame=True)["TIED"]).all()
        said = {entry["code"]: entry["args"] for entry in handler.notices}
        assert "TIED" in said["fit_not_finite"]["columns"]


def test_data_changed_in_place_by_a_failed_run_are_not_used_again() -> None:
    steps = ["Fillna", step("DropCol", col_list=["NONE"])]
    handler = handler_of(infer_processors=steps, drop_raw=True)
    with pytest.raises(BadRequest, match="NONE"):
        handler.fetch()
    with pytest.raises(Conflict, match="make a new handler"):
        handler.fetch()
