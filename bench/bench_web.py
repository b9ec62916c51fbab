"""The web app in Chromium on loopback: first load, weight, change of page, panning, heat map, long table."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench._row import Row
from bench._service import Installation

WEB = Path(__file__).parents[1] / "web"
BUDGET_BYTES = 450_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run(quick: bool = False) -> list[Row]:
    """Build the parts, start a server on a demo market, and let Chromium look at both."""
    node, chromium = shutil.which("node"), next(filter(None, map(shutil.which, BROWSERS)), None)
    if node is None or chromium is None:
        raise SystemExit("bench web needs Node and Chromium")
    if subprocess.run([node, "scripts/stamp.mjs", "--check"], cwd=WEB, check=False).returncode != 0:
        raise SystemExit("the built page is older than its sources: run `npm run build` in web/")
    with tempfile.TemporaryDirectory(prefix="bench-web-") as folder:
        parts, home = Path(folder) / "parts", Path(folder) / "home"
        home.mkdir()
        vite = ["node_modules/.bin/vite", "build", "--config", "bench/vite.config.ts", "--logLevel", "error"]
        subprocess.run(vite, cwd=WEB, env={**os.environ, "PARTS": str(parts)}, check=True)
        installation = Installation(str(home), QUANTGPT_WORKERS="1")
        installation.run("data", "demo")
        with installation.running():
            environment = {
                **os.environ,
                "BASE_URL": f"http://127.0.0.1:{installation.port}",
                "PARTS": str(parts),
                "CHROMIUM": chromium,
                "ROUNDS": "3" if quick else "7",
            }
            measured = subprocess.run(
                [node, "bench/measure.mjs"], cwd=WEB, env=environment, check=False, capture_output=True, text=True
            )
            if measured.returncode != 0:
                raise SystemExit(f"the browser could not measure:\n{measured.stderr}")
    return rows_of(json.loads(measured.stdout.splitlines()[-1]), first_weight(node))


def first_weight(node: str) -> int:
    """Compressed bytes of the scripts that the first paint loads, editor and charts left out."""
    told = subprocess.run([node, "scripts/sizes.mjs"], cwd=WEB, check=False, capture_output=True, text=True).stdout
    found = re.search(r"first JavaScript: ([\d.]+) kB", told)
    if found is None:
        raise SystemExit(f"the sizes of the build were not understood:\n{told}")
    return int(float(found[1]) * 1000)


def rows_of(figures: dict[str, Any], weight: int) -> list[Row]:
    """The table of what was measured, times in seconds."""
    routes, pan, table = figures["routes"], figures["pan"], figures["table"]
    return [
        _time("first load to interactive, median", figures["first_load"], 1000, f"worst {figures['first_load_worst']:.0f} ms"),
        Row("first scripts, gzip", weight / 1000, None, None, "≤ 450 kB", weight <= BUDGET_BYTES, "kB"),
        _time("change of page, median", routes["again_median"], 150, f"p95 {routes['again_p95']:.0f} ms, {routes['pages']} pages"),
        _time("change of page, first visit, worst", routes["first_visit_worst"], 150, f"median {routes['first_visit_median']:.0f} ms"),
        _time("pan 10 years × 4 lines, longest task, p95", pan["p95"], 50, f"worst {pan['worst']:.0f} ms of {pan['steps']} steps"),
        _time("heat map 300 × 250, median", figures["heat_map"], 200),
        Row("rows in the document of a 10,000-row table", table["rows"], None, None, "≤ 200", table["rows"] <= 200, "rows",
            f"frame p95 {table['frame_p95']:.0f} ms"),
    ]  # fmt: skip


def _time(name: str, milliseconds: float, must: float, note: str = "") -> Row:
    return Row(name, milliseconds / 1000, None, None, f"≤ {must:g} ms", milliseconds <= must, note=note)
