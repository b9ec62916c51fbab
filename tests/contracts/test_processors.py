"""Every registered processor keeps the promises of its kind; a new one is covered as soon as its module is there."""

from __future__ import annotations

from inspect import getdoc
from typing import Any

import numpy as np
import pytest
from tests.learning.made_tables import made_panels, made_table

from quantgpt.foundations.errors import NoData
from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.processors import PROCESSORS, FittedProcessor, Processor

PROCESSORS.load("quantgpt.learning.processors")
WINDOW = {"fit_start_time": "2020-01-01", "fit_end_time": "2020-01-20"}
every = pytest.mark.parametrize("name", list(PROCESSORS))


def handler_of(name: str, panels: Any, present: Any, **more: Any) -> DataHandler:
    where = "infer_processors" if PROCESSORS[name].for_inference else "learn_processors"
    return DataHandler(made_table(panels, present), **{where: [name]}, **WINDOW, **more)


@every
def test_it_has_a_name_a_source_and_a_sentence(name: str) -> None:
    made = PROCESSORS[name]
    assert issubclass(made, Processor)
    assert made.name == name
    assert "Source: Qlib 0.9.7" in (getdoc(made) or "")
    assert not issubclass(made, FittedProcessor) or made.numbers


@every
@pytest.mark.parametrize(("rows", "names"), [(1, 1), (1, 5), (6, 1), (30, 17)])
def test_small_tables_come_through(name: str, rows: int, names: int) -> None:
    g = np.random.default_rng(1)
    panels = {("feature", "x"): g.standard_normal((rows, names)), ("label", "LABEL0"): g.standard_normal((rows, names))}
    handler = handler_of(name, panels, None)
    for key in ("raw", "infer", "learn"):
        assert len(handler.fetch(data_key=key)) == rows * names


@every
def test_a_column_without_any_value_comes_through(name: str) -> None:
    panels, present = made_panels(1)
    panels["feature", "TIED"][...] = np.nan
    handler = handler_of(name, panels, present)
    handler.view("learn")
    if name == "DropnaProcessor":
        with pytest.raises(NoData, match="the table has no rows"):
            handler.fetch(data_key="learn")


@every
def test_memory_that_may_not_be_written_is_never_written(name: str) -> None:
    panels, present = made_panels(2)
    for drop_raw in (False, True):
        table = made_table(panels, present)
        for column in table.columns:
            column.values.flags.writeable = False
        where = "infer_processors" if PROCESSORS[name].for_inference else "learn_processors"
        handler = DataHandler(table, **{where: [name]}, drop_raw=drop_raw, **WINDOW)  # type: ignore[arg-type]
        usual = handler_of(name, panels, present)
        np.testing.assert_array_equal(handler.fetch(data_key="learn").values, usual.fetch(data_key="learn").values)


@every
def test_the_order_of_the_names_does_not_matter(name: str) -> None:
    panels, present = made_panels(3, dtype=np.float64)
    panels = {key: np.where(np.isinf(x), np.nan, x) for key, x in panels.items()}
    order = np.random.default_rng(0).permutation(present.shape[1])
    shuffled = {key: x[:, order] for key, x in panels.items()}
    one = handler_of(name, panels, present).view("learn")
    other = handler_of(name, shuffled, present[:, order]).view("learn")
    np.testing.assert_array_equal(one.present[:, order], other.present)
    for a, b in zip(one.columns, other.columns, strict=True):
        np.testing.assert_allclose(a.values[:, order][other.present], b.values[other.present], rtol=1e-12, atol=1e-13)
