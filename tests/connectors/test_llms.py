"""The client of OpenAI-compatible servers against a fake one that plays every fault."""

from __future__ import annotations

import logging
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests._models import FAULTS, KEY, fake_model, hasty, model_of, propose, say, status

from quantgpt.connectors.llms import open_model
from quantgpt.connectors.llms._bounded import _certificates
from quantgpt.foundations.chat import Message, ModelFault
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.settings import load_settings

ASKED = [Message("system", "answer in JSON"), Message("user", "动量")]
KINDS = {
    "time-out": "timeout",
    "reset": "server",
    "401": "unauthorized",
    "402": "unauthorized",
    "403": "unauthorized",
    "404": "refused",
    "429": "rate_limited",
    "429 with Retry-After": "rate_limited",
    "500": "server",
    "503": "server",
    "redirect": "malformed",
    "HTML": "malformed",
    "truncated JSON": "malformed",
    "cut off": "server",
    "wrong schema": "malformed",
    "a list": "malformed",
    "10 MB": "too_large",
    "1 byte/s": "timeout",
    "headers 1 byte/s": "timeout",
    "endless": "too_large",
    "deep JSON": "malformed",
    "compressed": "malformed",
    "non-UTF-8": "malformed",
    "empty choices": "empty",
    "empty content": "empty",
    "no content": "empty",
    "refusal field": "refused",
    "filtered": "refused",
}


def ask(model, **how):
    return model.ask(ASKED, **{"max_tokens": 1024, "temperature": 0.1, "seconds": 60.0, **how})


def test_a_right_answer_brings_its_text_and_its_price():
    with fake_model(say("rank(close)", prompt_tokens=120, completion_tokens=9)) as server:
        answer = ask(model_of(server))
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens, answer.finish, answer.requests) == (
        "rank(close)",
        120,
        9,
        "stop",
        1,
    )


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_has_its_kind_and_is_not_asked_again(name):
    with fake_model(FAULTS[name]()) as server, pytest.raises(ModelFault) as caught:
        ask(model_of(server, **hasty(name)))
    assert caught.value.kind == KINDS[name]
    assert len(server.requests) == caught.value.requests == 1
    assert KEY not in f"{caught.value!s}{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"


def test_every_fault_that_can_be_told_from_the_transport_is_in_the_table():
    assert set(FAULTS) - set(KINDS) == {"refusal", "refusal in English"}


def test_nobody_listening_is_a_fault_of_the_server():
    with fake_model(say("x")) as server:
        model = model_of(server)
    with pytest.raises(ModelFault) as caught:
        ask(model)
    assert caught.value.kind == "server"


@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, None), ({"retry_after": "7"}, 7.0), ({"retry_after": "soon"}, None),
                             ({"retry_after": "-3"}, 0.0), ({"retry_after": "nan"}, None),
                             ({"retry_after": "1e300"}, 86_400.0), ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0)]
)  # fmt: skip
def test_the_wish_to_be_left_alone_is_passed_on(headers, seconds):
    with fake_model(status(429, **headers)) as server, pytest.raises(ModelFault) as caught:
        ask(model_of(server))
    assert caught.value.retry_after == seconds


def test_the_request_is_bounded_json_for_the_current_model_with_thinking_off():
    with fake_model(say("x")) as server:
        ask(model_of(server), max_tokens=5)
    (request,) = server.requests
    assert request.line == "POST /v1/chat/completions HTTP/1.1"
    assert request.body["model"] == "deepseek-flash"
    assert request.body["thinking"] == {"type": "disabled"}
    assert request.body["response_format"] == {"type": "json_object"}
    assert request.body["max_tokens"] == 1024
    assert "tools" not in request.body
    assert "functions" not in request.body
    assert [m["role"] for m in request.body["messages"]] == ["system", "user"]


def test_no_header_goes_out_that_the_exchange_does_not_need(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    with fake_model(say("x")) as server:
        ask(model_of(server))
    assert set(server.requests[0].headers) == {
        "host", "authorization", "content-type", "content-length", "accept", "accept-encoding", "user-agent",
    }  # fmt: skip
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_json_answers_is_asked_plainly_and_stays_so():
    with fake_model(status(400), say("a"), say("b")) as server:
        model = model_of(server)
        first, second = ask(model), ask(model)
    assert (first.text, first.requests, second.text, second.requests) == ("a", 2, "b", 1)
    assert "response_format" in server.requests[0].body
    assert all(not {"response_format", "thinking"} & set(r.body) for r in server.requests[1:])


def test_a_server_that_took_json_answers_once_is_not_asked_plainly():
    with fake_model(say("a"), status(400)) as server:
        model = model_of(server)
        ask(model)
        with pytest.raises(ModelFault) as caught:
            ask(model)
    assert (caught.value.kind, len(server.requests)) == ("refused", 2)


def test_a_server_that_refuses_both_ways_was_asked_twice():
    with fake_model(status(400)) as server, pytest.raises(ModelFault) as caught:
        ask(model_of(server))
    assert (caught.value.kind, caught.value.requests, len(server.requests)) == ("refused", 2, 2)


def test_a_server_that_refuses_both_ways_may_still_know_json_answers():
    with fake_model(status(400), status(400), say("a")) as server:
        model = model_of(server)
        with pytest.raises(ModelFault):
            ask(model)
        assert ask(model).requests == 1
    assert "response_format" in server.requests[2].body


def test_a_reply_that_repeats_the_key_is_shown_without_it():
    with fake_model(say(f"the key is {KEY}")) as server:
        assert KEY not in ask(model_of(server)).text


@pytest.mark.parametrize("name", ["401", "500", "HTML", "reset", "right"])
def test_the_key_is_in_no_log_at_any_level(name, caplog):
    caplog.set_level(logging.DEBUG)
    with fake_model(propose("close") if name == "right" else FAULTS[name]()) as server:
        model = model_of(server)
        try:
            ask(model)
        except ModelFault:
            logging.getLogger("here").exception("it failed for %r", model)
    assert KEY not in caplog.text
    assert KEY not in repr(vars(model).get("_served"))


def test_usage_that_no_server_can_mean_is_bounded():
    with fake_model(say("x", prompt_tokens=-5, completion_tokens=10**12)) as server:
        answer = ask(model_of(server))
    assert (answer.prompt_tokens, answer.completion_tokens) == (0, 1_000_000)


def test_a_retired_name_is_mapped_and_said_once(caplog):
    from quantgpt.connectors.llms.openai_compatible import _say_once, served

    _say_once.cache_clear()
    names = [served(name).name for name in ("deepseek-chat", "deepseek-chat", "deepseek-reasoner", "qwen3:8b")]
    assert names == ["deepseek-flash", "deepseek-flash", "deepseek-flash", "qwen3:8b"]
    assert [r.getMessage().split(" is retired")[0] for r in caplog.records] == [
        "the model name deepseek-chat",
        "the model name deepseek-reasoner",
    ]


def test_a_name_of_somebody_else_is_sent_as_it_is():
    with fake_model(say("x")) as server:
        model = open_model(load_settings(**server.settings, deepseek_model="qwen3:8b"))
        assert model is not None
        assert ask(model).model == "qwen3:8b"
    assert "thinking" not in server.requests[0].body


def test_without_a_key_there_is_no_model():
    assert open_model(load_settings(deepseek_api_key=None)) is None


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("deepseek_base_url", "models.invalid/v1", "DEEPSEEK_BASE_URL"),
        ("deepseek_base_url", "ftp://a/b", "DEEPSEEK_BASE_URL"),
        ("deepseek_base_url", "http://[", "DEEPSEEK_BASE_URL"),
        ("deepseek_base_url", "http://a:99999999/", "DEEPSEEK_BASE_URL"),
        ("deepseek_api_key", "sk-密钥", "DEEPSEEK_API_KEY"),
        ("deepseek_api_key", "sk-a\r\nx-evil: 1", "DEEPSEEK_API_KEY"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_sent_is_named_without_its_value(field, value, word):
    body = {"deepseek_api_key": KEY, "deepseek_base_url": "http://127.0.0.1:1/v1"} | {field: value}
    with pytest.raises(BadRequest) as caught:
        open_model(load_settings(**body))
    assert word in str(caught.value)
    assert value not in str(caught.value)


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """A server's side of TLS with a certificate that nobody trusts, and the file by which one may."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    _certificates.cache_clear()
    yield context, path
    _certificates.cache_clear()


def test_an_encrypted_line_to_a_server_that_an_operator_trusts(tls, monkeypatch):
    context, path = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with fake_model(say("x"), tls=context) as server:
        assert ask(model_of(server)).text == "x"


def test_a_server_that_nobody_trusts_never_sees_the_key(tls):
    with fake_model(say("x"), tls=tls[0]) as server, pytest.raises(ModelFault) as caught:
        ask(model_of(server))
    assert (caught.value.kind, server.requests) == ("server", [])


def test_an_encrypted_line_is_given_up_in_time(tls, monkeypatch):
    context, path = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with fake_model(FAULTS["1 byte/s"](), tls=context) as server, pytest.raises(ModelFault) as caught:
        ask(model_of(server, read=0.3, total=0.5))
    assert caught.value.kind == "timeout"


def test_many_may_ask_at_once():
    with fake_model(by=lambda request: say(request.text)) as server:
        model = model_of(server)

        def one(number):
            asked = [Message("user", f"question {number}")]
            return model.ask(asked, max_tokens=1024, temperature=0.1, seconds=30.0).text

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(one, range(24))) == [f"question {number}" for number in range(24)]
    assert len(server.requests) == 24
