"""The recipes of docs/signed-jobs.md work as they are printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.signed._candles import app_of
from tests.signed._recorder import KEY, SECRET, recording, signature_of

from quantgpt.foundations.settings import Settings
from quantgpt.market import MarketStore
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.signed import backtests, config, instruments
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


@pytest.mark.realdata
def test_the_grids_do_on_real_bars_what_is_said_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None and 34 trades; what they end with, with the filters of the interface and with those of the venue."""
    source = os.environ.get("QUANTGPT_REAL_DATA")
    if not source:
        pytest.skip("QUANTGPT_REAL_DATA is not set to a folder of real market data")
    asks = [json.loads(text) for text in re.findall(r"signed POST /v1/backtest/jobs '(.*?)'", GUIDE, re.DOTALL)]
    ends = []
    for place, filters in (
        ("own", None),
        ("venue", ("0.10", "9999999", "0.10", "0.001", "1000", "0.001", "120", "50", "200")),
    ):
        store = MarketStore(tmp_path / place)
        for path in Path(source).glob("crypto_*_perp_1h.parquet"):
            store.import_path(path)
        if filters:
            monkeypatch.setitem(instruments._FILTERS, ("BTCUSDT", "perp"), filters)
        ends += [ended(app_of(store), ask) for ask in asks]
    assert ends == [(0, 10_000.0), (34, 12_032.84), (0, 10_000.0), (34, 11_932.64)]
    assert "closes 34 trades and ends at 12,032.84, or at 11,932.64 with the venue's own filters" in GUIDE


def ended(app: App, ask: dict[str, Any]) -> tuple[int, float]:
    """Trades and last equity of a job."""
    made = config.resolve(app, LOCAL_ADMIN, ask)
    asked_ms = int(app.clock.now().timestamp() * 1000)
    job = backtests.SignedBacktest(
        config=made.echo, asked_ms=asked_ms, market=made.market, snapshot=made.snapshot, warnings=[]
    )
    found = backtests.run_signed_backtest(app, job, lambda *_: None).result
    return found["metrics"]["total_trades"], round(float(found["equity_curve"][-1][1]), 2)


def test_every_scope_is_told() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in GUIDE] == []


def test_every_setting_is_told_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        if name.startswith("signed_"):
            default = str(field.default).lower().removesuffix(".0")
            assert f"| `{field.validation_alias}` | {default} |" in GUIDE
