"""Sessions: make, list, rename, delete."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import RenamedSession, SessionList, SessionObject
from quantgpt.faces.rest.wire import NewSessionBody, SessionNameBody, moment
from quantgpt.services import sessions

router = APIRouter(tags=["sessions"])


@router.post("/sessions", status_code=201, responses={201: {"model": SessionObject}})
def post_session(body: NewSessionBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Make a session; one without a name is named by its first finished task."""
    return session_body(sessions.open_session(rest.app, caller.id, body.name))


@router.get("/sessions", responses={200: {"model": SessionList}})
def get_sessions(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The caller's sessions, the one changed last first."""
    found = sessions.list_sessions(rest.app, caller.id)
    return {"sessions": [{**session_body(one), **asdict(one.work)} for one in found]}


@router.patch("/sessions/{session_id}", responses={200: {"model": RenamedSession}})
def patch_session(session_id: str, body: SessionNameBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Rename a session."""
    found = session_body(sessions.rename_session(rest.app, session_id, caller.id, body.name))
    return {name: found[name] for name in RenamedSession.model_fields}


@router.delete("/sessions/{session_id}", status_code=204)
def delete_session(session_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """Delete a session with its tasks; what runs is stopped first."""
    sessions.delete_session(rest.app, session_id, caller.id)
    return Response(status_code=204)


def session_body(found: sessions.Session) -> dict[str, Any]:
    """A session on the wire."""
    return {
        "id": found.id,
        "name": found.name,
        "created_at": moment(found.created_at),
        "updated_at": moment(found.updated_at),
    }
