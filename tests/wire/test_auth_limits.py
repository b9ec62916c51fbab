"""How often one user may submit: over all kinds of submissions, exact at once, and kept over a restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import lend_demo, make_app
from tests.accounts.conftest import age_calls
from tests.wire._people import Person

from quantgpt.faces.rest.app import create_api
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

ASK = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}
TOO_OFTEN = "请求过于频繁，请稍后再试"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that lets three submissions a minute through, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    made = lend_demo(make_app(tmp_path_factory.mktemp("limits") / "home", database_url=url, rate_limit=3))
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as opened:
        yield opened


@pytest.fixture
def person(client: TestClient, app: App) -> Person:
    """Somebody who has submitted nothing lately."""
    age_calls(app, 61)
    return Person(client, app, "you@example.com")


def test_a_task_and_feedback_share_one_limit(person: Person) -> None:
    said = [person.ask("POST", "/feedback", json={"description": "d"}).status_code]
    said += [person.ask("POST", "/auto_backtest", json=ASK).status_code for _ in range(2)]
    assert said == [201, 202, 202]
    for path, body in (("/auto_backtest", ASK), ("/feedback", {"description": "d"})):
        refused = person.ask("POST", path, json=body)
        assert (refused.status_code, refused.json()["detail"]) == (429, TOO_OFTEN)
        assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_what_was_refused_for_another_reason_does_not_count(person: Person) -> None:
    for _ in range(5):
        assert person.ask("POST", "/auto_backtest", json={**ASK, "prompt": "rank(clos)"}).status_code == 400
        assert person.ask("POST", "/auto_backtest", json={**ASK, "universe": "nothing"}).status_code == 400
    assert [person.ask("POST", "/auto_backtest", json=ASK).status_code for _ in range(4)] == [202, 202, 202, 429]


def test_many_at_once_get_exactly_as_many_through(person: Person) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = Counter(pool.map(lambda _: person.ask("POST", "/auto_backtest", json=ASK).status_code, range(16)))
    assert said == {202: 3, 429: 13}


def test_the_same_request_again_is_no_other_submission(person: Person) -> None:
    keyed = {**person.headers, "Idempotency-Key": "k1"}
    client = person._client
    answers = [client.post("/api/v1/auto_backtest", json=ASK, headers=keyed) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["task_id"] for answer in answers}) == 1
    assert [person.ask("POST", "/auto_backtest", json=ASK).status_code for _ in range(3)] == [202, 202, 429]


def test_everybody_has_a_limit_of_their_own(client: TestClient, app: App, person: Person) -> None:
    for _ in range(3):
        person.ask("POST", "/auto_backtest", json=ASK)
    assert person.ask("POST", "/auto_backtest", json=ASK).status_code == 429
    assert Person(client, app, "other@example.com").ask("POST", "/auto_backtest", json=ASK).status_code == 202


def test_another_server_over_the_same_database_counts_on(app: App, person: Person) -> None:
    for _ in range(3):
        person.ask("POST", "/auto_backtest", json=ASK)
    twin = replace(app)
    with TestClient(create_api(twin), base_url="http://127.0.0.1:8003") as second:
        assert Person(second, twin, person.email).ask("POST", "/auto_backtest", json=ASK).status_code == 429
        age_calls(app, 61)
        assert Person(second, twin, person.email).ask("POST", "/auto_backtest", json=ASK).status_code == 202
    twin.records.close()
