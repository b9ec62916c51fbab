"""Imports of market data by the administrator: files in, a preview, and the write."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from quantgpt.faces.rest.access import AdminDep, RestDep
from quantgpt.faces.rest.import_shapes import ImportList, ImportRow
from quantgpt.faces.rest.uploads import off_the_loop, receive
from quantgpt.services import imports
from quantgpt.services.import_files import MOST_BYTES

router = APIRouter(prefix="/imports", tags=["imports"])
LARGEST_BODY = MOST_BYTES + (16 << 20)
"""bytes: the files, and what a multipart form puts around them"""
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "market": {"type": "string", "default": "main", "description": "行情库名称"},
                    },
                }
            }
        },
    }
}


class CommitBody(BaseModel):
    """POST /imports/{import_id}/commit."""

    model_config = ConfigDict(json_schema_extra={"example": {"skip_bad_rows": False}})

    skip_bad_rows: StrictBool = Field(False, description="跳过不可能为真的数据行")


@router.post("", status_code=202, responses={202: {"model": ImportRow}}, openapi_extra=_FORM)
async def post_import(request: Request, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Files for a market. They are looked at by a job; nothing of the market changes before the commit."""
    announced = int(request.headers.get("content-length", "0"))
    upload = await to_thread.run_sync(imports.start_upload, rest.app, announced)
    try:
        fields = await receive(request, upload)
        market = fields.get("market", "").strip() or "main"
        return await to_thread.run_sync(imports.finish_upload, rest.app, upload, market)
    finally:
        await off_the_loop(upload.give_up)


@router.get("", responses={200: {"model": ImportList}})
def get_imports(rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Every import of the last day, newest first, and what may be sent."""
    return imports.list_imports(rest.app)


@router.get("/{import_id}", responses={200: {"model": ImportRow}})
def get_import(import_id: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """One import: how far it is, its preview, its outcome."""
    return imports.read_import(rest.app, import_id)


@router.delete("/{import_id}", status_code=204)
def delete_import(import_id: str, rest: RestDep, caller: AdminDep) -> Response:
    """Forget an import that is not being written."""
    imports.remove_import(rest.app, import_id)
    return Response(status_code=204)


@router.post("/{import_id}/preview", status_code=202, responses={202: {"model": ImportRow}})
def post_preview(import_id: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Compare the files with the market as it is now."""
    return imports.look_again(rest.app, import_id)


@router.post("/{import_id}/commit", status_code=202, responses={202: {"model": ImportRow}})
def post_commit(import_id: str, body: CommitBody, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Have it written, whole or not at all; twice is the same as once."""
    return imports.commit(rest.app, import_id, skip_bad_rows=body.skip_bad_rows)
