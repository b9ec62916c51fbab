"""Screenshots of strangers: a PNG is taken apart, only its picture is kept, and that is encoded afresh."""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zlib
from collections.abc import Iterator

from quantgpt.foundations.errors import BadRequest

MAX_TEXT = 5 * 1024 * 1024
"""characters of base64 text"""
MAX_SIDE = 10_000
MAX_PIXELS = 20_000_000
"""what two 4K screens side by side show, and a little more"""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""samples of a pixel, by the type of colour"""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""(x, y, step, step) of the passes of an interlaced picture"""
_PIECE = 1 << 20
_DATA_URI = re.compile(r"data:([^;,]{0,100})((?:;[^;,]{0,100}){0,4}),", re.ASCII)
_SPACE = re.compile(r"[\x20\t\r\n]+")
_BLANK = frozenset(" \t\r\n")


def clean_png(text: str) -> bytes:
    """The picture in a data URI or bare base64 text as a PNG of our own making: no metadata, no animation, nothing
    behind the end.

    Raises: BadRequest for text that is too long, no base64, no PNG, damaged, or a picture that is too large.
    """
    if len(text) > MAX_TEXT:
        raise BadRequest("截图文件过大（最大5MB）", field="screenshot", hint=f"at most {MAX_TEXT} characters of base64")
    return _encoded_again(_bare(_decoded(text)))


def _refuse(message: str, hint: str) -> BadRequest:
    return BadRequest(message, field="screenshot", hint=hint)


def _decoded(text: str) -> bytes:
    """The bytes behind the text. Spaces and line breaks inside base64 do not matter."""
    text = text.strip()
    if text[:5].lower() == "data:":
        found = _DATA_URI.match(text[:5].lower() + text[5:600])
        if found is None or found[1].strip().lower() != "image/png" or not found[2].lower().endswith(";base64"):
            raise _refuse("截图必须是 PNG 图片", "data:image/png;base64,…")
        text = text[found.end() :]
    if not _BLANK.isdisjoint(text):
        text = _SPACE.sub("", text)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _refuse("截图不是有效的 base64", "data:image/png;base64,…") from None


def _bare(data: bytes) -> bytes:
    """The same picture with nothing but what a decoder needs. Its size is known before a pixel is decoded."""
    if not data.startswith(_SIGNATURE):
        raise _refuse("截图必须是 PNG 图片", "the file does not begin like a PNG")
    kept = [(kind, body) for kind, body in _chunks(data) if kind in _NEEDED]
    kinds = [kind for kind, _ in kept]
    if kinds[:1] != [b"IHDR"] or kinds.count(b"IHDR") != 1 or len(kept[0][1]) != 13 or b"IDAT" not in kinds:
        raise _refuse("截图已损坏", "its first part must be IHDR, and it needs IDAT")
    width, height = struct.unpack(">II", kept[0][1][:8])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        limit = f"at most {MAX_SIDE} by {MAX_SIDE} and {MAX_PIXELS} pixels in all"
        raise _refuse(f"截图尺寸过大（{width}×{height}）", limit)
    if not _is_complete(kept[0][1], b"".join(body for kind, body in kept if kind == b"IDAT")):
        raise _refuse("截图已损坏", "rows of the picture are missing")
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in kept)


def _is_complete(head: bytes, packed: bytes) -> bool:
    """The rows are all there. Unpacked piece by piece and never kept, so that it costs no memory."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if colour not in _CHANNELS:
        return False
    pixel = depth * _CHANNELS[colour]
    sizes = [((width - x + dx - 1) // dx, (height - y + dy - 1) // dy) for x, y, dx, dy in _ADAM7] if interlaced else []
    missing = sum(
        rows * (1 + (columns * pixel + 7) // 8) for columns, rows in sizes or [(width, height)] if columns > 0
    )
    unpacked, rest = zlib.decompressobj(), packed
    try:
        while missing > 0 and (piece := unpacked.decompress(rest, _PIECE)):
            missing, rest = missing - len(piece), unpacked.unconsumed_tail
    except zlib.error:
        return False
    return bool(missing <= 0)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, body) of each part up to IEND. Raises BadRequest for a damaged or cut file."""
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body, mark = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(body) < length or mark != struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))):
            raise _refuse("截图已损坏", f"part at byte {at} is cut or changed")
        yield kind, body
        if kind == b"IEND":
            return
        at += 12 + length
    raise _refuse("截图已损坏", "the file ends too early")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _encoded_again(data: bytes) -> bytes:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.load()
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            shown = picture if picture.mode == mode else picture.convert(mode)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error):
        raise _refuse("截图已损坏", "the picture cannot be decoded") from None
    out = io.BytesIO()
    shown.info.clear()
    shown.save(out, "PNG", compress_level=3)
    return out.getvalue()
