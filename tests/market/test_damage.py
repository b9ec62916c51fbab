"""Files of a market that were damaged: no number comes from them, and what made them repairs them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.errors import Broken
from quantgpt.foundations.hashing import hash_file
from quantgpt.market import MarketStore, demo, whole

Tree = Callable[[Path], dict[str, str]]


def objects(store: MarketStore, market: str = "main") -> dict[str, Path]:
    """One stored file of each kind."""
    manifest, folder = store.open(market).manifest, store.folder(market)
    found = {"panel": manifest.panels["close"]["object"], "fact": manifest.facts["first_row"]}
    found["calendar"] = manifest.facts["calendar"]
    tables = {"rows": "stock/2024", "list": "list/constituents", "index": "index/all"}
    found |= {kind: manifest.tables[name]["object"] for kind, name in tables.items() if name in manifest.tables}
    return {kind: folder.path(str(name)) for kind, name in found.items()}


def flip(path: Path) -> None:
    """Change one byte; the length stays."""
    body = bytearray(path.read_bytes())
    body[-9] ^= 4
    path.write_bytes(bytes(body))


def cut(path: Path) -> None:
    """Drop the last bytes."""
    path.write_bytes(path.read_bytes()[:-8])


DAMAGE: dict[str, Callable[[Path], None]] = {"flipped": flip, "cut": cut, "gone": Path.unlink}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("universe", ["all", "hs300"])
def test_a_damaged_panel_gives_no_numbers(store: MarketStore, folder: Path, how: str, universe: str) -> None:
    store.import_path(folder)
    assert store.open().view(universe, "2024-01-02", "2024-03-29").fields["close"].size
    path = objects(store)["panel"]
    DAMAGE[how](path)
    view = store.open().view(universe, "2024-01-02", "2024-03-29")
    assert view.fields["high"].size
    with pytest.raises(Broken, match=path.name[:12]) as caught:
        view.fields["close"]
    assert "重新导入" in caught.value.hint


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("kind", ["panel", "fact", "calendar", "rows", "list", "index"])
def test_importing_again_repairs(store: MarketStore, folder: Path, tree: Tree, how: str, kind: str) -> None:
    first = store.import_path(folder)
    before = tree(store.root)
    DAMAGE[how](objects(store)[kind])
    assert tree(store.root) != before
    report = store.import_path(folder)
    assert report.snapshot == first.snapshot
    assert tree(store.root) == before
    assert store.health().ok
    assert not store.import_path(folder).changed


def test_a_part_that_does_not_make_up_for_lost_rows_is_refused(
    store: MarketStore, folder: Path, frame: Callable[..., pd.DataFrame], tree: Tree
) -> None:
    store.import_path(folder)
    flip(objects(store)["rows"])
    before = tree(store.root)
    frame(first="2024-03-01").to_parquet(folder.parent / "part.parquet")
    with pytest.raises(Broken, match="stock/2024") as caught:
        store.import_path(folder.parent / "part.parquet")
    assert "全部文件" in caught.value.hint
    assert tree(store.root) == before


def test_the_status_of_a_market_with_a_missing_file_can_be_seen(store: MarketStore, folder: Path) -> None:
    store.import_path(folder)
    whole_size = store.status()[0].size_bytes
    objects(store)["panel"].unlink()
    assert 0 < store.status()[0].size_bytes < whole_size


def test_the_demo_market_is_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: Tree) -> None:
    monkeypatch.setattr(demo, "DEMO_ASSETS", 60)
    monkeypatch.setattr(demo, "DEMO_FIRST", np.datetime64("2025-09-01"))
    store = MarketStore(tmp_path)
    store.make_demo()
    before = tree(tmp_path)
    flip(objects(store, "demo")["panel"])
    objects(store, "demo")["fact"].unlink()
    store.make_demo()
    assert tree(tmp_path) == before
    assert store.health("demo").ok


def test_a_file_is_hashed_once_and_again_when_it_changed(
    store: MarketStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def counting(path: Path) -> str:
        hashed.append(path.name)
        return real(path)

    real = hash_file
    monkeypatch.setattr(whole, "hash_file", counting)
    monkeypatch.setattr(whole, "SMALL", 0)
    monkeypatch.setattr(whole, "_seen", {})
    store.import_path(folder)
    name = objects(store)["panel"].name
    store.open().raw("close")
    assert hashed.count(name) == 1
    whole._seen.clear()
    store.open().raw("close")
    assert hashed.count(name) == 1
    note = store.root / "main" / "verified.json"
    for text in ("{", "[]", '{"a": 1}', '{"a": ["x", 1, 2]}'):
        note.write_text(text, encoding="utf-8")
        whole._seen.clear()
        store.open().raw("close")
    assert hashed.count(name) == 5
    flip(objects(store)["panel"])
    with pytest.raises(Broken):
        store.open().raw("close")


def test_a_folder_that_cannot_take_the_note_is_read_all_the_same(
    store: MarketStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "SMALL", 0)
    store.import_path(folder)
    monkeypatch.setattr(whole, "_seen", {})
    note = store.root / "main" / "verified.json"
    note.unlink(missing_ok=True)
    note.mkdir()
    assert np.isfinite(store.open().raw("close")).all()
