"""Who is asking. In local mode a request from this machine's own page or shell needs no token."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from quantgpt.faces.rest.state import Rest, rest_of
from quantgpt.foundations.errors import Forbidden, Unauthenticated
from quantgpt.records import LOCAL_ADMIN


@dataclass(frozen=True)
class Caller:
    """The user behind a request."""

    id: str


def is_loopback(host: str) -> bool:
    """The host part of an address means this machine.

    >>> is_loopback("localhost:8003"), is_loopback("[::1]:8003"), is_loopback("127.0.0.1.evil.example")
    (True, True, False)
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def caller_of(request: Request, rest: Annotated[Rest, Depends(rest_of)]) -> Caller:
    """The caller. A token that is present is always checked, and none is valid as long as there are no accounts.

    Raises: Unauthenticated, Forbidden for another machine's name or page.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None or request.query_params.get("token") is not None:
        raise Unauthenticated("无效的 Token", hint="accounts are not part of this version; send no token")
    if rest.app.settings.auth_in_force == "required":
        raise Unauthenticated("未提供认证信息")
    host = request.headers.get("host", "")
    if not is_loopback(host):
        raise Forbidden("只能从本机访问", hint="open the page as http://127.0.0.1 or http://localhost")
    _refuse_foreign_page(request, host)
    return Caller(LOCAL_ADMIN)


def _refuse_foreign_page(request: Request, host: str) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise Forbidden("不接受来自其他网站的请求")
    cross_site = request.headers.get("sec-fetch-site") == "cross-site"
    if cross_site and request.headers.get("sec-fetch-mode") != "navigate":
        raise Forbidden("不接受来自其他网站的请求")


CallerDep = Annotated[Caller, Depends(caller_of)]
RestDep = Annotated[Rest, Depends(rest_of)]
