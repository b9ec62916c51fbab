"""The Python client: what it signs, how it waits, and what it makes of answers. Against a socket of our own."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.signed._recorder import KEY, SECRET, Server, recording, signature_of

from quantgpt.client import SignedError, SignedJobs
from quantgpt.foundations.errors import BadRequest


@pytest.fixture
def server() -> Iterator[Server]:
    with recording() as held:
        yield held


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client slept; it does not really."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_every_method_signs_the_bytes_that_it_sends(server: Server) -> None:
    job = {"id": "bt_7d40c2e1", "status": "done", "progress": 1.0}
    calls: list[tuple[Callable[[SignedJobs], Any], str, str]] = [
        (lambda c: c.create(template_id="tpl_grid", capital=Decimal("1E+3")), "POST", "/v1/backtest/jobs"),
        (lambda c: c.get("bt_7d40c2e1"), "GET", "/v1/backtest/jobs/bt_7d40c2e1"),
        (lambda c: c.details("bt_7d40c2e1"), "GET", "/v1/backtest/jobs/bt_7d40c2e1/details"),
        (
            lambda c: c.list(status="done", from_=datetime(2025, 1, 1, tzinfo=UTC)),
            "GET",
            "/v1/backtest/jobs?status=done&from=2025-01-01T00%3A00%3A00Z",
        ),
        (lambda c: c.cancel("bt_7d40c2e1"), "POST", "/v1/backtest/jobs/bt_7d40c2e1/cancel"),
        (lambda c: c.cancel("bt_7d40c2e1", "看错了"), "POST", "/v1/backtest/jobs/bt_7d40c2e1/cancel"),
        (lambda c: c.templates(), "GET", "/v1/templates"),
        (lambda c: c.template("tpl_grid"), "GET", "/v1/templates/tpl_grid"),
        (lambda c: c.exchange_info("BTCUSDT"), "GET", "/v1/market/exchange-info?symbol=BTCUSDT"),
        (
            lambda c: c.klines("BTCUSDT", "1h", start=datetime(2025, 1, 1, tzinfo=UTC), limit=2),
            "GET",
            "/v1/market/klines?symbol=BTCUSDT&interval=1h&startTime=1735689600000&limit=2",
        ),
    ]
    ours = server.client()
    for call, method, target in calls:
        server.will(job)
        assert call(ours) == job
        asked = server.asked[-1]
        assert (asked.method, asked.target) == (method, target)
        assert asked.headers["x-pipai-api-key"] == KEY
        assert asked.headers["x-pipai-signature"] == signature_of(asked)
    assert json.loads(server.asked[0].body) == {"template_id": "tpl_grid", "capital": "1000"}
    assert server.asked[0].headers["content-type"] == "application/json"
    assert json.loads(server.asked[5].body) == {"reason": "看错了"}
    stamps = [int(asked.headers["x-pipai-timestamp"]) for asked in server.asked]
    assert len(set(stamps)) == len(stamps), "two requests of one millisecond must not look like a repeated one"


def test_errors_carry_code_message_status_and_details(server: Server) -> None:
    details = [{"field": "params.upper_price", "reason": "must exceed params.lower_price"}]
    told = {"code": "INVALID_PARAMETER", "message": "no", "details": details, "request_id": "req_1"}
    server.will({"error": told, "detail": "no"}, 400)
    with pytest.raises(SignedError) as caught:
        server.client().create(template_id="tpl_grid")
    error = caught.value
    assert (error.code, error.message, error.status, error.request_id) == ("INVALID_PARAMETER", "no", 400, "req_1")
    assert error.details == tuple(details)
    assert "params.upper_price" in str(error)
    server.answers.append((502, {}, b"<html>bad gateway"))
    with pytest.raises(SignedError, match="HTTP_502"):
        server.client().get("bt_1")
    server.answers.append((200, {}, b"<html>hello"))
    with pytest.raises(SignedError, match="BAD_ANSWER"):
        server.client().get("bt_1")


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.will({}, 302, Location=f"{server.url}/elsewhere")
    with pytest.raises(SignedError) as caught:
        server.client().get("bt_1")
    assert caught.value.status == 302
    assert len(server.asked) == 1


def test_a_lost_answer_is_asked_for_with_the_same_bytes(server: Server, naps: list[float]) -> None:
    server.answers += [None, None]
    server.will({"id": "bt_1"})
    assert server.client().create(template_id="tpl_grid") == {"id": "bt_1"}
    assert len({(a.body, a.headers["x-pipai-timestamp"], a.headers["x-pipai-signature"]) for a in server.asked}) == 1
    assert len(server.asked) == 3
    server.answers += [None, None, None]
    with pytest.raises(SignedError) as caught:
        server.client().get("bt_1")
    assert (caught.value.code, caught.value.status) == ("CONNECTION_FAILED", 0)


def test_gzip_is_asked_for_and_read(server: Server) -> None:
    server.answers.append((200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"id": "bt_1"}')))
    assert server.client().get("bt_1") == {"id": "bt_1"}
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_waiting_asks_ever_more_rarely_and_as_late_as_the_server_wishes(server: Server, naps: list[float]) -> None:
    for number in range(8):
        if number == 4:
            server.will({"error": {"code": "RATE_LIMITED", "message": "slow"}}, 429, Retry_After="7")
        server.will({"id": "bt_1", "status": "running", "progress": number / 8, "result": None})
    server.will({"id": "bt_1", "status": "done", "progress": 1.0, "result": {}})
    seen: list[float] = []
    assert server.client().wait("bt_1", on_progress=seen.append)["status"] == "done"
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert naps == [0.2, 0.6, 1.5, 5.0, 7.0, 7.5, 11.25, 16.875, 25.3125]


def test_waiting_has_an_end(server: Server) -> None:
    for _ in range(3):
        server.will({"id": "bt_1", "status": "running", "progress": 0.5})
    with pytest.raises(SignedError, match="CLIENT_TIMEOUT"):
        server.client().wait("bt_1", timeout_seconds=0.05)


def test_run_gives_the_done_job_or_raises_the_jobs_own_error(server: Server, naps: list[float]) -> None:
    server.will({"id": "bt_1", "status": "queued", "progress": 0})
    server.will({"id": "bt_1", "status": "done", "progress": 1.0, "result": {"trades": []}, "error": None})
    assert server.client().run(template_id="tpl_grid", idempotency_key="a1")["result"] == {"trades": []}
    assert server.asked[0].headers["idempotency-key"] == "a1"
    server.will({"id": "bt_2", "status": "queued", "progress": 0})
    failed = {"code": "DATA_UNAVAILABLE", "message": "first bar 2020-01-01"}
    server.will({"id": "bt_2", "status": "failed", "progress": 0.1, "result": None, "error": failed})
    with pytest.raises(SignedError) as caught:
        server.client().run(template_id="tpl_grid")
    assert (caught.value.code, caught.value.status) == ("DATA_UNAVAILABLE", 0)
    server.will({"id": "bt_3", "status": "queued", "progress": 0})
    server.will({"id": "bt_3", "status": "cancelled", "progress": 0.1, "result": None, "error": None})
    with pytest.raises(SignedError, match="CANCELLED"):
        server.client().run(template_id="tpl_grid")


def test_all_follows_the_cursor(server: Server) -> None:
    server.will({"data": [{"id": "bt_2"}], "next_cursor": "abc="})
    server.will({"data": [{"id": "bt_1"}], "next_cursor": None})
    assert [job["id"] for job in server.client().all(status="done", limit=1)] == ["bt_2", "bt_1"]
    assert server.asked[1].target == "/v1/backtest/jobs?status=done&limit=1&cursor=abc%3D"


def test_the_clock_of_the_server(server: Server) -> None:
    ours = server.client()
    server.will({"serverTime": 4_000_000_000_000, "symbols": []})
    assert ours.set_clock() > 0
    server.will({})
    ours.get("bt_1")
    assert 4_000_000_000_000 <= int(server.asked[-1].headers["x-pipai-timestamp"]) < 4_000_000_060_000


@pytest.mark.parametrize("name", ["", "../keys", "bt_1/cancel", "bt 1", "bt_1?x=1", "x" * 65])
def test_ids_never_change_the_path(server: Server, name: str) -> None:
    with pytest.raises(BadRequest):
        server.client().get(name)
    assert not server.asked


def test_what_cannot_be_written_is_refused_before_it_is_sent(server: Server) -> None:
    ours = server.client()
    with pytest.raises(BadRequest, match="时区"):
        ours.create(start=datetime(2025, 1, 1))
    with pytest.raises(BadRequest):
        ours.create(params=object())
    with pytest.raises(BadRequest):
        SignedJobs("ftp://127.0.0.1", KEY, SECRET)
    with pytest.raises(BadRequest):
        SignedJobs("http://127.0.0.1", "pk_…", SECRET)
    assert not server.asked
    assert SECRET not in repr(ours)
