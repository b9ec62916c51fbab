"""The Chinese font of reports: cut once from its source at build time, cut again to each report's own text.

`python -m quantgpt.reports.fonts SOURCE.ttf` writes `assets/NotoSansSC-cut.ttf` (Noto Sans SC, regular, SIL OFL 1.1;
the licence lies beside it). Without that file reports fall back to the fonts of the reader's machine and say so.
"""

from __future__ import annotations

import base64
import sys
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.files import write_whole
from quantgpt.reports.sfnt import Sfnt, cut, read_sfnt

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ASSETS = Path(__file__).parent / "assets"
FONT = ASSETS / "NotoSansSC-cut.ttf"
LICENCE = ASSETS / "NotoSansSC-OFL.txt"

_DROPPED = ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "prep", "vhea", "vmtx"]
_BLOCKS = ((0x20, 0x7F), (0xA0, 0x180), (0x370, 0x400), (0x2010, 0x2030), (0x2190, 0x21A0), (0x25A0, 0x2600))
_DOT_RISE = 290
_SINGLE = "−≠≈∞✓✕✗⚠䶮"


def wanted_characters() -> set[int]:
    """The 21,886 characters of GBK, and the Latin letters, Greek letters and signs that reports print."""
    wanted = {ord(c) for c in _SINGLE}
    for first, last in _BLOCKS:
        wanted.update(range(first, last))
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            wanted.update(map(ord, bytes((lead, trail)).decode("gbk", "ignore")))
    return wanted


def build_font(source: Path, target: Path = FONT) -> int:
    """Cut `source` to `wanted_characters`, without hints and layout tables; returns how many characters it covers.

    Raises: BadImport when the source is missing or is not a TrueType font.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont, TTLibError

    try:
        font = TTFont(source)
        covered = wanted_characters() & font.getBestCmap().keys()
    except (OSError, TTLibError, KeyError, AttributeError) as error:
        raise BadImport(f"{source} 不是可用的 TrueType 字体", hint=f"{type(error).__name__}: {error}") from error
    _narrow_middle_dot(font)
    options = subset.Options(
        hinting=False,
        layout_features=[],
        glyph_names=False,
        notdef_outline=True,
        recalc_timestamp=False,
        name_IDs=[0, 1, 2, 4, 5, 6, 13, 14],
    )
    options.drop_tables += _DROPPED
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=covered)
    subsetter.subset(font)
    write_whole(target, lambda handle: font.save(handle))
    return len(covered)


def _narrow_middle_dot(font: TTFont) -> None:
    """Give U+00B7 the full stop of the Latin letters, raised: the source has a full-width bullet in its place."""
    full_stop = font.getBestCmap()[ord(".")]
    dot = deepcopy(font["glyf"][full_stop])
    dot.coordinates.translate((0, _DOT_RISE))
    dot.recalcBounds(font["glyf"])
    font["glyf"]["middledot.latin"] = dot
    font["hmtx"]["middledot.latin"] = font["hmtx"][full_stop]
    for table in font["cmap"].tables:
        if ord("·") in table.cmap:
            table.cmap[ord("·")] = "middledot.latin"


def report_font_available(path: Path = FONT) -> bool:
    """The font that reports embed has been built."""
    return path.is_file()


def embedded_font(text: str, path: Path = FONT) -> str | None:
    """A `data:` address of a font that holds the characters of `text`; None when the font has not been built."""
    if not report_font_available(path):
        return None
    woff = cut(_loaded(path, path.stat().st_mtime_ns), text)
    return "data:font/woff;base64," + base64.b64encode(woff).decode("ascii")


def covers(text: str, path: Path = FONT) -> bool:
    """The built font has a glyph for every visible character of `text`."""
    font = _loaded(path, path.stat().st_mtime_ns)
    return all(font.covers(c) for c in text if not c.isspace())


@lru_cache(maxsize=2)
def _loaded(path: Path, stamp: int) -> Sfnt:
    return read_sfnt(path.read_bytes())


def main(arguments: list[str]) -> int:
    """Build the font from the path given on the command line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m quantgpt.reports.fonts SOURCE.ttf\n")
        return 2
    try:
        count = build_font(Path(arguments[0]))
    except BadImport as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{FONT}: {count:,} characters, {FONT.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
