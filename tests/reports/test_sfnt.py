"""The font cut of reports: same outlines, composites whole, characters beyond the first plane."""

from __future__ import annotations

import io

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from quantgpt.foundations.errors import BadImport, Broken
from quantgpt.reports import fonts
from quantgpt.reports.sfnt import cut, read_sfnt

CHARACTERS = {ord("A"): "A", ord("B"): "B", ord("Á"): "Aacute", ord("中"): "zhong", 0x20BB7: "rare", ord(" "): "space"}


@pytest.fixture(scope="module")
def small_font() -> bytes:
    """A TrueType font of six characters: one composite, one blank, one beyond the first plane."""
    builder = FontBuilder(1000, isTTF=True)
    order = [".notdef", "A", "B", "acute", "Aacute", "zhong", "rare", "space"]
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(CHARACTERS)
    glyphs = {}
    for k, name in enumerate(order):
        pen = TTGlyphPen({})
        if name not in ("Aacute", "space"):
            pen.moveTo((0, 0))
            pen.lineTo((100 + 10 * k, 0))
            pen.lineTo((50, 300 + k))
            pen.closePath()
        glyphs[name] = pen.glyph()
    composite = TTGlyphPen(glyphs)
    composite.addComponent("A", (1, 0, 0, 1, 0, 0))
    composite.addComponent("acute", (1, 0, 0, 1, 300, 400))
    glyphs["Aacute"] = composite.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (500 + k, 0) for k, name in enumerate(order)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def outline(font: TTFont, code: int) -> tuple[object, int]:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    glyph = font.getGlyphSet()[font.getBestCmap()[code]]
    glyph.draw(pen)
    return pen.value, glyph.width


@pytest.mark.parametrize("text", ["A", "Á", "中A", "𠮷Á B中", ""], ids=repr)
def test_a_cut_keeps_the_outlines_and_widths_of_its_text(small_font: bytes, text: str) -> None:
    whole, part = TTFont(io.BytesIO(small_font)), TTFont(io.BytesIO(cut(read_sfnt(small_font), text)))
    assert set(part.getBestCmap() or {}) == {ord(c) for c in text}
    assert all(outline(part, ord(c)) == outline(whole, ord(c)) for c in text)


def test_characters_that_the_font_lacks_are_left_out(small_font: bytes) -> None:
    font = TTFont(io.BytesIO(cut(read_sfnt(small_font), "A😀ب")))
    assert set(font.getBestCmap()) == {ord("A")}


def test_the_same_text_in_another_order_gives_the_same_bytes(small_font: bytes) -> None:
    font = read_sfnt(small_font)
    assert cut(font, "中AB") == cut(font, "BAA中")


@pytest.mark.parametrize("data", [b"", b"OTTO" + b"\0" * 40, b"not a font"], ids=repr)
def test_what_is_not_truetype_is_refused(data: bytes) -> None:
    with pytest.raises(Broken):
        read_sfnt(data)


def test_a_source_that_is_no_font_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    source = Path(str(tmp_path)) / "x.ttf"
    source.write_bytes(b"nothing")
    with pytest.raises(BadImport):
        fonts.build_font(source, source.with_suffix(".out"))
    with pytest.raises(BadImport):
        fonts.build_font(source.with_name("absent.ttf"), source.with_suffix(".out"))
    assert not source.with_suffix(".out").exists()


def test_gbk_and_the_signs_of_reports_are_wanted() -> None:
    wanted = fonts.wanted_characters()
    assert {ord(c) for c in "璟碁岹昇䶮−→–—·≥≤×±Aé"} <= wanted
    assert len(wanted) > 21_886


def test_the_licence_lies_beside_the_font() -> None:
    assert "SIL OPEN FONT LICENSE" in fonts.LICENCE.read_text(encoding="utf-8")
