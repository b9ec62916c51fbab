"""Artifacts: whole or not at all, the same bytes for the same content, names of ours only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quantgpt.foundations.errors import BadRequest, DiskFull, NotFound
from quantgpt.foundations.series import Series
from quantgpt.services.artifacts import Artifacts

NAV = Series(name="nav", index_name="date", index=["2024-01-02"], columns={"strategy": [1.0]})
IC = Series(name="ic", index_name="date", index=["2024-01-02"], columns={"ic": [None]})


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_task("abc", {"score": 1.5}, {"nav": NAV, "ic": IC})
    assert artifacts.series_names("abc") == ["ic", "nav"]
    assert json.loads(artifacts.read_series("abc", "nav")) == NAV.to_json()
    result, series = artifacts.load("abc")
    assert (result, series["ic"]) == ({"score": 1.5}, IC)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        Artifacts(tmp_path / folder).write_task("abc", {"score": 1}, {"nav": NAV, "ic": IC})
    first, second = ((tmp_path / folder / "tasks" / "abc.zip").read_bytes() for folder in ("a", "b"))
    assert first == second


@pytest.mark.parametrize("task_id", ["../x", "a/b", "", "x" * 40, "a\0", "..", "A.zip"])
def test_other_task_names_reach_no_file(tmp_path: Path, task_id: str) -> None:
    with pytest.raises(NotFound):
        Artifacts(tmp_path).read_series(task_id, "nav")


@pytest.mark.parametrize(
    "name", ["../x.html", "backtest_report_../x.html", "backtest_report_a.html\n", "x", "backtest_report_\u0661.html"]
)
def test_other_report_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest):
        Artifacts(tmp_path).report_path(name)


def test_an_unknown_series_names_the_nearest(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_task("abc", {}, {"nav": NAV})
    with pytest.raises(NotFound) as caught:
        artifacts.read_series("abc", "nev")
    assert caught.value.nearest == "nav"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_content_and_no_rest(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_report("backtest_report_a.html", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync" if call == "fsync" else "pathlib.Path.replace", full)
    with pytest.raises(DiskFull):
        artifacts.write_report("backtest_report_a.html", b"new")
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["backtest_report_a.html"]
    assert (tmp_path / "reports" / "backtest_report_a.html").read_bytes() == b"old"


def test_dropping_a_report_twice_is_no_error(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_report("backtest_report_a.html", b"x")
    artifacts.drop_report("backtest_report_a.html")
    artifacts.drop_report("backtest_report_a.html")


@pytest.mark.parametrize("keep", [0, 10, -30])
def test_a_damaged_archive_is_said_to_be_damaged(tmp_path: Path, keep: int) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_task("abc", {"score": 1}, {"nav": NAV})
    path = tmp_path / "tasks" / "abc.zip"
    path.write_bytes(path.read_bytes()[:keep])
    for read in (artifacts.load, artifacts.series_names, lambda task: artifacts.read_series(task, "nav")):
        with pytest.raises(NotFound, match="结果文件已损坏"):
            read("abc")


def test_a_damaged_entry_is_said_to_be_damaged(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.write_task("abc", {"score": 1}, {"nav": NAV})
    path = tmp_path / "tasks" / "abc.zip"
    body = bytearray(path.read_bytes())
    body[45:48] = b"\xff\xff\xff"
    path.write_bytes(bytes(body))
    with pytest.raises(NotFound, match="结果文件已损坏"):
        artifacts.load("abc")
