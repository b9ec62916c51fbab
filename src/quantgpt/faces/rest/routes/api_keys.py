"""Keys of the signed interface: made, rotated, revoked by the account that they belong to."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.crypto_shapes import ApiKey, ApiKeys, ApiKeySecret, NewKeyBody, RotateKeyBody
from quantgpt.faces.rest.wire import moment
from quantgpt.services.signed import keys

router = APIRouter(prefix="/api-keys", tags=["api-keys"])


@router.get("", response_model=ApiKeys)
def get_keys(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The caller's keys; secrets are never shown again."""
    return {"keys": [_shown(key) for key in keys.list_keys(rest.app, caller.id)], "scopes": sorted(keys.SCOPES)}


@router.post("", response_model=ApiKeySecret, status_code=201)
def post_key(body: NewKeyBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Make a key. Its secret is in this answer and nowhere else."""
    rest.submissions.admit(caller.id)
    key, secret = keys.create(rest.app, caller.id, name=body.name, scopes=tuple(body.scopes))
    return {"key": _shown(key), "secret": secret}


@router.post("/{key_id}/rotate", response_model=ApiKeySecret)
def post_rotate(key_id: str, body: RotateKeyBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Give a key a new secret; the one before it counts for the grace time."""
    key, secret = keys.rotate(rest.app, caller.id, key_id, grace_seconds=float(body.grace_seconds))
    return {"key": _shown(key), "secret": secret}


@router.delete("/{key_id}", response_model=ApiKey)
def delete_key(key_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Revoke a key at once."""
    return _shown(keys.revoke(rest.app, caller.id, key_id))


def _shown(key: keys.SigningKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": moment(key.created_at),
        "last_used_at": moment(key.last_used_at),
        "rotated_until": moment(key.rotated_until),
        "revoked_at": moment(key.revoked_at),
    }
