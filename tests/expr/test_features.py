"""Fused code: the same bits as operator by operator, whoever computes, in whatever pieces, with whatever company."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from tests.expr.fuzz import expression
from tests.expr.made_features import different, made_inputs
from tests.expr.made_market import made_market
from tests.expr.qlib_trees import random_qlib_text

from quantgpt.codegen.objects import Host
from quantgpt.codegen.program import room
from quantgpt.expr import Expression, compile_expression, evaluate, read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.foundations.errors import BadExpression, BadRequest, NoData
from quantgpt.libraries import library

INPUTS = made_inputs()
WEIGHTS = {"lead": 0.3, "ever": 0.3, "share": 0.2, "other": 0.3}
FULL = 10_000
BATCH = 25


def ours(g: random.Random) -> Expression:
    return compile_expression(expression(g))


def qlibs(compat: str) -> Callable[[random.Random], Expression]:
    def make(g: random.Random) -> Expression:
        return read_expression(random_qlib_text(g, 4, compat, weights=WEIGHTS), dialect="qlib", compat=compat)

    return make


KINDS = {"ours": ours, "qlib": qlibs("qlib"), "strict": qlibs("strict"), "extended": qlibs("extended")}


def some(kind: str, seed: int, count: int) -> list[Expression]:
    """Random expressions whose fields are there."""
    g = random.Random(seed)
    found: list[Expression] = []
    while len(found) < count:
        try:
            made = KINDS[kind](g)
        except BadExpression:
            continue
        if made.fields <= set(INPUTS.fields):
            found.append(made)
    return found


def values(expressions: Sequence[Expression], inputs: FeatureInputs = INPUTS, **how: object) -> np.ndarray:
    return compute_features(expressions, inputs, **how).values  # type: ignore[arg-type]


def agree(kind: str, seed: int, count: int) -> None:
    """Alone, in tiles, in threads and as a new session: the same bits. Operator by operator: the same within 4 steps of
    float32, because a quotient that is a result is rounded from a · (1/b)."""
    batch = some(kind, seed, count)
    whole = values(batch)
    plain = values(batch, fuse=False)
    for i, one in enumerate(batch):
        assert not different(whole[i], plain[i], 4).any(), one.text
    g = random.Random(seed)
    assert not different(values(batch, threads=2), whole).any()
    assert not different(values(batch, tile=g.choice([1, 5, 33, 200])), whole).any()
    i = g.randrange(count)
    assert not different(values([batch[i]])[0], whole[i]).any(), batch[i].text
    begin = g.randrange(len(INPUTS.days))
    assert not different(values(batch, begin=begin), whole[:, begin:]).any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_fused_code_gives_the_bits_of_the_kernels(kind: str, seed: int) -> None:
    agree(kind, seed, BATCH)


@pytest.mark.gate
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_trees(kind: str) -> None:
    for seed in range(FULL // BATCH // len(KINDS)):
        agree(kind, 1000 + seed, BATCH)


@pytest.fixture(scope="module")
def alpha158() -> list[Expression]:
    lib = library("Alpha158")
    return [read_expression(text, dialect="qlib", compat="qlib") for text in lib.expressions.values()]


@pytest.fixture(scope="module")
def whole158(alpha158: list[Expression]) -> np.ndarray:
    return values(alpha158)


def test_a_library_operator_by_operator(alpha158: list[Expression], whole158: np.ndarray) -> None:
    plain = values(alpha158, fuse=False)
    assert not different(whole158, plain).any()


@pytest.mark.parametrize("host", [Host.avx2(), Host.plain()], ids=["avx2", "plain"])
def test_every_machine_gives_the_same_bits(alpha158: list[Expression], whole158: np.ndarray, host: Host) -> None:
    part = alpha158[::5]
    assert not different(values(part, host=host), whole158[::5]).any()


def test_a_new_session_gives_the_bits_of_the_whole(alpha158: list[Expression], whole158: np.ndarray) -> None:
    last = len(INPUTS.days) - 1
    assert not different(values(alpha158, begin=last), whole158[:, last:]).any()


def test_the_future_never_changes_the_past(alpha158: list[Expression], whole158: np.ndarray) -> None:
    days = 61
    fields = {name: panel.copy() for name, panel in INPUTS.fields.items()}
    for panel in fields.values():
        panel[days:] = 1e10
    other = FeatureInputs(INPUTS.days, fields, INPUTS.first, INPUTS.last, INPUTS.eligible, INPUTS.industry)
    assert not different(values(alpha158, other)[:, :days], whole158[:, :days]).any()


def test_names_do_not_see_each_other(alpha158: list[Expression], whole158: np.ndarray) -> None:
    order = np.random.default_rng(0).permutation(len(INPUTS.first))
    fields = {name: panel[:, order] for name, panel in INPUTS.fields.items()}
    moved = FeatureInputs(INPUTS.days, fields, INPUTS.first[order], INPUTS.last[order])
    assert not different(values(alpha158, moved), whole158[:, :, order]).any()


def test_outside_its_bars_a_name_has_no_value(whole158: np.ndarray) -> None:
    rows = np.arange(len(INPUTS.days))[:, None]
    outside = (rows < INPUTS.first) | (rows > INPUTS.last)
    assert np.isnan(whole158[:, outside]).all()


def test_a_label_is_the_return_of_the_next_sessions() -> None:
    label = read_expression("Ref($close,-2)/Ref($close,-1)-1", dialect="qlib", compat="qlib")
    log = read_expression("Log(Ref($close,-2)/Ref($close,-1))", dialect="qlib", compat="qlib")
    assert label.lookahead == 2
    made, logs = values([label, log])
    close = INPUTS.fields["close"]
    expected = np.full(close.shape, np.nan, np.float32)
    expected[:-2] = close[2:] / close[1:-1] - np.float32(1)
    expected[np.arange(len(close))[:, None] < INPUTS.first] = np.nan
    assert not different(made, expected).any()
    with np.errstate(invalid="ignore"):
        assert not different(logs, np.log(expected + np.float32(1)), 2).all()
    assert np.nanmax(np.abs(logs - np.log1p(expected))) < 1e-6


def test_rows_from_a_later_start_on() -> None:
    batch = some("strict", 77, 20)
    whole = values(batch)
    later = compute_features(batch, INPUTS, start=40, stop=70)
    assert later.days.tolist() == INPUTS.days[40:70].tolist()
    assert not different(later.values, whole[:, 40:70]).any()
    assert later.first[3] == 0
    assert later.last[7] == INPUTS.last[7] - 40


def test_our_vocabulary_reads_float64_panels_as_they_are() -> None:
    market = made_market()
    market.fields["close"][:, 8] = 1e3 + 1e-4 * np.random.default_rng(0).normal(0, 1, 90)
    inputs = FeatureInputs.whole(market.days, market.fields, eligible=market.eligible, industry=market.industry)
    batch = [e for e in some("ours", 31, 40) if e.fields <= set(market.fields)]
    batch += [compile_expression("ts_std(close, 20)"), compile_expression("close - vwap")]
    with np.errstate(over="ignore"):
        expected = [panel.astype(np.float32) for panel in evaluate(batch, market)]
    for one, got, wanted in zip(batch, values(batch, inputs), expected, strict=True):
        assert not different(got, wanted).any(), one.text


def test_qlibs_vocabulary_reads_float32() -> None:
    market = made_market()
    double = FeatureInputs.whole(market.days, market.fields)
    single = FeatureInputs.whole(market.days, {name: panel.astype(np.float32) for name, panel in market.fields.items()})
    asked = [read_expression(t, dialect="qlib", compat="qlib") for t in ("$close-$vwap", "Mean($close,5)/$close")]
    assert not different(values(asked, double), values(asked, single)).any()


@pytest.mark.parametrize(
    "text", ["(Mean($close,2)*1e-310)/(Mean($open,2)*1e-310)", "(Mean($close,2)-7)/(Mean($open,2)*1e300)"]
)
def test_a_quotient_of_tiny_numbers_is_no_infinity(text: str) -> None:
    asked = read_expression(text, dialect="qlib", compat="qlib")
    assert not different(values([asked]), values([asked], fuse=False), 1).any()


def test_results_can_be_written_where_the_caller_says() -> None:
    batch = some("qlib", 5, 4)
    out = room(4, len(INPUTS.days), len(INPUTS.first))
    block = compute_features(batch, INPUTS, names=list("abcd"), out=out)
    assert np.shares_memory(block.values, out)
    assert block["c"].tobytes() == block.values[2].tobytes()
    with pytest.raises(NoData, match="no feature 'z'"):
        block["z"]
    with pytest.raises(BadRequest, match="out must be float32"):
        compute_features(batch, INPUTS, out=np.empty((4, 3, 2), np.float32))


def test_what_does_not_fit_is_refused() -> None:
    mean = compile_expression("ts_mean(close, 5)")
    with pytest.raises(NoData, match="no data for the field 'close'"):
        compute_features([mean], FeatureInputs.whole(INPUTS.days, {"open": INPUTS.fields["open"]}))
    with pytest.raises(BadRequest, match="shape"):
        compute_features([mean], FeatureInputs.whole(INPUTS.days[1:], INPUTS.fields))
    with pytest.raises(BadRequest, match="are not rows"):
        compute_features([mean], INPUTS, start=50, stop=40)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"industry": np.zeros(2, np.int16)}, "industry has shape"),
        ({"eligible": np.ones((5, 23), bool)}, "eligible has shape"),
        ({"last": np.zeros(3, int)}, "3 last rows for 23"),
        ({"others": {"SH600000": INPUTS}}, "one name on the same sessions"),
    ],
)
def test_inputs_that_do_not_fit_together_are_refused(broken: dict[str, object], message: str) -> None:
    inputs = dataclasses.replace(INPUTS, **broken)  # type: ignore[arg-type]
    asked = read_expression("Mask($close,'SH600000')+$close", dialect="qlib", compat="qlib")
    with pytest.raises(BadRequest, match=message):
        compute_features([asked], inputs)


def test_names_and_room_have_to_fit() -> None:
    mean = compile_expression("ts_mean(close, 5)")
    with pytest.raises(BadRequest, match="2 names for 1"):
        compute_features([mean], INPUTS, names=["a", "b"])
    with pytest.raises(BadRequest, match="64 bytes"):
        compute_features([mean], INPUTS, out=room(1, 91, 23).reshape(-1)[1 : 90 * 32 + 1].reshape(1, 90, 32))
    with pytest.raises(BadRequest, match="no fields"):
        FeatureInputs.whole(INPUTS.days, {})


def test_no_expressions_and_no_names_give_empty_results() -> None:
    assert compute_features([], INPUTS).values.shape == (0, 90, 23)
    nobody = FeatureInputs(INPUTS.days, {"close": np.empty((90, 0), np.float32)}, np.empty(0, int), np.empty(0, int))
    assert compute_features([compile_expression("ts_mean(close, 5)")], nobody).values.shape == (1, 90, 0)
