"""Two servers over one database, and the client of the package: what one of them counted or answered the other knows."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import text
from tests._postgres import shared_server
from tests._rig import free_port, lend_demo, make_app, wait_until
from tests.signed._door import JOBS, STRATEGIES, Signed, door, job_body, refused, start_server

from quantgpt.client import SignedError, SignedJobs
from quantgpt.foundations.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services.signed import keys

pytestmark = pytest.mark.xdist_group("signed servers")

BODY = json.dumps(job_body()).encode()
USED = "X-PipAI-Used-Weight-1m"


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    ids=["sqlite", "postgresql"],
)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Signed, Signed]]:
    """Two servers, and one client that asks both with one key."""
    url = None if request.param == "sqlite" else shared_server().database()
    app = lend_demo(make_app(tmp_path_factory.mktemp("pair") / "home", database_url=url, signed_weight=1_000))
    with door(app) as one, door(replace(app)) as other:
        for us in (one, other):  # one after the other: the framework makes its routes at the first request, and in a
            us.client.get("/v1/nowhere")  # server of its own that is one thread's work; here there are two servers
        yield one, replace(other, key=one.key, secret=one.secret)
    app.records.close()


def rows(us: Signed) -> int:
    with us.app.records.writer.begin() as connection:
        return int(connection.execute(text("select count(*) from jobs")).scalar_one())


def fresh(pair: tuple[Signed, Signed]) -> tuple[Signed, Signed]:
    """Both with a key that has spent nothing."""
    new = pair[0].other()
    return new, replace(pair[1], key=new.key, secret=new.secret)


def test_weights_are_counted_together(pair: tuple[Signed, Signed]) -> None:
    one, other = fresh(pair)
    assert [us.get(JOBS).headers[USED] for us in (one, other, one)] == ["5", "10", "15"]


def test_weights_are_exact_when_many_ask_at_once(pair: tuple[Signed, Signed]) -> None:
    both = fresh(pair)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: both[number % 2].post(STRATEGIES, {}).status_code, range(40)))
        found += list(pool.map(lambda number: both[number % 2].post(JOBS, b"{}").status_code, range(60)))
    assert (found.count(400), found.count(429)) == (80, 20)


def test_looks_at_a_job_are_counted_together(pair: tuple[Signed, Signed]) -> None:
    one, other = fresh(pair)
    path = one.post(JOBS, BODY).headers["Location"]
    assert [us.get(path).status_code for us in (one, other, one)] == [200, 200, 200]
    refused(other.get(path), 429, "RATE_LIMITED")


def test_a_create_replayed_to_the_other_server_starts_nothing(pair: tuple[Signed, Signed]) -> None:
    one, other = fresh(pair)
    proof = one.signature("POST", JOBS, BODY)
    first = one.post(JOBS, BODY, signed=proof)
    before = rows(one)
    again = other.post(JOBS, BODY, signed=proof)
    assert (again.status_code, again.content, again.headers["Idempotent-Replay"]) == (200, first.content, "true")
    assert rows(one) == before


def test_equal_creates_to_both_servers_at_once_make_one_job(pair: tuple[Signed, Signed]) -> None:
    both = fresh(pair)
    before, proof = rows(both[0]), both[0].signature("POST", JOBS, BODY)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: both[number % 2].post(JOBS, BODY, signed=proof), range(20)))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.json()["id"] for answer in found}) == 1
    assert rows(both[0]) == before + 1


def test_a_revoked_key_is_revoked_everywhere_at_once(pair: tuple[Signed, Signed]) -> None:
    one, other = fresh(pair)
    assert other.get(JOBS).status_code == 200
    keys.revoke(one.app, LOCAL_ADMIN, one.key)
    for us in (one, other):
        refused(us.get(JOBS), 401, "INVALID_API_KEY")


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "'; drop table jobs; --", "😀"])
def test_odd_text_is_refused_or_taken_as_it_is(pair: tuple[Signed, Signed], name: str) -> None:
    us = pair[0]
    for path, body in (
        (JOBS, job_body(template_id=name)),
        (JOBS, job_body(strategy_id=name)),
        (JOBS, job_body(symbols=[name])),
        (JOBS, {**job_body(), name: 1}),
        (f"{JOBS}/bt_00000000/cancel", {"reason": name}),
        (STRATEGIES, {"name": name}),
    ):
        answer = us.post(path, body)
        assert answer.status_code in (400, 404), answer.text
    assert us.get(JOBS).status_code == 200


@dataclass(frozen=True)
class Machine:
    """A server in a process of its own, and a key."""

    port: int
    key: str
    secret: str

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send the bytes of a signed request; status and body. 0 where nobody answers."""
        now = str(int(datetime.now().timestamp() * 1000))
        signature = sign(self.secret, now, method, path, body or b"")
        headers = {KEY_HEADER: self.key, TIMESTAMP_HEADER: now, SIGNATURE_HEADER: signature}
        headers |= {"Content-Type": "application/json"} if body else {}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except urllib.error.URLError:
            return 0, b""

    def send(self, data: bytes) -> bytes:
        """The beginning of what comes back for these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            line.sendall(data)
            return line.recv(65_536)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The whole server as the command line starts it."""
    home, port = tmp_path_factory.mktemp("process") / "home", free_port()
    app = lend_demo(make_app(home))
    key, secret = keys.create(app, LOCAL_ADMIN)
    app.records.close()
    process = start_server(home, port)
    made = Machine(port, key.id, secret)
    try:
        wait_until(lambda: made.ask("GET", "/health")[0] == 200, 60)
        yield made
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_the_server_of_the_command_line_serves_it(machine: Machine) -> None:
    status, made = machine.ask("POST", JOBS, json.dumps(job_body()).encode())
    assert status == 200, made
    status, listed = machine.ask("GET", f"{JOBS}?limit=1&status=queued")
    assert (status, listed) == (200, b'{"data":[' + made + b'],"next_cursor":null}')
    assert machine.ask("GET", "/v1/%62acktest/jobs")[0] == 404


def test_a_large_body_is_answered_even_to_who_sends_all_of_it_first(machine: Machine) -> None:
    for size in (70_000, 10_000_000):
        status, told = machine.ask("POST", JOBS, b" " * size)
        assert (status, json.loads(told)["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    head = f"POST {JOBS} HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n"
    proof = "".join(f"{name}: x\r\n" for name in (KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER))
    assert machine.send(f"{head}{proof}\r\n".encode()).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET http://evil.example/v1/templates HTTP/1.1", b"200"), (b"GET /v1/backtest/jobs?a=\xff HTTP/1.1", b"400"),
        (b"GET /v1/backtest/\xff HTTP/1.1", b"400"), (b"GET /v1/backtest/jobs/../jobs HTTP/1.1", b"404"),
        (b"GET /v1/./backtest/jobs HTTP/1.1", b"404"), (b"GET /v1//backtest/jobs HTTP/1.1", b"404"),
        (b"BREW /v1/backtest/jobs HTTP/1.1", b"400"), (b"GET /v1/backtest/jobs%00 HTTP/1.1", b"404"),
        (b"GET /v1/backtest/jobs HTTP/1.1\r\nContent-Length: 5", b"401"),
    ],
)  # fmt: skip
def test_lines_that_are_hardly_http(machine: Machine, line: bytes, status: bytes) -> None:
    answer = machine.send(line + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] == status, answer[:200]


def test_the_client_of_the_package(machine: Machine) -> None:
    url = f"http://127.0.0.1:{machine.port}"
    client = SignedJobs(url, machine.key, machine.secret)
    job = client.create(**job_body(template_id="tpl_rsi", params={}))
    assert client.get(job["id"]) == job
    assert [row["id"] for row in client.all(template_id="tpl_rsi")] == [job["id"]]
    assert client.list(status="queued", limit=1)["data"] == [job]
    assert client.details(job["id"])["market"] == "demo"
    assert client.cancel(job["id"], "enough")["status"] == "cancelled"
    with pytest.raises(SignedError) as told:
        client.cancel(job["id"])
    assert (told.value.status, told.value.code) == (409, "INVALID_STATE")
    with pytest.raises(SignedError) as told:
        client.create(**job_body(capital="1"))
    assert [detail["field"] for detail in told.value.details] == ["capital"]
    with pytest.raises(SignedError) as told:
        SignedJobs(url, machine.key, "wrong").list()
    assert told.value.code == "INVALID_SIGNATURE"
    assert client.template("tpl_rsi")["id"] == "tpl_meanrev"
    assert client.exchange_info("BTCUSDT")["symbols"][0]["symbol"] == "BTCUSDT"
    assert len(client.klines("BTCUSDT", "1d", limit=3)) == 3
