"""Run pyqlib and us on the same real folders and compare every value: `python -m tests.parity.live_qlib`.

Two folders: the Qlib sample of the real data (QUANTGPT_REAL_DATA; 53 names from 2018 on, opened in place), and an export of
ours of the demo market, opened by the real Qlib. On each, Alpha158, Alpha360 and every expression of
`frozen_qlib/operators.txt`, the latter also from a session inside the history on. Prints a table; the exit code is 0 only if
no cell differs but those where exact arithmetic proves that Qlib is wrong, which are listed by column. Needs the peers'
environment, which `scripts/qlib_env.sh` makes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from bench.peers.call import QlibValues, call_qlib
from numpy.typing import NDArray
from tests.parity.exact_qlib import Judge, Verdict, compare
from tests.parity.frozen_qlib.freeze import expressions

import quantgpt

FIELDS = ("open", "high", "low", "close", "volume", "vwap")
SAMPLE = "qlib_bin_sample.tar.gz"
OTHERS = "ChangeInstrument", "Mask"


def read_bin(path: Path) -> tuple[int, NDArray[np.float32]]:
    """First row and values of one field of a folder, read without our reader."""
    raw = np.fromfile(path, dtype="<f4")
    return int(raw[0]), raw[1:]


@dataclass
class Folder:
    """A Qlib folder and what is asked of it; `source` is what our side reads, the folder itself or the market behind it."""

    title: str
    path: Path
    source: Any
    codes: list[str]
    start: str
    end: str
    late: str
    other: str
    _kept: dict[str, tuple[int, Judge]] = field(default_factory=dict)

    def judge(self, code: str) -> tuple[int, Judge]:
        """First row of an instrument, and exact arithmetic on it."""
        if code not in self._kept:
            held = {name: read_bin(self.path / "features" / code.lower() / f"{name}.day.bin") for name in FIELDS}
            self._kept[code] = held["close"][0], Judge({name: values for name, (_, values) in held.items()})
        return self._kept[code]

    def queries(self) -> dict[str, dict[str, Any]]:
        """What both sides compute."""
        texts = [text.replace("SH600017", self.other) for text in expressions()]
        whole = {"kind": "features", "codes": self.codes, "start": self.start, "end": self.end}
        late = [code for code in self.codes if self.trades_by(code)]
        return {
            "Alpha158": {**whole, "columns": "alpha158"},
            "Alpha360": {**whole, "columns": "alpha360"},
            "operators": {**whole, "columns": texts},
            f"operators from {self.late}": {**whole, "columns": texts, "start": self.late, "codes": late},
        }

    def days(self) -> NDArray[np.datetime64]:
        """Sessions of the folder."""
        return np.array((self.path / "calendars" / "day.txt").read_text().split(), dtype="datetime64[D]")

    def trades_by(self, code: str) -> bool:
        """Whether it has a bar between the late start and the end; on others Qlib fails for a look back of 0."""
        first, values = read_bin(self.path / "features" / code.lower() / "close.day.bin")
        days = self.days()
        return bool(
            days[first] <= np.datetime64(self.end) and days[first + len(values) - 1] >= np.datetime64(self.late)
        )


def sample(work: Path) -> Folder:
    """The Qlib sample of the real data; it has no vwap, so the mean of open, high, low and close is added as one."""
    packed = Path(os.environ["QUANTGPT_REAL_DATA"]) / SAMPLE
    with tarfile.open(packed) as archive:
        archive.extractall(work, filter="data")
    path = work / "qlib_bin_sample"
    for own in (path / "features").iterdir():
        held = [np.fromfile(own / f"{name}.day.bin", dtype="<f4") for name in ("open", "high", "low", "close")]
        mean = (held[0] + held[1] + held[2] + held[3]) / np.float32(4)
        mean[0] = held[0][0]
        mean.tofile(own / "vwap.day.bin")
    codes = sorted(own.name.upper() for own in (path / "features").iterdir())
    stocks = [code for code in codes if not code.startswith("SH000")]
    return Folder(f"{SAMPLE}, read in place", path, path, stocks, "2018-01-02", "2025-06-30", "2022-03-01", stocks[5])


def exported(work: Path) -> Folder:
    """Our export of the demo market: pyqlib reads the folder, we read the market it was made of; every sixth name."""
    from quantgpt.market import MarketStore
    from quantgpt.market.qlib_folder import export_folder

    store = MarketStore(work / "store")
    market = store.make_demo()
    path = work / "export"
    made = export_folder(market, path, universe="hs300")
    lines = (path / "instruments" / "all.txt").read_text().splitlines()
    codes = sorted({line.split("\t")[0] for line in lines})[::6]
    title = f"export of the demo market ({len(codes)} of {made.stocks} stocks), ours from the market itself"
    return Folder(title, path, market, codes, made.first_day, made.last_day, "2022-06-01", codes[3])


def check(folder: Folder, work: Path) -> Iterator[tuple[str, str, list[Verdict]]]:
    """Every query on one folder: what, versions, and the verdict on every column."""
    queries = folder.queries()
    tasks = [{**query, "name": f"q{i}"} for i, query in enumerate(queries.values())]
    answer, versions = call_qlib(tasks, folder.path, work)
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    for i, (title, query) in enumerate(queries.items()):
        yield title, said, columns(folder, query, answer[f"q{i}"])


def columns(folder: Folder, query: dict[str, Any], qlib: QlibValues) -> list[Verdict]:
    """Compare one query column by column, on the rows that the names' own bars have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = quantgpt.features(
            qlib.codes, qlib.texts, query["start"], query["end"], source=folder.source, frame=False
        )
    place = [ours.codes.index(code) for code in qlib.codes]
    values = ours.values[:, :, place]
    if not np.array_equal(ours.days.astype("datetime64[D]"), qlib.days):
        raise SystemExit(f"{folder.title}: our sessions are not Qlib's")
    every = folder.days()
    offset = int(np.searchsorted(every, qlib.days[0]))
    row = np.arange(len(qlib.days))[:, None] + offset
    spans = [read_bin(folder.path / "features" / code.lower() / "close.day.bin") for code in qlib.codes]
    inside = (row >= [first for first, _ in spans]) & (row < [first + len(held) for first, held in spans])
    made = []
    for k, (name, text) in enumerate(zip(qlib.names, qlib.texts, strict=True)):

        def exact(at: int, column: int, text: str = text) -> float:
            first, judge = folder.judge(qlib.codes[column])
            return judge.value(text, at + offset - first)

        theirs = np.asarray(qlib.values[k])
        if text.startswith(OTHERS):
            theirs = np.where(inside, theirs, np.float32(np.nan))
        made.append(compare(name, values[k], theirs, exact))
    return made


def report(title: str, what: str, found: Sequence[Verdict]) -> str:
    """One line of the table, and one for every column that is not equal everywhere."""
    residues = sum(len(v.residues) for v in found)
    open_ = sum(v.open for v in found)
    worst = max((v.worst for v in found if not v.far), default=0.0)
    cells = sum(v.cells for v in found)
    missing, far = sum(v.missing for v in found), sum(v.far for v in found)
    lines = [
        f"| {title} | {what} | {len(found)} | {cells:,} | {missing} | {far} | {residues} | {open_} | {worst:.2g} |"
    ]
    for v in found:
        if v.residues:
            what = f"Qlib's residue, proven cell by cell, e.g. {v.residues[0]}"
            lines.append(f"|  | {v.text} |  |  |  |  | {len(v.residues)} |  | {what} |")
        if v.open:
            lines.append(f"|  | {v.text} |  |  | {v.missing} | {v.far} |  | {v.open} | {'; '.join(v.examples)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 when a cell differs."""
    out = sys.stdout
    head = (
        "folder",
        "what",
        "columns",
        "cells",
        "NaN on one side",
        "> 1e-6",
        "residues of Qlib",
        "open",
        "worst of the rest",
    )
    out.write("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|\n")
    failed = 0
    versions = ""
    with tempfile.TemporaryDirectory(prefix="live-qlib-") as made:
        makers = [exported]
        if os.environ.get("QUANTGPT_REAL_DATA"):
            makers.insert(0, sample)
        else:
            out.write("QUANTGPT_REAL_DATA is not set: only the export of the demo market is compared\n")
        for make in makers:
            work = Path(made) / make.__name__
            work.mkdir()
            folder = make(work)
            for what, said, found in check(folder, work):
                versions = said
                out.write(report(folder.title, what, found) + "\n")
                out.flush()
                failed += sum(v.open for v in found)
            shutil.rmtree(work)
    out.write(f"{versions}: {'equal' if not failed else f'{failed} cells differ'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
