"""The text that is signed and its signature: the published vectors, and what must not pass for them."""

from __future__ import annotations

import hmac
import random
import secrets
import statistics
import time

import pytest
from scipy.stats import rankdata

from quantgpt.foundations.signing import canonical, in_window, sign, sign_webhook, verify

SECRET = "demo-secret-7Qm2vXr9LtB4"
AT = "1777900000123"
JOBS = "/v1/backtest/jobs"
BODY = (
    b'{"template_id":"tpl_grid","params":{"grid_levels":10,"upper_price":"3600","lower_price":"2400"},'
    b'"symbols":["ETHUSDT"],"timeframe":"4h","start":"2024-02-01T00:00:00Z","end":"2024-05-31T23:59:59Z","capital":"5000.00"}'
)
SPACED = BODY.replace(b'":', b'": ').replace(b',"', b', "')

# (method, path, body, signature), computed with two other programs
VECTORS = {
    "create": ("POST", JOBS, BODY, "c8882cdfd9f0f158027a086200b5757e36ded7ead5c3256756af4194e1ec8402"),
    "spaced": ("POST", JOBS, SPACED, "57dcca6d017103f6d7a9ead55d44cdcf0a5ae9abe5987b67904094fc91cd2964"),
    "newline": ("POST", JOBS, BODY + b"\n", "dde91f92834024e3fe5fbcaedb2d87ba52fd477324d252726cfeb22cf7c00cb8"),
    "get": ("GET", f"{JOBS}/bt_7d40c2e1", b"", "292076929aaa8bc342b29581778a64e08bf816e615692a085d11409d3d6daf4f"),
    "list": ("GET", JOBS, b"", "b868ddc528ba8682e958608b6952e44cd7cae678496e12ab357b1e31d4d87d0b"),
    "query": (
        "GET", f"{JOBS}?status=running&limit=50", b"",
        "0924952943db993b79a14d23f9df0bc59eb2799ae1a46c3fa3d836e50b661d1a",
    ),
    "cancel": (
        "POST", f"{JOBS}/bt_7d40c2e1/cancel", b"",
        "66f89e047bb032aa39e9548ee38b2931eaa44eaae8338ca06d397da047cb3fcc",
    ),
    "reason": (
        "POST", f"{JOBS}/bt_7d40c2e1/cancel", b'{"reason":"wrong window"}',
        "c7dce2f33f1a46d7db1f3e6d3dd008b4b28e296ed9d106bea26b6fa3923c4d97",
    ),
}  # fmt: skip


def test_the_body_of_the_example_has_the_published_length() -> None:
    assert len(BODY) == 215


@pytest.mark.parametrize("name", VECTORS)
def test_published_signatures(name: str) -> None:
    method, path, body, signature = VECTORS[name]
    assert sign(SECRET, AT, method, path, body) == signature
    assert verify([SECRET], signature, AT, method, [path], body)
    assert verify([SECRET], signature.upper(), AT, method, [path], body)


@pytest.mark.parametrize("name", VECTORS)
def test_a_signature_passes_for_its_own_request_only(name: str) -> None:
    method, path, body, _ = VECTORS[name]
    others = [vector[3] for other, vector in VECTORS.items() if other != name]
    assert not any(verify([SECRET], signature, AT, method, [path], body) for signature in others)


def test_any_flipped_byte_is_noticed() -> None:
    method, path, body, signature = VECTORS["create"]
    text = canonical(AT, method, path, body)
    for at in range(len(text)):
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        stamp, rest = changed[:13], changed[13:]
        given = (stamp.decode(), rest[:4].decode(), [rest[4:21].decode()], rest[21:])
        assert not verify([SECRET], signature, *given)
    for at in range(64):
        digit = "0" if signature[at] != "0" else "1"
        assert not verify([SECRET], signature[:at] + digit + signature[at + 1 :], AT, method, [path], body)


@pytest.mark.parametrize("signature", ["", "0" * 64, "z" * 64, "c8882c", "签名" * 32, "\x00", "c8" * 1000])
def test_what_is_no_signature_does_not_pass(signature: str) -> None:
    assert not verify([SECRET], signature, AT, "POST", [JOBS], BODY)


def test_either_secret_of_a_rotation_passes_and_none_without_a_secret() -> None:
    signature = VECTORS["list"][3]
    assert verify(["new", SECRET], signature, AT, "GET", [JOBS])
    assert not verify(["new"], signature, AT, "GET", [JOBS])
    assert not verify([], signature, AT, "GET", [JOBS])
    assert not verify([], sign("nobody signs with this secret", AT, "GET", JOBS), AT, "GET", [JOBS])


def test_webhooks_are_signed_with_a_point() -> None:
    body = b'{"id":"evt_0a1b2c3d4e","type":"webhook.test","created_at":"2026-05-04T13:06:40.123Z","data":{}}'
    expected = "224f8c881ae8a4ec42335baeeded76c282fbdddd31043d526da421871b3cd5db"
    assert sign_webhook("demo-webhook-secret", AT, body) == expected


@pytest.mark.parametrize(
    ("timestamp", "fits"),
    [
        (1_000_000 - 300_000, True), (1_000_000 + 300_000, True), (1_000_000 - 300_001, False),
        (1_000_000 + 300_001, False), (1_000_000, True),
    ],
)  # fmt: skip
def test_the_window_is_five_minutes_to_the_millisecond(timestamp: int, fits: bool) -> None:
    assert in_window(str(timestamp), 1_000_000) is fits


@pytest.mark.parametrize(
    "text", ["", " 1000000", "+1000000", "-1", "1e6", "1000000.0", "１００００００", "0x1", "9" * 400, "²"]
)
def test_a_timestamp_is_plain_digits(text: str) -> None:
    assert not in_window(text, 1_000_000)


def timings(signature: str, others: list[str], rounds: int) -> list[list[float]]:
    """Nanoseconds of each check, signatures in random order. Shape: (signatures, rounds)."""
    given = [signature, *others]
    found: list[list[float]] = [[] for _ in given]
    draw = random.Random(7)
    for _ in range(rounds):
        for which in draw.sample(range(len(given)), len(given)):
            began = time.perf_counter_ns()
            verify([SECRET], given[which], AT, "GET", [JOBS])
            found[which].append(float(time.perf_counter_ns() - began))
    return found


def test_every_secret_is_compared_whole_whatever_came_out_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the time even; the time itself is measured with the full counts."""
    compared: list[tuple[bytes, bytes]] = []
    plain = hmac.compare_digest

    def noted(ours: bytes, given: bytes) -> bool:
        compared.append((ours, given))
        return plain(ours, given)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    right = VECTORS["list"][3]
    for given, held in ((right, [SECRET]), ("0" + right[1:], [SECRET]), (right[:-1] + "0", [SECRET]), (right, [])):
        compared.clear()
        assert verify([*held, "another"] if held else [], given, AT, "GET", [JOBS, f"{JOBS}?a=1"]) is (
            given == right and bool(held)
        )
        assert len(compared) == (4 if held else 2)
        assert all(len(ours) == 64 and theirs == given.encode() for ours, theirs in compared)


@pytest.mark.gate
def test_the_time_does_not_tell_how_much_of_a_signature_is_right() -> None:
    """10,000 checks each of a signature wrong in its first digit and of one wrong in its last."""
    right = VECTORS["list"][3]
    first, last = "0" + right[1:], right[:-1] + "0"
    assert right[0] != "0"
    assert right[-1] != "0"
    timings(first, [last], 500)
    at_first, at_last = timings(first, [last], 10_000)
    medians = statistics.median(at_first), statistics.median(at_last)
    assert abs(medians[0] - medians[1]) <= 0.02 * max(medians), medians
    # orders were drawn, so that without a difference the ranks of both are exchangeable
    ranks = rankdata(at_first + at_last)[:10_000].sum()
    spread = (10_000 * 10_000 * 20_001 / 12) ** 0.5
    assert abs(ranks - 10_000 * 20_001 / 2) <= 5 * spread


@pytest.mark.gate
def test_an_unknown_key_takes_as_long_as_a_known_one() -> None:
    signature = secrets.token_hex(32)
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(10_000):
        for held, found in (([SECRET], known), ([], unknown)):
            began = time.perf_counter_ns()
            verify(held, signature, AT, "GET", [JOBS])
            found.append(float(time.perf_counter_ns() - began))
    assert abs(statistics.median(known) - statistics.median(unknown)) <= 0.1 * statistics.median(known)
