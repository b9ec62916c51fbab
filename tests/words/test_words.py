"""From words to an expression, with a model that plays every part."""

from __future__ import annotations

import logging

import pytest
from tests._models import FAULTS, KEY, SLOW, fake_model, hasty, propose, say, status
from tests.words._heard import Heard, app_with

from quantgpt.expr import operator_catalogue
from quantgpt.foundations.errors import BadExpression, BadRequest, RateLimited, Unavailable
from quantgpt.research.prompts import EXAMPLES
from quantgpt.services.words import is_wording, worded

WORDS = "过去一个月波动率最低的股票"
RIGHT = "-1 * ts_std(returns, 20)"
ENDS = {
    "time-out": ("超时", 3),
    "reset": ("服务端错误", 3),
    "401": ("密钥无效或账户不可用", 1),
    "402": ("密钥无效或账户不可用", 1),
    "403": ("密钥无效或账户不可用", 1),
    "404": ("请求被拒绝", 1),
    "429": ("请求过于频繁", 3),
    "429 with Retry-After": ("请求过于频繁", 3),
    "500": ("服务端错误", 3),
    "503": ("服务端错误", 3),
    "redirect": ("返回内容无法解析", 3),
    "HTML": ("返回内容无法解析", 3),
    "truncated JSON": ("返回内容无法解析", 3),
    "cut off": ("服务端错误", 3),
    "wrong schema": ("返回内容无法解析", 3),
    "a list": ("返回内容无法解析", 3),
    "10 MB": ("返回内容过大", 3),
    "1 byte/s": ("超时", 3),
    "headers 1 byte/s": ("超时", 3),
    "endless": ("返回内容过大", 3),
    "deep JSON": ("返回内容无法解析", 3),
    "compressed": ("返回内容无法解析", 3),
    "non-UTF-8": ("返回内容无法解析", 3),
    "empty choices": ("返回内容为空", 3),
    "empty content": ("返回内容为空", 3),
    "no content": ("返回内容为空", 3),
}
DECLINED = ("refusal", "refusal in English", "refusal field", "filtered")


@pytest.fixture
def heard() -> Heard:
    return Heard()


def ask(app, heard, text=WORDS, **briefing):
    return worded(app, text, app.markets.open(), heard, briefing)


def test_the_tables_cover_every_fault():
    assert set(ENDS) | set(DECLINED) == set(FAULTS)


def test_words_become_an_expression(tmp_path, monkeypatch, heard):
    with fake_model(propose(RIGHT, "低波动", -1, 20)) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard)
    assert made.expression_text == RIGHT
    assert made.expression.fields == {"returns"}
    (receipt,) = heard.calls
    assert made.llm == {
        "prompt": WORDS,
        "generated_expression": RIGHT,
        "engine": "llm",
        "model": "deepseek-flash",
        "used_llm": True,
        "attempts": 1,
        "tokens": 18,
        "hypothesis": "低波动",
        "direction": -1,
        "horizon": 20,
        "prompt_hash": receipt["prompt_hash"],
        "answer_hash": receipt["answer_hash"],
    }
    assert heard.expressions == [RIGHT]
    assert {k: receipt[k] for k in ("model", "purpose", "ok", "fault", "prompt_tokens", "completion_tokens")} == {
        "model": "deepseek-flash",
        "purpose": "wording",
        "ok": True,
        "fault": None,
        "prompt_tokens": 11,
        "completion_tokens": 7,
    }


def test_an_expression_is_taken_as_it_is(tmp_path, monkeypatch, heard):
    with fake_model(propose("close")) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard, "rank( close )")
    assert (made.expression_text, made.llm["engine"], made.llm["used_llm"]) == ("rank( close )", "expression", False)
    assert server.requests == []
    assert heard.expressions == ["rank( close )"]


def test_full_width_characters_need_no_model(tmp_path, monkeypatch, heard):
    with fake_model(propose("close")) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard, "rank（close／open）")
    assert (made.expression_text, made.llm["prompt"]) == ("rank(close/open)", "rank（close／open）")
    assert (made.llm["engine"], server.requests) == ("expression", [])


@pytest.mark.parametrize("text", sorted({*EXAMPLES.values(), *(row["example"] for row in operator_catalogue())}))
def test_no_expression_is_taken_for_words(text):
    assert not is_wording(text)


def test_a_slip_in_an_expression_is_no_matter_for_a_model(tmp_path, monkeypatch, heard):
    with fake_model(propose("close")) as server, pytest.raises(BadExpression):
        ask(app_with(server, tmp_path, monkeypatch), heard, "rank(clos)")
    assert server.requests == []


def test_a_wrong_expression_is_corrected_with_place_reason_and_nearest_name(tmp_path, monkeypatch, heard):
    with fake_model(propose("rank(clos)"), propose("ts_mean(close, 0)"), propose(RIGHT)) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard)
    assert made.expression_text == RIGHT
    assert (made.llm["attempts"], made.llm["tokens"]) == (3, 54)
    assert heard.expressions == ["rank(clos)", "ts_mean(close, 0)", RIGHT]
    first, second = (request.body["messages"] for request in server.requests[1:])
    assert '"column": 6' in first[-1]["content"]
    assert '"nearest": "close"' in first[-1]["content"]
    assert "Unknown column or variable: 'clos'" in first[-1]["content"]
    assert second[-2]["content"] == '{"expression": "ts_mean(close, 0)"}'
    assert len(second) == 4


def test_an_expression_that_stays_wrong_ends_after_four_calls(tmp_path, monkeypatch, heard):
    with fake_model(propose("rank(clos)")) as server, pytest.raises(BadExpression) as caught:
        ask(app_with(server, tmp_path, monkeypatch), heard)
    assert "Unknown column or variable: 'clos'" in caught.value.message
    assert len(server.requests) == len(heard.calls) == 4
    assert heard.expressions == ["rank(clos)"] * 4


@pytest.mark.parametrize("name", ENDS)
def test_a_model_that_fails_ends_with_the_reason(name, tmp_path, monkeypatch, heard, caplog):
    caplog.set_level(logging.DEBUG)
    with fake_model(FAULTS[name]()) as server, pytest.raises(Unavailable) as caught:
        ask(app_with(server, tmp_path, monkeypatch, **hasty(name)), heard)
    word, calls = ENDS[name]
    assert caught.value.message == f"大模型服务暂不可用：{word}"
    assert "因子表达式" in caught.value.hint
    assert len(server.requests) == len(heard.calls) == calls
    assert all(not row["ok"] and row["fault"] for row in heard.calls)
    assert heard.expressions == []
    assert KEY not in caplog.text + str(caught.value) + repr(heard.notes)


@pytest.mark.parametrize("name", sorted(name for name, (_, calls) in ENDS.items() if calls == 3))
def test_a_fault_that_passes_costs_a_call_and_nothing_else(name, tmp_path, monkeypatch, heard):
    with fake_model(FAULTS[name](), propose(RIGHT)) as server:
        made = ask(app_with(server, tmp_path, monkeypatch, **hasty(name, 1.0)), heard)
    assert (made.expression_text, made.llm["attempts"], len(server.requests)) == (RIGHT, 2, 2)
    assert [row["ok"] for row in heard.calls] == [False, True]


@pytest.mark.parametrize("name", sorted(set(ENDS) - SLOW))
def test_a_fault_during_a_repair_leaves_no_half_factor(name, tmp_path, monkeypatch, heard):
    with fake_model(propose("rank(clos)"), FAULTS[name]()) as server, pytest.raises(Unavailable) as caught:
        ask(app_with(server, tmp_path, monkeypatch), heard)
    assert caught.value.message.startswith("大模型服务暂不可用：")
    assert len(server.requests) == len(heard.calls) <= 4
    assert heard.expressions == ["rank(clos)"]


@pytest.mark.parametrize("name", DECLINED)
def test_a_model_that_declines_is_not_pressed(name, tmp_path, monkeypatch, heard):
    with fake_model(FAULTS[name]()) as server, pytest.raises(BadRequest) as caught:
        ask(app_with(server, tmp_path, monkeypatch), heard)
    assert caught.value.message.startswith("大模型没有给出因子：")
    assert (len(server.requests), heard.expressions) == (1, [])


def test_the_model_may_say_why_there_is_no_factor(tmp_path, monkeypatch, heard):
    with fake_model(say('{"expression": null, "reason": "没有\\u202e这样的数据"}')) as server:
        app = app_with(server, tmp_path, monkeypatch)
        with pytest.raises(BadRequest, match="大模型没有给出因子：没有这样的数据"):
            ask(app, heard)


@pytest.mark.parametrize("said", ['{"expression": "rank(cl', "[1, 2", "x" * 70_000])
def test_an_answer_that_cannot_be_read_is_asked_for_again(said, tmp_path, monkeypatch, heard):
    with fake_model(say(said), propose(RIGHT)) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard)
    assert (made.expression_text, len(server.requests)) == (RIGHT, 2)


def test_answers_that_stay_unreadable_end_after_three_calls(tmp_path, monkeypatch, heard):
    with fake_model(say('{"expression": "rank(cl')) as server, pytest.raises(Unavailable, match="返回内容无法解析"):
        ask(app_with(server, tmp_path, monkeypatch), heard)
    assert len(server.requests) == 3


def test_a_server_without_json_answers_costs_one_of_the_four_calls(tmp_path, monkeypatch, heard):
    with fake_model(status(400), propose("rank(clos)")) as server, pytest.raises(BadExpression):
        ask(app_with(server, tmp_path, monkeypatch), heard)
    assert len(server.requests) == len(heard.calls) == 4


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "Sure!\n{}", "<think>maybe rank(open)</think>{}"])
def test_a_wrapped_answer_is_unwrapped(fence, tmp_path, monkeypatch, heard):
    body = '{"expression": "rank(close)", "direction": "-1"}'
    with fake_model(say(fence.replace("{}", body))) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard)
    assert (made.expression_text, made.llm["direction"]) == ("rank(close)", -1)


def test_a_plain_line_will_do(tmp_path, monkeypatch, heard):
    with fake_model(say("Here it is:\n\n`rank(close / open)`")) as server:
        made = ask(app_with(server, tmp_path, monkeypatch), heard)
    assert (made.expression_text, made.llm["hypothesis"]) == ("rank(close / open)", "")


def test_a_user_without_calls_is_told_before_any_call(tmp_path, monkeypatch, heard):
    with fake_model(propose(RIGHT)) as server, pytest.raises(RateLimited, match="今日的大模型调用次数已用完"):
        ask(app_with(server, tmp_path, monkeypatch), heard, model_calls_left=0)
    assert server.requests == []


def test_the_last_calls_of_the_day_bound_the_repairs(tmp_path, monkeypatch, heard):
    with fake_model(propose("rank(clos)")) as server, pytest.raises(BadExpression):
        ask(app_with(server, tmp_path, monkeypatch), heard, model_calls_left=2)
    assert len(server.requests) == 2


def test_a_field_that_the_market_lacks_is_neither_offered_nor_accepted(tmp_path, monkeypatch, heard):
    with fake_model(propose("rank(pe_ttm)")) as server:
        app = app_with(server, tmp_path, monkeypatch)
        if "pe_ttm" in app.markets.open().expression_fields():
            pytest.fail("the demo market has grown price-earnings ratios; choose another field")
        with pytest.raises(BadExpression):
            ask(app, heard)
    assert "pe_ttm" not in server.requests[0].body["messages"][0]["content"]
