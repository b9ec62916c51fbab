"""Cut a TrueType font down to the characters of one text, fast enough to be done for every report.

A general font library spends most of its time on tables and outlines that a cut leaves as they are. Here glyph
outlines are copied byte for byte; only the tables that count or point at glyphs are written anew.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from quantgpt.foundations.errors import Broken

_ARGS_ARE_WORDS = 0x0001
_HAS_SCALE = 0x0008
_MORE_COMPONENTS = 0x0020
_HAS_XY_SCALE = 0x0040
_HAS_MATRIX = 0x0080
_COPIED_TABLES = ("OS/2", "name")


@dataclass(frozen=True)
class Sfnt:
    """A TrueType font in memory: its tables, where each glyph lies, and the glyph of each character."""

    tables: dict[str, bytes]
    offsets: tuple[int, ...]
    glyph_of: dict[int, int]

    def covers(self, character: str) -> bool:
        """The font has a glyph for that character."""
        return ord(character) in self.glyph_of

    def outline(self, glyph: int) -> bytes:
        """The stored outline of a glyph, empty for a blank one."""
        return self.tables["glyf"][self.offsets[glyph] : self.offsets[glyph + 1]]

    def metrics(self, glyph: int) -> bytes:
        """Advance width and left side bearing of a glyph, as stored (4 bytes)."""
        table = self.tables["hmtx"]
        wide = _u16(self.tables["hhea"], 34)
        if glyph < wide:
            return table[4 * glyph : 4 * glyph + 4]
        bearing = 4 * wide + 2 * (glyph - wide)
        return table[4 * wide - 4 : 4 * wide - 2] + table[bearing : bearing + 2]


def read_sfnt(data: bytes) -> Sfnt:
    """Read a TrueType font file.

    Raises: Broken when it is not TrueType or has no Unicode character map.
    """
    if data[:4] != b"\x00\x01\x00\x00":
        raise Broken("not a TrueType font file")
    tables = {}
    for i in range(_u16(data, 4)):
        tag, _, start, length = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
        tables[tag.decode("latin-1")] = data[start : start + length]
    count = _u16(tables["maxp"], 4)
    if _u16(tables["head"], 50):
        offsets = struct.unpack_from(f">{count + 1}L", tables["loca"])
    else:
        offsets = tuple(2 * half for half in struct.unpack_from(f">{count + 1}H", tables["loca"]))
    return Sfnt(tables, offsets, _read_cmap(tables["cmap"]))


def cut(font: Sfnt, text: str) -> bytes:
    """A WOFF file with the glyphs of the characters in `text` and nothing else; the same text gives the same bytes."""
    wanted = {ord(c): font.glyph_of[ord(c)] for c in set(text) if ord(c) in font.glyph_of}
    kept = [0, *sorted(set(wanted.values()) - {0})]
    for glyph in kept:
        kept.extend(part for part in _components(font.outline(glyph)) if part not in kept)
    place = {glyph: i for i, glyph in enumerate(kept)}
    outlines = [_renumbered(font.outline(glyph), place) for glyph in kept]
    loca = [0]
    for outline in outlines:
        loca.append(loca[-1] + len(outline))
    head, hhea, maxp, post = (bytearray(font.tables[name]) for name in ("head", "hhea", "maxp", "post"))
    struct.pack_into(">L", head, 8, 0)
    struct.pack_into(">H", head, 50, 1)
    struct.pack_into(">H", hhea, 34, len(kept))
    struct.pack_into(">H", maxp, 4, len(kept))
    struct.pack_into(">L", post, 0, 0x00030000)
    return _woff(
        {
            **{name: font.tables[name] for name in _COPIED_TABLES if name in font.tables},
            "cmap": _written_cmap({code: place[glyph] for code, glyph in wanted.items()}),
            "glyf": b"".join(outlines),
            "head": bytes(head),
            "hhea": bytes(hhea),
            "hmtx": b"".join(font.metrics(glyph) for glyph in kept),
            "loca": struct.pack(f">{len(loca)}L", *loca),
            "maxp": bytes(maxp),
            "post": bytes(post[:32]),
        }
    )


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _read_cmap(table: bytes) -> dict[int, int]:
    """Characters → glyphs; the full-range map (format 12) wins over the 16-bit one (format 4)."""
    found: dict[int, int] = {}
    for i in range(_u16(table, 2)):
        _, _, start = struct.unpack_from(">HHL", table, 4 + 8 * i)
        kind = _u16(table, start)
        if kind == 12:
            for j in range(struct.unpack_from(">L", table, start + 12)[0]):
                first, last, glyph = struct.unpack_from(">LLL", table, start + 16 + 12 * j)
                found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
            return found
        if kind == 4:
            found |= _read_cmap4(table[start:])
    if not found:
        raise Broken("the font has no Unicode character map that we read")
    return found


def _read_cmap4(table: bytes) -> dict[int, int]:
    segments = _u16(table, 6) // 2
    found = {}
    for i in range(segments):
        last = _u16(table, 14 + 2 * i)
        first = _u16(table, 16 + 2 * (segments + i))
        delta = _u16(table, 16 + 2 * (2 * segments + i))
        here = 16 + 2 * (3 * segments + i)
        shift = _u16(table, here)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code if not shift else _u16(table, here + shift + 2 * (code - first))
            if glyph or not shift:
                found[code] = (glyph + delta) & 0xFFFF
    return found


def _written_cmap(glyph_of: dict[int, int]) -> bytes:
    """One format 12 map, runs of neighbouring characters with neighbouring glyphs joined."""
    groups: list[list[int]] = []
    for code, glyph in sorted(glyph_of.items()):
        if groups and code == groups[-1][1] + 1 and glyph == groups[-1][2] + code - groups[-1][0]:
            groups[-1][1] = code
        else:
            groups.append([code, code, glyph])
    body = b"".join(struct.pack(">LLL", *group) for group in groups)
    return struct.pack(">HHHHLHHLLL", 0, 1, 3, 10, 12, 12, 0, 16 + len(body), 0, len(groups)) + body


def _component_places(outline: bytes) -> list[int]:
    """Where the glyph numbers of a composite outline stand; empty for a simple outline."""
    if len(outline) < 10 or outline[0] < 0x80:
        return []
    places, at = [], 10
    while True:
        flags = _u16(outline, at)
        places.append(at + 2)
        at += 8 if flags & _ARGS_ARE_WORDS else 6
        at += 2 if flags & _HAS_SCALE else 4 if flags & _HAS_XY_SCALE else 8 if flags & _HAS_MATRIX else 0
        if not flags & _MORE_COMPONENTS:
            return places


def _components(outline: bytes) -> list[int]:
    return list(dict.fromkeys(_u16(outline, at) for at in _component_places(outline)))


def _renumbered(outline: bytes, place: dict[int, int]) -> bytes:
    out = bytearray(outline)
    for at in _component_places(outline):
        struct.pack_into(">H", out, at, place[_u16(outline, at)])
    out.extend(b"\0" * (-len(out) % 4))
    return bytes(out)


def _woff(tables: dict[str, bytes]) -> bytes:
    """Wrap tables as WOFF 1: each deflated where that makes it smaller."""
    directory, body = b"", b""
    start = 44 + 20 * len(tables)
    whole = 12 + 16 * len(tables)
    for tag in sorted(tables):
        plain = tables[tag]
        packed = zlib.compress(plain, 9)
        stored = packed if len(packed) < len(plain) else plain
        sums = struct.unpack(f">{-(-len(plain) // 4)}L", plain + b"\0" * (-len(plain) % 4))
        directory += struct.pack(
            ">4sLLLL", tag.encode("latin-1"), start + len(body), len(stored), len(plain), sum(sums) & 0xFFFFFFFF
        )
        body += stored + b"\0" * (-len(stored) % 4)
        whole += len(plain) + (-len(plain) % 4)
    header = struct.pack(
        ">4sLLHHLHHLLLLL", b"wOFF", 0x00010000, start + len(body), len(tables), 0, whole, 1, 0, 0, 0, 0, 0, 0
    )
    return header + directory + body
