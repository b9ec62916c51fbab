"""Keys of signed requests: hidden, rotated with overlap, revoked at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.signed._asking import account
from typer.testing import CliRunner

from quantgpt.bootstrap import build_app
from quantgpt.faces.cli.main import build_cli
from quantgpt.foundations.errors import BadRequest, Unavailable
from quantgpt.records import LOCAL_ADMIN
from quantgpt.records.schema_signed import api_keys
from quantgpt.services._base import App
from quantgpt.services.signed import keys, limits
from quantgpt.services.signed.faults import InvalidParameter, InvalidState, NotYours

pytestmark = pytest.mark.xdist_group("records")


def stored(app: App, key_id: str) -> str:
    with app.records.reader.begin() as connection:
        return str(connection.execute(select(api_keys.c.secret).where(api_keys.c.id == key_id)).scalar_one())


def test_a_key_is_found_with_its_secret_and_has_the_documented_form(anywhere: App) -> None:
    key, secret = keys.create(anywhere, LOCAL_ADMIN, name="bot", scopes=["backtest:read"])
    assert (key.id[:3], len(key.id), len(secret)) == ("pk_", 23, 43)
    found = keys.find(anywhere, key.id)
    assert found is not None
    assert (found.owner_id, found.secrets, found.scopes) == (LOCAL_ADMIN, (secret,), {"backtest:read"})
    assert secret not in repr(found)


def test_the_database_never_holds_the_secret_and_the_list_does_not_show_it(anywhere: App) -> None:
    key, secret = keys.create(anywhere, LOCAL_ADMIN)
    assert secret not in stored(anywhere, key.id)
    assert [(row.id, row.secrets) for row in keys.list_keys(anywhere, LOCAL_ADMIN)] == [(key.id, ())]


def test_after_a_rotation_both_secrets_count_and_after_the_grace_only_the_new_one(anywhere: App) -> None:
    key, first = keys.create(anywhere, LOCAL_ADMIN)
    rotated, second = keys.rotate(anywhere, LOCAL_ADMIN, key.id, grace_seconds=60)
    assert rotated.id == key.id
    found = keys.find(anywhere, key.id)
    assert found is not None
    assert found.secrets == (second, first)
    with anywhere.records.writer.begin() as connection:
        past = update(api_keys).values(former_until=api_keys.c.former_until - 61)
        connection.execute(past.where(api_keys.c.id == key.id))
    later = keys.find(anywhere, key.id)
    assert later is not None
    assert later.secrets == (second,)


def test_while_the_first_secret_counts_there_is_no_second_rotation_but_one_without_grace(anywhere: App) -> None:
    key, first = keys.create(anywhere, LOCAL_ADMIN)
    rotated, second = keys.rotate(anywhere, LOCAL_ADMIN, key.id)
    with pytest.raises(InvalidState) as caught:
        keys.rotate(anywhere, LOCAL_ADMIN, key.id)
    assert rotated.rotated_until is not None
    until = datetime.fromtimestamp(rotated.rotated_until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert until in str(caught.value.en)
    assert until in caught.value.message
    assert caught.value.code == "INVALID_STATE"
    found = keys.find(anywhere, key.id)
    assert found is not None
    assert found.secrets == (second, first)
    ended, third = keys.rotate(anywhere, LOCAL_ADMIN, key.id, grace_seconds=0)
    last = keys.find(anywhere, key.id)
    assert last is not None
    assert (last.secrets, ended.rotated_until) == ((third,), None)


def test_a_former_secret_is_wiped_when_it_is_over_and_the_key_can_be_rotated_again(anywhere: App) -> None:
    key, _ = keys.create(anywhere, LOCAL_ADMIN)
    keys.rotate(anywhere, LOCAL_ADMIN, key.id, grace_seconds=60)
    assert anywhere.records.keys.forget_former() == 0
    for wipe in (False, True):
        with anywhere.records.writer.begin() as connection:
            past = update(api_keys).values(former_until=api_keys.c.former_until - 61)
            connection.execute(past.where(api_keys.c.id == key.id))
        if wipe:
            assert anywhere.records.keys.forget_former() == 1
        keys.rotate(anywhere, LOCAL_ADMIN, key.id, grace_seconds=60)
    assert anywhere.records.keys.all_of(LOCAL_ADMIN)[0].former is not None


def test_a_revoked_key_is_gone_at_once_and_stays_in_the_list(anywhere: App) -> None:
    key, _ = keys.create(anywhere, LOCAL_ADMIN)
    assert keys.revoke(anywhere, LOCAL_ADMIN, key.id).revoked_at is not None
    assert keys.find(anywhere, key.id) is None
    assert stored(anywhere, key.id) == ""
    assert [row.revoked_at is not None for row in keys.list_keys(anywhere, LOCAL_ADMIN)] == [True]
    for again in (keys.revoke, keys.rotate):
        with pytest.raises(NotYours):
            again(anywhere, LOCAL_ADMIN, key.id)


def test_nobody_rotates_or_revokes_a_key_of_somebody_else(anywhere: App) -> None:
    key, secret = keys.create(anywhere, LOCAL_ADMIN)
    other = account(anywhere, "other")
    for touch in (keys.revoke, keys.rotate):
        with pytest.raises(NotYours):
            touch(anywhere, other, key.id)
    found = keys.find(anywhere, key.id)
    assert found is not None
    assert found.secrets == (secret,)


def test_the_keys_of_an_account_that_was_shut_out_do_not_count(anywhere: App) -> None:
    owner = account(anywhere, "someone")
    key, _ = keys.create(anywhere, owner)
    anywhere.records.accounts.set_active(owner, False)
    assert keys.find(anywhere, key.id) is None
    anywhere.records.accounts.set_active(owner, True)
    assert keys.find(anywhere, key.id) is not None


@pytest.mark.parametrize("text", ["", "pk_", "pk_" + "0" * 20, "x" * 5000, "pk_\x00", "PK_"])
def test_what_is_no_key_is_not_found(installed: App, text: str) -> None:
    assert keys.find(installed, text) is None


def test_a_secret_cannot_be_moved_to_another_key(installed: App) -> None:
    first, _ = keys.create(installed, LOCAL_ADMIN)
    second, _ = keys.create(installed, LOCAL_ADMIN)
    with installed.records.writer.begin() as connection:
        moved = update(api_keys).values(secret=stored(installed, first.id))
        connection.execute(moved.where(api_keys.c.id == second.id))
    with pytest.raises(Unavailable, match=second.id):
        keys.find(installed, second.id)


def test_another_master_key_reads_nothing_and_an_added_one_reads_all(installed: App) -> None:
    from cryptography.fernet import Fernet

    path = installed.settings.home / "secrets" / "apikeys"
    key, secret = keys.create(installed, LOCAL_ADMIN)
    old = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    fresh = Fernet.generate_key().decode()
    path.write_text(fresh)
    with pytest.raises(Unavailable, match=key.id):
        keys.find(installed, key.id)
    path.write_text(f"{fresh}\n{old}")
    found = keys.find(installed, key.id)
    assert found is not None
    assert found.secrets == (secret,)
    path.write_text("not a key")
    with pytest.raises(Unavailable, match="apikeys"):
        keys.create(installed, LOCAL_ADMIN)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("scopes", {"scopes": ["trade"]}),
        ("name", {"name": "x" * 101}),
        ("name", {"name": "a\x00b"}),
    ],
)
def test_a_key_is_not_made_of_anything(installed: App, field: str, given: dict[str, object]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        keys.create(installed, LOCAL_ADMIN, **given)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("grace", [-1.0, 31 * 86_400.0, float("nan")])
def test_a_grace_that_is_no_time_is_refused(installed: App, grace: float) -> None:
    key, _ = keys.create(installed, LOCAL_ADMIN)
    with pytest.raises(InvalidParameter):
        keys.rotate(installed, LOCAL_ADMIN, key.id, grace_seconds=grace)


def test_an_account_has_fifty_keys_at_most(installed: App) -> None:
    for _ in range(keys.MOST_KEYS):
        key, _ = keys.create(installed, LOCAL_ADMIN)
    with pytest.raises(InvalidParameter, match="50"):
        keys.create(installed, LOCAL_ADMIN)
    keys.revoke(installed, LOCAL_ADMIN, key.id)
    keys.create(installed, LOCAL_ADMIN)


def test_the_last_use_is_noted(anywhere: App) -> None:
    key, _ = keys.create(anywhere, LOCAL_ADMIN)
    limits.spend(anywhere, key.id, 1)
    assert [row.last_used_at is not None for row in keys.list_keys(anywhere, LOCAL_ADMIN)] == [True]


def test_the_command_makes_lists_rotates_and_revokes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTGPT_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    cli, run = build_cli(), CliRunner()

    def said(*words: str) -> str:
        done = run.invoke(cli, ["apikey", *words, "--email", "you@example.com"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    made = json.loads(said("create", "--json", "--scope", "backtest:read"))
    assert set(made) == {"api_key", "secret"}
    assert made["secret"] not in said("list")
    turned = json.loads(said("rotate", made["api_key"], "--grace", "60", "--json"))
    assert json.loads(said("list", "--json"))[0]["rotated_until"] is not None
    assert json.loads(said("rotate", made["api_key"], "--now", "--json"))["secret"] != turned["secret"]
    assert json.loads(said("list", "--json"))[0]["rotated_until"] is None
    assert turned["api_key"] == made["api_key"]
    assert turned["secret"] != made["secret"]
    (row,) = json.loads(said("list", "--json"))
    assert (row["scopes"], row["revoked_at"]) == (["backtest:read"], None)
    assert made["api_key"] in said("revoke", made["api_key"])
    assert json.loads(said("list", "--json"))[0]["revoked_at"] is not None
    shown = said("create", "--name", "bot")
    assert shown.startswith("api_key pk_")


def test_without_an_address_the_key_is_that_of_the_page_or_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUANTGPT_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    cli, run = build_cli(), CliRunner()
    run.invoke(cli, ["apikey", "create", "--name", "page"], catch_exceptions=False)
    app = build_app()
    assert [key.name for key in keys.list_keys(app, LOCAL_ADMIN)] == ["page"]
    app.records.close()
    monkeypatch.setenv("QUANTGPT_AUTH", "required")
    assert isinstance(run.invoke(cli, ["apikey", "list"]).exception, BadRequest)
