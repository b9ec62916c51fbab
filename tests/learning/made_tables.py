"""Small tables for the tests of learning, and the pandas frames that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from quantgpt.learning.tables import Arena, Column, Table

Panels = Mapping[tuple[str, str], np.ndarray]


def days_from(first: str, count: int) -> np.ndarray:
    return np.datetime64(first) + np.arange(count)


def made_table(
    panels: Panels, present: np.ndarray | None = None, *, first: str = "2020-01-01", padded: bool = True
) -> Table:
    """A table of the given planes; `padded` stores them with gaps between the rows, as the feature engine does."""
    rows, names = next(iter(panels.values())).shape
    columns = []
    for (group, name), values in panels.items():
        plane = Arena(1).plane(rows, names, values.dtype) if padded else np.empty_like(values)
        plane[...] = values
        columns.append(Column(group, name, plane))
    seen = np.ones((rows, names), dtype=bool) if present is None else present
    return Table(days_from(first, rows), [f"SH{600000 + j}" for j in range(names)], seen, columns)


def made_panels(
    seed: int, *, rows: int = 30, names: int = 37, dtype: Any = np.float32
) -> tuple[dict[Any, Any], np.ndarray]:
    """Three features with gaps, infinities, ties, constants and far outliers, a label, and which rows exist."""
    g = np.random.default_rng(seed)
    wild = g.standard_normal((rows, names)) * 10.0 ** g.integers(-3, 4, names)
    wild[g.random((rows, names)) < 0.05] = np.inf
    wild[g.random((rows, names)) < 0.05] = -np.inf
    tied = np.round(g.standard_normal((rows, names)) * 2) + 100.0
    still = np.full((rows, names), 0.1)
    label = g.standard_normal((rows, names)) * 0.02
    present = g.random((rows, names)) < 0.85
    present[rows // 2] = False
    present[rows // 3, 1:] = False
    tied[rows // 4] = np.nan
    panels = {}
    for key, values in {
        ("feature", "WILD"): wild, ("feature", "TIED"): tied, ("feature", "STILL"): still, ("label", "LABEL0"): label
    }.items():  # fmt: skip
        values[g.random((rows, names)) < 0.1] = np.nan
        panels[key] = values.astype(dtype)
    return panels, present


def frame_of(table: Table) -> pd.DataFrame:
    """Rows (datetime, instrument), columns (group, name), float64."""
    day, name = np.nonzero(table.present)
    index = pd.MultiIndex.from_arrays(
        [pd.DatetimeIndex(table.days.astype("datetime64[ns]"))[day], np.array(table.names)[name]],
        names=["datetime", "instrument"],
    )
    data = {column.key: column.values[table.present].astype(np.float64) for column in table.columns}
    return pd.DataFrame(data, index=index, columns=pd.MultiIndex.from_tuples(list(data)))
