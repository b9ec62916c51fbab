"""Every bad input gets 400 (or its own code), one line in Chinese, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.errors import STATUS
from quantgpt.foundations.errors import Kind
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
GOOD = {"prompt": "rank(close/ts_mean(close, 20))"}
BASE = "http://127.0.0.1:8003"


def post(client: TestClient, **more: Any) -> Any:
    return client.post(f"{API}/auto_backtest", json={**GOOD, **more})


def test_every_kind_of_error_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("rank(clos)", "Unknown column or variable: 'clos'"),
        ("rnk(close)", "Unknown function: rnk"),
        ("ts_mean(close)", "ts_mean"),
        ("ts_mean(close, 0)", "ts_mean"),
        ("ts_mean(close, 10000)", "ts_mean"),
        ("rank((close)", ""),
        ("rank(close))", ""),
        ("__import__('os')", ""),
        ("__import__('os').system('id')", ""),
        ("close.__class__", ""),
        ("9**9**9", ""),
        ("(" * 1000 + "close" + ")" * 1000, ""),
        ("close+" * 900 + "close", ""),
        ("-" * 1000 + "close", ""),
        ("1 + 2", ""),
        ("closе / open", ""),
    ],
)
def test_a_bad_expression_is_refused_with_its_place(client: TestClient, prompt: str, words: str) -> None:
    answer = post(client, prompt=prompt)
    body = answer.json()
    assert answer.status_code == 400
    assert body["detail"].startswith("因子表达式无效: ")
    assert words in body["detail"]
    assert "\n" not in body["detail"]
    assert (body["line"], body["field"]) == (1, "expression")
    assert body["column"] >= 1


def test_a_near_miss_names_the_nearest(client: TestClient) -> None:
    assert post(client, prompt="rank(clos)").json()["nearest"] == "close"


@pytest.mark.parametrize(
    "prompt", ["帮我测试一个20日动量因子", "momentum of the last twenty days", "test rank(收盘价)"]
)
def test_words_are_taken_and_have_no_expression_yet(client: TestClient, prompt: str) -> None:
    answer = post(client, prompt=prompt)
    assert answer.status_code == 202
    task = client.get(f"{API}/tasks/{answer.json()['task_id']}").json()
    assert (task["params"]["prompt"], task["expression"]) == (prompt, None)


def test_long_words_are_told_their_limit(client: TestClient) -> None:
    assert post(client, prompt="动量" * 300).json()["detail"] == "prompt 不能超过 500 个字符"


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_an_empty_prompt_is_refused(client: TestClient, prompt: str) -> None:
    assert post(client, prompt=prompt).json()["detail"] == "prompt 不能为空"


@pytest.mark.parametrize(
    ("field", "value", "nearest"),
    [
        ("universe", "hs30", "hs300"),
        ("universe", "nasdaq", None),
        ("benchmark", "sz500", "sz50"),
        ("n_groups", 1, 2),
        ("n_groups", 21, 20),
        ("holding_period", 0, 1),
        ("holding_period", 61, 60),
        ("start_date", "2026-06-01", "2024-12-30"),
        ("end_date", "2022-01-01", None),
        ("start_date", "1990-01-01", None),
        ("start_date", "2023-02-30", "2023-02-28"),
        ("start_date", "2023-1-1", "2023-01-01"),
        ("start_date", "01/02/2023", None),
        ("start_date", "２０２３-01-01", None),
        ("end_date", "0000-00-00", None),
        ("end_date", "0001-01-01", None),
        ("end_date", "9999-12-31", None),
    ],
)
def test_a_bad_field_is_named(client: TestClient, field: str, value: object, nearest: object) -> None:
    answer = post(client, **{field: value})
    assert answer.status_code == 400
    body = answer.json()
    assert any("\u4e00" <= character <= "\u9fff" for character in body["detail"])
    if nearest is not None:
        assert (body["field"], str(body["nearest"])) == (field, str(nearest))


def test_dates_outside_the_data_are_told_where_the_data_lie(client: TestClient) -> None:
    early = post(client, start_date="2001-01-01", end_date="2005-01-01").json()
    late = post(client, start_date="2030-01-01", end_date="2031-01-01").json()
    assert (early["field"], late["field"]) == ("end_date", "start_date")
    assert "第一个交易日" in early["detail"]
    assert "最后一个交易日" in late["detail"]


def test_a_span_above_ten_years_is_refused(client: TestClient) -> None:
    assert "10 年" in post(client, start_date="2015-01-05", end_date="2026-01-05").json()["detail"]


def test_all_faults_come_in_one_line(client: TestClient) -> None:
    detail = post(client, n_groups=99, universe="x", start_date="bad").json()["detail"]
    assert "n_groups" in detail
    assert "股票池" in detail
    assert "start_date" in detail
    assert "\n" not in detail


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prompt": 5}, "prompt: 应为字符串"),
        ({"prompt": None}, "prompt: 应为字符串"),
        ({"n_groups": "5"}, "n_groups: 应为整数"),
        ({"n_groups": 5.5}, "n_groups: 应为整数"),
        ({"n_groups": True}, "n_groups: 应为整数"),
        ({"start_date": 20230101}, "start_date: 应为字符串"),
        ({"options": []}, "options: 应为 JSON 对象"),
        ({"options": {"neutralise_industry": True}}, "options.neutralise_industry: 不认识的选项"),
        ({"prompt": "a\u0000b"}, "prompt: 含有无效字符"),
    ],
)
def test_wrong_types_are_told_in_chinese(client: TestClient, change: dict[str, Any], words: str) -> None:
    answer = post(client, **change)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_an_unknown_option_names_the_nearest(client: TestClient) -> None:
    assert post(client, options={"neutralise_industry": True}).json()["nearest"] == "neutralize_industry"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"costs": "free"}, "options.costs"),
        ({"execution": "yesterday"}, "options.execution"),
        ({"direction": 0}, "options.direction"),
        ({"market": "dem"}, "options.market"),
        ({"market": "../../etc"}, "options.market"),
    ],
)
def test_bad_options_are_named(client: TestClient, options: dict[str, Any], field: str) -> None:
    answer = post(client, options=options)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_unknown_extra_fields_are_ignored(idle: App) -> None:
    with TestClient(create_api(idle), base_url=BASE) as client:
        assert post(client, colour="red", user_id="x", task_id="y", options=None).status_code == 202


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"prompt": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"prompt": NaN}',
        b"1e400",
    ],
)
def test_bodies_that_are_no_good_json_objects_are_refused(client: TestClient, raw: bytes) -> None:
    answer = client.post(f"{API}/auto_backtest", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert isinstance(answer.json()["detail"], str)


def test_a_missing_prompt_is_named(client: TestClient) -> None:
    assert client.post(f"{API}/auto_backtest", json={}).json() == {
        "detail": "prompt: 缺少必填字段",
        "code": "invalid",
        "field": "prompt",
    }


def test_a_large_body_is_refused(client: TestClient) -> None:
    announced = client.post(f"{API}/auto_backtest", content=b"x" * 2_000_000)
    chunked = client.post(f"{API}/auto_backtest", content=iter([b"x" * 600_000] * 3))
    assert (announced.status_code, chunked.status_code) == (413, 413)
    assert announced.json()["detail"] == "请求体过大"


@pytest.mark.parametrize(
    "query", ["page=0", "page_size=0", "page_size=101", "page=x", "page=-1", "page=1e9", "page=99999999999"]
)
def test_bad_pages_are_refused(client: TestClient, query: str) -> None:
    assert client.get(f"{API}/tasks?{query}").status_code == 400


def test_a_session_that_is_not_ours_is_not_found(client: TestClient) -> None:
    answer = post(client, session_id="bogus")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Session not found")


def test_refused_requests_leave_no_task(idle: App) -> None:
    with TestClient(create_api(idle), base_url=BASE) as client:
        for body in ({}, {"prompt": "rank("}, {**GOOD, "n_groups": 1}, {**GOOD, "universe": "x"}):
            assert client.post(f"{API}/auto_backtest", json=body).status_code == 400
        assert client.get(f"{API}/tasks").json()["total"] == 0


def test_submissions_above_the_rate_wait(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"rate_limit": 2}), clock=idle.clock)
    with TestClient(create_api(app), base_url=BASE) as client:
        assert [post(client, n_groups=1).status_code for _ in range(4)] == [400] * 4
        answers = [post(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[-1].json()["detail"] == "请求过于频繁，请稍后再试"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    app.records.close()


def test_more_tasks_than_allowed_are_refused(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"max_active_tasks": 1}), clock=idle.clock)
    with TestClient(create_api(app), base_url=BASE) as client:
        answers = [post(client) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 503]
    assert answers[-1].json()["detail"] == "当前回测任务已满，请稍后再试"
    assert int(answers[-1].headers["retry-after"]) >= 1
    app.records.close()


def test_an_idempotency_key_gives_one_task_and_refuses_another_body(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"rate_limit": 1}), clock=idle.clock)
    with TestClient(create_api(app), base_url=BASE) as client:
        headers = {"Idempotency-Key": "abc"}
        answers = [client.post(f"{API}/auto_backtest", json=GOOD, headers=headers).json() for _ in range(3)]
        assert len({json.dumps(answer) for answer in answers}) == 1
        other = client.post(f"{API}/auto_backtest", json={**GOOD, "n_groups": 4}, headers=headers)
        assert other.status_code == 409
        assert other.json()["nearest"] == answers[0]["task_id"]
        long = client.post(f"{API}/auto_backtest", json=GOOD, headers={"Idempotency-Key": "k" * 201})
        assert long.status_code == 400
    app.records.close()


def test_a_database_that_is_away_is_unavailable(idle: App, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    with TestClient(create_api(idle), base_url=BASE) as client:
        monkeypatch.setattr("sqlalchemy.engine.Engine.begin", away)
        answer = client.get(f"{API}/tasks")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert client.get(f"{API}/health").status_code == 200
        monkeypatch.undo()


def test_a_bug_is_answered_without_its_details(idle: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("quantgpt.services.tasks.list_tasks", broken)
    with TestClient(create_api(idle), base_url=BASE, raise_server_exceptions=False) as client:
        answer = client.get(f"{API}/tasks")
    assert (answer.status_code, answer.json()["detail"]) == (500, "服务内部错误，请稍后重试")
    assert "secret" not in answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_json_under_another_name_is_told_its_content_type(client: TestClient, kind: str) -> None:
    answer = client.post(f"{API}/auto_backtest", content=json.dumps(GOOD), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["detail"]) == (400, "Content-Type 应为 application/json")


@pytest.mark.parametrize(
    ("field", "text", "nearest"),
    [
        ("start_date", "2022-02-30", "2022-02-28"),
        ("end_date", "2024-13-01", "2024-12-01"),
        ("start_date", "2023/1/5", "2023-01-05"),
    ],
)
def test_a_day_that_does_not_exist_names_the_nearest(client: TestClient, field: str, text: str, nearest: str) -> None:
    body = post(client, **{field: text}).json()
    assert (body["field"], body["nearest"]) == (field, nearest)


def test_a_start_behind_the_end_names_one_that_leaves_a_year(client: TestClient) -> None:
    body = post(client, start_date="2025-06-01", end_date="2025-01-01").json()
    assert (body["field"], body["nearest"]) == ("start_date", "2024-01-01")
    assert post(client, start_date=body["nearest"], end_date="2025-01-01").status_code == 202


def test_a_holding_period_that_the_range_cannot_hold_is_refused(client: TestClient) -> None:
    span = {"start_date": "2024-06-03", "end_date": "2024-07-31"}
    body = post(client, holding_period=60, **span).json()
    assert body["field"] == "holding_period"
    assert "区间太短" in body["detail"]
    assert post(client, holding_period=body["nearest"] + 1, **span).status_code == 400
    assert post(client, holding_period=body["nearest"], **span).status_code == 202


def test_the_least_number_of_rebalances_is_that_of_the_backtest() -> None:
    from quantgpt.backtest.factor_test import LEAST_REBALANCES
    from quantgpt.services import checks

    assert checks.LEAST_REBALANCES == LEAST_REBALANCES


def test_a_number_stays_a_number(client: TestClient) -> None:
    assert client.get(f"{API}/tasks?page_size=101").json()["nearest"] == 100
    assert client.get(f"{API}/tasks?page=0").json()["nearest"] == 1


def test_no_user_can_name_a_key_of_ours() -> None:
    """Ours begin with a character that a user's key may not begin with, however it comes."""
    from quantgpt.foundations.errors import BadRequest
    from quantgpt.services._base import checked_key, own_key

    assert checked_key(None) is None
    assert checked_key("values:0123") == "values:0123" != own_key("values:0123")
    for bad in ("", "x" * 201, own_key("values:0123"), "\x00"):
        with pytest.raises(BadRequest) as caught:
            checked_key(bad)
        assert (caught.value.field, bool(caught.value.en)) == ("Idempotency-Key", True)


def test_a_refusal_has_an_english_sentence_beside_the_chinese_one(idle: App) -> None:
    with TestClient(create_api(idle), base_url="http://127.0.0.1") as client:
        for path in ("/compare?ids=aaaa", "/compare?ids=aaaa,aaaa"):
            body = client.get(f"{API}{path}").json()
            assert body["detail_en"].isascii(), path
        for path, how in (
            ("/imports/imp_0123456789abcdef", "get"),
            ("/updates/0123", "get"),
            ("/markets/demo/updates", "post"),
        ):
            body = client.request(how, f"{API}{path}", json={} if how == "post" else None).json()
            assert body["detail_en"].isascii(), path
            assert not body["detail"].isascii(), path
