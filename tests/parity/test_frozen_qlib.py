"""Alpha158, Alpha360 and every operator against outputs of pyqlib 0.9.7 that are frozen beside the recipe that made them.

No cell may be missing on one side only, and none may differ by more than 1e-6·max(1, |b|), but those that `residues.csv`
lists by column, name and session: there Qlib divides what is left in a running sum by 1e-12 (WVMA), or ranks a tie that what
is left in a running sum has broken. Each is proven again here, in exact arithmetic on the same inputs.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from tests.parity.exact_qlib import Judge, NotJudged, compare, near
from tests.parity.plain_kernels import compute_plain

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features

HERE = Path(__file__).parent / "frozen_qlib"
FIELDS = ("open", "high", "low", "close", "volume", "vwap")
QUERIES = ("alpha158", "alpha360", "operators", "operators_from_140")
RECIPE = json.loads((HERE / "recipe.json").read_text())


@cache
def market() -> dict[str, NDArray[Any]]:
    """The frozen input: days, codes, first and last rows, fields (300, 25)."""
    return dict(np.load(HERE / "market.npz"))


@cache
def inputs() -> FeatureInputs:
    """The 24 stocks, with every name of the folder at hand for `ChangeInstrument` and `Mask`."""
    held = market()

    def of(columns: slice, others: dict[str, FeatureInputs]) -> FeatureInputs:
        fields = {name: np.ascontiguousarray(held[name][:, columns]) for name in FIELDS}
        return FeatureInputs(
            days=held["days"],
            fields=fields,
            first=held["first"][columns],
            last=held["last"][columns],
            eligible=None,
            industry=None,
            others=others,
        )

    alone = {str(code): of(slice(j, j + 1), {}) for j, code in enumerate(held["codes"])}
    return of(slice(0, 24), alone)


@cache
def frozen(query: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Session and column of every frozen row, and its values (expressions, rows)."""
    table = pq.read_table(HERE / f"{query}.parquet")
    values = np.stack([table[str(k)].to_numpy() for k in range(len(RECIPE["queries"][query]["texts"]))])
    return table["session"].to_numpy().astype(np.int64), table["name"].to_numpy().astype(np.int64), values


@cache
def listed() -> dict[tuple[str, str], dict[tuple[str, int], tuple[float, float]]]:
    """Residues of Qlib by query and text: name and session -> Qlib's value and the exact one."""
    made: dict[tuple[str, str], dict[tuple[str, int], tuple[float, float]]] = {}
    with (HERE / "residues.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            cells = made.setdefault((line["file"], line["text"]), {})
            cells[line["code"], int(line["session"])] = float(line["qlib"]), float(line["exact"])
    return made


@cache
def judge_of(column: int) -> Judge:
    """The judge of one name."""
    held = market()
    first, last = int(held["first"][column]), int(held["last"][column])
    return Judge({name: held[name][first : last + 1, column] for name in FIELDS})


@pytest.mark.parametrize("compute", [compute_features, compute_plain], ids=["generated code", "kernels"])
@pytest.mark.parametrize("query", QUERIES)
def test_frozen_outputs_are_reproduced(query: str, compute: Callable[..., Any]) -> None:
    recipe = RECIPE["queries"][query]
    texts, first = recipe["texts"], recipe["first_session"]
    read = [read_expression(text, dialect="qlib", compat="qlib") for text in texts]
    block = compute(read, inputs(), start=first, stop=recipe["last_session"] + 1)
    session, column, values = frozen(query)
    codes = market()["codes"]
    found = 0
    wrong: list[str] = []
    for k, text in enumerate(texts):
        ours = np.asarray(block.values[k])[session - first, column]
        known = listed().get((query, text), {})

        def exact(row: int, _: int, text: str = text) -> float:
            name = int(column[row])
            return judge_of(name).value(text, int(session[row]) - int(market()["first"][name]))

        def is_known(row: int, _: int, known: dict[tuple[str, int], Any] = known) -> bool:
            return (str(codes[column[row]]), int(session[row])) in known

        verdict = compare(text, ours[:, None], values[k][:, None], exact, is_known)
        found += len(verdict.residues)
        if verdict.open:
            wrong.append(
                f"{recipe['names'][k]} {text}: {verdict.open} cells, worst {verdict.worst:.3g}; {verdict.examples}"
            )
    assert not wrong, f"{len(wrong)} of {len(texts)} columns differ:\n" + "\n".join(wrong)
    assert found == sum(len(cells) for (file, _), cells in listed().items() if file == query)


def test_every_listed_residue_is_one() -> None:
    """The exact value is not Qlib's: the cells are listed because Qlib is wrong there, not because we are."""
    held = market()
    codes = held["codes"].tolist()
    for (_, text), cells in listed().items():
        for (code, session), (theirs, exact) in cells.items():
            column = codes.index(code)
            assert judge_of(column).value(text, session - int(held["first"][column])) == exact
            assert not near(theirs, exact)
            if text.startswith("Rank(Corr("):
                continue
            assert text.replace(" ", "").startswith("Std(Abs($close/Ref($close,1)-1)*$volume,5)"), text
            assert exact == 0.0
            assert theirs > 1e6


def test_the_judge_agrees_with_qlib_elsewhere() -> None:
    """Exact arithmetic gives Qlib's values on cells that are not listed, so it may judge those that are."""
    g = np.random.default_rng(3)
    held = market()
    session, column, values = frozen("alpha158")
    judged = 0
    for k in g.choice(158, 60, replace=False):
        text = RECIPE["queries"]["alpha158"]["texts"][k]
        known = listed().get(("alpha158", text), {})
        for i in g.choice(session.size, 4, replace=False):
            j = int(column[i])
            if (str(held["codes"][j]), int(session[i])) in known:
                continue
            try:
                exact = judge_of(j).value(text, int(session[i]) - int(held["first"][j]))
            except NotJudged:
                break
            assert near(float(values[k, i]), exact), (text, int(session[i]), j)
            judged += 1
    assert judged > 100


def test_the_market_is_the_recipe() -> None:
    """The frozen input is the one that pyqlib saw, and what made it is recorded."""
    import hashlib

    assert hashlib.sha256((HERE / "market.npz").read_bytes()).hexdigest() == RECIPE["market_sha256"]
    assert RECIPE["versions"] == {"pyqlib": "0.9.7", "pandas": "3.1.1", "numpy": "2.4.6", "python": "3.11.7"}
    assert len(RECIPE["queries"]["alpha158"]["texts"]) == 158
    assert len(RECIPE["queries"]["alpha360"]["texts"]) == 360
