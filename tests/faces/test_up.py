"""up and down: one at a time, only processes of this home, nothing left behind by a start that fails."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._rig import demo_market, free_port, is_alive, wait_until

from quantgpt.faces.cli.commands import up as commands
from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.settings import load_settings

pytestmark = pytest.mark.xdist_group("up")
SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a market and a free port."""
    folder = (tmp_path / "home").resolve()
    (folder / "run").mkdir(parents=True)
    (folder / "market").symlink_to(demo_market())
    monkeypatch.setenv("QUANTGPT_HOME", str(folder))
    monkeypatch.setenv("QUANTGPT_PORT", str(free_port()))
    return folder


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the test."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait(10)


def imitate(folder: Path, argv: list[str], home: Path) -> subprocess.Popen[bytes]:
    """A sleeping process with that command line behind the program's name."""
    script = folder / "quantgpt"
    script.write_text(f"{SLEEP}\n")
    process = subprocess.Popen([sys.executable, *argv], env={**os.environ, "QUANTGPT_HOME": str(home)})
    wait_until(lambda: str(argv[-1]).encode() in Path(f"/proc/{process.pid}/cmdline").read_bytes())
    return process


def test_only_a_process_of_this_home_is_stopped(
    home: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    pid_file, script = home / "run" / "server.pid", str(tmp_path / "quantgpt")
    cases = [
        ([script, "serve"], home, True),
        ([script, "serve"], tmp_path / "other", False),
        ([script, "worker"], home, False),
        ([script, "serve", "now"], home, False),
        (["-c", SLEEP, "quantgpt serve"], home, False),
    ]
    for argv, place, ours in cases:
        process = imitate(tmp_path, argv, place)
        started.append(process)
        pid_file.write_text(f"{process.pid}\n")
        assert commands._stop(pid_file, "server", load_settings()) is ours
        assert (process.poll() is not None) is ours
        assert not pid_file.exists()


def test_a_second_start_or_stop_is_refused(home: Path) -> None:
    with (home / "run" / "up.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for command in (commands.up, commands.down):
            with pytest.raises(Unavailable, match="另一个启动或停止正在进行"):
                command()


def test_a_start_that_fails_leaves_no_process(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    plain = commands._start

    def noted(*how: object) -> subprocess.Popen[bytes]:
        process = plain(*how)  # type: ignore[arg-type]
        made.append(process.pid)
        return process

    def broken(*_: object) -> str:
        raise Unavailable("not today")

    monkeypatch.setattr(commands, "_start", noted)
    monkeypatch.setattr(commands, "_wait", broken)
    with pytest.raises(Unavailable, match="not today"):
        commands.up()
    assert len(made) == 2
    assert not any(is_alive(pid) for pid in made)
    assert not list((home / "run").glob("*.pid"))


@pytest.mark.slow
def test_up_and_down(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "from quantgpt.faces.cli.main import main; main(['up'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "就绪" in done.stdout, done.stderr
    pids = [int((home / "run" / f"{part}.pid").read_text()) for part in commands.PARTS]
    assert all(is_alive(pid) for pid in pids)
    commands.down()
    assert not any(is_alive(pid) for pid in pids)
    assert "worker, server" in capsys.readouterr().out
