"""The compiled `qlib_*` operators against the slow oracle, on made markets full of gaps, within 1e-9; and the program that
makes feature matrices of the same texts against the operators called one by one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.parity import qlib_kernels
from tests.parity.qlib_golden import Market
from tests.parity.qlib_kernels import qlib_panel
from tests.parity.qlib_oracle import qlib_column

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.operators._base import OPERATORS

LENGTH = 46
CODES = ("SH600000", "SH600001", "SZ000002", "SZ000003", "SH600004", "SZ000005")
WINDOWED = ("Mean", "Sum", "Std", "Var", "Med", "Mad", "Max", "Min", "Count", "Rank")
PLACED = ("IdxMax", "IdxMin", "Slope", "Rsquare", "Resi", "WMA", "EMA", "Delta")
ALL = [*WINDOWED, *PLACED, "Skew", "Kurt"]
TEXTS = [
    *(f"{word}($close,{n})" for word in (*WINDOWED, *PLACED) for n in (1, 2, 3, 7, 16, 21)),
    *(f"{word}($close,{n})" for word in ("Skew", "Kurt") for n in (4, 9, 20)),
    *(f"{word}($close,0)" for word in ALL),
    *(f"Quantile($volume,{n},{q})" for n in (1, 5, 12, 0) for q in (0, 0.2, 0.5, 0.77, 1)),
    *(f"{word}($volume,0.3)" for word in ("Mean", "Sum", "Std", "Var", "Max", "Min", "Med", "Count", "EMA")),
    *(f"{word}($close,$volume,{n})" for word in ("Corr", "Cov") for n in (1, 2, 5, 13)),
    *(f"{word}($flat,{n})" for word in ("Std", "Rsquare", "Slope", "Resi", "Mad", "Skew", "Kurt") for n in (4, 11)),
    *(f"{word}($wild,{n})" for word in (*WINDOWED, *PLACED) for n in (5, 0)),
    *(f"{word}($wild,$close,6)" for word in ("Corr", "Cov")),
    *(f"{word}($close>$volume,{n})" for word in ("Mean", "Sum", "Std", "Max", "Rank", "EMA") for n in (5, 0)),
    "Corr($flat,$close,8)",
    "Corr($close/Ref($close,1),Log($volume/Ref($volume,1)+1),9)",
    "Ref($close,3)-Ref($close,0)",
    "Ref($close,-2)/Ref($close,-1)-1",
    "Ref($close>$volume,2)",
    "Power($close,2)+Power($volume,0.5)*$close**3",
    "Power(Mean($close,3),$volume/10)",
    "Log($close)-Log(Mean($volume,4))",
    "Log($flat-$close)",
    "Sign($close-$volume)*Abs($close-$volume)",
    "Greater($close,$volume)-Less($close,Mean($volume,2))",
    "If(($close>$volume)|($close<=Ref($close,1)),$high,0-$high)",
    "If(Not($close>=$volume)&($close!=Ref($close,1)),1,-1)",
    "Mean(Eq($close,$flat),4)+Mean(Ne($close,$volume),6)",
    "Add($close,1)/Sub($volume,$volume)+Mul($close,3)-Div($close,7)",
    "Gt($close,$volume)*1.0+Ge($close,11)-Lt($close,$volume)-Le(10,$close)",
    "If(And($close>$volume,Or($close>11,$volume<10)),Mean($close,3),$close)",
    "Mean(Count($close,3),5)+Max($close-Ref($close,2),0)",
    "Mean(Ref($close,3),0)-EMA(Delta($volume,2),5)",
    "Slope(Mean($close,5),0)*IdxMax(Ref($close,1),0)",
    "ChangeInstrument('SZ000003',Mean($close,3))-Mask($close,'SH600001')",
    "Mean(ChangeInstrument('SH600000',$close),5)-Mean(ChangeInstrument('SH600000',$close),0)",
    "Ref(ChangeInstrument('SZ000002',$close),-1)",
    "Count(ChangeInstrument('SZ000005',$close),8)",
]

NESTED = [
    "Mean(Quantile($high,7,0.2)*Cov($volume,$close,9),9)",
    "Ref(Quantile($high,7,0.2)*Cov($volume,$close,9),8)",
    "Corr(Quantile($high,7,0.2),Corr($volume,$close,9),9)",
    "Slope(Quantile($close,20,0.5)*Std($volume,12)/Mean(Abs($close-Ref($close,1)),16),13)",
]


def made_market(seed: int = 11) -> Market:
    """Short histories with gaps, ties, constant stretches, infinities, late listings and early ends."""
    g = np.random.default_rng(seed)
    shape = (LENGTH, len(CODES))
    close = 10 * np.exp(np.cumsum(g.normal(0, 0.03, shape), axis=0))
    close = np.where(g.random(shape) < 0.3, np.round(close), close)
    fields = {
        "close": close,
        "high": close * 1.01,
        "volume": np.round(g.normal(10, 3, shape), 1),
        "flat": np.where(g.random(shape) < 0.1, 2.0, 1.1) * np.where(np.arange(len(CODES)) < 3, 1.0, np.nan),
        "wild": g.choice([1.0, 2.0, 3.5, -1.0, np.inf, -np.inf, np.nan], shape),
    }
    fields["flat"][10:30] = 1.1
    holes = g.random(shape) < 0.15
    holes[:, 0] = False
    holes[12:26, 3] = True
    first, last = (0, 0, 3, 0, 17, 5), (45, 45, 45, 45, 45, 31)
    holes[:6, 1] = True
    rows = np.arange(LENGTH)[:, None]
    absent = holes | (rows < np.array(first)) | (rows > np.array(last))
    single = {name: np.where(absent, np.nan, panel).astype(np.float32) for name, panel in fields.items()}
    return Market(CODES, single, first, last)


MARKET = made_market()


@pytest.mark.parametrize("start", [0, 23])
@pytest.mark.parametrize("text", TEXTS)
def test_kernels_equal_the_oracle(text: str, start: int) -> None:
    ours = qlib_panel(text, MARKET, start, single=False)
    theirs = np.column_stack([qlib_column(text, MARKET, code, start, single=False) for code in CODES])
    bars = (np.arange(LENGTH)[:, None] >= MARKET.first) & (np.arange(LENGTH)[:, None] <= MARKET.last)
    theirs = np.where(bars[start:], theirs, np.nan)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_every_operator_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    def noted(name: str, *arguments: object) -> np.ndarray:
        seen.add(name)
        return np.zeros((LENGTH, len(CODES)))

    monkeypatch.setattr(qlib_kernels, "run", noted)
    for text in TEXTS:
        qlib_panel(text, MARKET)
    assert {operator.name for operator in OPERATORS.all("qlib")} - seen == {"qlib_lead"}


def inputs() -> FeatureInputs:
    """The made market for the program, with every instrument at hand for `ChangeInstrument` and `Mask`."""
    days = np.arange(LENGTH).astype("datetime64[D]")
    first, last = np.array(MARKET.first, np.int32), np.array(MARKET.last, np.int32)
    alone = {}
    for k, code in enumerate(CODES):
        fields = {name: np.ascontiguousarray(panel[:, [k]]) for name, panel in MARKET.fields.items()}
        alone[code] = FeatureInputs(days, fields, first[[k]], last[[k]])
    return FeatureInputs(days, MARKET.fields, first, last, others=alone)


@pytest.mark.parametrize("tile", [None, 5])
@pytest.mark.parametrize("start", [0, 23, 40])
def test_the_program_equals_the_kernels(start: int, tile: int | None) -> None:
    texts = [*TEXTS, *NESTED] if tile is None else NESTED
    read = [read_expression(text, dialect="qlib", compat="qlib", fields=MARKET.fields) for text in texts]
    block = compute_features(read, inputs(), start=start, tile=tile)
    rows = np.arange(start, LENGTH)[:, None]
    bars = (rows >= MARKET.first) & (rows <= MARKET.last)
    for text, values in zip(texts, block.values, strict=True):
        theirs = np.where(bars, qlib_panel(text, MARKET, start), np.nan)
        np.testing.assert_allclose(values, theirs, rtol=1e-6, atol=1e-6, err_msg=text)
