"""A plan of an import: it writes nothing, names every file, and says what the import then does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.hashing import hash_file
from quantgpt.market import MarketStore
from quantgpt.market.importing import MarketMoved, Plan, Terms, recognise

Frame = Callable[..., pd.DataFrame]
Tree = Callable[[Path], dict[str, str]]


def states(plan: Plan) -> dict[str, str]:
    """What is planned for each file."""
    return {file.name: str(file.state) for file in plan.report.files}


def test_a_plan_writes_nothing_and_comes_true(store: MarketStore, folder: Path, frame: Frame, tree: Tree) -> None:
    for attempt in (1, 2):
        before = tree(store.root) if store.root.exists() else {}
        plan = store.plan_import(folder)
        assert (tree(store.root) if store.root.exists() else {}) == before
        report = store.import_path(folder)
        planned = {f.name: (f.rows, f.added, f.changed, f.unchanged, f.first, f.last) for f in plan.report.files}
        done = {f.name: (f.rows, f.added, f.changed, f.unchanged, f.first, f.last) for f in report.files}
        assert planned == done
        assert plan.changes_anything == report.changed
        if attempt == 1:
            assert (plan.new_sessions, plan.new_names, plan.report.previous) == (58, 3, None)
            later = frame("2024-03-25", "2024-04-12")
            later.loc[later["date"] == "2024-03-25", "amount"] += 1
            later.to_parquet(folder / "bars.parquet")
    assert (plan.new_sessions, plan.new_names) == (8, 0)
    assert next(file for file in plan.report.files if file.name == "bars.parquet").changed > 0


def test_the_same_again_changes_nothing(store: MarketStore, folder: Path) -> None:
    store.import_path(folder)
    plan = store.plan_import(folder)
    assert set(states(plan).values()) == {"unchanged"}
    assert (plan.usable, plan.changes_anything, plan.refused) == ({}, False, None)


def test_files_that_cannot_be_read_are_named_and_left_out(store: MarketStore, folder: Path, frame: Frame) -> None:
    (folder / "cut.parquet").write_bytes((folder / "bars.parquet").read_bytes()[:900])
    (folder / "utf16.csv").write_bytes("日期,代码\n".encode("utf-16"))
    lots = frame()
    lots["volume"] /= 100
    lots.to_csv(folder / "lots.csv", index=False)
    (folder / "readme.md").write_text("x")
    (folder / "strange.csv").write_text("a,b\n1,2\n")
    plan = store.plan_import(folder)
    assert states(plan) == {
        "bars.parquet": "imported",
        "some_index.parquet": "imported",
        "lists.parquet": "imported",
        "names.csv": "imported",
        "cut.parquet": "refused",
        "utf16.csv": "refused",
        "lots.csv": "refused",
        "readme.md": "ignored",
        "strange.csv": "unused",
    }
    assert set(plan.usable) == {name for name, state in states(plan).items() if state == "imported"}
    reasons = {file.name: (file.zh, file.en) for file in plan.report.files if str(file.state) == "refused"}
    assert "手" in reasons["lots.csv"][0]
    assert all(en.isascii() for _, en in reasons.values())
    with pytest.raises(BadImport):
        store.import_path(folder)
    report = store.import_path(folder, terms=Terms(only=plan.usable))
    assert report.rows == sum(file.rows for file in plan.report.files if file.name in plan.usable)


def test_impossible_rows_are_counted_and_need_a_word(store: MarketStore, folder: Path, frame: Frame) -> None:
    bars = frame()
    bars.loc[:4, "high"] = bars.loc[:4, "low"] - 1
    bars.to_parquet(folder / "bars.parquet")
    plan = store.plan_import(folder)
    assert plan.bad_rows == ("bars.parquet",)
    file = next(file for file in plan.report.files if file.name == "bars.parquet")
    assert (file.rejected_rows, file.rows) == (5, 169)
    assert [(r.code, r.count) for r in file.rejected] == [("high_below_low", 5)]
    assert "第 1 行 600000.SH 2024-01-02" in file.rejected[0].sample[0]
    with pytest.raises(BadImport):
        store.import_path(folder, terms=Terms(only=plan.usable))
    assert store.import_path(folder, terms=Terms(only=plan.usable, skip_bad_rows=True)).rejected_rows == 5


def test_a_file_that_changed_after_the_plan_is_refused(
    store: MarketStore, folder: Path, frame: Frame, tree: Tree
) -> None:
    store.import_path(folder)
    frame("2024-03-25", "2024-04-12").to_parquet(folder / "bars.parquet")
    plan = store.plan_import(folder)
    frame("2024-03-25", "2024-04-15").to_parquet(folder / "bars.parquet")
    before = tree(store.root)
    with pytest.raises(BadImport, match="文件变了"):
        store.import_path(folder, terms=Terms(only=plan.usable))
    (folder / "bars.parquet").unlink()
    with pytest.raises(BadImport, match="文件变了"):
        store.import_path(folder, terms=Terms(only=plan.usable))
    assert tree(store.root) == before


def test_a_market_that_moved_after_the_plan_is_left_alone(
    store: MarketStore, folder: Path, frame: Frame, tree: Tree
) -> None:
    planned_on = store.import_path(folder).snapshot
    other = folder.parent / "other"
    other.mkdir()
    frame("2024-03-25", "2024-04-12").to_parquet(other / "later.parquet")
    terms = Terms(planned_on=planned_on)
    frame("2024-03-25", "2024-04-08").to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    before = tree(store.root)
    with pytest.raises(MarketMoved) as caught:
        store.import_path(other, terms=terms)
    assert (caught.value.code, tree(store.root)) == ("changed", before)
    with pytest.raises(MarketMoved):
        store.import_path(other, terms=Terms(planned_on=""))


def test_the_new_snapshot_is_announced_before_the_switch(store: MarketStore, folder: Path) -> None:
    seen: list[tuple[str, bool]] = []
    terms = Terms(announce=lambda snapshot: seen.append((snapshot, store.folder("main").exists)))
    assert [(store.import_path(folder, terms=terms).snapshot, False)] == seen


def test_a_file_that_claims_too_many_rows_is_left_out(
    store: MarketStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognise, "MOST_ROWS", 100)
    plan = store.plan_import(folder)
    assert states(plan)["bars.parquet"] == "refused"
    assert states(plan)["names.csv"] == "imported"


def test_names_of_files_are_told_by_their_hashes(store: MarketStore, folder: Path) -> None:
    plan = store.plan_import(folder)
    assert plan.usable == {path.name: hash_file(path) for path in folder.iterdir()}


def test_what_would_be_refused_as_a_whole_is_known_before(store: MarketStore, folder: Path, frame: Frame) -> None:
    for path in folder.iterdir():
        path.unlink()
    frame().drop(columns=["pre_close", "factor"]).to_csv(folder / "adjusted.csv", index=False)
    plan = store.plan_import(folder)
    assert (plan.refused.code if plan.refused else "") == "untestable"
    with pytest.raises(BadImport, match="没有可以检验的股票日线"):
        store.import_path(folder, terms=Terms(only=plan.usable))
    bars = frame()
    bars["high"] = 0.01
    bars.to_csv(folder / "adjusted.csv", index=False)
    plan = store.plan_import(folder)
    assert (plan.refused.code if plan.refused else "") == "nothing_left"
    with pytest.raises(BadImport, match="没有剩下"):
        store.import_path(folder, terms=Terms(only=plan.usable, skip_bad_rows=True))
    (folder / "adjusted.csv").write_text("a,b\n1,2\n")
    plan = store.plan_import(folder)
    assert (plan.refused.code if plan.refused else "") == "nothing_usable"
