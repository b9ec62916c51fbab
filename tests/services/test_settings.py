"""Settings: the environment wins, bad values are named, secrets stay hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.settings import Settings, child_environment, load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("quantgpt.foundations.settings._PACKAGE", tmp_path / "src" / "quantgpt")
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("QUANTGPT_PORT=9001\nQUANTGPT_MAX_SSE=7\nOTHER=x\n")
    monkeypatch.setenv("QUANTGPT_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.max_sse) == (9002, 7)


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTGPT_PORT", "")
    monkeypatch.setenv("DATABASE_URL", " ")
    monkeypatch.setenv("QUANTGPT_WORKERS", "")
    settings = load_settings()
    assert (settings.port, settings.database_url) == (8003, None)
    assert settings.workers >= 1


@pytest.mark.parametrize("name", ["QUANTGPT_PORT", "QUANTGPT_RATE_LIMIT", "QUANTGPT_AUTH", "QUANTGPT_TASK_TIMEOUT"])
def test_a_bad_value_names_its_variable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "-5x")
    with pytest.raises(BadRequest, match=name):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-hidden")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@h/d")
    assert "hidden" not in repr(load_settings())
    assert "hidden" not in str(child_environment(load_settings()))


def test_the_contract_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.auth_in_force) == ("127.0.0.1", 8003, "local")
    assert (settings.max_active_tasks, settings.rate_limit, settings.max_prompt_len) == (5, 10, 500)
    assert (settings.sse_timeout, settings.max_sse, settings.task_timeout, settings.max_reports) == (300, 50, 600, 200)
    assert (settings.signed_weight, settings.signed_poll_rule, settings.signed_strict_query) == (1200, True, False)
    assert (settings.signed_running, settings.signed_queued, settings.signed_queue, settings.signed_days) == (
        2,
        50,
        1000,
        90,
    )
    assert settings.home == Path.home() / ".quantgpt"


@pytest.mark.parametrize(
    ("host", "mode"), [("0.0.0.0", "required"), ("::", "required"), ("::1", "local"), ("pc", "required")]
)
def test_any_other_address_needs_accounts(host: str, mode: str) -> None:
    assert load_settings(host=host).auth_in_force == mode


def test_every_setting_is_documented_beside_its_field() -> None:
    import ast
    import inspect
    import textwrap

    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0]
    assert isinstance(body, ast.ClassDef)
    documented = {
        before.target.id
        for before, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr)
    }
    assert documented >= set(Settings.model_fields)


def test_the_file_of_the_project_wins_over_that_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("QUANTGPT_PORT=9001\n")
    (tmp_path / "pyproject.toml").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".env").write_text("QUANTGPT_PORT=9002\n")
    monkeypatch.chdir(elsewhere)
    assert load_settings().port == 9001
    (tmp_path / "pyproject.toml").unlink()
    assert load_settings().port == 9002


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"QUANTGPT_PORT=9001 # \xd6\xd0\n")
    with pytest.raises(BadRequest, match=r"\.env"):
        load_settings()
