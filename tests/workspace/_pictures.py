"""Pictures for feedback tests: small good ones, and every kind of bad one."""

from __future__ import annotations

import base64
import io
import struct
import zlib

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(width: int = 8, height: int = 6, mode: str = "RGB") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    picture = Image.radial_gradient("L").resize((width, height)).convert(mode)
    picture.save(out, "PNG")
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """One part of a PNG with its check sum."""
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def claimed(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that says it is so large, with those rows behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def interlaced(width: int, height: int, missing: int = 0) -> bytes:
    """A black picture in seven passes, each a picture of every so manieth row and column."""
    rows = b""
    for x, y, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        columns = len(range(x, width, dx))
        rows += b"".join(b"\0" * (1 + 3 * columns) for _ in range(y, height, dy) if columns)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    packed = zlib.compress(rows[: len(rows) - missing])
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_part(data: bytes, kind: bytes, body: bytes) -> bytes:
    """The picture with one more part behind its head."""
    return data[:33] + chunk(kind, body) + data[33:]


def text(data: bytes) -> str:
    """Bare base64."""
    return base64.b64encode(data).decode()


def uri(data: bytes, kind: str = "image/png") -> str:
    """A data URI."""
    return f"data:{kind};base64,{text(data)}"


def garbage() -> dict[str, str]:
    """Screenshots that must be refused, by what is wrong with them."""
    good = png()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 0x40
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    return {
        "empty data": "data:image/png;base64,",
        "no base64": "data:image/png;base64,@@@@",
        "half a letter": text(good)[:-3] + "é",
        "plain data URI": "data:image/png,abc",
        "svg": uri(svg, "image/svg+xml"),
        "svg that says png": uri(svg),
        "gif that says png": uri(gif.getvalue()),
        "html": uri(b"<!doctype html><script>alert(1)</script>"),
        "html behind the signature": uri(SIGNATURE + b"<script>alert(1)</script>" * 4),
        "signature alone": uri(SIGNATURE),
        "cut in the middle": uri(good[: len(good) // 2]),
        "without its end": uri(good[:-12]),
        "one bit changed": uri(bytes(flipped)),
        "line ends translated": uri(good.replace(b"\r\n", b"\n")),
        "too few rows": uri(claimed(64, 64, b"\0" * (193 * 63))),
        "no rows": uri(claimed(8, 8, b"")),
        "rows that stop": uri(
            SIGNATURE + good[8:33] + chunk(b"IDAT", zlib.compress(bytes(range(150)))[:60]) + chunk(b"IEND", b"")
        ),
        "rows that are no deflate": uri(SIGNATURE + good[8:33] + chunk(b"IDAT", b"\xff" * 64) + chunk(b"IEND", b"")),
        "wide bomb": uri(claimed(2**31 - 1, 1, b"\0" * 1000)),
        "square bomb": uri(claimed(60_000, 60_000, b"\0" * 1_000_000)),
        "just above the pixels": uri(claimed(10_000, 2_001, b"\0" * 1000)),
        "no width": uri(claimed(0, 5)),
        "two heads": uri(with_part(good, b"IHDR", good[16:29])),
        "head is short": uri(SIGNATURE + chunk(b"IHDR", b"\0" * 5) + chunk(b"IEND", b"")),
        "no head": uri(SIGNATURE + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")),
        "length of a part beyond the end": uri(good[:33] + struct.pack(">I4s", 2**32 - 1, b"IDAT") + b"xxxx"),
        "nonsense mode": uri(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 77, 9, 9, 9, 9)) + good[33:]),
    }
