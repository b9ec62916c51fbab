"""Pandas indexes of rows, made only when a frame is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quantgpt.foundations.panel import Days

if TYPE_CHECKING:
    import pandas as pd


def row_index(days: Days, names: tuple[str, ...], day_codes: Any, name_codes: Any) -> pd.MultiIndex:
    """(datetime, instrument) of rows given by their positions in `days` and `names`."""
    import pandas as pd

    levels: Any = [pd.DatetimeIndex(days.astype("datetime64[ns]")), pd.Index(list(names), dtype="str")]
    return pd.MultiIndex(
        levels=levels, codes=[day_codes, name_codes], names=["datetime", "instrument"], verify_integrity=False
    )
