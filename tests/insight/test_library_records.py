"""The library under parallel additions, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests._postgres import shared_server
from tests._rig import make_app

from quantgpt.foundations.errors import Conflict
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App

AT_ONCE = 8


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    address = shared_server().database() if request.param == "postgresql" else None
    made = make_app(tmp_path / "home", database_url=address)
    yield made
    made.records.close()


def row(number: int, name: str) -> dict[str, Any]:
    return {
        "id": f"{number:016x}", "name": name, "expression": name, "expression_hash": name, "direction": None,
        "universe": None, "task_id": None, "note": "", "facts": "{}",
    }  # fmt: skip


def added_at_once(app: App, rows: list[dict[str, Any]], most: int) -> tuple[int, int]:
    """How many were kept and how many refused as they should be; anything else is raised."""
    gate = threading.Barrier(len(rows))

    def add(one: dict[str, Any]) -> bool:
        gate.wait(60)
        try:
            app.records.library.add(LOCAL_ADMIN, one, most)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(rows)) as pool:
        kept = list(pool.map(add, rows))
    return kept.count(True), kept.count(False)


def test_of_equal_factors_one_is_kept_and_the_others_are_told(app: App) -> None:
    for part in range(3):
        rows = [row(part * AT_ONCE + k, f"same{part}") for k in range(AT_ONCE)]
        assert added_at_once(app, rows, 200) == (1, AT_ONCE - 1)
    assert len(app.records.library.all(LOCAL_ADMIN)) == 3


def test_a_library_holds_no_more_than_it_may(app: App) -> None:
    assert added_at_once(app, [row(k, f"factor{k}") for k in range(AT_ONCE)], 5) == (5, AT_ONCE - 5)
    assert len(app.records.library.all(LOCAL_ADMIN)) == 5
