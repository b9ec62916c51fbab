"""The recipes of docs/signed-jobs.md work as they are printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.signed._recorder import KEY, SECRET, recording, signature_of

from quantgpt.services.signed.keys import SCOPES

GUIDE = (Path(__file__).parents[2] / "docs" / "signed-jobs.md").read_text()
JOB = {
    "id": "bt_7d40c2e1",
    "status": "done",
    "progress": 1.0,
    "error": None,
    "result": {"metrics": {"sharpe": "1.0000"}},
}


def block(language: str, holding: str) -> str:
    """The one block of code that holds a text."""
    found = [text for text in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL) if holding in text]
    assert len(found) == 1
    return str(found[0])


def test_the_curl_recipe_signs_what_it_sends() -> None:
    missing = [name for name in ("bash", "openssl", "curl") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    with recording() as server:
        server.will(JOB)
        server.will({"data": [], "next_cursor": None})
        script = block("bash", "signed()")
        for name, value in (("URL", server.url), ("API_KEY", KEY), ("API_SECRET", SECRET)):
            script = re.sub(rf"^{name}=.*$", f"{name}={value}", script, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stderr
    made, listed = server.asked
    assert (made.method, made.target) == ("POST", "/v1/backtest/jobs")
    assert json.loads(made.body)["params"]["grid_levels"] == 8
    assert made.headers["content-type"] == "application/json"
    assert (listed.method, listed.target, listed.body) == ("GET", "/v1/backtest/jobs?status=done&limit=5", b"")
    for asked in (made, listed):
        assert asked.headers["x-pipai-signature"] == signature_of(asked)
        assert asked.headers["x-pipai-api-key"] == KEY


def test_the_python_recipe_runs() -> None:
    with recording() as server:
        server.will({**JOB, "status": "queued", "result": None})
        server.will(JOB)
        text = block("python", "SignedJobs").replace("http://127.0.0.1:8003", server.url)
        text = text.replace('"pk_…", "…"', f'"{KEY}", "{SECRET}"')
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("{'sharpe': '1.0000'}", "")
    assert server.asked[0].headers["x-pipai-signature"] == signature_of(server.asked[0])
    assert json.loads(server.asked[0].body)["capital"] == "10000.00"


def test_every_scope_is_told() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in GUIDE] == []
