"""Segments in time, and windows of the last sessions beside a plain pandas statement of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.learning.made_tables import made_panels, made_table

from quantgpt.learning.datasets import Dataset, TSDataset
from quantgpt.learning.handlers import DataHandler

SEGMENTS = {"train": ("2020-01-01", "2020-01-15"), "test": ("2020-01-18", "2020-01-30")}
LEARN = ["DropnaLabel", {"class": "CSZScoreNorm", "kwargs": {"fields_group": "label"}}]


def handler_of(seed: int = 1) -> DataHandler:
    panels, present = made_panels(seed)
    return DataHandler(made_table(panels, present), learn_processors=LEARN)


def test_segments_are_cut_by_name_slice_or_list() -> None:
    data = Dataset(handler_of(), SEGMENTS)
    train, test = data.prepare(["train", "test"], "feature", "learn", as_frame=True)
    whole = data.prepare(slice(None, None), "feature", "learn", as_frame=True)
    pd.testing.assert_frame_equal(train, whole.loc["2020-01-01":"2020-01-15"])
    pd.testing.assert_frame_equal(test, data.prepare(("test",), "feature", "learn", as_frame=True)[0])
    assert data.notices == []


def test_what_is_wrong_with_segments_is_said() -> None:
    panels, present = made_panels(1)
    handler = DataHandler(
        made_table(panels, present),
        infer_processors=["MinMaxNorm"],
        fit_start_time="2020-01-01",
        fit_end_time="2020-01-20",
    )
    data = Dataset(handler, {**SEGMENTS, "valid": ("2020-01-15", "2020-01-16")})
    assert [entry["code"] for entry in data.notices] == ["segments_overlap", "fit_window_after_train"]
    window = {"fit_start_time": "2020-01-01", "fit_end_time": "2020-01-20"}
    own = DataHandler(made_table(panels, present), infer_processors=[{"class": "MinMaxNorm", "kwargs": window}])
    assert [entry["code"] for entry in Dataset(own, SEGMENTS).notices] == ["fit_window_after_train"]


def window_of(
    frame: pd.DataFrame, sessions: pd.Index, day: pd.Timestamp, name: str, length: int, fill: str
) -> np.ndarray:
    """The last `length` sessions of one name, by reindexing."""
    own = frame.xs(name, level="instrument")
    rows = pd.Series(np.arange(len(own)), own.index).reindex(sessions)
    at = sessions.get_loc(day)
    part = rows.iloc[max(0, at - length + 1) : at + 1].to_numpy()
    part = np.concatenate([np.full(length - len(part), np.nan), part])
    places = pd.Series(part)
    if fill != "none":
        places = places.ffill()
    if fill == "ffill+bfill":
        places = places.bfill()
    out = np.full((length, frame.shape[1]), np.nan, dtype=np.float32)
    seen = places.notna().to_numpy()
    out[seen] = own.to_numpy()[places[seen].astype(int)]
    return out


@pytest.mark.parametrize("fill", ["none", "ffill", "ffill+bfill"])
@pytest.mark.parametrize("data_key", ["infer", "learn"])
@pytest.mark.parametrize("segment", ["train", "test"])
def test_windows_equal_their_plain_statement(segment: str, data_key: str, fill: str) -> None:
    handler = handler_of(2)
    data = TSDataset(handler, SEGMENTS, step_len=7, fillna_type=fill)
    windows = data.prepare(segment, "feature", data_key)
    start, end = SEGMENTS[segment]
    whole = handler.fetch((None, end), "feature", data_key, as_frame=True)
    sessions = whole.index.get_level_values(0).unique().sort_values()
    infer = handler.fetch(as_frame=True).index.get_level_values(0).unique().sort_values()
    earliest = infer[max(0, infer.searchsorted(pd.Timestamp(start)) - 7)]
    whole = whole.loc[earliest:]
    sessions = sessions[sessions >= earliest]
    wanted = [(day, name) for name, day in sorted((name, day) for day, name in whole.loc[start:].index)]
    assert list(windows.index()) == wanted
    assert len(windows) == len(wanted)
    everything = np.concatenate(list(windows.batches(50)))
    for k, (day, name) in enumerate(wanted):
        np.testing.assert_array_equal(
            everything[k], window_of(whole, sessions, day, name, 7, fill), err_msg=f"{day} {name}"
        )
    np.testing.assert_array_equal(windows[[3, 0, -1]], everything[[3, 0, -1]])
    np.testing.assert_array_equal(windows[5], everything[5])
    np.testing.assert_array_equal(windows[wanted[5]], everything[5])


def test_a_window_for_a_day_that_has_no_row_ends_at_the_last_session_before_it() -> None:
    data = TSDataset(handler_of(3), SEGMENTS, step_len=4)
    windows = data.prepare("test")
    last = windows.days[-1]
    name = windows.names[0]
    np.testing.assert_array_equal(windows["2021-05-05", name], windows[str(last), name])


def test_windows_of_the_first_sessions_begin_with_absent_rows() -> None:
    x = np.arange(12.0, dtype=np.float32).reshape(6, 2)
    data = TSDataset(DataHandler(made_table({("feature", "x"): x})), {"train": (None, None)}, step_len=3)
    np.testing.assert_array_equal(data.prepare("train")[0][:, 0], [np.nan, np.nan, 0])
    np.testing.assert_array_equal(data.prepare("train")[-1][:, 0], [7, 9, 11])
