"""One spelling inside, every vendor's at the door."""

import pytest

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.symbols import baostock_spelling, normalise_stock, tie_order


@pytest.mark.parametrize("text", ["600519.SH", "sh.600519", "SH600519", "600519.XSHG", " 600519.ss ", "sh_600519"])
def test_every_spelling_becomes_one(text: str) -> None:
    assert normalise_stock(text) == "600519.SH"


@pytest.mark.parametrize("text", ["", "600519", "60051.SH", "600519.US", "x" * 1000, "６００519.SH\x00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        normalise_stock(text)


def test_shanghai_comes_before_shenzhen() -> None:
    assert sorted(["000001.SZ", "920001.BJ", "600000.SH"], key=tie_order) == ["600000.SH", "000001.SZ", "920001.BJ"]


def test_the_contract_spelling() -> None:
    assert baostock_spelling("000858.SZ") == "sz.000858"
