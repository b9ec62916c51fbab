"""quantgpt apikey"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from quantgpt.services._base import App
    from quantgpt.services.signed.keys import SigningKey

_Email = Annotated[
    str,
    typer.Option(
        "--email",
        help="账户的邮箱，没有则创建；不需登录时默认为网页的本地账户 · address of the account; by default that of the page, where nobody signs in",
    ),
]
LOCAL_EMAIL = "local@localhost"
"""What the account of the page is called where nobody signs in."""
_Key = Annotated[str, typer.Argument(help="密钥编号 pk_… · id of the key")]
_Json = Annotated[bool, typer.Option("--json", help="只输出一行 JSON · one line of JSON")]


def install(cli: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="签名请求（/v1）的 API 密钥 · API keys for signed requests", no_args_is_help=True)
    for command in (create, list_, rotate, revoke):
        group.command(command.__name__.rstrip("_"))(command)
    cli.add_typer(group, name="apikey")


def create(
    email: _Email = "",
    name: Annotated[str, typer.Option("--name", help="名称 · a name for it")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", help="限制权限，可重复；不给则不限 · keep it to a scope, e.g. backtest:read; may be repeated"
        ),
    ] = None,
    as_json: _Json = False,
) -> None:
    """创建密钥；secret 只显示这一次 · Make a key; its secret is shown this once."""
    from quantgpt.services.signed import keys

    app, owner_id = _opened(email)
    key, secret = keys.create(app, owner_id, name=name, scopes=scope or ())
    _show_secret(key, secret, as_json)


def list_(email: _Email = "", as_json: _Json = False) -> None:
    """列出账户的密钥 · List the keys of an account."""
    from quantgpt.services.signed import keys

    app, owner_id = _opened(email)
    rows = [_row(key) for key in keys.list_keys(app, owner_id)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = f"已吊销 revoked {row['revoked_at']}" if row["revoked_at"] else "有效 in force"
        used = row["last_used_at"] or "—"
        scopes = ",".join(row["scopes"]) or "*"
        typer.echo(
            f"{row['api_key']}  {state}  创建 made {row['created_at']}  最近使用 used {used}  {scopes}  {row['name']}"
        )
    if not rows:
        typer.echo("没有密钥 · no keys", err=True)


def rotate(
    key_id: _Key,
    email: _Email = "",
    grace: Annotated[
        float, typer.Option("--grace", help="旧 secret 继续有效的秒数 · seconds that the old secret counts")
    ] = 86400.0,
    now: Annotated[
        bool, typer.Option("--now", help="旧 secret 立即失效，同 --grace 0 · old secrets end at once, as --grace 0")
    ] = False,
    as_json: _Json = False,
) -> None:
    """换新的 secret，旧的在 --grace 秒内仍有效 · Give a key a new secret; the old one counts for a while."""
    from quantgpt.services.signed import keys

    app, owner_id = _opened(email)
    key, secret = keys.rotate(app, owner_id, key_id, grace_seconds=0.0 if now else grace)
    _show_secret(key, secret, as_json)


def revoke(key_id: _Key, email: _Email = "", as_json: _Json = False) -> None:
    """立即吊销密钥 · End a key at once."""
    from quantgpt.services.signed import keys

    app, owner_id = _opened(email)
    row = _row(keys.revoke(app, owner_id, key_id))
    typer.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{row['api_key']} 已吊销 · revoked")


def _opened(email: str) -> tuple[App, str]:
    """The App and the account of an address, made if there is none; without one whoever sits at this machine, as on the page.

    Raises: BadRequest without an address where a login is asked for.
    """
    from quantgpt.bootstrap import build_app
    from quantgpt.foundations.errors import BadRequest
    from quantgpt.records import LOCAL_ADMIN
    from quantgpt.services.accounts import read_email

    app = build_app()
    if not email and app.settings.auth_in_force != "local":
        raise BadRequest("这里需要登录，请用 --email 指明账户", en="a login is asked for here; name it with --email")
    app.ensure_room()
    app.records.migrate()
    if email in ("", LOCAL_EMAIL):
        return app, LOCAL_ADMIN
    return app, app.records.accounts.ensure(read_email(email)).id


def _show_secret(key: SigningKey, secret: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"api_key": key.id, "secret": secret}))
        return
    typer.echo("secret 只显示这一次，请妥善保存 · the secret is shown this once", err=True)
    typer.echo(f"api_key {key.id}\nsecret  {secret}")
    if key.rotated_until is not None:
        typer.echo(f"旧 secret 有效至 · the old secret counts until {_moment(key.rotated_until)}", err=True)


def _row(key: SigningKey) -> dict[str, Any]:
    moments = ("created_at", "last_used_at", "rotated_until", "revoked_at")
    return {
        "api_key": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        **{name: _moment(getattr(key, name)) for name in moments},
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
