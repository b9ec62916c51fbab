"""What a handler gives out: arrays without a copy where that is possible, and frames like Qlib's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.learning.made_tables import days_from, frame_of, made_panels, made_table

from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.matrices import Matrix
from quantgpt.learning.tables import Column, Table


def handler_of(seed: int = 1) -> tuple[DataHandler, pd.DataFrame]:
    panels, present = made_panels(seed)
    table = made_table(panels, present)
    return DataHandler(table), frame_of(table).astype(np.float32)


def test_frames_have_the_index_and_columns_of_qlib() -> None:
    handler, expected = handler_of()
    everything = handler.fetch(col_set="__raw", as_frame=True)
    pd.testing.assert_frame_equal(everything, expected, check_names=True)
    assert everything.index.names == ["datetime", "instrument"]
    assert list(handler.fetch(as_frame=True).columns) == ["WILD", "TIED", "STILL", "LABEL0"]
    assert list(handler.fetch(col_set="feature", as_frame=True).columns) == ["WILD", "TIED", "STILL"]
    both = handler.fetch(col_set=["feature", "label"], as_frame=True)
    assert both["label"].columns.tolist() == ["LABEL0"]
    assert handler.columns("label") == [("label", "LABEL0")]


@pytest.mark.parametrize(
    ("selector", "part"),
    [
        (("2020-01-05", "2020-01-09"), slice("2020-01-05", "2020-01-09")),
        (slice("20200105", None), slice("2020-01-05", None)),
        ([None, pd.Timestamp("2020-01-09")], slice(None, "2020-01-09")),
        ("2020-01-07", slice("2020-01-07", "2020-01-07")),
        (("2019-01-01", "2030-01-01"), slice(None, None)),
        (None, slice(None, None)),
    ],
)
def test_both_ends_of_a_selector_count(selector: object, part: slice) -> None:
    handler, expected = handler_of(2)
    pd.testing.assert_frame_equal(handler.fetch(selector, "__raw", as_frame=True), expected.loc[part])


def test_arrays_and_frames_say_the_same() -> None:
    handler, expected = handler_of(3)
    matrix = handler.fetch(("2020-01-05", "2020-01-20"))
    part = expected.loc["2020-01-05":"2020-01-20"]
    np.testing.assert_array_equal(matrix.values, part.values)
    assert matrix.values.flags.f_contiguous
    assert [f"{d}" for d in matrix.row_days] == [f"{d:%Y-%m-%d}" for d in part.index.get_level_values(0)]
    assert [matrix.names[k] for k in matrix.row_names] == list(part.index.get_level_values(1))
    assert matrix.rows_per_day.sum() == len(matrix) == len(part)


def test_names_that_are_not_sorted_are_sorted_in_a_frame() -> None:
    panels, present = made_panels(4)
    table = made_table(panels, present)
    shuffled = tuple(np.random.default_rng(0).permutation(table.names))
    expected = frame_of(Table(table.days, shuffled, present, table.columns)).astype(np.float32).sort_index()
    got = DataHandler(Table(table.days, shuffled, present, table.columns)).fetch(col_set="__raw", as_frame=True)
    pd.testing.assert_frame_equal(got, expected)


def block_handler(names: int, absent: bool = False) -> tuple[DataHandler, np.ndarray]:
    block = np.random.default_rng(0).standard_normal((3, 10, names)).astype(np.float32)
    present = np.ones((10, names), dtype=bool)
    present[4, 2] = not absent
    columns = [Column("feature", f"F{k}", block[k]) for k in range(3)]
    table = Table(days_from("2020-01-01", 10), [f"S{j:02d}" for j in range(names)], present, columns)
    return DataHandler(table), block


def test_nothing_is_copied_where_every_row_exists() -> None:
    handler, block = block_handler(16)
    matrix = handler.fetch(("2020-01-03", "2020-01-08"))
    assert np.shares_memory(matrix.values, block)
    assert not matrix.values.flags.writeable
    np.testing.assert_array_equal(matrix.values, block[:, 2:8].reshape(3, -1).T)
    assert np.shares_memory(matrix.frame().values, block)


def test_rows_that_do_not_exist_force_a_copy() -> None:
    handler, block = block_handler(16, absent=True)
    matrix = handler.fetch()
    assert not np.shares_memory(matrix.values, block)
    assert len(matrix) == 159
    assert np.shares_memory(handler.fetch(("2020-01-06", None)).values, block)


def test_planes_of_different_owners_are_never_seen_as_one() -> None:
    size = 16 * 10
    planes = [np.zeros(size, dtype=np.float32).reshape(10, 16) for _ in range(3)]
    columns = [Column("feature", f"F{k}", plane) for k, plane in enumerate(planes)]
    table = Table(days_from("2020-01-01", 10), [f"S{j:02d}" for j in range(16)], np.ones((10, 16), bool), columns)
    matrix = DataHandler(table).fetch()
    assert not any(np.shares_memory(matrix.values, plane) for plane in planes)


def test_columns_of_mixed_type_become_the_wider_one() -> None:
    x = np.arange(6.0).reshape(2, 3)
    handler = DataHandler(made_table({("feature", "a"): x.astype("f4"), ("label", "b"): x / 3}))
    matrix: Matrix = handler.fetch()
    assert matrix.values.dtype == np.float64
    np.testing.assert_array_equal(matrix.values[:, 1], (x / 3).ravel())


def test_large_planes_are_written_side_by_side_and_given_out_without_a_copy() -> None:
    g = np.random.default_rng(3)
    block = g.standard_normal((8, 400, 400)).astype(np.float32)
    columns = [Column("feature", f"F{k}", block[k]) for k in range(8)]
    table = Table(days_from("2020-01-01", 400), [f"S{j:03d}" for j in range(400)], np.ones((400, 400), bool), columns)
    window = {"fit_start_time": "2020-01-01", "fit_end_time": "2020-06-01"}
    handler = DataHandler(table, infer_processors=["ZScoreNorm"], **window)
    values = handler.fetch().values
    assert np.shares_memory(values, handler.view().columns[5].values)
    fit = block[:, :153].reshape(8, -1).astype(np.float64)
    expected = (block.reshape(8, -1) - fit.mean(axis=1, keepdims=True)) / fit.std(axis=1, keepdims=True)
    np.testing.assert_allclose(values, expected.T, rtol=1e-6, atol=1e-7)
    threaded = DataHandler(table, infer_processors=["ZScoreNorm"], threads=3, **window).fetch().values
    np.testing.assert_array_equal(values, threaded)
