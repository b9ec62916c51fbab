"""The command line: quick to start, tables for people, errors with their place, exit codes by kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests._rig import demo_market

from quantgpt.faces.cli.failures import EXIT
from quantgpt.faces.cli.main import main
from quantgpt.foundations.errors import Kind
from quantgpt.records.schema import HEAD

EXPRESSION = "rank(close/ts_mean(close, 20))"
SPAN = ["--start", "2024-06-01", "--end", "2025-06-30"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with the demo market."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "market").symlink_to(demo_market())
    monkeypatch.setenv("QUANTGPT_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: str) -> int:
    """The exit code of one command."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_every_kind_of_error_has_an_exit_code() -> None:
    assert set(EXIT) == set(Kind)
    assert 0 not in EXIT.values()


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from quantgpt.faces.cli.main import build_cli; build_cli();"
        "print([m for m in ('numba', 'pandas', 'pyarrow', 'scipy', 'numpy', 'sqlalchemy', 'pydantic', 'fastapi', 'rich')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_costs_nothing() -> None:
    script = "import sys, quantgpt; print([m for m in ('numpy', 'pandas', 'numba', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_service_imports_no_compiler_and_no_frames() -> None:
    script = (
        "import sys; from quantgpt.bootstrap import build_app; import quantgpt.faces.rest.server as s;"
        "from quantgpt.expr import compile_expression; compile_expression('rank(close)');"
        "print([m for m in ('numba', 'pandas', 'pyarrow', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_backtest_prints_its_tables_and_writes_its_report(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = home / "out.html"
    assert run("backtest", EXPRESSION, *SPAN, "--report", str(report)) == 0
    out = capsys.readouterr().out
    for words in ("年化收益", "Rank IC 均值", "反过拟合", "G5", "评分", "演示行情（合成数据）", str(report)):
        assert words in out
    assert report.read_text().lstrip().lower().startswith("<!doctype html")


def test_json_goes_to_standard_output_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run("backtest", EXPRESSION, *SPAN, "--groups", "4", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result["backtest_summary"]["group_returns"]) == set("0123")


def test_a_bad_expression_is_shown_with_a_caret(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run("backtest", "rank(clos/ts_mean(close, 20))") == 2
    said = capsys.readouterr().err
    assert "Unknown column or variable: 'clos'" in said
    assert "  rank(clos/ts_mean(close, 20))\n       ^^^^\n" in said
    assert "最接近的有效值：close" in said


def test_the_caret_stands_right_behind_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    from quantgpt.faces.cli.failures import show_error
    from quantgpt.foundations.errors import BadExpression

    show_error(BadExpression("x", text="收盘价 + y", start=6, end=7))
    assert capsys.readouterr().err.splitlines()[2] == " " * (2 + 9) + "^"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["backtest", "今天天气怎么样"], 2),
        (["backtest", EXPRESSION, "--universe", "x"], 2),
        (["backtest", EXPRESSION, "--start", "2025-01-01", "--end", "2024-01-01"], 2),
        (["backtest", EXPRESSION, "--groups", "x"], 2),
        (["backtest", EXPRESSION, "--report", "/nowhere/out.html"], 2),
        (["backtest"], 2),
        (["nonsense"], 2),
        (["data", "status", "--market", "nothing"], 3),
        (["data", "rollback", "--market", "nothing"], 3),
        (["data", "import", "/nowhere"], 2),
        (["data", "update", "--source", "nothing"], 3),
    ],
)
def test_failures_have_the_exit_code_of_their_kind(
    home: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.is_dir()
    assert run(*arguments) == code
    captured = capsys.readouterr()
    assert captured.err.strip()
    assert "Traceback" not in captured.err


def test_without_data_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUANTGPT_HOME", str(tmp_path / "empty"))
    assert run("backtest", EXPRESSION) == 6
    assert "quantgpt data demo" in capsys.readouterr().err
    assert run("data", "status") == 0
    assert not (tmp_path / "empty").exists()


def test_status_names_the_demo_market(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run("data", "status") == 0
    assert "合成数据" in capsys.readouterr().out


def test_the_doctor_looks_at_everything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run("doctor") == 0
    out = capsys.readouterr().out
    for words in ("Python", "磁盘", "SQLite", "OpenMP", "Node", "网页", "报告字体", "数据库", "行情"):
        assert words in out


def test_migrate_says_where_the_database_stands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("migrate") == 0
    assert capsys.readouterr().out.startswith(f"sqlite：{HEAD}")
    assert (home / "quantgpt.db").exists()


@pytest.mark.parametrize("name", ["QUANTGPT_AUTH=required", "QUANTGPT_HOST=0.0.0.0"])
def test_serve_refuses_a_key_that_nobody_should_trust(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.is_dir()
    variable, _, value = name.partition("=")
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("JWT_SECRET", "too short")
    assert run("serve") == 6
    assert "拒绝启动" in capsys.readouterr().err


def test_a_bad_setting_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("QUANTGPT_PORT", "seventy")
    assert run("migrate") == 2
    assert "QUANTGPT_PORT" in capsys.readouterr().err


def test_the_server_on_stdio_wants_a_process_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    from quantgpt.__main__ import main as module_main

    assert module_main([]) == 2
    captured = capsys.readouterr()
    assert (captured.out, "--prefetch" in captured.err) == ("", True)


def test_prefetch_names_an_unknown_universe(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from quantgpt.__main__ import main as module_main

    assert home.is_dir()
    assert module_main(["--prefetch", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err


@pytest.mark.slow
def test_help_is_quick() -> None:
    command = [sys.executable, "-c", "from quantgpt.faces.cli.main import main; main(['--help'])"]
    took = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, capture_output=True, check=True)
        after = os.times()
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
        time.sleep(0)
    assert min(took) <= 0.3


def test_a_report_never_replaces_what_is_no_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = home / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, home, Path("/dev/null")):
        assert run("backtest", EXPRESSION, "--report", str(place)) == 2
        assert "不能写入报告文件" in capsys.readouterr().err
    assert pipe.is_fifo()


def test_a_full_disk_behind_standard_output_costs_one_line(home: Path) -> None:
    assert home.is_dir()
    command = [sys.executable, "-c", "from quantgpt.faces.cli.main import main; main(['data', 'status'])"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "磁盘空间不足" in done.stderr, "Traceback" in done.stderr) == (7, True, False)
    assert "Exception ignored" not in done.stderr


def test_a_damaged_database_stops_nothing_and_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "quantgpt.db").write_bytes(b"no database at all, " * 500)
    for command, code in (("up", 6), ("migrate", 6), ("doctor", 1)):
        assert run(command) == code
        said = capsys.readouterr()
        assert "数据库文件已损坏" in said.out + said.err
    assert not (home / "run").exists()


def test_libraries_are_listed_with_what_could_not_be_stated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("libraries") == 0
    listed = capsys.readouterr().out
    assert "alpha158" in listed
    assert run("libraries", "Alpha158") == 0
    assert "KMID        ($close-$open)/$open" in capsys.readouterr().out
    assert run("libraries", "gtja191", "--left-out") == 0
    assert "GTJA143" in capsys.readouterr().out
    assert run("libraries", "alpha159") == EXIT[Kind.NOT_FOUND]
    assert "alpha158" in capsys.readouterr().err
