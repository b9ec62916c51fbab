"""What every library promises, the configurable Alpha158, and the short names of features."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quantgpt.foundations.errors import BadRequest, Broken, NotFound
from quantgpt.libraries import CATEGORIES, LIBRARIES, LeftOut, Library, LibraryFactor, left_out_report, library
from quantgpt.libraries.alpha158 import (
    LABELS,
    SWITCHES,
    Alpha158Config,
    PriceGroup,
    RollingGroup,
    VolumeGroup,
    feature_columns,
)
from quantgpt.libraries.short_names import SHORT_NAMES, expand_feature, expand_features

SIZES = {"alpha158": 158, "alpha360": 360, "kakushadze101": 101, "technicals": 62}
every = pytest.mark.parametrize("name", LIBRARIES.names())


def names_of(config: object) -> list[str]:
    return [factor.name for factor in feature_columns(config)]


@pytest.mark.parametrize("name", SIZES)
def test_a_library_has_as_many_columns_as_it_promises(name: str) -> None:
    assert len(library(name)) == SIZES[name]


@every
def test_a_library_is_whole(name: str) -> None:
    shelf = library(name)
    names = [factor.name for factor in (*shelf.factors, *shelf.labels)] + [left.name for left in shelf.left_out]
    assert len(set(names)) == len(names)
    assert len(set(shelf.expressions.values())) == len(shelf)
    for factor in shelf:
        assert factor.category in CATEGORIES
        assert factor.name in factor.source
        assert any("一" <= letter <= "鿿" for letter in factor.zh), factor.zh
        assert factor.en[0].isupper() or factor.en[0] in "-0123456789", factor.en
        assert not factor.en.endswith(".")
        assert not factor.zh.endswith("。")
    for left in shelf.left_out:
        assert any("一" <= letter <= "鿿" for letter in left.zh)
        assert left.en


def test_what_could_not_be_stated_is_listed_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report = left_out_report()
    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    for name in LIBRARIES.names():
        assert f"{name}: {len(library(name))} stated, {len(library(name).left_out)} left out" in report
        assert all(left.zh in report and left.en in report for left in library(name).left_out)


def test_an_unknown_library_or_factor_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean alpha158") as refused:
        library("alfa158")
    assert refused.value.nearest == "alpha158"
    with pytest.raises(NotFound, match="did you mean KMID2"):
        library("alpha158").factor("kmid_2")
    with pytest.raises(NotFound, match="technicals leaves out sar: Parabolic SAR"):
        library("technicals").factor("sar")


def test_a_library_is_found_in_any_case_and_built_once() -> None:
    assert library("Alpha158") is library("alpha158")


def test_a_library_that_contradicts_itself_is_refused() -> None:
    factor = LibraryFactor("a", "close", "quantgpt", "收盘价", "Close", "price", "here, a")
    given = {"name": "x", "zh": "甲", "en": "X", "dialect": "quantgpt", "compat": "strict", "source": "here"}
    for wrong in (
        {"factors": (factor, factor)},
        {"factors": (factor,), "left_out": (LeftOut("a", "因", "why"),)},
        {"factors": (factor,), "dialect": "qlib"},
        {"factors": (LibraryFactor("b", "close", "quantgpt", "", "B", "price", "here"),)},
        {"factors": (LibraryFactor("b", "close", "quantgpt", "乙", "B", "colour", "here"),)},
        {"factors": (), "dialect": "klingon"},
    ):
        with pytest.raises(Broken):
            Library(**(given | wrong))


def test_importing_the_libraries_reads_nothing() -> None:
    code = (
        "import sys, quantgpt.libraries; "
        "print([m for m in sys.modules if m.startswith('quantgpt.libraries.') and not m.endswith('_base')], "
        "[m for m in ('numpy', 'numba', 'pandas', 'tomllib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[] []\n"


def test_alpha158_has_the_order_of_qlib() -> None:
    names = library("alpha158").names
    assert names[:14] == (
        *("KMID", "KLEN", "KMID2", "KUP", "KUP2", "KLOW", "KLOW2", "KSFT", "KSFT2"),
        *("OPEN0", "HIGH0", "LOW0", "VWAP0", "ROC5"),
    )
    families = list(dict.fromkeys(name.rstrip("0123456789") for name in names[13:]))
    assert families == [
        *("ROC", "MA", "STD", "BETA", "RSQR", "RESI", "MAX", "MIN", "QTLU", "QTLD", "RANK", "RSV", "IMAX", "IMIN"),
        *("IMXD", "CORR", "CORD", "CNTP", "CNTN", "CNTD", "SUMP", "SUMN", "SUMD", "VMA", "VSTD", "WVMA"),
        *("VSUMP", "VSUMN", "VSUMD"),
    ]
    assert names[13:] == tuple(f"{family}{d}" for family in families for d in (5, 10, 20, 30, 60))
    assert tuple("LOW" if family == "MIN" else family for family in families) == SWITCHES


def test_alpha158_is_spelled_as_qlib_spells_it() -> None:
    spelled = library("alpha158").expressions
    assert spelled["KSFT2"] == "(2*$close-$high-$low)/($high-$low+1e-12)"
    assert spelled["CORD60"] == "Corr($close/Ref($close,1), Log($volume/Ref($volume, 1)+1), 60)"
    assert spelled["IMXD30"] == "(IdxMax($high, 30)-IdxMin($low, 30))/30"
    assert spelled["WVMA5"] == (
        "Std(Abs($close/Ref($close, 1)-1)*$volume, 5)/(Mean(Abs($close/Ref($close, 1)-1)*$volume, 5)+1e-12)"
    )
    assert spelled["VSUMD10"] == (
        "(Sum(Greater($volume-Ref($volume, 1), 0), 10)-Sum(Greater(Ref($volume, 1)-$volume, 0), 10))"
        "/(Sum(Abs($volume-Ref($volume, 1)), 10)+1e-12)"
    )
    assert LABELS[0].expression == "Ref($close, -2)/Ref($close, -1) - 1"


def test_alpha360_is_six_blocks_of_sixty() -> None:
    shelf = library("alpha360")
    blocks = ("CLOSE", "OPEN", "HIGH", "LOW", "VWAP", "VOLUME")
    assert shelf.names == tuple(f"{block}{day}" for block in blocks for day in range(59, -1, -1))
    assert shelf.factor("CLOSE0").expression == "$close/$close"
    assert shelf.factor("VWAP59").expression == "Ref($vwap, 59)/$close"
    assert shelf.factor("VOLUME7").expression == "Ref($volume, 7)/($volume+1e-12)"
    assert shelf.factor("VOLUME0").expression == "$volume/($volume+1e-12)"


def test_groups_are_made_as_they_are_named() -> None:
    assert names_of({"kbar": {}})[-1] == "KSFT2"
    assert names_of({"price": {"windows": [0, 3], "feature": ["open", "VWAP"]}}) == ["OPEN0", "OPEN3", "VWAP0", "VWAP3"]
    assert names_of({"volume": {}}) == [f"VOLUME{day}" for day in range(5)]
    assert len(names_of({"price": {}})) == 25
    assert names_of({"rolling": {"windows": [7], "include": ["LOW", "MAX"], "exclude": ["MAX"]}}) == ["MIN7"]
    assert len(names_of({"rolling": {"include": None, "exclude": ["RANK", "LOW"]}})) == 27 * 5
    assert names_of({}) == []
    assert names_of(
        Alpha158Config(False, PriceGroup((1,), ("LOW",)), VolumeGroup((2,)), RollingGroup((3,), ("ROC",)))
    ) == ["LOW1", "VOLUME2", "ROC3"]


@pytest.mark.parametrize(
    ("config", "field", "nearest"),
    [
        ({"kbars": {}}, "feature", "kbar"),
        ({"kbar": True}, "kbar", None),
        ({"price": {"window": [0]}}, "price", "windows"),
        ({"price": {"feature": ["CLOSED"]}}, "price.feature", "CLOSE"),
        ({"price": {"windows": [-1]}}, "price.windows", 5),
        ({"volume": {"windows": [1, 1]}}, "volume.windows", None),
        ({"volume": {"windows": 5}}, "volume.windows", None),
        ({"rolling": {"windows": [5.0]}}, "rolling.windows", 5),
        ({"rolling": {"windows": [0]}}, "rolling.windows", 5),
        ({"rolling": {"windows": [2000]}}, "rolling.windows", 5),
        ({"rolling": {"include": ["MIN"]}}, "rolling.include", "LOW"),
        ({"rolling": {"exclude": "RANK"}}, "rolling.exclude", None),
    ],
    ids=str,
)
def test_a_wrong_configuration_is_refused_with_its_place(config: dict, field: str, nearest: object) -> None:
    with pytest.raises(BadRequest) as refused:
        feature_columns(config)
    assert (refused.value.field, refused.value.nearest) == (field, nearest)
    assert refused.value.hint


def test_short_names_stand_for_what_the_platform_says() -> None:
    assert set(SHORT_NAMES) == {
        *("open", "high", "low", "close", "vwap", "volume", "amount", "return1", "ma5", "ma10", "ma20", "ma60"),
        *("rsi", "macd", "boll", "atr", "volatility"),
    }
    assert expand_feature("ma60")[0].expression == "Mean($close, 60)/$close"
    assert expand_feature("amount", fields=["close", "volume"])[0].expression == "$close*$volume"
    assert expand_feature("amount")[0].expression == "$amount"
    assert "not comparable" in expand_feature("open")[0].warning_en
    assert not expand_feature("rsi")[0].warning_en
    assert expand_feature("CORD30")[0].expression == library("alpha158").expressions["CORD30"]
    assert expand_feature("VOLUME9")[0].expression == library("alpha360").expressions["VOLUME9"]
    assert expand_feature(" $close/$open ")[0] == expand_feature("$close/$open")[0]
    assert len(expand_feature("Alpha360")) == 360
    assert len(expand_features([])) == 158


def test_a_short_name_computes_what_the_indicator_of_that_name_does() -> None:
    named = library("technicals").expressions
    for short, name in (
        ("rsi", "rsi_14"),
        ("macd", "macd_dif"),
        ("boll", "boll"),
        ("atr", "atr_14"),
        ("ma20", "ma_20"),
    ):
        assert SHORT_NAMES[short].expression == named[name]


def test_a_name_that_is_taken_gets_a_suffix() -> None:
    names = [feature.name for feature in expand_features(["ma5", "KMID", "Alpha158", "ma5", "ma5"])]
    assert len(names) == len(set(names)) == 162
    assert names[0] == "ma5"
    assert "KMID_2" in names
    assert names[-2:] == ["ma5_2", "ma5_3"]


@pytest.mark.parametrize(("word", "nearest"), [("ma7", "ma5"), ("KMED", "KMID"), ("alpha15", "alpha158")])
def test_an_unknown_short_name_is_refused_with_the_nearest(word: str, nearest: str) -> None:
    with pytest.raises(BadRequest) as refused:
        expand_feature(word)
    assert refused.value.nearest == nearest
