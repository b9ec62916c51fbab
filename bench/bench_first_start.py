"""An empty machine → the first result: clone, install with empty caches, then without a network start and test a factor."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from bench._row import Row

ROOT = Path(__file__).parents[1]
MUST_SECONDS = 180.0
INSTALL = ". scripts/bootstrap.sh && install_python base && build_web && build_font"
ASK = """
import json, time, urllib.request
base = "http://127.0.0.1:{port}"
page = urllib.request.urlopen(base + "/").read().decode()
assert "<title>" in page, "the page is not served"
ask = urllib.request.Request(base + "/api/v1/auto_backtest", json.dumps({{"prompt": "rank(close/ts_mean(close, 20))"}}).encode(),
                             {{"Content-Type": "application/json"}})
task = json.load(urllib.request.urlopen(ask))["task_id"]
while True:
    state = json.load(urllib.request.urlopen(base + "/api/v1/tasks/" + task))
    if state["status"] in ("completed", "failed"):
        break
    time.sleep(0.2)
assert state["status"] == "completed", state["error"]
report = urllib.request.urlopen(base + state["result"]["report_url"]).read()
assert len(report) > 100_000, "the report is empty"
"""


def run(quick: bool = False) -> list[Row]:
    """Clone HEAD and do what `restart.sh` does; the network is cut after the installation where the system allows it."""
    if quick:
        return []
    with tempfile.TemporaryDirectory(prefix="bench-first-start-") as folder:
        clone, caches = Path(folder) / "clone", Path(folder) / "caches"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        port = _free_port()
        hidden = {"VIRTUAL_ENV", "QUANTGPT_REAL_DATA", "DATABASE_URL"}
        path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not p.startswith(str(ROOT)))
        env = {
            **{name: value for name, value in os.environ.items() if name not in hidden},
            "PATH": path,
            "UV_CACHE_DIR": str(caches / "uv"),
            "npm_config_cache": str(caches / "npm"),
            "PIP_CACHE_DIR": str(caches / "pip"),
            "QUANTGPT_HOME": str(Path(folder) / "home"),
            "QUANTGPT_PORT": str(port),
        }
        began = time.perf_counter()
        subprocess.run(["bash", "-euo", "pipefail", "-c", INSTALL], cwd=clone, env=env, check=True, capture_output=True)
        installed = time.perf_counter()
        cut = _can_cut()
        script = Path(folder) / "ask.py"
        script.write_text(ASK.format(port=port), encoding="utf-8")
        use = f".venv/bin/quantgpt up && .venv/bin/python {script}; code=$?; .venv/bin/quantgpt down; exit $code"
        command = ["unshare", "-n", "bash", "-c", f"ip link set lo up && {use}"] if cut else ["bash", "-c", use]
        subprocess.run(command, cwd=clone, env=env, check=True, capture_output=True, timeout=600)
        took = time.perf_counter() - began
    note = f"installation {installed - began:.0f} s; network {'cut afterwards' if cut else 'could not be cut here'}"
    return [Row("Empty machine → first result", took, None, None, "≤ 3 min", took <= MUST_SECONDS, note=note)]


def _can_cut() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run(["unshare", "-n", "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
