"""A stand-in for the vendor's client in a folder of its own; its replies are written in the vendor's documented format."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quantgpt.connectors.sources.baostock import Baostock, Client

HERE = Path(__file__).parent


class Vendor:
    """The folder from which the child imports the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pauses: list[float] = []

    def behave(self, **scenario: Any) -> None:
        """Say how the next child misbehaves: call=dict(do=..., times=...)."""
        (self.folder / "scenario.json").write_text(json.dumps(scenario))

    def edit(self, reply: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a reply."""
        path = self.folder / f"{reply}.json"
        body = json.loads(path.read_text())
        change(body)
        path.write_text(json.dumps(body))

    def calls(self, name: str) -> int:
        """How often a call was made."""
        path = self.folder / "calls.txt"
        return path.read_text().split().count(name) if path.exists() else 0

    def source(self, **options: Any) -> Baostock:
        """A source that talks to this stand-in."""
        client = Client(module="fake_baostock", folder=self.folder)
        return Baostock(client, **{"least_names": 3, "call_seconds": 20.0, "pause": self.pauses.append, **options})


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    """A vendor that answers as its reply files say."""
    folder = tmp_path / "vendor"
    shutil.copytree(HERE / "replies", folder)
    shutil.copy(HERE / "fake_baostock.py", folder)
    return Vendor(folder)
