"""The page's types are written from web/openapi.json: it must describe the interface that the package has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests._rig import make_app

from quantgpt.faces.rest.app import create_api

SNAPSHOT = Path(__file__).resolve().parents[2] / "web" / "openapi.json"


def _shape(description: dict[str, Any]) -> dict[str, Any]:
    """What the page relies on: addresses, parameters, and the fields of every body; not the prose."""
    paths = {
        path: {
            method: sorted(f"{p['in']} {p['name']}" for p in how.get("parameters", []))
            for method, how in methods.items()
        }
        for path, methods in description["paths"].items()
    }
    bodies = {name: sorted(model.get("properties", {})) for name, model in description["components"]["schemas"].items()}
    return {"paths": paths, "bodies": bodies}


def test_the_snapshot_of_the_interface_is_that_of_the_package(tmp_path: Path) -> None:
    described = create_api(make_app(tmp_path)).openapi()
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert _shape(kept) == _shape(described), "run `npm run api` in web/"
