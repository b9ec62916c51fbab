"""Whatever fails while a snapshot is written: the market has the old content or the new one, and no rest stays."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantgpt.foundations.errors import Conflict, DiskFull, QuantError
from quantgpt.market import MarketStore
from quantgpt.market.snapshots import Manifest, SnapshotFolder


class Failing:
    """Lets the n-th call of the watched functions fail, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        self.calls = 0
        self.fail_at = 0
        self._error = error
        monkeypatch.setattr(os, "fsync", self._watched(os.fsync))
        monkeypatch.setattr(Path, "replace", self._watched(Path.replace))
        from quantgpt.market import snapshots

        monkeypatch.setattr(snapshots._Hashing, "write", self._watched(snapshots._Hashing.write))

    def _watched(self, real: Any) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls += 1
            if self.calls == self.fail_at:
                raise self._error
            return real(*arguments)

        return call


ERRORS = {"broken": OSError(errno.EIO, "broken"), "full": OSError(errno.ENOSPC, "full"), "stopped": KeyboardInterrupt()}


def write_small(folder: SnapshotFolder, value: float) -> str:
    """A snapshot of two arrays and a panel."""
    with folder.writing() as stage:
        manifest = Manifest(
            market="main",
            synthetic=False,
            facts={"a": stage.put_array(np.array([value])), "b": stage.put_array(np.arange(3))},
            panels={"close": stage.put_panel(np.full((4, 3), value))},
            tables={},
        )
        return stage.commit(manifest, "2024-01-01T00:00:00+00:00")


@pytest.mark.parametrize("kind", ERRORS)
def test_every_write_sync_and_rename_of_a_snapshot_may_fail(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tree,  # type: ignore[no-untyped-def]
    kind: str,
) -> None:
    home = tmp_path / "market" / "main"
    folder = SnapshotFolder(home)
    first = write_small(folder, 1.0)
    old = tree(home)
    failing = Failing(monkeypatch, ERRORS[kind])
    outcomes = []
    for n in range(1, 200):
        failing.calls, failing.fail_at = 0, n
        try:
            write_small(folder, 2.0)
        except (OSError, QuantError, KeyboardInterrupt):
            assert failing.calls >= n
        else:
            break
        assert not [path for path in home.rglob("*") if path.name.startswith(".")]
        if folder.pointer().current == first:
            outcomes.append("old")
            assert tree(home) == old, n
        else:
            outcomes.append("new")
            assert folder.panel(folder.manifest(), "close")[0, 0] == 2.0
            failing.fail_at = 0
            shutil.rmtree(home)
            write_small(folder, 1.0)
    assert len(outcomes) > 15
    assert set(outcomes[:-2]) == {"old"}
    assert folder.panel(folder.manifest(), "close")[0, 0] == 2.0


def test_an_import_that_fails_anywhere_leaves_the_market_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
    store: MarketStore,
    folder: Path,
    frame,  # type: ignore[no-untyped-def]
    tree,  # type: ignore[no-untyped-def]
) -> None:
    first = store.import_path(folder).snapshot
    old = tree(store.root)
    frame(last="2024-04-12").to_parquet(folder / "bars.parquet")
    failing = Failing(monkeypatch, ERRORS["broken"])
    for n in range(1, 100, 9):
        failing.calls, failing.fail_at = 0, n
        with pytest.raises(OSError, match="broken"):
            store.import_path(folder)
        assert store.open().snapshot == first
        assert tree(store.root) == old, n
    failing.fail_at = 0
    assert store.import_path(folder).changed
    assert store.health().ok


def test_a_full_disk_has_its_own_error_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, store: MarketStore, folder: Path
) -> None:
    failing = Failing(monkeypatch, OSError(errno.ENOSPC, "full"))
    failing.fail_at = 9
    with pytest.raises(DiskFull, match="磁盘空间不足"):
        store.import_path(folder)
    assert not store.root.exists()
    assert store.import_path(folder).changed


def test_what_a_killed_writer_left_is_swept_by_the_next(store: MarketStore, folder: Path, frame, tree) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    main = store.root / "main"
    clean = tree(store.root)
    (main / ".staging-dead").mkdir()
    (main / ".staging-dead" / "x.part").write_bytes(b"half")
    (main / "objects" / f"{'0' * 64}.npy").write_bytes(b"orphan")
    (main / "snapshots" / f"{'0' * 12}.json").write_text("{}")
    (main / ".CURRENT.abc.part").write_text("{")
    assert store.open().view("all", "2024-01-02", "2024-03-29").assets
    frame(last="2024-04-12").to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    store.rollback("main")
    assert tree(store.root) == clean


def test_two_writers_do_not_meet(store: MarketStore, folder: Path) -> None:
    with store.folder("main").writing(), pytest.raises(Conflict, match="另一个进程正在写入"):
        store.import_path(folder)
    assert store.import_path(folder).changed
    assert not (store.root / "main" / ".lock").exists()


def test_a_reader_keeps_its_snapshot_while_a_new_one_appears(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    market = store.open()
    view = market.view("all", "2024-01-02", "2024-03-29")
    frame(last="2024-04-12").to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    assert str(market.days[-1]) == "2024-03-29"
    assert view.fields["close"].shape == (58, 3)


def test_only_a_few_snapshots_are_kept(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    made = []
    for last in ("2024-03-29", "2024-04-12", "2024-04-30", "2024-05-10", "2024-05-17"):
        frame(last=last).to_parquet(folder / "bars.parquet")
        made.append(store.import_path(folder).snapshot)
    assert [entry[0] for entry in store.status("main")[0].history] == made[-3:]
    assert {path.stem for path in (store.root / "main" / "snapshots").iterdir()} == set(made[-3:])
