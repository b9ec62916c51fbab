"""A small market in files: three names, a few weeks, everything about them written down here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.clock import FixedClock
from quantgpt.market import MarketStore
from quantgpt.market.calendar import official

NOW = FixedClock(datetime(2024, 6, 3, 12, 0, tzinfo=UTC))
CODES = ("600000.SH", "000001.SZ", "300001.SZ")


def daily_frame(first: str = "2024-01-02", last: str = "2024-03-29", codes: tuple[str, ...] = CODES) -> pd.DataFrame:
    """Unadjusted daily bars as a vendor gives them; prices move a little, nothing is suspended, no dividend."""
    days = official().between(np.datetime64(first), np.datetime64(last))
    parts = []
    for k, code in enumerate(codes):
        steps = np.sin(np.arange(days.size) * (k + 1.0)) * 0.01
        close = np.round(10.0 * (k + 1) * np.exp(np.cumsum(steps)), 2)
        before = np.concatenate([[close[0]], close[:-1]])
        parts.append(
            pd.DataFrame(
                {
                    "date": days.astype("datetime64[s]"),
                    "code": code,
                    "open": before,
                    "high": np.maximum(before, close) + 0.05,
                    "low": np.minimum(before, close) - 0.05,
                    "close": close,
                    "pre_close": before,
                    "volume": np.full(days.size, 1_000_000 * (k + 1)),
                    "amount": np.round((before + close) / 2 * 1_000_000 * (k + 1)),
                    "factor": np.full(days.size, 2.0 + k),
                    "turn": np.full(days.size, 0.5),
                    "is_st": np.zeros(days.size, dtype=np.int8),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def write_facts(folder: Path) -> None:
    """Index bars, membership and instruments beside the daily bars."""
    days = official().between(np.datetime64("2024-01-02"), np.datetime64("2024-03-29"))
    level = np.linspace(3400.0, 3500.0, days.size).round(2)
    index = dict.fromkeys(("open", "high", "low", "close"), level)
    pd.DataFrame(
        {"date": days.astype("datetime64[s]"), "code": "000300.SH", "name": "沪深300", **index, "volume": 1}
    ).to_parquet(folder / "some_index.parquet")
    pd.DataFrame(
        {
            "index": "000300.SH",
            "code": ["600000.SH", "000001.SZ", "000001.SZ", "600999.SH"],
            "in_date": ["2020-01-02", "2020-01-02", "2024-02-01", "2020-01-02"],
            "out_date": [None, "2024-01-15", None, None],
        }
    ).to_parquet(folder / "lists.parquet")
    pd.DataFrame(
        {
            "code": [*CODES, "600999.SH"],
            "name": ["甲", "乙", "丙", "丁"],
            "list_date": ["1999-11-10", "1991-04-03", "2024-01-02", "2009-11-17"],
            "delist_date": [None, None, None, None],
            "industry_sw_l1": ["银行", "银行", None, "证券"],
        }
    ).to_csv(folder / "names.csv", index=False)


@pytest.fixture
def now() -> FixedClock:
    """An evening in June 2024."""
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> MarketStore:
    """An empty market store in June 2024."""
    return MarketStore(tmp_path / "market", NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of importable files."""
    out = tmp_path / "files"
    out.mkdir()
    daily_frame().to_parquet(out / "bars.parquet")
    write_facts(out)
    return out


@pytest.fixture(scope="session")
def make_files() -> Callable[[Path], pd.DataFrame]:
    """Writes everything but the daily bars into a folder and returns these."""

    def make(folder: Path) -> pd.DataFrame:
        write_facts(folder)
        return daily_frame()

    return make


@pytest.fixture
def frame() -> Callable[..., pd.DataFrame]:
    """The daily bars of the small market, to be bent by a test."""
    return daily_frame


@pytest.fixture
def tree() -> Callable[[Path], dict[str, str]]:
    """Every file and folder below a path, with the hash of its bytes; not the note on what was verified."""

    def look(root: Path) -> dict[str, str]:
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in sorted(root.rglob("*"))
            if path.name != "verified.json"
        }

    return look
