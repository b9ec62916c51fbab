"""Attacks on signed requests: each is refused with the code that is documented, costs nothing and leaves nothing behind."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text
from tests._rig import lend_demo, make_app
from tests.signed._door import JOBS, STRATEGIES, Signed, door, job_body, refused

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services.signed import keys

pytestmark = pytest.mark.xdist_group("attacks")

ID = "bt_7d40c2e1"
BODY = json.dumps(job_body()).encode()
MANY = 50


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Signed, Signed]]:
    """A server as it is, and one that wants the query signed; without workers."""
    plain = lend_demo(make_app(tmp_path_factory.mktemp("lax") / "home", signed_weight=1_000_000))
    strict = lend_demo(make_app(tmp_path_factory.mktemp("strict") / "home", signed_strict_query=True))
    with door(plain) as one, door(strict) as other:
        yield one, other
    for app in (plain, strict):
        app.records.close()


@dataclass(frozen=True)
class Attack:
    """What is sent, and how it is refused."""

    send: Callable[[Signed], httpx2.Response]
    status: int
    code: str


def spoiled(
    method: str, path: str, signed_as: tuple[str, str, bytes], body: bytes = b""
) -> Callable[[Signed], httpx2.Response]:
    """A request that carries the signature of another one."""
    return lambda us: us.send(method, path, body, signed=us.signature(*signed_as))


def without(name: str) -> Callable[[Signed], httpx2.Response]:
    """A good request without one of its headers."""

    def send(us: Signed) -> httpx2.Response:
        given = {key: value for key, value in us.signature("GET", JOBS).items() if key != name}
        return us.get(JOBS, signed=given)

    return send


def changed(name: str, value: str | bytes) -> Callable[[Signed], httpx2.Response]:
    """A good request with another value in one of its headers."""
    return lambda us: us.get(JOBS, signed={**us.signature("GET", JOBS), name: value})


def at(milliseconds: int) -> Callable[[Signed], httpx2.Response]:
    """A good request of another moment."""
    return lambda us: us.get(JOBS, signed=us.signature("GET", JOBS, at=str(int(us.now()) + milliseconds)))


def stamped(form: Callable[[str], str]) -> Callable[[Signed], httpx2.Response]:
    """A request with a timestamp in another form, signed as it is."""
    return lambda us: us.get(JOBS, signed=us.signature("GET", JOBS, at=form(us.now())))


def twice(name: str) -> Callable[[Signed], httpx2.Response]:
    """A good request with one of its headers twice."""

    def send(us: Signed) -> httpx2.Response:
        given = us.signature("GET", JOBS)
        return us.client.request("GET", JOBS, headers=[*given.items(), (name, given[name])])

    return send


def revoked(us: Signed) -> httpx2.Response:
    other = us.other()
    assert other.get(JOBS).status_code == 200
    keys.revoke(us.app, LOCAL_ADMIN, other.key)
    return other.get(JOBS)


def rotated_out(us: Signed) -> httpx2.Response:
    other = us.other()
    _, fresh = keys.rotate(us.app, LOCAL_ADMIN, other.key, grace_seconds=0)
    assert replace(other, secret=fresh).get(JOBS).status_code == 200
    return other.get(JOBS)


def of_another(us: Signed) -> httpx2.Response:
    """The key of one with the secret of another."""
    return replace(us, secret=us.other().secret).get(JOBS)


def chunks() -> Iterator[bytes]:
    for _ in range(160):
        yield b" " * 65_536


def large(us: Signed) -> httpx2.Response:
    """10 MB whose length is not announced."""
    proof = us.signature("POST", JOBS, b" " * 65_536 * 160)
    return us.client.request("POST", JOBS, content=chunks(), headers={**proof, "Content-Type": "application/json"})


def flipped(path: str, query: str, other: str) -> Callable[[Signed], httpx2.Response]:
    """Signed with one query, sent with another."""
    return spoiled("GET", f"{path}?{other}", ("GET", f"{path}?{query}", b""))


BAD_SIGNATURE = (401, "INVALID_SIGNATURE")
BAD_TIME = (401, "INVALID_TIMESTAMP")
BAD_KEY = (401, "INVALID_API_KEY")
MISSING = (401, "MISSING_CREDENTIALS")
NOWHERE = (404, "NOT_FOUND")

ATTACKS: dict[str, Attack] = {
    "read sent as create": Attack(spoiled("POST", JOBS, ("GET", JOBS, b"")), *BAD_SIGNATURE),
    "create sent as read": Attack(spoiled("GET", JOBS, ("POST", JOBS, BODY), BODY), *BAD_SIGNATURE),
    "method in lower case": Attack(spoiled("GET", JOBS, ("get", JOBS, b"")), *BAD_SIGNATURE),
    "delete sent as change": Attack(
        spoiled("PATCH", f"{STRATEGIES}/strat_1", ("DELETE", f"{STRATEGIES}/strat_1", b"")), *BAD_SIGNATURE
    ),
    "one digit of the id": Attack(spoiled("GET", f"{JOBS}/bt_7d40c2e0", ("GET", f"{JOBS}/{ID}", b"")), *BAD_SIGNATURE),
    "read sent to cancel": Attack(spoiled("POST", f"{JOBS}/{ID}/cancel", ("POST", f"{JOBS}/{ID}", b"")), *BAD_SIGNATURE),
    "signed with the host": Attack(spoiled("GET", JOBS, ("GET", f"http://127.0.0.1:8003{JOBS}", b"")), *BAD_SIGNATURE),
    "signed without the prefix": Attack(spoiled("GET", JOBS, ("GET", JOBS.removeprefix("/v1"), b"")), *BAD_SIGNATURE),
    "encoded path, signed as sent": Attack(lambda us: us.get(f"{JOBS}/bt%5f7d40c2e1"), *NOWHERE),
    "encoded path, signed as meant": Attack(spoiled("GET", f"{JOBS}/bt%5f7d40c2e1", ("GET", f"{JOBS}/{ID}", b"")), *NOWHERE),
    "encoded prefix": Attack(lambda us: us.get(JOBS.replace("/v1", "/%76%31")), *NOWHERE),
    "encoded slash": Attack(lambda us: us.get(f"/v1/backtest%2fjobs/{ID}"), *NOWHERE),
    "two slashes": Attack(lambda us: us.get(f"/v1/backtest//jobs/{ID}"), *NOWHERE),
    "path in upper case": Attack(lambda us: us.get(JOBS.upper().replace("/V1", "/v1")), *NOWHERE),
    "slash at the end": Attack(lambda us: us.get(f"{JOBS}/"), *NOWHERE),
    "path parameter": Attack(lambda us: us.get(f"{JOBS};a=1"), *NOWHERE),
    "query left out": Attack(spoiled("GET", JOBS, ("GET", f"{JOBS}?status=done", b"")), *BAD_SIGNATURE),
    "query of a write, not signed": Attack(
        spoiled("POST", f"{JOBS}/{ID}/cancel?a=1", ("POST", f"{JOBS}/{ID}/cancel", b"")), *BAD_SIGNATURE
    ),
    "the same name twice": Attack(lambda us: us.get(f"{JOBS}?limit=1&limit=2"), 400, "INVALID_PARAMETER"),
    "one byte of the body": Attack(spoiled("POST", JOBS, ("POST", JOBS, BODY), BODY.replace(b"10000", b"10001")), *BAD_SIGNATURE),
    "body written anew": Attack(
        spoiled("POST", JOBS, ("POST", JOBS, BODY), json.dumps(job_body(), separators=(",", ":")).encode()), *BAD_SIGNATURE
    ),
    "newline after the body": Attack(spoiled("POST", JOBS, ("POST", JOBS, BODY), BODY + b"\n"), *BAD_SIGNATURE),
    "body left out": Attack(spoiled("POST", JOBS, ("POST", JOBS, BODY)), *BAD_SIGNATURE),
    "body added": Attack(
        spoiled("POST", f"{JOBS}/{ID}/cancel", ("POST", f"{JOBS}/{ID}/cancel", b""), b'{"reason":"x"}'), *BAD_SIGNATURE
    ),
    "end of the path moved into the body": Attack(
        spoiled("GET", JOBS, ("GET", f"{JOBS}/{ID}", b""), f"/{ID}".encode()), 400, "INVALID_PARAMETER"
    ),
    "end of a cancel moved into the body": Attack(
        spoiled("POST", JOBS, ("POST", f"{JOBS}/{ID}/cancel", b""), f"/{ID}/cancel".encode()), 400, "INVALID_PARAMETER"
    ),
    "10 MB announced": Attack(lambda us: us.post(JOBS, b" " * 10_000_000), 413, "PAYLOAD_TOO_LARGE"),
    "10 MB not announced": Attack(large, 413, "PAYLOAD_TOO_LARGE"),
    "one byte too many": Attack(lambda us: us.post(JOBS, b" " * 65_537), 413, "PAYLOAD_TOO_LARGE"),
    "301 s old": Attack(at(-301_000), *BAD_TIME),
    "301 s ahead": Attack(at(301_000), *BAD_TIME),
    "in seconds": Attack(stamped(lambda now: now[:-3]), *BAD_TIME),
    "with a sign": Attack(stamped(lambda now: f"+{now}"), *BAD_TIME),
    "with a point": Attack(stamped(lambda now: f"{now}.0"), *BAD_TIME),
    "with a zero in front": Attack(
        lambda us: us.get(JOBS, signed={**us.signature("GET", JOBS, at=(now := us.now())), TIMESTAMP_HEADER: f"0{now}"}),
        *BAD_SIGNATURE,
    ),
    "one millisecond off": Attack(
        lambda us: us.get(
            JOBS, signed={**us.signature("GET", JOBS, at=(now := us.now())), TIMESTAMP_HEADER: str(int(now) + 1)}
        ),
        *BAD_SIGNATURE,
    ),
    "no key": Attack(without(KEY_HEADER), *MISSING),
    "no timestamp": Attack(without(TIMESTAMP_HEADER), *MISSING),
    "no signature": Attack(without(SIGNATURE_HEADER), *MISSING),
    "empty key": Attack(changed(KEY_HEADER, ""), *MISSING),
    "empty signature": Attack(changed(SIGNATURE_HEADER, ""), *MISSING),
    "credentials in the query": Attack(
        lambda us: us.without_credentials("GET", f"{JOBS}?api_key={us.key}&timestamp=1&signature={'0' * 64}"), *MISSING
    ),
    "two keys": Attack(twice(KEY_HEADER), *BAD_KEY),
    "two timestamps": Attack(twice(TIMESTAMP_HEADER), *BAD_TIME),
    "two signatures": Attack(twice(SIGNATURE_HEADER), *BAD_SIGNATURE),
    "signature cut short": Attack(lambda us: us.get(JOBS, signed={
        **(given := us.signature("GET", JOBS)), SIGNATURE_HEADER: given[SIGNATURE_HEADER][:63]
    }), *BAD_SIGNATURE),
    "signature of zeros": Attack(changed(SIGNATURE_HEADER, "0" * 64), *BAD_SIGNATURE),
    "signature that is no text": Attack(changed(SIGNATURE_HEADER, b"\xff" * 64), *BAD_SIGNATURE),
    "unknown key": Attack(lambda us: replace(us, key=f"pk_{secrets.token_hex(10)}").get(JOBS), *BAD_KEY),
    "key in upper case": Attack(lambda us: replace(us, key=us.key.upper()).get(JOBS), *BAD_KEY),
    "key with a quote": Attack(lambda us: replace(us, key="pk_' OR 1=1 --").get(JOBS), *BAD_KEY),
    "key without end": Attack(lambda us: replace(us, key="pk_" + "a" * 30_000).get(JOBS), *BAD_KEY),
    "empty secret": Attack(lambda us: replace(us, secret="").get(JOBS), *BAD_SIGNATURE),
    "the key as the secret": Attack(lambda us: replace(us, secret=us.key).get(JOBS), *BAD_SIGNATURE),
    "revoked key": Attack(revoked, *BAD_KEY),
    "secret that was replaced": Attack(rotated_out, *BAD_SIGNATURE),
    "secret of another key": Attack(of_another, *BAD_SIGNATURE),
    "scope that the key has not": Attack(
        lambda us: us.other(scopes=["backtest:read"]).post(JOBS, BODY), 403, "INSUFFICIENT_PERMISSION"
    ),
    "foreign kind of body": Attack(
        lambda us: us.post(JOBS, BODY, headers={"Content-Type": "text/plain"}), 415, "UNSUPPORTED_MEDIA_TYPE"
    ),
    "method that is not there": Attack(lambda us: us.send("DELETE", f"{JOBS}/{ID}"), 405, "METHOD_NOT_ALLOWED"),
}  # fmt: skip

# these need a server that wants the query signed; elsewhere a query that only looks may be left out of the signature
STRICT: dict[str, Attack] = {
    "order of the query": Attack(flipped(JOBS, "status=done&limit=5", "limit=5&status=done"), *BAD_SIGNATURE),
    "value of the query": Attack(flipped(JOBS, "limit=5", "limit=6"), *BAD_SIGNATURE),
    "query added": Attack(spoiled("GET", f"{JOBS}?limit=5", ("GET", JOBS, b"")), *BAD_SIGNATURE),
    "query written otherwise": Attack(flipped(JOBS, "status=done", "status=%64one"), *BAD_SIGNATURE),
    "name added to the query": Attack(flipped(JOBS, "limit=5", "limit=5&status=done"), *BAD_SIGNATURE),
}


def rows(us: Signed) -> int:
    with us.app.records.writer.begin() as connection:
        return int(connection.execute(text("select count(*) from jobs")).scalar_one())


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused(homes: tuple[Signed, Signed], name: str) -> None:
    us, attack = homes[0], ATTACKS[name]
    before = rows(us)
    answer = attack.send(us)
    refused(answer, attack.status, attack.code)
    assert rows(us) == before
    assert ("X-PipAI-Used-Weight-1m" in answer.headers) == (attack.status not in (401, 404, 405, 413))


def test_what_is_not_signed_well_costs_the_key_nothing(homes: tuple[Signed, Signed]) -> None:
    other = homes[0].other()
    for attack in ATTACKS.values():
        if attack.status == 401 and attack.send not in (revoked, rotated_out, of_another):
            refused(attack.send(other), attack.status, attack.code)
    assert other.get(JOBS).headers["X-PipAI-Used-Weight-1m"] == "5"


@pytest.mark.parametrize("name", STRICT)
def test_attacks_on_the_query_are_refused_where_it_is_signed(homes: tuple[Signed, Signed], name: str) -> None:
    refused(STRICT[name].send(homes[1]), STRICT[name].status, STRICT[name].code)


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) + len(STRICT) >= 40


def test_a_query_may_be_signed_or_left_out_and_signed_only_where_that_is_asked_for(
    homes: tuple[Signed, Signed],
) -> None:
    lax, strict = homes
    path = f"{JOBS}?limit=5&status=done"
    for us in homes:
        assert us.get(path).status_code == 200
    assert lax.get(path, signed=lax.signature("GET", JOBS)).status_code == 200
    refused(strict.get(path, signed=strict.signature("GET", JOBS)), 401, "INVALID_SIGNATURE")


@pytest.mark.parametrize(("seconds", "fits"), [(-299, True), (299, True), (-301, False), (301, False)])
def test_the_clock_may_be_five_minutes_off(homes: tuple[Signed, Signed], seconds: int, fits: bool) -> None:
    answer = at(seconds * 1000)(homes[0])
    assert answer.status_code == 200 if fits else refused(answer, 401, "INVALID_TIMESTAMP")


def test_the_secret_before_counts_as_long_as_it_was_said(homes: tuple[Signed, Signed]) -> None:
    other = homes[0].other()
    _, fresh = keys.rotate(homes[0].app, LOCAL_ADMIN, other.key, grace_seconds=60)
    assert other.get(JOBS).status_code == 200
    assert replace(other, secret=fresh).get(JOBS).status_code == 200


def test_a_foreign_job_is_one_that_is_not_there(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    mine = us.post(JOBS, BODY).json()["id"]
    stranger = us.other(us.app.records.accounts.ensure(f"{secrets.token_hex(4)}@example.com").id)
    for send in (
        lambda one: stranger.get(f"{JOBS}/{one}"),
        lambda one: stranger.get(f"{JOBS}/{one}/details"),
        lambda one: stranger.post(f"{JOBS}/{one}/cancel"),
    ):
        theirs, nobodys = (refused(send(one), 404, "NOT_FOUND") for one in (mine, "bt_00000000"))
        assert theirs["message"].replace(mine, "") == nobodys["message"].replace("bt_00000000", "")
    assert stranger.get(JOBS).json()["data"] == []
    assert us.get(f"{JOBS}/{mine}").json()["status"] == "queued"


# -- replays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 299])
def test_a_replayed_create_is_answered_as_before_and_starts_nothing(homes: tuple[Signed, Signed], seconds: int) -> None:
    us = homes[0]
    proof = us.signature("POST", JOBS, BODY)
    first = us.post(JOBS, BODY, signed=proof)
    before = rows(us)
    try:
        us.clock.ahead = timedelta(seconds=seconds)
        again = us.post(JOBS, BODY, signed=proof)
        shouted = us.post(JOBS, BODY, signed={**proof, SIGNATURE_HEADER: proof[SIGNATURE_HEADER].upper()})
        renamed = us.post(JOBS, BODY, signed=proof, headers={"Idempotency-Key": "another"})
        us.clock.ahead = timedelta(seconds=301)
        refused(us.post(JOBS, BODY, signed=proof), 401, "INVALID_TIMESTAMP")
    finally:
        us.clock.ahead = timedelta(0)
    for answer in (again, shouted, renamed):
        assert (answer.status_code, answer.content) == (200, first.content)
        assert answer.headers["Idempotent-Replay"] == "true"
        assert answer.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replay" not in first.headers
    assert rows(us) == before


def test_a_replayed_refusal_stays_a_refusal(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    body = json.dumps(job_body(capital="1")).encode()
    proof = us.signature("POST", JOBS, body)
    first, again = (us.post(JOBS, body, signed=proof) for _ in range(2))
    assert first.status_code == again.status_code == 400
    assert again.content == first.content
    assert again.headers["Idempotent-Replay"] == "true"


def test_a_replayed_cancel_and_delete_are_answered_as_before(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    path = f"{JOBS}/{us.post(JOBS, BODY).json()['id']}/cancel"
    proof = us.signature("POST", path)
    first, again = (us.post(path, signed=proof) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    refused(us.post(path), 409, "INVALID_STATE")


def test_fifty_equal_creates_at_once_make_one_job(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    before = rows(us)
    proof = us.signature("POST", JOBS, BODY)
    with ThreadPoolExecutor(MANY) as pool:
        found = list(pool.map(lambda _: us.post(JOBS, BODY, signed=proof), range(MANY)))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.content for answer in found}) == 1
    assert [answer.headers.get("Idempotent-Replay") for answer in found].count(None) == 1
    assert rows(us) == before + 1


def test_fifty_creates_with_one_idempotency_key_at_once_make_one_job(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    before = rows(us)
    named = {"Idempotency-Key": secrets.token_hex(8)}
    proofs = [us.signature("POST", JOBS, BODY, at=str(int(us.now()) - number)) for number in range(MANY)]
    with ThreadPoolExecutor(MANY) as pool:
        found = list(pool.map(lambda proof: us.post(JOBS, BODY, signed=proof, headers=named), proofs))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.content for answer in found}) == 1
    assert [answer.headers.get("Idempotent-Replay") for answer in found].count(None) == 1
    assert rows(us) == before + 1


def test_reads_may_be_sent_again(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    proof = us.signature("GET", JOBS)
    assert [us.get(JOBS, signed=proof).status_code for _ in range(3)] == [200, 200, 200]


def test_refusals_do_not_say_whether_the_key_or_the_secret_is_wrong_beyond_their_code(
    homes: tuple[Signed, Signed],
) -> None:
    us = homes[0]
    for answer in (ATTACKS["unknown key"].send(us), ATTACKS["secret of another key"].send(us)):
        assert us.key not in answer.text
        assert "X-PipAI-Used-Weight-1m" not in answer.headers
        assert "secret" not in answer.text


def test_an_address_may_fail_so_often_and_signs_well_all_the_same(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    app = replace(us.app)
    from starlette.testclient import TestClient

    from quantgpt.faces.signed.app import SignedFace

    with TestClient(create_api(app, [lambda *_: SignedFace(app)]), base_url="http://127.0.0.1:8003") as client:
        fresh = replace(us, client=client)
        codes = [client.get(JOBS).status_code for _ in range(1_001)]
        assert (codes.count(401), codes.count(429)) == (1_000, 1)
        late = client.get(JOBS)
        refused(late, 429, "RATE_LIMITED")
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert fresh.get(JOBS).status_code == 200


def test_signing_by_hand_is_what_the_client_does(homes: tuple[Signed, Signed]) -> None:
    us = homes[0]
    now = us.now()
    proof = {
        KEY_HEADER.lower(): us.key,
        TIMESTAMP_HEADER.upper(): now,
        SIGNATURE_HEADER: sign(us.secret, now, "GET", JOBS),
    }
    assert us.get(JOBS, signed=proof).status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(
    homes: tuple[Signed, Signed], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from quantgpt.faces.signed import app as face

    us, sent = homes[0], []
    monkeypatch.setattr(face, "BODY_SECONDS", 0.05)
    headers = [(name.lower().encode(), str(value).encode()) for name, value in us.signature("POST", JOBS, BODY).items()]
    scope = {
        "type": "http", "method": "POST", "path": JOBS, "raw_path": JOBS.encode(), "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8003), "scheme": "http", "root_path": "",
    }  # fmt: skip

    async def never() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    async def gather(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(face.SignedFace(us.app)(scope, never, gather))  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["error"]["code"] == "INVALID_PARAMETER"
