"""The 158 columns on the golden market, as Qlib printed them.

Source: outputs of Qlib (commit d5379c5, April 2026) for `SH600000` on the last of the 80 days, and for `SH600001` around
the day without volume.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.parity.qlib_golden import golden_market, printed

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.libraries import library

ALPHA158 = library("alpha158")
LAST = 79
TODAY = """
KMID -.0063041709 KLEN .017336506 KMID2 -.36363557 KUP .0094563309 KUP2 .54545772 KLOW .0015760051 KLOW2
.090906724 KSFT -.014184497 KSFT2 -.81818652 OPEN0 1.0063442 HIGH0 1.0158604 LOW0 .99841398 VWAP0 1.0051547
"""
FAMILIES = """
ROC 0.98176056 0.98096752 0.93417925 0.92466301 0.85963523
MA 0.99000794 0.98762888 0.97755754 0.964737 0.92820513
STD 0.010514621 0.010906722 0.014183895 0.022968592 0.042490438
BETA 0.0059476458 0.00173984 0.0019115988 0.0023637153 0.0023666369
RSQR 0.79991341 0.23326068 0.63572681 0.82077354 0.94619513
RESI -0.0019032496 0.0045418274 0.0042822906 0.00098911952 0.0019790574
MAX 1.0158604 1.0158604 1.0158604 1.0158604 1.0158604
MIN 0.97462332 0.96629667 0.94448853 0.91475022 0.85170501
QTLU 0.9987312 0.99841398 0.99365586 0.98239493 0.97192705
QTLD 0.98065031 0.98065031 0.96463126 0.94940531 0.88421887
RANK 1 1 1 1 1
RSV 0.61538351 0.67999876 0.77777708 0.84313673 0.90338129
IMAX 0.80000001 0.89999998 0.94999999 0.96666664 0.98333335
IMIN 0.2 0.2 0.2 0.1 0.016666668
IMXD 0.60000002 0.69999999 0.75 0.86666667 0.96666664
CORR -0.10561933 -0.37846786 -0.29865491 -0.413403 -0.034395508
CORD -0.54263502 -0.79360074 -0.56284988 -0.34187672 -0.12299591
CNTP 0.60000002 0.60000002 0.64999998 0.60000002 0.58333331
CNTN 0.40000001 0.40000001 0.34999999 0.36666667 0.40000001
CNTD 0.2 0.2 0.30000001 0.23333333 0.18333334
SUMP 0.73469353 0.5882352 0.6466431 0.60969973 0.59588295
SUMN 0.26530647 0.41176483 0.3533569 0.39030027 0.40411705
SUMD 0.46938705 0.17647034 0.2932862 0.21939945 0.19176592
VMA 0.75064933 0.6883117 0.65363634 0.75645024 0.69495672
VSTD 0.29463637 0.44525614 0.37049535 0.38795313 0.37512442
WVMA 0.20193759 1.065292 1.0740181 0.96758437 0.97022784
VSUMP 0.45897079 0.55604547 0.49899644 0.52470875 0.49376383
VSUMN 0.54102921 0.44395453 0.50100356 0.47529125 0.50623614
VSUMD -0.082058415 0.11209098 -0.0020071021 0.049417511 -0.012472329
"""
WITHOUT_VOLUME = {
    "VMA5": {40: 4.5320001e16},
    "WVMA5": {39: 0.7963064, 40: 1.1188936, 41: 0.84347236},
    "CORR5": {39: 0.754495, 40: 0.28773212, 41: 0.278866},
    "CORD5": {39: 0.90626264, 40: 0.46976444, 41: -0.046278},
}


@cache
def computed() -> dict[str, Any]:
    """All columns on the golden market."""
    market = golden_market()
    days = np.busday_offset("2020-01-01", np.arange(market.length), roll="forward")
    inputs = FeatureInputs(days, market.fields, np.array(market.first), np.array(market.last))
    read = [read_expression(text, dialect="qlib", compat="qlib") for text in ALPHA158.expressions.values()]
    return dict(zip(ALPHA158.names, compute_features(read, inputs).values, strict=True))


def rows() -> dict[str, float]:
    """Column → its printed value on the last day."""
    words = TODAY.split()
    found = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    for line in FAMILIES.strip().splitlines():
        family, numbers = line.split(" ", 1)
        found |= dict(zip((f"{family}{d}" for d in (5, 10, 20, 30, 60)), printed(numbers), strict=True))
    return found


def test_the_table_has_every_column() -> None:
    assert set(rows()) == set(ALPHA158.names)


@pytest.mark.parametrize("name", ALPHA158.names)
def test_a_column_has_the_printed_value(name: str) -> None:
    ours = float(computed()[name][LAST, 0])
    assert ours == pytest.approx(rows()[name], rel=5e-7, abs=1e-9)


@pytest.mark.parametrize("name", WITHOUT_VOLUME)
def test_a_column_has_the_printed_values_around_a_day_without_volume(name: str) -> None:
    for row, value in WITHOUT_VOLUME[name].items():
        assert float(computed()[name][row, 1]) == pytest.approx(value, rel=5e-7)
