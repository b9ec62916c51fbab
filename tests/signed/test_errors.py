"""Refusals of the signed interface: one shape, the documented codes, the field at fault, and nothing started."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from tests._rig import lend_demo, make_app
from tests.signed._door import JOBS, STRATEGIES, Signed, door, job_body, refused

from quantgpt.foundations.errors import Broken
from quantgpt.services.signed import jobs

pytestmark = pytest.mark.xdist_group("signed errors")

GRID = {"grid_levels": 8, "upper_price": "110000", "lower_price": "90000"}
USED = "X-PipAI-Used-Weight-1m"
LEAP = {"start": "2020-02-29T00:00:00Z", "end": "2025-02-28T00:00:01Z"}


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """A server without workers that counts no weight away from the tests."""
    app = lend_demo(make_app(tmp_path_factory.mktemp("errors") / "home", signed_weight=10_000_000))
    with door(app) as opened:
        yield opened
    app.records.close()


def rows(us: Signed) -> int:
    with us.app.records.writer.begin() as connection:
        return int(connection.execute(text("select count(*) from jobs")).scalar_one())


def grid(**params: Any) -> dict[str, Any]:
    """A job of the grid with these parameters changed."""
    given = {name: value for name, value in {**GRID, **params}.items() if value is not ...}
    return job_body(template_id="tpl_grid", params=given)


# (body, code, field at fault)
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no template": (job_body(template_id=...), "INVALID_PARAMETER", "template_id"),
    "unknown template": (job_body(template_id="tpl_gird"), "INVALID_PARAMETER", "template_id"),
    "template as a number": (job_body(template_id=5), "INVALID_PARAMETER", "template_id"),
    "no params": (job_body(params=...), "INVALID_PARAMETER", "params"),
    "params as a list": (job_body(params=[]), "INVALID_PARAMETER", "params"),
    "unknown parameter": (grid(levels=5), "INVALID_PARAMETER", "params.levels"),
    "upper below lower": (grid(upper_price="80000"), "INVALID_PARAMETER", "params.upper_price"),
    "upper equals lower": (grid(upper_price="90000"), "INVALID_PARAMETER", "params.upper_price"),
    "one level": (grid(grid_levels=1), "INVALID_PARAMETER", "params.grid_levels"),
    "201 levels": (grid(grid_levels=201), "INVALID_PARAMETER", "params.grid_levels"),
    "levels as text": (grid(grid_levels="8"), "INVALID_PARAMETER", "params.grid_levels"),
    "levels with a point": (grid(grid_levels=8.5), "INVALID_PARAMETER", "params.grid_levels"),
    "levels as a flag": (grid(grid_levels=True), "INVALID_PARAMETER", "params.grid_levels"),
    "no bound": (grid(lower_price=...), "INVALID_PARAMETER", "params.lower_price"),
    "negative bound": (grid(lower_price="-1"), "INVALID_PARAMETER", "params.lower_price"),
    "bound that is a word": (grid(lower_price="NaN"), "INVALID_PARAMETER", "params.lower_price"),
    "bound of 41 digits": (grid(lower_price="1" * 41), "INVALID_PARAMETER", "params.lower_price"),
    "fast above slow": (job_body(params={"fast": 50, "slow": 20}), "INVALID_PARAMETER", "params.fast"),
    "grid of two symbols": ({**grid(), "symbols": ["BTCUSDT", "ETHUSDT"]}, "INVALID_PARAMETER", "symbols"),
    "unknown symbol": (job_body(symbols=["DOGEEUR"]), "UNKNOWN_SYMBOL", "symbols[0]"),
    "no symbols": (job_body(symbols=[]), "INVALID_PARAMETER", "symbols"),
    "symbol in lower case": (job_body(symbols=["btcusdt"]), "INVALID_PARAMETER", "symbols"),
    "a symbol twice": (job_body(symbols=["BTCUSDT", "BTCUSDT"]), "INVALID_PARAMETER", "symbols"),
    "eleven symbols": (job_body(symbols=[f"A{n}USDT" for n in range(11)]), "INVALID_PARAMETER", "symbols"),
    "symbols as text": (job_body(symbols="BTCUSDT"), "INVALID_PARAMETER", "symbols"),
    "unknown timeframe": (job_body(timeframe="2h"), "INVALID_PARAMETER", "timeframe"),
    "no window": (job_body(start=..., end=...), "INVALID_PARAMETER", "start"),
    "naive start": (job_body(start="2025-01-01T00:00:00"), "INVALID_PARAMETER", "start"),
    "a day as start": (job_body(start="2025-01-01"), "INVALID_PARAMETER", "start"),
    "the 30th of February": (job_body(start="2025-02-30T00:00:00Z"), "INVALID_PARAMETER", "start"),
    "end before start": (job_body(end="2024-12-31T00:00:00Z"), "INVALID_PARAMETER", "end"),
    "end at start": (job_body(end="2025-01-01T00:00:00Z"), "INVALID_PARAMETER", "end"),
    "end in the future": (job_body(end="2099-01-01T00:00:00Z"), "INVALID_PARAMETER", "end"),
    "five years and a second": (
        job_body(start="2020-01-01T00:00:00Z", end="2025-01-01T00:00:01Z"), "INVALID_PARAMETER", "end",
    ),
    "five years from a leap day": (job_body(**LEAP), "INVALID_PARAMETER", "end"),
    "from beside another start": (job_body(**{"from": "2025-01-02T00:00:00Z"}), "INVALID_PARAMETER", "from"),
    "no capital": (job_body(capital=...), "INVALID_PARAMETER", "capital"),
    "capital of 99.99": (job_body(capital="99.99"), "INVALID_PARAMETER", "capital"),
    "no capital at all": (job_body(capital="0"), "INVALID_PARAMETER", "capital"),
    "capital beyond what fits": (job_body(capital="1000000000.01"), "INVALID_PARAMETER", "capital"),
    "capital of nine decimals": (job_body(capital="1000.000000001"), "INVALID_PARAMETER", "capital"),
    "capital as a flag": (job_body(capital=True), "INVALID_PARAMETER", "capital"),
    "leverage 0": (job_body(leverage=0), "INVALID_PARAMETER", "leverage"),
    "leverage 21": (job_body(leverage=21), "INVALID_PARAMETER", "leverage"),
    "leverage as text": (job_body(leverage="2"), "INVALID_PARAMETER", "leverage"),
    "leverage 1.5": (job_body(leverage=1.5), "INVALID_PARAMETER", "leverage"),
    "unknown fees": (job_body(fee_model="free"), "INVALID_PARAMETER", "fee_model"),
    "negative fees": (job_body(fee_bps="-1"), "INVALID_PARAMETER", "fee_bps"),
    "fees above all": (job_body(fee_bps="1000.1"), "INVALID_PARAMETER", "fee_bps"),
    "a name that nobody knows": (job_body(captial="1"), "INVALID_PARAMETER", "captial"),
    "volume cap": (job_body(volume_cap="0.1"), "INVALID_PARAMETER", "volume_cap"),
    "slippage that is none": (job_body(slippage_bps="x"), "INVALID_PARAMETER", "slippage_bps"),
    "unknown funding": (job_body(funding="yes"), "INVALID_PARAMETER", "funding"),
    "unknown path": (job_body(intrabar="best"), "INVALID_PARAMETER", "intrabar"),
    "detail that is not finer": (job_body(detail_timeframe="1h"), "INVALID_PARAMETER", "detail_timeframe"),
    "touch as text": (job_body(strict_touch="true"), "INVALID_PARAMETER", "strict_touch"),
    "unknown market": (job_body(market="margin"), "INVALID_PARAMETER", "market"),
}  # fmt: skip

UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "white space": b"   ",
    "a list": b"[]",
    "null": b"null",
    "text": b'"x"',
    "a number": b"5",
    "cut short": b'{"template_id": "tpl_grid"',
    "single quotes": b"{'a': 1}",
    "a comma too many": b'{"a": 1,}',
    "NaN": b'{"capital": NaN}',
    "Infinity": b'{"capital": -Infinity}',
    "the same name twice": b'{"capital": "1000", "capital": "2000"}',
    "the same name twice inside": b'{"params": {"fast": 1, "fast": 2}}',
    "not UTF-8": b'{"template_id": "\xff\xfe"}',
    "with a mark in front": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "NUL": b'{"template_id": "a\\u0000b"}',
    "half a character": b'{"template_id": "\\ud800"}',
    "half a character as a name": b'{"\\ud800": 1}',
    "deep": b'{"params": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a form": b"template_id=tpl_grid",
}


@pytest.mark.parametrize("name", BAD)
def test_a_job_that_cannot_be_names_the_field_and_starts_nothing(us: Signed, name: str) -> None:
    body, code, field = BAD[name]
    before = rows(us)
    answer = us.post(JOBS, body)
    error = refused(answer, 400, code)
    assert field in [detail["field"] for detail in error["details"]], error
    assert field.split("[")[0] in error["message"]
    assert USED in answer.headers
    assert rows(us) == before


def test_a_refused_job_costs_its_weight(us: Signed) -> None:
    other = us.other()
    assert [other.post(JOBS, BAD[name][0]).headers[USED] for name in list(BAD)[:3]] == ["20", "40", "60"]


def test_numbers_are_read_as_they_are_written(us: Signed) -> None:
    plain = json.dumps(job_body()).encode()
    for literal, echoed in ((b"10000.10", "10000.10"), (b"1e4", "10000"), (b"123456.12345678", "123456.12345678")):
        answer = us.post(JOBS, plain.replace(b'"10000.00"', literal))
        assert answer.json()["config"]["capital"] == echoed, answer.text
    for literal in (b"1" + b"0" * 40, b"1e400", b"0." + b"0" * 40 + b"1"):
        error = refused(us.post(JOBS, plain.replace(b'"10000.00"', literal)), 400, "INVALID_PARAMETER")
        assert error["details"][0]["field"] == "capital"


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_cannot_be_read_is_said_to_be_so(us: Signed, name: str) -> None:
    before = rows(us)
    refused(us.post(JOBS, UNREADABLE[name]), 400, "INVALID_PARAMETER")
    assert rows(us) == before


def test_everything_that_is_wrong_is_named_at_once(us: Signed) -> None:
    body = job_body(capital="1", leverage=99, timeframe="2h", end="2099-01-01T00:00:00Z", x=1)
    error = refused(us.post(JOBS, body), 400, "INVALID_PARAMETER")
    assert {"leverage", "timeframe", "end", "x"} <= {detail["field"] for detail in error["details"]}


def test_unknown_things_name_the_nearest_that_there_is(us: Signed) -> None:
    for body, nearest in ((job_body(template_id="tpl_gird"), "tpl_grid"), (job_body(symbols=["BTCUSD"]), "BTCUSDT")):
        error = us.post(JOBS, body).json()["error"]
        assert error["details"][0]["nearest"] == nearest


# -- the order in which things are looked at -------------------------------------------------------------------------


def test_the_address_comes_before_the_key_and_the_key_before_the_body(us: Signed) -> None:
    wrong = replace(us, secret="wrong")
    refused(wrong.send("POST", "/v1/nothing", b"x"), 404, "NOT_FOUND")
    refused(wrong.send("PUT", JOBS, b"x"), 405, "METHOD_NOT_ALLOWED")
    refused(wrong.post(JOBS, b"not json"), 401, "INVALID_SIGNATURE")
    reader = us.other(scopes=["backtest:read"])
    refused(reader.post(JOBS, b"not json"), 403, "INSUFFICIENT_PERMISSION")
    refused(us.post(f"{JOBS}/bt_00000000/cancel", {"reason": 5}), 400, "INVALID_PARAMETER")
    refused(us.post(f"{JOBS}/bt_00000000/cancel"), 404, "NOT_FOUND")


def test_the_weight_comes_before_the_body(us: Signed) -> None:
    app = replace(us.app, settings=us.app.settings.model_copy(update={"signed_weight": 19}))
    with door(app) as poor:
        refused(poor.post(JOBS, b"not json"), 429, "RATE_LIMITED")


# -- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=", "limit"), ("limit=1.0", "limit"),
        ("status=finished", "status"), ("status=", "status"), ("status=DONE", "status"), ("from=yesterday", "from"),
        ("to=2025-01-01", "to"), ("from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z", "to"),
        ("from=2025-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", "to"), ("cursor=x", "cursor"), ("cursor=", "cursor"),
        ("cursor=eyJzdWJtaXR0ZWRfYXQiOiAxfQ", "cursor"), ("cursor=" + "A" * 5000, "cursor"), ("status=done&status=done", "status"),
        ("limit=%FF", ""), ("limit=%00", "limit"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_names_its_field(us: Signed, query: str, field: str) -> None:
    error = refused(us.get(f"{JOBS}?{query}"), 400, "INVALID_PARAMETER")
    assert [detail["field"] for detail in error["details"]] == ([field] if field else [])


def test_names_that_a_list_does_not_know_are_passed_over(us: Signed) -> None:
    assert us.get(f"{JOBS}?expand=equity_curve&expand=trades&x=%FF&limit=1").status_code in (200, 400)
    assert us.get(f"{JOBS}?expand=equity_curve&expand=trades&limit=1").status_code == 200


def test_a_cursor_belongs_to_its_filters(us: Signed) -> None:
    for _ in range(2):
        us.post(JOBS, job_body())
    cursor = us.get(f"{JOBS}?limit=1&status=queued").json()["next_cursor"]
    assert us.get(f"{JOBS}?limit=1&status=queued&cursor={cursor}").status_code == 200
    refused(us.get(f"{JOBS}?limit=1&status=running&cursor={cursor}"), 400, "INVALID_PARAMETER")


# -- cancel ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [None, b"{}", b"null", b" null ", {"reason": None}, {"reason": ""}, {"reason": "字" * 200}]
)
def test_a_job_is_cancelled_with_or_without_a_reason(us: Signed, body: Any) -> None:
    job_id = us.post(JOBS, job_body()).json()["id"]
    job = us.post(f"{JOBS}/{job_id}/cancel", body).json()
    assert (job["status"], job["result"], job["error"], job["progress"]) == ("cancelled", None, None, 0)
    assert job["finished_at"]
    assert job["started_at"] is None
    assert "reason" not in json.dumps(job)
    assert us.get(f"{JOBS}/{job_id}").json() == job
    error = refused(us.post(f"{JOBS}/{job_id}/cancel"), 409, "INVALID_STATE")
    assert "cancelled" in error["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "字" * 201}, "reason"), ({"reason": 5}, "reason"), ({"reason": ["x"]}, "reason"), (b"[]", ""),
        ({"why": "x"}, "why"), (b'"x"', ""), (b"{", ""), ({"": 1}, ""),
    ],
)  # fmt: skip
def test_a_cancel_that_cannot_be_leaves_the_job_alone(us: Signed, body: Any, field: str) -> None:
    job_id = us.post(JOBS, job_body()).json()["id"]
    error = refused(us.post(f"{JOBS}/{job_id}/cancel", body), 400, "INVALID_PARAMETER")
    assert [detail["field"] for detail in error["details"]] == ([field] if field else [])
    assert us.get(f"{JOBS}/{job_id}").json()["status"] == "queued"


# -- places, keys, breakage ------------------------------------------------------------------------------------------


def test_a_full_account_and_a_full_queue_are_told_apart(us: Signed) -> None:
    settings = us.app.settings
    waiting = rows(us) + 1
    for changes, status, code in (
        ({"signed_queued": 1, "signed_queue": 10_000 + waiting}, 409, "QUEUE_LIMIT"),
        ({"signed_queued": 10_000, "signed_queue": 1}, 503, "SERVICE_UNAVAILABLE"),
    ):
        app = replace(us.app, settings=settings.model_copy(update=changes))
        us.post(JOBS, job_body())
        with door(app) as tight:
            answer = tight.post(JOBS, job_body())
            refused(answer, status, code)
            assert ("Retry-After" in answer.headers) == (status == 503)


def test_an_idempotency_key_makes_one_job_and_refuses_another_body(us: Signed) -> None:
    named = {"Idempotency-Key": "order 66"}
    first, again = (us.post(JOBS, job_body(), headers=named) for _ in range(2))
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    error = refused(us.post(JOBS, job_body(capital="20000"), headers=named), 409, "IDEMPOTENCY_CONFLICT")
    assert first.json()["id"] in error["message"]
    assert us.post(JOBS, job_body()).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 129, b"\xe9", b"\xc2\x80"])
def test_an_idempotency_key_that_cannot_be_is_refused(us: Signed, key: Any) -> None:
    error = refused(us.post(JOBS, job_body(), headers={"Idempotency-Key": key}), 400, "INVALID_PARAMETER")
    assert error["details"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": ""},
        {"Content-Type": "application/json; charset=utf-16"}, {"Content-Encoding": "gzip"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)  # fmt: skip
def test_another_kind_of_body_is_refused(us: Signed, headers: dict[str, str]) -> None:
    refused(us.post(JOBS, job_body(), headers=headers), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
def test_json_by_any_of_its_names_is_taken(us: Signed, kind: str) -> None:
    assert us.post(JOBS, job_body(), headers={"Content-Type": kind}).status_code == 200


def test_what_breaks_says_so_and_no_more(
    us: Signed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for error in (RuntimeError("a secret of ours"), Broken("a secret of ours")):

        def break_down(*_: object, fault: Exception = error, **__: object) -> None:
            raise fault

        with monkeypatch.context() as patch:
            for name in ("page", "create"):
                patch.setattr(jobs, name, break_down)
            for answer in (us.get(JOBS), us.post(JOBS, job_body())):
                told = refused(answer, 500, "INTERNAL_ERROR")
                assert "secret" not in answer.text
                assert answer.headers[USED]
                assert any(told["request_id"] in record.getMessage() for record in caplog.records)
    assert us.get(JOBS).status_code == 200


def test_a_broken_create_may_be_sent_again(us: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps(job_body()).encode()
    proof = us.signature("POST", JOBS, raw)

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "create", break_down)
        assert us.post(JOBS, raw, signed=proof).status_code == 500
    assert us.post(JOBS, raw, signed=proof).status_code == 200


def mangled(rounds: int) -> Iterator[bytes]:
    """Good bodies with a few bytes changed, cut, doubled or swapped."""
    draw = random.Random(23)
    seeds = [json.dumps(body).encode() for body in (job_body(), grid(), job_body(fee_bps=7.5, leverage=3))]
    for _ in range(rounds):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(data))
            data[at : at + draw.randint(0, 3)] = draw.choice(
                (draw.randbytes(2), b'"', b"{", b"-", b"9" * 9, b"null", b"e9")
            )
        yield bytes(data)


def survives(us: Signed, rounds: int) -> None:
    for data in mangled(rounds):
        for path in (JOBS, STRATEGIES):
            answer = us.post(path, data)
            if answer.status_code != 200:
                assert answer.status_code in (400, 404, 409), (data, answer.text)
                assert answer.json()["error"]["code"] not in ("INTERNAL_ERROR",), data


def test_mangled_bodies_are_refused_or_taken(us: Signed) -> None:
    survives(us, 60)


@pytest.mark.gate
@pytest.mark.timeout(900)
def test_many_mangled_bodies_are_refused_or_taken(us: Signed) -> None:
    survives(us, 3_000)
