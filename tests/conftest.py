"""What every test shares: where the real data lies, a place for compiled plans, and no network."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real market data; the test is skipped where it is absent."""
    folder = os.environ.get("QUANTGPT_REAL_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("QUANTGPT_REAL_DATA is not set to a folder of real market data")
    return Path(folder)


@pytest.fixture(scope="session", autouse=True)
def plans_apart(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[None, None, None]:
    """Keep compiled plans with the other caches of the tests and not in the home of whoever runs them."""
    from quantgpt.codegen import program

    held = getattr(request.config, "cache", None)
    folder = held.mkdir("plans") if held else tmp_path_factory.mktemp("plans")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "default_folder", lambda: folder)
        yield


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In continuous integration a test that cannot run is a failure; only the real data may be absent."""
    report = yield
    reason = str(report.longrepr)
    if (
        os.environ.get("CI")
        and report.skipped
        and not hasattr(report, "wasxfail")
        and "QUANTGPT_REAL_DATA" not in reason
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration does not accept: {reason}"
    return report
