"""The web page: files of the build, and the index for every other address."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ALWAYS_FRESH = {"Cache-Control": "no-cache"}
_NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>QuantGPT</title>
<h1>QuantGPT</h1><p>服务已启动，网页尚未构建：在 web/ 目录运行 npm ci &amp;&amp; npm run build。</p>
<p>The service is up; the page has not been built yet. The interface is described at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></html>"""

router = APIRouter(include_in_schema=False)


@router.api_route("/{address:path}", methods=["GET", "HEAD"])
def page(address: str) -> Response:
    """A file of the build, or the page itself."""
    if address == "api" or address.startswith("api/"):
        raise HTTPException(404)
    if (path := _inside(address)) is not None:
        return FileResponse(path, headers=FOREVER if address.startswith("assets/") else ALWAYS_FRESH)
    if address.startswith("assets/"):
        raise HTTPException(404)
    index = STATIC / "index.html"
    return FileResponse(index, headers=ALWAYS_FRESH) if index.is_file() else HTMLResponse(_NOT_BUILT)


def _inside(address: str) -> Path | None:
    """The file of that address, if it is one of the build."""
    if not address or "\0" in address:
        return None
    try:
        path = (STATIC / address).resolve()
        return path if path.is_relative_to(STATIC) and path.is_file() else None
    except OSError:
        return None
