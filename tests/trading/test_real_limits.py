"""The rule table against real bars: no high above an upper limit, no low below a lower one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.trading.boards import board_of
from quantgpt.trading.limits import limit_prices

# Shares that resumed trading after years, or reappeared after a merger, had no band on that day; no panel tells.
RESUMED = {
    ("000155.SZ", "2017-12-18"), ("000629.SZ", "2018-08-24"), ("000792.SZ", "2021-08-10"), ("001965.SZ", "2017-12-25"),
    ("002506.SZ", "2015-08-12"), ("600732.SH", "2017-06-06"), ("601155.SH", "2015-12-04"),
}  # fmt: skip


@pytest.mark.realdata
@pytest.mark.slow
def test_ten_years_of_real_prices_keep_within_the_limits(real_data: Path) -> None:
    bars = pd.read_parquet(
        real_data / "ashare_daily.parquet",
        columns=["date", "code", "open", "high", "low", "pre_close", "volume", "is_st"],
        filters=[("volume", ">", 0)],
    )
    listed = pd.read_parquet(real_data / "instruments.parquet", columns=["code", "list_date"])
    days = np.sort(bars["date"].unique()).astype("datetime64[D]")
    codes = np.sort(bars["code"].unique())
    row = np.searchsorted(days, bars["date"].to_numpy().astype("datetime64[D]"))
    column = np.searchsorted(codes, bars["code"].to_numpy())

    def panel(name: str) -> np.ndarray:
        out = np.full((days.size, codes.size), np.nan)
        out[row, column] = bars[name].to_numpy(dtype=float, na_value=np.nan)
        return out

    first = listed.set_index("code")["list_date"].reindex(codes).to_numpy().astype("datetime64[D]")
    born = np.where(np.isnat(first) | (first < days[0]), -1000, np.searchsorted(days, first))
    st = np.nan_to_num(panel("is_st"), nan=-1).astype(np.int8)
    board = np.array([board_of(code) for code in codes], dtype=np.int8)
    age = (np.arange(days.size)[:, None] - born[None, :]).astype(np.int32)
    up, down = limit_prices(panel("pre_close"), board, st, age, days)

    outside = (panel("high") > up + 0.001) | (panel("low") < down - 0.001)
    found = {(codes[i], str(days[t])) for t, i in zip(*np.nonzero(outside), strict=True)}
    assert found <= RESUMED
    # The limits are tight, too: one day in a hundred touches the upper one.
    touched = np.abs(panel("high") - up) < 0.001
    assert touched.sum() > 0.01 * len(bars)
    for change in ("2020-08-24", "2023-04-10"):
        assert touched[days >= np.datetime64(change)].any()
