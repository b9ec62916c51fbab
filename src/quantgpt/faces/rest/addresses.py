"""Where a request comes from: its Host, its Origin, its network address."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_ONE_CUSTOMER = 64
"""bits of an IPv6 address that one customer shares"""


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


def is_foreign(origin: str | None, host: str) -> bool:
    """A page of another site sent the request. Without an Origin none did, as far as we are told.

    >>> is_foreign("http://127.0.0.1:8003", "127.0.0.1:8003"), is_foreign("null", "127.0.0.1:8003")
    (False, True)
    """
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != host
    except ValueError:
        return True


def came_through_a_proxy(headers: Mapping[str, str]) -> bool:
    """Somebody handed the request on: who is at this machine is not who asked."""
    return any(name in headers for name in FORWARDED)


def network_address(request: HTTPConnection, trusted_proxies: str) -> str:
    """The address that limits count by: the nearest one that is not a trusted proxy's; of IPv6 the customer's part."""
    peer = request.client.host if request.client else ""
    trusted = _networks(trusted_proxies)
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _is_among(peer, trusted):
        peer = hops.pop()
    return _customer(peer)


def _networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            continue
    return found


def _is_among(address: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)


def _customer(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, _ONE_CUSTOMER), strict=False))
    return str(known)
