"""Headers of the signed interface: weights, waiting, tags, compression, what other sites may read, and /health."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app
from tests.signed._door import BASE, JOBS, STRATEGIES, Signed, door, job_body, refused

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.signed.budgets import Window
from quantgpt.faces.signed.routes.market import weight_of
from quantgpt.foundations.hashing import canonical_json
from quantgpt.records import Failure, Job
from quantgpt.services.signed.wire import METRICS

pytestmark = pytest.mark.xdist_group("signed headers")

USED, LIMIT = "X-PipAI-Used-Weight-1m", "X-PipAI-Weight-Limit-1m"


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """A server without workers, the weights as they are."""
    app = lend_demo(make_app(tmp_path_factory.mktemp("headers") / "home"))
    with door(app) as opened:
        yield opened
    app.records.close()


def new_job(us: Signed) -> str:
    answer = us.post(JOBS, job_body())
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def finished_job(us: Signed) -> str:
    """A job that will not change any more, without a worker: cancelled."""
    job_id = new_job(us)
    assert us.post(f"{JOBS}/{job_id}/cancel").status_code == 200
    return job_id


# -- weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "weight"),
    [
        ("POST", JOBS, 20), ("GET", JOBS, 5), ("GET", f"{JOBS}/bt_00000000", 2), ("GET", f"{JOBS}/bt_00000000/details", 2),
        ("POST", f"{JOBS}/bt_00000000/cancel", 5), ("POST", STRATEGIES, 5), ("GET", STRATEGIES, 2),
        ("GET", f"{STRATEGIES}/strat_000000", 1), ("PATCH", f"{STRATEGIES}/strat_000000", 5),
        ("DELETE", f"{STRATEGIES}/strat_000000", 5), ("POST", f"{STRATEGIES}/strat_000000/deploy", 10),
        ("POST", f"{STRATEGIES}/strat_000000/pause", 5), ("GET", "/v1/market/exchange-info", 10),
        ("GET", "/v1/market/klines?symbol=BTCUSDT&interval=1h&limit=100", 1), ("GET", "/v1/templates", 1),
        ("GET", "/v1/market/klines?symbol=BTCUSDT&interval=1h&limit=x", 2), ("HEAD", JOBS, 5),
    ],
)  # fmt: skip
def test_every_address_costs_what_is_documented_whatever_comes_of_it(
    us: Signed, method: str, path: str, weight: int
) -> None:
    answer = us.other().send(method, path, b"{}" if method == "PATCH" else None)
    assert answer.headers[USED] == str(weight), answer.text
    assert answer.headers[LIMIT] == "1200"


@pytest.mark.parametrize(
    ("limit", "weight"),
    [("1", 1), ("100", 1), ("101", 2), ("500", 2), ("501", 5), ("1000", 5), ("1001", 10), ("1500", 10), ("99999", 10)],
)
def test_bars_cost_by_how_many_are_asked_for(limit: str, weight: int) -> None:
    assert weight_of({"limit": limit}) == weight
    assert weight_of({}) == 2


def test_over_the_budget_nothing_is_done_and_the_wait_is_said(us: Signed) -> None:
    app = replace(us.app, settings=us.app.settings.model_copy(update={"signed_weight": 30}))
    with door(app) as poor:
        assert poor.post(JOBS, job_body()).headers[USED] == "20"
        late = poor.post(JOBS, job_body())
        error = refused(late, 429, "RATE_LIMITED")
        assert "30" in error["message"]
        assert (late.headers[USED], late.headers[LIMIT]) == ("20", "30")
        assert re.fullmatch(r"[1-9]\d?", late.headers["Retry-After"])
        assert int(late.headers["Retry-After"]) <= 61
        assert poor.get(JOBS).headers[USED] == "25"
        assert poor.get(JOBS).headers[USED] == "30"
        refused(poor.get(f"{JOBS}/bt_00000000"), 429, "RATE_LIMITED")
        assert poor.other().get(JOBS).headers[USED] == "5"


def test_a_refused_signature_costs_nothing_and_says_nothing_of_weights(us: Signed) -> None:
    other = us.other()
    answer = replace(other, secret="wrong").get(JOBS)
    refused(answer, 401, "INVALID_SIGNATURE")
    assert USED not in answer.headers
    assert other.get(JOBS).headers[USED] == "5"


def test_a_window_forgets_second_by_second() -> None:
    now = 1_000.0
    window = Window(10, lambda: now)
    assert window.spend("a", 6) == (6, None)
    now = 1_030.5
    assert window.spend("a", 4) == (10, None)
    assert window.spend("a", 1) == (10, 29.5)
    assert window.spend("a", 7) == (10, 59.5)
    assert window.spend("b", 10) == (10, None)
    now = 1_060.5
    assert window.spend("a", 6) == (10, None)
    now = 400.0  # the clock was set back: what lies too far ahead is forgotten
    assert window.spend("a", 10) == (10, None)


# -- looking too often -----------------------------------------------------------------------------------------------


def test_an_unfinished_job_is_looked_at_three_times_then_once_in_five_seconds(us: Signed) -> None:
    job_id = new_job(us)
    assert [us.get(f"{JOBS}/{job_id}").status_code for _ in range(3)] == [200, 200, 200]
    late = us.get(f"{JOBS}/{job_id}")
    refused(late, 429, "RATE_LIMITED")
    assert 1 <= int(late.headers["Retry-After"]) <= 5
    assert USED in late.headers
    assert us.other().get(f"{JOBS}/{job_id}").status_code == 200
    us.post(f"{JOBS}/{job_id}/cancel")
    assert [us.get(f"{JOBS}/{job_id}").status_code for _ in range(5)] == [200] * 5


def test_the_rule_can_be_switched_off(us: Signed) -> None:
    app = replace(us.app, settings=us.app.settings.model_copy(update={"signed_poll_rule": False}))
    with door(app) as free:
        job_id = new_job(free)
        assert [free.get(f"{JOBS}/{job_id}").status_code for _ in range(5)] == [200] * 5


# -- tags, compression, kinds ----------------------------------------------------------------------------------------


def test_a_job_that_will_not_change_has_a_tag(us: Signed) -> None:
    path = f"{JOBS}/{finished_job(us)}"
    first = us.get(path)
    tag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', tag)
    for given in (tag, f'"other", {tag}', "*", f"W/{tag}"):
        known = us.get(path, headers={"If-None-Match": given})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
        assert USED in known.headers
        assert "Content-Type" not in known.headers
    for given in ('"other"', tag.strip('"')):
        assert us.get(path, headers={"If-None-Match": given}).content == first.content
    assert "no-store" not in first.headers["Cache-Control"]
    assert "private" in first.headers["Cache-Control"]


def test_who_has_a_result_is_not_sent_it_and_it_is_not_read(us: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = new_job(us)
    while (job := us.app.records.attempts.claim("w", 15.0)) is not None and job.id != job_id:
        us.app.records.attempts.fail(job.id, 1, Failure(error="x", error_facts="{}"))
    metrics = {**dict.fromkeys(METRICS, "0.00"), "total_trades": 0}
    outcome = json.dumps({"details": {}, "result": json.dumps({"metrics": metrics, "equity_curve": [], "trades": []})})
    facts = canonical_json({"metrics": metrics, "warnings": []})
    us.app.records.attempts.succeed(job_id, 1, stage="completed", outcome=outcome, outcome_hash="h" * 64, facts=facts)
    read: list[bool] = []
    get = us.app.records.jobs.get

    def seen(*args: object, with_outcome: bool = True, **named: object) -> Job | None:
        read.append(with_outcome)
        return get(*args, with_outcome=with_outcome, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(us.app.records.jobs, "get", seen)
    first = us.get(f"{JOBS}/{job_id}")
    assert (first.json()["status"], read) == ("done", [False, True])
    read.clear()
    again = us.get(f"{JOBS}/{job_id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"], read) == (304, first.headers["ETag"], [False])


def test_a_job_that_may_change_has_none(us: Signed) -> None:
    answer = us.get(f"{JOBS}/{new_job(us)}", headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_long_answers_are_compressed_for_who_takes_that(us: Signed) -> None:
    plain = us.get("/v1/templates", headers={"Accept-Encoding": "identity"})
    with us.client.stream(
        "GET", "/v1/templates", headers={**us.signature("GET", "/v1/templates"), "Accept-Encoding": "gzip"}
    ) as zipped:
        raw = b"".join(zipped.iter_raw())
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "accept-encoding" in zipped.headers["Vary"].lower()
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content)


def test_what_an_answer_says_of_itself(us: Signed) -> None:
    answer = us.get(JOBS)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r"req_[0-9a-f]{12}", answer.headers["X-Request-Id"])
    assert answer.headers["X-Request-Id"] != us.get(JOBS).headers["X-Request-Id"]


def test_a_created_job_says_where_it_is(us: Signed) -> None:
    answer = us.post(JOBS, job_body())
    assert answer.headers["Location"] == f"{JOBS}/{answer.json()['id']}"
    assert us.get(answer.headers["Location"]).json()["id"] == answer.json()["id"]


def test_head_is_get_without_a_body(us: Signed) -> None:
    answer = us.send("HEAD", JOBS)
    assert (answer.status_code, answer.content) == (200, b"")
    refused_one = us.send("HEAD", JOBS, signed={})
    assert (refused_one.status_code, refused_one.content) == (401, b"")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", JOBS, "GET, HEAD, POST"), ("DELETE", f"{JOBS}/bt_00000000", "GET, HEAD"),
        ("GET", f"{JOBS}/bt_00000000/cancel", "POST"), ("POST", "/v1/market/klines", "GET, HEAD"),
        ("PUT", f"{STRATEGIES}/strat_000000", "DELETE, GET, HEAD, PATCH"), ("OPTIONS", JOBS, "GET, HEAD, POST"),
        ("TRACE", JOBS, "GET, HEAD, POST"), ("POST", "/v1/templates/tpl_grid", "GET, HEAD"),
    ],
)  # fmt: skip
def test_a_method_that_is_not_there_names_those_that_are(us: Signed, method: str, path: str, allowed: str) -> None:
    answer = us.without_credentials(method, path)
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/backtest", "/v1/backtest/jobs/a/b/c", "/v1/strategies/", "/v1/x.html"]
)
def test_an_address_that_is_not_there_is_said_before_anything_is_asked(us: Signed, path: str) -> None:
    refused(us.without_credentials("GET", path), 404, "NOT_FOUND")


def test_other_sites_read_nothing(us: Signed) -> None:
    origin = {"Origin": "https://evil.example"}
    for answer in (
        us.get(JOBS, headers=origin),
        us.without_credentials("GET", "/v1/templates", headers=origin),
        us.client.options(JOBS, headers={**origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


# -- public addresses, and that the server is there ------------------------------------------------------------------


def test_market_data_and_templates_need_no_key_but_check_the_one_that_is_shown(us: Signed) -> None:
    path = "/v1/market/exchange-info"
    bare = us.without_credentials("GET", path)
    assert bare.status_code == 200
    assert int(bare.headers[USED]) >= 10
    signed = us.other().get(path)
    assert signed.headers[USED] == "10"
    refused(replace(us, secret="wrong").get(path), 401, "INVALID_SIGNATURE")
    refused(us.get(path, signed={"X-PipAI-API-Key": us.key}), 401, "MISSING_CREDENTIALS")


def test_without_a_key_the_budget_is_one_per_address(us: Signed) -> None:
    app = replace(us.app, settings=us.app.settings.model_copy(update={"signed_weight": 15}))
    with door(app) as poor:
        assert poor.without_credentials("GET", "/v1/market/exchange-info").headers[USED] == "10"
        late = poor.without_credentials("GET", "/v1/market/exchange-info")
        refused(late, 429, "RATE_LIMITED")
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert poor.get(JOBS).status_code == 200


def test_the_server_says_that_it_is_there_without_limit(us: Signed) -> None:
    app = replace(us.app, settings=us.app.settings.model_copy(update={"signed_weight": 1}))
    with door(app) as poor:
        answers = [poor.client.get("/health") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    body = answers[0].json()
    assert set(body) == {"status", "timestamp"}
    assert body["status"] == "healthy"
    said = datetime.fromisoformat(body["timestamp"])
    assert abs(said - us.clock.now()) < timedelta(seconds=5)
    assert USED not in answers[0].headers


def test_the_rest_of_the_server_is_as_before(us: Signed) -> None:
    assert us.client.get("/api/v1/health").json()["status"] == "ok"
    assert us.client.post("/api/v1/feedback", content=b"x" * 30_000_000).json()["code"] == "http_413"
    with TestClient(create_api(us.app), base_url=BASE) as bare:
        assert "text/html" in bare.get("/v1").headers["Content-Type"]
