"""Freeze what pyqlib returns for the market of `make_market`: `python -m tests.parity.frozen_qlib.freeze`.

It makes the peers' environment where it is missing, writes `market.npz` as a Qlib folder, asks pyqlib for Alpha158,
Alpha360 and the expressions of `operators.txt` (those twice: over everything, and from session 140 on, where operators
that depend on the first session asked for differ), and writes beside itself `alpha158.parquet`, `alpha360.parquet`,
`operators.parquet`, `operators_from_140.parquet` and `recipe.json` (versions, names, texts, checksums).

To stay small, only some sessions are kept (all of the warm-up and of the blemishes, every few of the rest), and Alpha360
on a few names. Rows outside a name's own bars are left out: there only `ChangeInstrument` and `Mask` have values.

`residues.csv` lists every kept cell on which Qlib is wrong: `tests.parity.exact_qlib`, in exact arithmetic on the same
float32 inputs, is more than the tolerance away from it. Two kinds are known: Qlib divides what is left in a running sum by
1e-12 where the exact value is 0 (WVMA), and what is left in a running sum breaks a tie that is then ranked (`Rank` of a `Corr`).
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench.peers.call import QlibValues, call_qlib
from bench.peers.folder import write_folder
from numpy.typing import NDArray
from tests.parity.exact_qlib import Judge, NotJudged, near

Kept = Any
"""an array of bool"""

HERE = Path(__file__).parent
FIELDS = ("open", "high", "low", "close", "volume", "vwap")
START = 140
FEW = ("SH600003", "SH600004", "SH600005", "SH600017", "SZ000012", "SZ300003")


def expressions() -> list[str]:
    """The lines of `operators.txt` that are expressions."""
    lines = (HERE / "operators.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def kept_158(session: NDArray[np.int64]) -> Kept:
    """Sessions of Alpha158 that are kept."""
    return (session < 68) | ((session >= 136) & (session < 182)) | (session % 28 < 8)


def kept_360(session: NDArray[np.int64]) -> Kept:
    """Sessions of Alpha360 that are kept."""
    return np.isin(session, (0, 1, 7, 30, 58, 59, 60, 61, 62, 103)) | (session % 6 == 0)


def kept_operators(session: NDArray[np.int64]) -> Kept:
    """Sessions of the whole-span expressions that are kept."""
    return (
        (session < 24) | ((session >= 38) & (session < 56)) | ((session >= 138) & (session < 156)) | (session % 9 == 0)
    )


def kept_from_start(session: NDArray[np.int64]) -> Kept:
    """Sessions of the expressions asked for from session 140 on that are kept."""
    return (session < START + 12) | (session % 10 == 0)


def write(
    name: str, got: QlibValues, market: dict[str, NDArray[Any]], keep: Callable[[NDArray[np.int64]], Kept]
) -> None:
    """Write the kept cells of one query as a parquet file: one row a cell of (session, name), one column an expression."""
    codes = [str(code) for code in market["codes"]]
    column = np.array([codes.index(code) for code in got.codes])
    session = np.searchsorted(market["days"], got.days)
    inside = (session[:, None] >= market["first"][column]) & (session[:, None] <= market["last"][column])
    row, at = np.nonzero(inside & keep(session)[:, None])
    order = np.lexsort((row, at))
    row, at = row[order], at[order]
    arrays = [pa.array(session[row].astype(np.int16)), pa.array(column[at].astype(np.int8))]
    arrays += [pa.array(np.ascontiguousarray(values[row, at])) for values in got.values]
    names = ["session", "name", *(f"{i}" for i in range(len(got.names)))]
    pq.write_table(
        pa.table(arrays, names=names),
        HERE / f"{name}.parquet",
        compression="zstd",
        compression_level=19,
        use_dictionary=False,
        use_byte_stream_split=names[2:],
        write_statistics=False,
        store_schema=False,
        row_group_size=1 << 20,
    )


def residues(
    market: dict[str, NDArray[Any]], texts: list[str], frozen: Path
) -> Iterator[tuple[str, str, int, float, float]]:
    """Cells of a frozen file on which exact arithmetic disagrees: text, code, session, Qlib's value and the exact one."""
    table = pq.read_table(frozen)
    session, name = table["session"].to_numpy(), table["name"].to_numpy()
    judges = {
        int(j): Judge({f: market[f][market["first"][j] : market["last"][j] + 1, j] for f in FIELDS}) for j in set(name)
    }
    for k, text in enumerate(texts):
        values = table[str(k)].to_numpy()
        try:
            for row in range(values.size):
                j = int(name[row])
                exact = judges[j].value(text, int(session[row]) - int(market["first"][j]))
                if not near(float(values[row]), exact):
                    yield text, str(market["codes"][j]), int(session[row]), float(values[row]), exact
        except NotJudged:
            continue


def main() -> None:
    """Ask pyqlib and write the frozen files."""
    market = dict(np.load(HERE / "market.npz"))
    days = [str(day) for day in market["days"]]
    stocks = [str(code) for code in market["codes"][:-1]]
    end = 259
    listed = [code for code, first in zip(stocks, market["first"], strict=False) if first <= end]
    texts = expressions()
    whole = {"kind": "features", "codes": stocks, "start": days[0], "end": days[-1]}
    tasks = [
        {**whole, "name": "alpha158", "columns": "alpha158"},
        {**whole, "name": "alpha360", "columns": "alpha360", "codes": list(FEW)},
        {**whole, "name": "operators", "columns": texts},
        {
            **whole,
            "name": "operators_from_140",
            "columns": texts,
            "codes": listed,
            "start": days[START],
            "end": days[end],
        },
    ]
    keep = {
        "alpha158": kept_158,
        "alpha360": kept_360,
        "operators": kept_operators,
        "operators_from_140": kept_from_start,
    }
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        data = work / "qlib"
        write_folder(
            data,
            market["days"],
            market["codes"].tolist(),
            {f: market[f] for f in FIELDS},
            market["first"],
            market["last"],
        )
        got, versions = call_qlib(tasks, data, work)
        for name, values in got.items():
            write(name, values, market, keep[name])
    recipe = {
        "made_by": "python -m tests.parity.frozen_qlib.freeze, on the market.npz of python -m tests.parity.frozen_qlib.make_market",
        "versions": versions,
        "market_sha256": hashlib.sha256((HERE / "market.npz").read_bytes()).hexdigest(),
        "queries": {
            name: {
                "first_session": int(np.searchsorted(market["days"], values.days[0])),
                "last_session": int(np.searchsorted(market["days"], values.days[-1])),
                "names": values.names,
                "texts": values.texts,
            }
            for name, values in got.items()
        },
    }
    (HERE / "recipe.json").write_text(json.dumps(recipe, indent=1) + "\n")
    with (HERE / "residues.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["file", "text", "code", "session", "qlib", "exact"])
        for name in ("alpha158", "operators", f"operators_from_{START}"):
            out.writerows((name, *line) for line in residues(market, got[name].texts, HERE / f"{name}.parquet"))


if __name__ == "__main__":
    main()
