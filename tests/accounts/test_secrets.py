"""The key that signs tokens: drawn once, closed to others, and never an example."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.settings import Settings, load_settings
from quantgpt.services import secrets

DRAWN = "3fb1c2a9d04e77865b1f0c9a2de4718b"


def settings_of(home: Path, **more: Any) -> Settings:
    """Settings that the environment has no part in."""
    return load_settings(home=home, **{"jwt_secret": None, "jwt_secret_key": None, "auth": "local", **more})


def test_a_key_is_drawn_once_and_closed_to_others(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    secrets.ensure(settings)
    path = tmp_path / "secrets" / "jwt"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o077) == (0o600, 0)
    key = secrets.signing_key(settings)
    assert len(key) >= 32
    assert key == secrets.signing_key(settings) == path.read_text().strip().encode()
    assert key != secrets.signing_key(settings_of(tmp_path / "other"))


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    code = (
        "import sys; from quantgpt.foundations.settings import load_settings as l; from quantgpt.services.secrets import"
        " signing_key as k; sys.stdin.readline(); sys.stdout.write(k(l(home=sys.argv[1], jwt_secret=None)).decode())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0] for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert [path.name for path in (tmp_path / "secrets").iterdir() if path.name not in (".lock", "jwt")] == []


def test_a_key_that_was_open_is_closed_and_a_damaged_one_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path)
    path = tmp_path / "secrets" / "jwt"
    key = secrets.signing_key(settings)
    path.chmod(0o644)
    assert secrets.signing_key(settings) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.decode() not in caplog.text
    path.write_text("cut")
    with pytest.raises(Unavailable, match="已损坏"):
        secrets.signing_key(settings)


def test_a_given_key_is_used_as_it_is_under_both_names(tmp_path: Path) -> None:
    assert secrets.signing_key(settings_of(tmp_path, jwt_secret=DRAWN)) == DRAWN.encode()
    assert secrets.signing_key(settings_of(tmp_path, jwt_secret_key=DRAWN)) == DRAWN.encode()
    assert secrets.signing_key(settings_of(tmp_path, jwt_secret=DRAWN, jwt_secret_key="x" + DRAWN)) == DRAWN.encode()
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("how", [{"auth": "required"}, {"host": "0.0.0.0"}])
def test_a_short_key_is_refused_where_every_request_needs_a_token(tmp_path: Path, how: dict[str, str]) -> None:
    with pytest.raises(Unavailable, match="只有 31 字节，至少需要 32 字节，拒绝启动"):
        secrets.ensure(settings_of(tmp_path, jwt_secret=DRAWN[:31], **how))
    secrets.ensure(settings_of(tmp_path, jwt_secret=DRAWN, **how))


def test_a_short_key_is_warned_of_in_local_mode(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    secrets.ensure(settings_of(tmp_path, jwt_secret=DRAWN[:20]))
    assert "JWT_SECRET has 20 bytes" in caplog.text
    assert DRAWN[:20] not in caplog.text


@pytest.mark.parametrize(
    "key",
    ["change-me", "changeme" * 5, "your-secret-key-at-least-32-bytes-long", "YOUR_JWT_SECRET_KEY_HERE_0123456789",
     "example-secret-0123456789-0123456789", "a" * 40, "abab" * 12, "replace-me-with-something-long-please", " password "],
)  # fmt: skip
@pytest.mark.parametrize("auth", ["local", "required"])
def test_an_example_is_refused_in_every_mode(tmp_path: Path, key: str, auth: str) -> None:
    with pytest.raises(Unavailable, match="JWT_SECRET 是示例值"):
        secrets.ensure(settings_of(tmp_path, jwt_secret=key, auth=auth))
