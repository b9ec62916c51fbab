"""A sweep: every line has its row, a stopped one goes on to the same table, other options are refused, trials are counted."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests._rig import ROOT, lend_demo, make_app, wait_until

from quantgpt.foundations.errors import BadRequest, Conflict, QuantError
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.sweep import Sweep, run_sweep
from quantgpt.services.sweep_files import read_list

pytestmark = pytest.mark.xdist_group("sweep")
MANY = 90
SPAN = {"start_date": "2024-01-02", "end_date": "2024-12-31"}
LIST = """# momentum and the like
rank(close / ts_mean(close, 20))
reversal\t-1 * ts_delta(close, 5) / ts_shift(close, 5)

low volatility\t-1 * ts_std(returns, 20)
again\trank( close/ts_mean(close,20) )
clos + 1
rank(close
flat\topen - open
turn\trank(volume / adv20)
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    made = lend_demo(make_app(tmp_path_factory.mktemp("sweep") / "home"))
    yield made
    made.records.close()


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text(LIST)
    return path


def ask(path: Path, **more: Any) -> Sweep:
    return Sweep(file=str(path), **{"workers": 1, **SPAN, **more})


def rows_of(path: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_every_line_has_its_row_with_the_numbers_of_the_full_test(app: App, listing: Path) -> None:
    made = run_sweep(app, ask(listing))
    rows = rows_of(made.out)
    assert [row["row"] for row in rows] == list(range(1, 9))
    assert [row["name"] for row in rows] == ["", "reversal", "low volatility", "again", "", "", "flat", "turn"]
    assert (made.distinct, made.failed, made.resumed) == (5, 3, 0)
    for row in (rows[0], rows[1], rows[2]):
        full = app.run(TestFactor(prompt=row["expression"], **SPAN)).result
        for name in ("rank_ic_mean", "rank_ic_t_hac", "ic_ir", "spread", "monotonicity_score", "turnover"):
            assert row[name] == full["backtest_summary"][name]
        assert {name: row[name] for name in ("cagr", "sharpe", "max_drawdown")} == {
            name: full["metrics"][name] for name in ("cagr", "sharpe", "max_drawdown")
        }
        assert row["expression_hash"] == full["params"]["expression_hash"]
    assert rows[3]["same_as"] == 1
    differ = {"row", "name", "expression", "same_as"}
    assert {k: v for k, v in rows[3].items() if k not in differ} == {
        k: v for k, v in rows[0].items() if k not in differ
    }
    assert (rows[4]["error_start"], rows[4]["error_end"], rows[4]["rank_ic_mean"]) == (0, 4, None)
    assert "clos" in rows[4]["error"]
    assert rows[5]["error_start"] == 4
    assert "同一个值" in rows[6]["error"]


def test_q_values_are_those_of_all_distinct_factors_together(app: App, listing: Path) -> None:
    made = run_sweep(app, ask(listing))
    own = [row for row in made.rows if row["same_as"] is None and row["rank_ic_p_hac"] is not None]
    p = sorted((row["rank_ic_p_hac"], row["row"]) for row in own)
    expected, least = {}, 1.0
    for place in range(len(p), 0, -1):
        least = min(least, p[place - 1][0] * len(p) / place)
        expected[p[place - 1][1]] = least
    assert {row["row"]: row["q_value"] for row in own} == pytest.approx(expected, rel=1e-12)
    assert made.rows[3]["q_value"] == made.rows[0]["q_value"]
    assert [row["q_value"] for row in made.ranking] == sorted(row["q_value"] for row in made.ranking)
    assert len(made.ranking) == 4


def test_every_distinct_expression_is_a_trial_once(app: App, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("rank(amount)\nrank(amount )\nopen - open + 0 * high\nrank(high)\n")
    span = {"start_date": "2019-02-01", "end_date": "2019-11-29"}
    made = run_sweep(app, ask(path, **span))
    assert made.trials == made.distinct == 3
    again = run_sweep(app, ask(path, **span, out=str(tmp_path / "other.jsonl")))
    assert again.trials == 3
    found = app.records.trials.page(LOCAL_ADMIN, page=1, page_size=100, key=_key(span)).rows
    assert {row.kind for row in found} == {"sweep"}
    assert sorted(row.ok for row in found) == [False, True, True]
    measured = next(row for row in found if row.expression == "rank(high)")
    assert measured.rank_ic_mean == made.rows[3]["rank_ic_mean"]
    assert measured.sessions is not None
    assert measured.sessions > 150


def _key(span: dict[str, str]) -> str:
    from quantgpt.services.trials import ledger_key

    return ledger_key("demo", "hs300", span["start_date"], span["end_date"])


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_cut_off_table_is_repaired_and_goes_on_to_the_same_bytes(app: App, listing: Path, suffix: str) -> None:
    out = listing.with_name(f"table.{suffix}")
    whole = run_sweep(app, ask(listing, out=str(out)))
    expected = out.read_bytes()
    lines = expected.splitlines(keepends=True)
    for kept in (b"", expected[:-7], b"".join(lines[:4]) + lines[4][:30], b"".join(lines[:3])):
        out.write_bytes(kept)
        again = run_sweep(app, ask(listing, out=str(out)))
        assert out.read_bytes() == expected
        assert again.rows == whole.rows
        assert again.resumed == max(0, kept.count(b"\n") - (suffix == "csv"))
    if suffix == "csv":
        with out.open(newline="") as handle:
            table = list(csv.DictReader(handle))
        assert float(table[0]["rank_ic_mean"]) == whole.rows[0]["rank_ic_mean"]


def test_other_options_or_another_file_are_refused_by_name(app: App, listing: Path) -> None:
    run_sweep(app, ask(listing))
    before = listing.with_name("list.sweep.jsonl").read_bytes()
    with pytest.raises(Conflict, match="分组数上次是 5，这次是 10"):
        run_sweep(app, ask(listing, n_groups=10))
    with pytest.raises(Conflict, match="结束日期上次是 2024-12-31，这次是 2024-11-29"):
        run_sweep(app, ask(listing, end_date="2024-11-29"))
    listing.write_text(LIST + "rank(low)\n")
    with pytest.raises(Conflict, match="文件内容已改变"):
        run_sweep(app, ask(listing))
    assert listing.with_name("list.sweep.jsonl").read_bytes() == before


def test_a_foreign_file_is_not_written_over(app: App, listing: Path) -> None:
    out = listing.with_name("mine.jsonl")
    out.write_text('{"mine": 1}\n')
    with pytest.raises(Conflict, match="不是扫描的结果表"):
        run_sweep(app, ask(listing, out=str(out)))
    assert out.read_text() == '{"mine": 1}\n'


def test_a_sealed_sweep_stops_before_the_last_quarter(app: App, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("rank(close)\n")
    span = {"start_date": "2022-01-04", "end_date": "2024-12-31"}
    made = run_sweep(app, ask(path, seal=True, **span))
    assert made.sealed is not None
    alone = app.run(TestFactor(prompt="rank(close)", start_date="2022-01-04", end_date=made.sealed["open_last_day"]))
    assert made.rows[0]["rank_ic_mean"] == alone.result["backtest_summary"]["rank_ic_mean"]
    assert made.rows[0]["n_ic_dates"] == alone.result["backtest_summary"]["n_ic_dates"]


def test_lists_are_read_in_all_their_forms(tmp_path: Path) -> None:
    texts = {
        "a.txt": "\ufeff# x\n\nclose\nname\trank(open)\r\n",
        "b.csv": 'id,expression,name\n1,"close",\n2,"rank(\nopen)",name\n3,,\n',
        "c.jsonl": '{"expression": "close"}\n\n{"expression": "rank(open)", "name": "name"}\n',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_bytes(text.encode())
        found = [(line.row, line.name, line.expression.replace("( ", "(")) for line in read_list(path).lines]
        assert found == [(1, "", "close"), (2, "name", "rank(open)")], name


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.txt", b"# nothing\n\n", "没有表达式"),
        ("a.txt", b"\xff\xfe\x00c", "UTF-8"),
        ("a.csv", b"name,formula\nx,close\n", "expression 的列"),
        ("a.jsonl", b'{"expression": "close"}\n{"expr": 1}\n', "第 2 行没有文本字段"),
        ("a.jsonl", b"{nonsense\n", "第 1 行不是有效的 JSON"),
    ],
)
def test_bad_lists_are_refused_with_the_place(tmp_path: Path, name: str, body: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(BadRequest, match=words):
        read_list(path)


@pytest.mark.parametrize(
    "more",
    [
        {"universe": "hs3000"},
        {"start_date": "2024-13-01"},
        {"n_groups": 1},
        {"out": "table.parquet"},
        {"workers": -1},
        {"out": "/proc/nowhere/t.csv"},
    ],
)
def test_bad_options_are_refused_before_anything_is_written(app: App, listing: Path, more: dict[str, Any]) -> None:
    with pytest.raises(QuantError):
        run_sweep(app, ask(listing, **more))
    assert [path.name for path in listing.parent.iterdir()] == ["list.txt"]


@pytest.mark.slow
def test_a_killed_sweep_leaves_nobody_behind_and_goes_on(app: App, tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    path.write_text("".join(f"ts_mean(returns, {n}) * rank(ts_std(volume, {n + 2}))\n" for n in range(2, 2 + MANY)))
    out = tmp_path / "many.sweep.jsonl"
    command = [sys.executable, "-c", "from quantgpt.faces.cli.main import main; main()", "sweep", str(path)]
    command += ["--start", SPAN["start_date"], "--end", SPAN["end_date"], "--workers", "2", "--json", "--top", "3"]
    home = {**os.environ, "QUANTGPT_HOME": str(app.settings.home), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=home, stdout=subprocess.PIPE)
    family: list[psutil.Process] = []
    while not (out.exists() and out.stat().st_size):
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.01)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(family) == 2
    wait_until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))
    before = len(rows_of(out)) if out.read_bytes().endswith(b"\n") else 0
    assert 0 < before < MANY
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["rows"], told["distinct"], told["resumed"]) == (MANY, MANY, before)
    whole = run_sweep(app, ask(path, out=str(tmp_path / "whole.jsonl")))
    assert out.read_bytes() == Path(whole.out).read_bytes()
