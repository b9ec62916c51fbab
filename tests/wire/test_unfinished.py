"""GET /jobs/unfinished: every kind of job that counts in the limit, and the limit itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
SPAN = {"start_date": "2025-01-01", "end_date": "2025-06-30"}


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """No worker, three places."""
    made = lend_demo(make_app(tmp_path_factory.mktemp("unfinished"), max_active_tasks=3))
    yield made
    made.records.close()


def test_every_kind_is_listed_until_the_places_are_taken(app: App) -> None:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as client:
        empty = client.get(f"{API}/jobs/unfinished").json()
        assert empty == {"jobs": [], "total": 0, "taken": 0, "limit": 3}
        task = client.post(f"{API}/auto_backtest", json={"prompt": "rank(close)", **SPAN}).json()["task_id"]
        batch = client.post(f"{API}/libraries/alpha158/tests", json={"names": ["MA20", "MA5"], **SPAN}).json()[
            "test_id"
        ]
        stranger = app.records.accounts.ensure("somebody@example.com").id
        theirs = client.post(f"{API}/auto_backtest", json={"prompt": "rank(open)", **SPAN}).json()["task_id"]
        moved(app, theirs, stranger)
        found = client.get(f"{API}/jobs/unfinished").json()
        assert [(job["id"], job["operation"], job["state"]) for job in found["jobs"]] == [
            (batch, "library.test", "queued"), (task, "factor.test", "queued")
        ]  # fmt: skip
        assert (found["total"], found["taken"], found["limit"]) == (2, 3, 3)
        assert (found["jobs"][0]["library"], found["jobs"][0]["total"]) == ("alpha158", 2)
        assert found["jobs"][1]["prompt"] == "rank(close)"
        refused = client.post(f"{API}/auto_backtest", json={"prompt": "rank(high)", **SPAN})
        assert (refused.status_code, refused.json()["code"]) == (503, "full")

        assert client.post(f"{API}/jobs/{theirs}/cancel").status_code == 404
        assert client.post(f"{API}/jobs/{batch}/cancel").json()["state"] == "failed"
        assert client.post(f"{API}/jobs/{batch}/cancel").json()["state"] == "failed"
        after = client.get(f"{API}/jobs/unfinished").json()
        assert ([job["id"] for job in after["jobs"]], after["taken"]) == ([task], 2)
        assert client.post(f"{API}/auto_backtest", json={"prompt": "rank(high)", **SPAN}).status_code == 202


def test_jobs_that_do_not_count_are_none_of_them(app: App) -> None:
    from quantgpt.services.imports import PreviewImport

    preview = app.submit(PreviewImport(import_id="imp_0123456789abcdef", market="main"), owner_id=LOCAL_ADMIN)
    with TestClient(create_api(app), base_url="http://127.0.0.1") as client:
        assert client.get(f"{API}/jobs/unfinished").json()["jobs"] == []
        assert client.post(f"{API}/jobs/{preview.id}/cancel").status_code == 404


def moved(app: App, job_id: str, owner_id: str) -> None:
    """Give a job to somebody else."""
    from sqlalchemy import update

    from quantgpt.records.schema import jobs

    with app.records.writer.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(owner_id=owner_id))
