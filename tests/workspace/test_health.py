"""Ready, and what else is set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from tests._rig import make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.shapes import Readiness


@pytest.mark.parametrize(
    ("settings", "configured", "words"),
    [
        ({}, [False, True], ["离线引擎", "baostock"]),
        ({"deepseek_api_key": SecretStr("sk-secret"), "cache_only": True}, [True, False], ["deepseek-chat", "本地"]),
    ],
)
def test_notes_say_what_is_set_up_and_no_secret(
    tmp_path: Path, settings: dict[str, Any], configured: list[bool], words: list[str]
) -> None:
    app = make_app(tmp_path / "home", **settings)
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        answer = client.get("/api/v1/health/ready")
    body = answer.json()
    Readiness.model_validate(body, extra="forbid", strict=True)
    assert (answer.status_code, body["status"]) == (503, "not_ready")
    notes = [body["notes"][name] for name in ("language_model", "provider")]
    assert [note["configured"] for note in notes] == configured
    assert all(word in note["message"] for word, note in zip(words, notes, strict=True))
    assert "sk-secret" not in answer.text
    app.records.close()
