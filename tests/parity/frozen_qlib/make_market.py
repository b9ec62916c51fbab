"""Cut the market of the frozen outputs out of the demo market: `python -m tests.parity.frozen_qlib.make_market`.

Twenty-four names and an index over 300 sessions, with the demo's own suspensions and late listings, and blemishes of the
kind that real folders have, added where `blemish` says: a field missing alone, volume 0, prices and a volume that stand
still, a first bar without values, a last bar before the end. Written to `market.npz` as float32.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from quantgpt.foundations.panel import MarketView
from quantgpt.market.demo import demo_view

HERE = Path(__file__).parent
FIELDS = ("open", "high", "low", "close", "volume", "vwap")
INDEX = "SH000300"
NAMES = (
    "600000.SH",
    "600001.SH",
    "600003.SH",
    "600004.SH",
    "600005.SH",
    "600010.SH",
    "600015.SH",
    "600017.SH",
    "600019.SH",
    "688003.SH",
    "688006.SH",
    "688009.SH",
    "688010.SH",
    "000001.SZ",
    "000002.SZ",
    "000006.SZ",
    "000007.SZ",
    "000012.SZ",
    "000018.SZ",
    "300001.SZ",
    "300003.SZ",
    "300004.SZ",
    "300012.SZ",
    "300015.SZ",
)


def qlib_code(code: str) -> str:
    """`600000.SH` as Qlib writes it, `SH600000`."""
    number, exchange = code.split(".")
    return exchange + number


def blemish(fields: dict[str, np.ndarray], codes: list[str]) -> None:
    """Add what real folders hold and the demo does not, in place."""
    at = {code: column for column, code in enumerate(codes)}
    fields["close"][[60, 61, 90, 210], at["SH600003"]] = np.nan
    fields["volume"][[50, 51, 52, 130], at["SH600003"]] = np.nan
    fields["vwap"][100:103, at["SH600003"]] = np.nan
    fields["volume"][[40, 111, 112, 200], at["SH600004"]] = 0.0
    still = at["SH600015"]
    for name in ("open", "high", "low", "close", "vwap"):
        fields[name][140:176, still] = fields["close"][139, still]
    for code in ("SH600017", "SH688006", "SZ000002", "SZ300004", "SZ300015"):
        for start in range(24, 290, 28):
            for name in ("open", "high", "low", "close", "vwap"):
                fields[name][start : start + 7, at[code]] = fields["close"][start - 1, at[code]]
    fields["volume"][150:190, at["SZ000007"]] = fields["volume"][149, at["SZ000007"]]
    for name in FIELDS:
        fields[name][221:, at["SZ000012"]] = np.nan
        fields[name][40:43, at["SZ300003"]] = np.nan


def index_fields(level: np.ndarray) -> dict[str, np.ndarray]:
    """An index has a close; its other fields are made from it."""
    before = np.concatenate([level[:1], level[:-1]])
    volume = 1e8 + 1e5 * (np.arange(level.size) * 37 % 101)
    return {
        "open": before,
        "high": np.maximum(before, level) * 1.001,
        "low": np.minimum(before, level) * 0.999,
        "close": level,
        "volume": volume,
        "vwap": (before + level) / 2,
    }


def market() -> dict[str, np.ndarray]:
    """Every array of `market.npz`: days, codes, first and last rows, and the fields (300, 25) float32."""
    view: MarketView = demo_view(80, 300)
    columns = [view.assets.index(name) for name in NAMES]
    codes = [qlib_code(name) for name in NAMES]
    fields = {name: view.fields[name][:, columns].copy() for name in FIELDS}
    bars = np.isfinite(view.fields["factor"][:, columns])
    blemish(fields, codes)
    first = bars.argmax(axis=0)
    last = np.full(len(codes), bars.shape[0] - 1)
    last[codes.index("SZ000012")] = 220
    assert view.benchmark is not None
    own = index_fields(np.asarray(view.benchmark))
    made = {name: np.column_stack([fields[name], own[name]]).astype(np.float32) for name in FIELDS}
    return {
        "days": view.days.astype("datetime64[D]"),
        "codes": np.array([*codes, INDEX]),
        "first": np.array([*first, 0], dtype=np.int32),
        "last": np.array([*last, bars.shape[0] - 1], dtype=np.int32),
        **made,
    }


def main() -> None:
    """Write `market.npz`."""
    np.savez_compressed(HERE / "market.npz", **market())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
