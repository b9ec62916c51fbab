"""Every operation that the schema names, with what the schema allows and what it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as rules
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tests._rig import lend_demo, make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.services import accounts
from quantgpt.services.tokens import tokens_of

pytestmark = pytest.mark.xdist_group("wire")

STATUSES = {200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 413, 429, 503}
SHAPES = (response_schema_conformance, content_type_conformance)
TRACES = re.compile(r"Traceback|File \"|line \d+, in |sqlalchemy|psycopg|\.py\b")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A server that lets nobody in without a token, without a worker."""
    home = tmp_path_factory.mktemp("schema") / "home"
    app = lend_demo(make_app(home, auth="required", admin_password="a password for tests", rate_limit=1_000_000))
    yield create_api(app)
    app.records.close()


def tried(api: FastAPI, examples: int) -> set[str]:
    """Send generated requests to every operation, as nobody, as a user and as the administrator."""
    app = api.state.rest.app
    tokens = [accounts.token_for(app, "ann@example.com"), tokens_of(app).admin()]
    people = [{}, *({"Authorization": f"Bearer {token}"} for token in tokens)]
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api)
    names = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        names.add(operation.label)

        @seed(7)
        @rules(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            for headers in people:
                answer = case.call(headers=headers, app=api)
                assert answer.status_code in STATUSES, f"{case.as_curl_command()}: {answer.status_code} {answer.text}"
                assert not TRACES.search(answer.text) or answer.status_code == 200, answer.text
                case.validate_response(answer, checks=SHAPES)

        send()
    return names


def test_no_operation_breaks_and_every_answer_has_its_shape(api: FastAPI) -> None:
    names = tried(api, examples=2)
    assert {"POST /api/v1/auto_backtest", "PATCH /api/v1/sessions/{session_id}", "GET /api/v1/health"} <= names


@pytest.mark.gate
@pytest.mark.timeout(1800)
def test_no_operation_breaks_in_many_tries(api: FastAPI) -> None:
    assert len(tried(api, examples=50)) > 30
