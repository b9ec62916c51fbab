"""A sink that keeps what it is told, and an App whose model is a fake with small time-outs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests._models import Server, model_of
from tests._rig import lend_demo

from quantgpt.bootstrap import build_app
from quantgpt.foundations.progress import Note
from quantgpt.foundations.settings import load_settings
from quantgpt.services._base import App


@dataclass
class Heard:
    """Progress that remembers."""

    notes: list[Note] = field(default_factory=list)

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Nobody watches the stages here."""

    def tell(self, note: Note) -> None:
        """Keep it."""
        self.notes.append(note)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The receipts, in order."""
        return [dict(row) for note in self.notes for row in note.model_calls]

    @property
    def expressions(self) -> list[str]:
        """The expressions that were told as facts, in order."""
        return [note.facts["expression"] for note in self.notes if "expression" in note.facts]


def app_with(server: Server | None, home: Path, patch: pytest.MonkeyPatch, **limits: Any) -> App:
    """An App on the demo market that asks this server, with next to no pause between calls."""
    patch.setattr("quantgpt.research.asking.PAUSE_SECONDS", 0.001)
    app = lend_demo(build_app(load_settings(home=home, database_url=None, deepseek_api_key=None)))
    if server is None:
        return app
    model = model_of(server, **{"body": 100_000, **limits})
    return replace(app, plugs=replace(app.plugs, model=lambda settings: model))
