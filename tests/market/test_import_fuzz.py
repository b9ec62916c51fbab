"""Bent files of every kind: our own errors or an import, never anything else, and nothing left behind by a refusal."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import QuantError
from quantgpt.market import MarketStore

VALUES = (None, np.nan, "", 0, -1, 1e308, np.inf, "x", "2024-01-01", 20240101, True, b"\xff\xfe", "演" * 50, 2**63 - 1)


def kinds(daily: pd.DataFrame) -> list[pd.DataFrame]:
    """One small frame of each kind of content."""
    hours = pd.date_range("2024-01-02 10:00", periods=5, freq="1h")
    price = dict.fromkeys(("open", "high", "low", "close"), 1.0)
    return [
        daily,
        daily[["date", "code", "open", "high", "low", "close", "volume"]]
        .drop_duplicates("date")
        .assign(code="000300.SH"),
        pd.DataFrame({"index": ["000300.SH"], "code": ["600000.SH"], "in_date": ["2020-01-02"], "out_date": [None]}),
        pd.DataFrame({"code": ["600000.SH"], "name": ["x"], "list_date": ["2020-01-02"]}),
        pd.DataFrame({"open_time": hours, **price, "volume": 1.0, "symbol": "BTCUSDT", "market": "spot"}),
        pd.DataFrame({"time": hours, "funding_rate": 0.1, "symbol": "BTCUSDT"}),
        pd.DataFrame({"bar_end": hours, "code": "600000.SH", **price, "volume": 1.0}),
        pd.DataFrame({"date": daily["date"][:5], "code": "600000.SH", "pe_ttm": 1.0}),
        pd.DataFrame({"date": daily["date"][:5]}),
    ]


def bend(frame: pd.DataFrame, choose: random.Random) -> pd.DataFrame:
    """The frame with one thing wrong."""
    column = choose.choice(list(frame.columns))
    match choose.randrange(6):
        case 0:
            frame[column] = frame[column].astype(object)
            frame.loc[choose.choice(list(frame.index)), column] = choose.choice(VALUES)
        case 1:
            frame[column] = [choose.choice(VALUES) for _ in range(len(frame))]
        case 2 if len(frame.columns) > 1:
            return frame.drop(columns=column)
        case 3:
            frame[column] = frame[column].astype(str)
        case 4:
            return frame.iloc[: choose.randrange(2)]
        case 5:
            return frame.rename(columns={column: choose.choice(["x", column.upper(), f" {column} ", "日期", "code"])})
    return frame


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.gate) for seed in range(4, 100))])
def test_bent_files_raise_only_our_own_errors(tmp_path: Path, frame, now: Clock, seed: int) -> None:  # type: ignore[no-untyped-def]
    choose = random.Random(seed)
    for k in range(15):
        bent = choose.choice(kinds(frame(last="2024-01-08"))).copy()
        for _ in range(choose.randint(1, 2)):
            bent = bend(bent, choose) if len(bent) else bent
        path = tmp_path / f"{k}.csv"
        try:
            bent.to_parquet(path.with_suffix(".parquet"))
            path = path.with_suffix(".parquet")
        except (ValueError, TypeError, OverflowError, KeyError):
            bent.to_csv(path, index=False)
        store = MarketStore(tmp_path / f"market{k}", now)
        try:
            store.import_path(path, skip_bad_rows=choose.random() < 0.5)
        except QuantError:
            assert not store.root.exists()
