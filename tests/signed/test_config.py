"""The configuration of a job: every default, every refusal with its field, and how it is echoed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.signed._asking import ASK, account, asked

from quantgpt.foundations.clock import FixedClock
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.signed import config, strategies
from quantgpt.services.signed.config import split
from quantgpt.services.signed.faults import InvalidParameter, NotYours, UnknownSymbol

NOW = datetime(2026, 1, 15, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def app(installed: App) -> App:
    """The clock stands still."""
    return replace(installed, clock=FixedClock(NOW))


def echo(app: App, **changes: Any) -> dict[str, Any]:
    """The configuration of a request as it comes over the wire."""
    return config.resolve(app, LOCAL_ADMIN, config.parse(json.dumps(asked(**changes)).encode())).echo


def refused(app: App, raw: bytes | None = None, **changes: Any) -> InvalidParameter:
    with pytest.raises(InvalidParameter) as caught:
        config.resolve(
            app, LOCAL_ADMIN, config.parse(raw if raw is not None else json.dumps(asked(**changes)).encode())
        )
    return caught.value


def raw(**bare: str) -> bytes:
    """A request with some fields spelled as JSON text."""
    fields = {name: json.dumps(value) for name, value in ASK.items()} | bare
    return ("{" + ",".join(f'"{name}":{text}' for name, text in fields.items()) + "}").encode()


def test_the_defaults_are_filled_in_and_extensions_are_not(app: App) -> None:
    assert echo(app) == {**ASK, "leverage": 1, "fee_model": "fixed_bps", "fee_bps": "5"}
    assert list(echo(app)) == [*ASK, "leverage", "fee_model", "fee_bps"]


@pytest.mark.parametrize("model", ["none", "tiered_maker_taker", "match_exchange"])
def test_the_rate_is_shown_for_one_model_only_and_else_ignored(app: App, model: str) -> None:
    for rate in (None, "7", "nonsense", -3):
        found = echo(app, fee_model=model, fee_bps=rate)
        assert found["fee_model"] == model
        assert "fee_bps" not in found
    assert echo(app, fee_bps="7.25")["fee_bps"] == "7.25"


def test_every_extension_is_echoed_when_it_is_sent(app: App) -> None:
    sent = {
        "slippage_bps": "1.5",
        "funding": "historical",
        "intrabar": "pessimistic",
        "detail_timeframe": "15m",
        "strict_touch": True,
        "market": "perp",
    }
    found = echo(app, **sent)
    assert {name: found[name] for name in sent} == sent


def test_null_is_not_sent(app: App) -> None:
    body = dict.fromkeys(("leverage", "fee_model", "fee_bps", "funding", "strategy_id", "from"))
    assert config.resolve(app, LOCAL_ADMIN, {**ASK, **body}).echo == echo(app)


@pytest.mark.parametrize(
    ("field", "changes", "reason"),
    [
        ("template_id", {"template_id": None}, "is required"),
        ("params", {"params": None}, "is required"),
        ("symbols", {"symbols": None}, "is required"),
        ("timeframe", {"timeframe": None}, "is required"),
        ("start", {"start": None}, "is required"),
        ("end", {"end": None}, "is required"),
        ("capital", {"capital": None}, "is required"),
        ("template_id", {"template_id": "tpl_gird"}, "did you mean tpl_grid"),
        ("template_id", {"template_id": 7}, "must be a string"),
        ("template_id", {"template_id": "t" * 65}, "64"),
        ("params", {"params": []}, "must be an object"),
        ("params.grid_levels", {"params": {**ASK["params"], "grid_levels": 1}}, "at least 2"),
        ("params.grid_levels", {"params": {**ASK["params"], "grid_levels": 201}}, "at most 200"),
        ("params.upper_price", {"params": {**ASK["params"], "upper_price": "60000"}}, "must exceed"),
        ("params.upper_price", {"params": {"grid_levels": 8, "lower_price": "60000"}}, "is required"),
        ("params.lowr_price", {"params": {**ASK["params"], "lowr_price": "1"}}, "did you mean lower_price"),
        ("symbols", {"symbols": "BTCUSDT"}, "must be a list"),
        ("symbols", {"symbols": []}, "1 to 10"),
        ("symbols", {"symbols": [f"A{n}USDT" for n in range(11)]}, "1 to 10"),
        ("symbols", {"symbols": ["BTCUSDT", "BTCUSDT"]}, "repeat"),
        ("symbols", {"symbols": ["btcusdt"]}, "BTCUSDT"),
        ("symbols", {"symbols": [1]}, "must be symbols"),
        ("symbols", {"symbols": ["BTC/USDT"]}, "must be symbols"),
        ("symbols", {"symbols": ["BTCUSDT", "ETHUSDT"]}, "one symbol for tpl_grid"),
        ("timeframe", {"timeframe": "2h"}, "must be one of 1m, 5m, 15m, 1h, 4h, 1d"),
        ("timeframe", {"timeframe": 60}, "must be one of"),
        ("start", {"start": "2025-01-01T00:00:00"}, "has no zone"),
        ("start", {"start": "2025-01-01"}, "must be an instant"),
        ("start", {"start": 1735689600000}, "must be an instant"),
        ("start", {"start": "2025-02-30T00:00:00Z"}, "not a moment"),
        ("start", {"start": "2025-01-01T24:01:00Z"}, "not a moment"),
        ("start", {"start": "0001-01-01T00:00:00+14:00"}, "not a moment"),
        ("end", {"end": "2025-01-01T00:00:00Z"}, "after start"),
        ("end", {"end": "2024-12-31T00:00:00Z"}, "after start"),
        ("end", {"end": "2026-01-15T12:00:06Z"}, "future"),
        ("end", {"start": "2020-06-01T00:00:00Z", "end": "2025-06-01T00:00:01Z"}, "at most 5 years"),
        ("to", {"to": "2025-02-01T00:00:00Z"}, "differs from end"),
        ("from", {"from": "2025-01-01T00:00:01Z"}, "differs from start"),
        ("from", {"start": None, "from": "yesterday"}, "must be an instant"),
        ("capital", {"capital": "0"}, "greater than 0"),
        ("capital", {"capital": "-5"}, "greater than 0"),
        ("capital", {"capital": "99.99"}, "at least 100.00"),
        ("capital", {"capital": "1000000000.01"}, "at most"),
        ("capital", {"capital": "1e999"}, "at most"),
        ("capital", {"capital": "100.123456789"}, "8 decimals"),
        ("capital", {"capital": "100.000000000000000000000000000000000001"}, "8 decimals"),
        ("capital", {"capital": "NaN"}, "decimal number"),
        ("capital", {"capital": "Infinity"}, "decimal number"),
        ("capital", {"capital": " 100"}, "decimal number"),
        ("capital", {"capital": "１００"}, "decimal number"),
        ("capital", {"capital": True}, "decimal number"),
        ("capital", {"capital": {"v": 1}}, "decimal number"),
        ("capital", {"capital": "1" * 41}, "40 characters"),
        ("leverage", {"leverage": 0}, "between 1 and 20"),
        ("leverage", {"leverage": 2, "market": "spot"}, "1 on the spot market"),
        ("params.mode", {"market": "spot", "params": {**ASK["params"], "mode": "neutral"}}, "long on the spot market"),
        ("leverage", {"leverage": 21}, "between 1 and 20"),
        ("leverage", {"leverage": "2"}, "whole number"),
        ("leverage", {"leverage": 1.5}, "whole number"),
        ("leverage", {"leverage": True}, "whole number"),
        ("fee_model", {"fee_model": "free"}, "must be one of"),
        ("fee_bps", {"fee_bps": "-1"}, "at least 0"),
        ("fee_bps", {"fee_bps": "1000.1"}, "at most 1000"),
        ("fee_bps", {"fee_bps": "1.00001"}, "4 decimals"),
        ("fee_bps", {"fee_bps": "5.0000000000000000000000000000001"}, "4 decimals"),
        ("slippage_bps", {"slippage_bps": "-1"}, "at least 0"),
        ("slippage_bps", {"slippage_bps": "5000"}, "at most 1000"),
        ("funding", {"funding": True}, "must be one of none, historical"),
        ("funding", {"funding": "historical", "market": "spot"}, "spot"),
        ("intrabar", {"intrabar": "best"}, "must be one of"),
        ("detail_timeframe", {"detail_timeframe": "1h"}, "finer than timeframe 1h"),
        ("detail_timeframe", {"detail_timeframe": "4h", "timeframe": "1d"}, "must be one of"),
        ("strict_touch", {"strict_touch": "yes"}, "true or false"),
        ("strict_touch", {"strict_touch": 1}, "true or false"),
        ("market", {"market": "options"}, "must be one of perp, spot"),
        ("leverge", {"leverge": 2}, "did you mean leverage"),
        ("volume_cap", {"volume_cap": "0.1"}, "is unknown"),
        ("strategy_id", {"strategy_id": 5}, "must be a string"),
    ],
)
def test_a_field_that_cannot_be_is_named_with_the_reason(
    app: App, field: str, changes: dict[str, Any], reason: str
) -> None:
    error = refused(app, **changes)
    assert (error.code, error.field) == ("INVALID_PARAMETER", field)
    assert [fault.field for fault in error.faults] == [field]
    assert reason in error.en
    assert field in error.en
    assert error.faults[0].reason_zh


@pytest.mark.parametrize(
    ("spelled", "field"),
    [
        ({"capital": "NaN"}, None),
        ({"capital": "-Infinity"}, None),
        ({"capital": "9" * 41}, "capital"),
        ({"leverage": "9" * 40}, "leverage"),
        ({"params": '{"grid_levels":8.5,"upper_price":"72000","lower_price":"60000"}'}, "params.grid_levels"),
        ({"params": '{"grid_levels":8,"upper_price":NaN,"lower_price":"60000"}'}, None),
    ],
)
def test_bare_numbers_that_cannot_be_are_refused(app: App, spelled: dict[str, str], field: str | None) -> None:
    assert refused(app, raw(**spelled)).field == field


@pytest.mark.parametrize(
    ("capital", "shown"),
    [
        ("10000", "10000"),
        ("10000.50", "10000.50"),
        ("1e4", "10000"),
        ("0.1E+4", "1000"),
        ("100.10000000", "100.10000000"),
    ],
)
def test_bare_numbers_keep_their_digits(app: App, capital: str, shown: str) -> None:
    found = config.resolve(app, LOCAL_ADMIN, config.parse(raw(capital=capital, leverage="3", fee_bps="2.5")))
    assert (found.echo["capital"], found.echo["leverage"], found.echo["fee_bps"]) == (shown, 3, "2.5")


def test_a_whole_number_may_be_written_with_a_point(app: App) -> None:
    found = config.resolve(app, LOCAL_ADMIN, config.parse(raw(leverage="2.0")))
    assert repr(found.echo["leverage"]) == "2"
    for wrong in ("2.5", "1e999", "-1e-3", "3e1", '"2"'):
        assert refused(app, raw(leverage=wrong)).field == "leverage"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-01-01T08:00:00+08:00", "2025-01-01T00:00:00Z"),
        ("2024-12-31T19:00:00-0500", "2025-01-01T00:00:00Z"),
        ("2024-12-31T23:59:59.001Z", "2025-01-01T00:00:00Z"),
        ("2025-01-01T00:00Z", "2025-01-01T00:00:00Z"),
        ("2025-01-01T00:00:00+00:00", "2025-01-01T00:00:00Z"),
    ],
)
def test_offsets_and_fractions_are_brought_to_whole_seconds_of_utc(app: App, text: str, shown: str) -> None:
    assert echo(app, start=text)["start"] == shown


def test_the_other_names_of_the_window_are_taken_and_echoed_as_start_and_end(app: App) -> None:
    given = asked(start=None, end=None) | {"from": ASK["start"], "to": ASK["end"]}
    assert config.resolve(app, LOCAL_ADMIN, given).echo == echo(app)
    same = asked() | {"from": "2025-01-01T08:00:00+08:00"}
    assert config.resolve(app, LOCAL_ADMIN, same).echo == echo(app)


def test_the_window_may_end_now_and_span_five_calendar_years(app: App) -> None:
    assert echo(app, start="2025-12-01T00:00:00Z", end="2026-01-15T12:00:05Z")["end"] == "2026-01-15T12:00:05Z"
    assert echo(app, start="2021-01-15T12:00:00Z", end="2026-01-15T12:00:00Z")
    assert echo(app, start="2020-02-29T00:00:00Z", end="2025-02-28T00:00:00Z")
    assert refused(app, start="2020-02-29T00:00:00Z", end="2025-02-28T00:00:01Z").field == "end"


def test_an_unknown_symbol_has_a_code_of_its_own_unless_more_is_wrong(app: App) -> None:
    error = refused(app, symbols=["BTCUSDC"])
    assert isinstance(error, UnknownSymbol)
    assert (error.code, error.field, error.nearest) == ("UNKNOWN_SYMBOL", "symbols[0]", "BTCUSDT")
    assert not isinstance(refused(app, symbols=["BTCUSDC"], capital="1"), UnknownSymbol)
    assert isinstance(refused(app, symbols=["ETHUSDT"], market="spot"), UnknownSymbol)


def test_everything_that_is_wrong_is_told_at_once(app: App) -> None:
    error = refused(app, timeframe="2h", capital="x", leverage=99, start="today", params={"grid_levels": 0}, nope=1)
    told = {fault.field for fault in error.faults}
    assert {"timeframe", "capital", "leverage", "start", "nope", "params.grid_levels", "params.upper_price"} <= told


def test_of_very_many_unknown_names_the_first_twenty_are_told(app: App) -> None:
    error = refused(app, **{f"leverag{number}": 1 for number in range(3000)})
    assert [fault.field for fault in error.faults] == [f"leverag{number}" for number in range(20)]


@pytest.mark.parametrize("alias", ["tpl_ma_cross", "tpl_momentum"])
def test_an_alias_is_echoed_as_it_was_sent(app: App, alias: str) -> None:
    found = echo(app, template_id=alias, params={})
    assert (found["template_id"], found["params"]) == (alias, {})


def test_several_symbols_share_the_capital(app: App) -> None:
    found = echo(app, template_id="tpl_momentum", params={}, symbols=["ETHUSDT", "BTCUSDT"])
    assert found["symbols"] == ["ETHUSDT", "BTCUSDT"]
    assert split(Decimal("100.00"), 3) == [3_333_333_334, 3_333_333_333, 3_333_333_333]


@given(st.decimals(1, 10**9, places=8), st.integers(1, 10))
def test_the_shares_are_the_capital(capital: Decimal, books: int) -> None:
    shares = split(capital, books)
    assert sum(shares) == capital * 10**8
    assert max(shares) - min(shares) <= 1


def test_a_grid_that_earns_less_than_its_fees_is_warned_of(app: App) -> None:
    narrow = {"grid_levels": 200, "upper_price": "72000", "lower_price": "60000"}
    found = config.resolve(app, LOCAL_ADMIN, asked(params=narrow, fee_bps="50"))
    assert found.warnings
    assert all(zh and en for zh, en in found.warnings)
    assert config.resolve(app, LOCAL_ADMIN, asked()).warnings == ()


# -- stored strategies ----------------------------------------------------------------------------------------------

STORED = {
    "name": "mine",
    "template_id": "tpl_grid",
    "params": {"grid_levels": 4, "upper_price": "70000", "lower_price": "50000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "4h",
    "capital": "500.00",
    "leverage": 3,
}


def test_a_strategy_gives_what_is_not_sent(app: App) -> None:
    made = strategies.create(app, LOCAL_ADMIN, STORED)
    window = {"from": ASK["start"], "to": ASK["end"]}
    found = config.resolve(app, LOCAL_ADMIN, {"strategy_id": made["id"], **window}).echo
    assert found == {
        **{name: value for name, value in STORED.items() if name != "name"},
        "start": ASK["start"],
        "end": ASK["end"],
        "fee_model": "fixed_bps",
        "fee_bps": "5",
        "strategy_id": made["id"],
    }
    other = {"grid_levels": 5, "upper_price": "80000", "lower_price": "40000"}
    changed = config.resolve(
        app, LOCAL_ADMIN, {"strategy_id": made["id"], **window, "params": other, "leverage": 1, "timeframe": "1d"}
    ).echo
    assert (changed["params"], changed["leverage"], changed["timeframe"]) == (other, 1, "1d")


def test_a_strategy_of_nobody_or_somebody_else_is_not_there_but_bad_fields_come_first(app: App) -> None:
    made = strategies.create(app, account(app, "other"), STORED)
    for strategy_id in (made["id"], "strat_00000000", "nonsense"):
        body = {"strategy_id": strategy_id, "start": ASK["start"], "end": ASK["end"]}
        with pytest.raises(NotYours):
            config.resolve(app, LOCAL_ADMIN, body)
        with pytest.raises(InvalidParameter):
            config.resolve(app, LOCAL_ADMIN, {**body, "leverage": 0})


# -- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"p":{"a":1,"a":1}}',
        b'{"a":NaN}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"\\u0000":1}', b"[" * 60_000, b'{"a":' * 9_000,
        b'{"a":1}x', b"{'a':1}",
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidParameter) as caught:
        config.parse(body)
    assert caught.value.code == "INVALID_PARAMETER"
    assert caught.value.en


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_body_is_an_object_or_refused(body: bytes) -> None:
    with suppress(InvalidParameter):
        assert isinstance(config.parse(body), dict)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(field=st.sampled_from([*ASK, "leverage", "fee_bps", "funding", "market", "from", "x"]), value=JSON)
def test_any_value_is_taken_or_refused_as_ours(shared_app: App, field: str, value: Any) -> None:
    body = json.dumps({**ASK, field: value}).encode()
    with suppress(InvalidParameter, NotYours):
        found = config.resolve(shared_app, LOCAL_ADMIN, config.parse(body))
        json.dumps(found.echo, allow_nan=False)


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """One installation for all examples."""
    from tests._rig import lend_demo, make_app

    return lend_demo(make_app(tmp_path_factory.mktemp("shared") / "home"))


def test_without_bars_of_pairs_nothing_is_accepted(tmp_path: Any) -> None:
    from tests._rig import make_app

    from quantgpt.services.signed.candles import NoPairs

    with pytest.raises(NoPairs, match="K 线"):
        config.resolve(make_app(tmp_path), LOCAL_ADMIN, ASK)
