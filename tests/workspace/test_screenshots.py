"""Screenshots: what is kept of them, and what is refused."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from PIL import Image
from tests.workspace import _pictures as pictures

from quantgpt.foundations.errors import BadRequest
from quantgpt.services.screenshots import MAX_TEXT, clean_png


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_the_picture_stays_the_same(mode: str) -> None:
    data = pictures.png(31, 17, mode)
    kept = opened(clean_png(pictures.uri(data)))
    assert (kept.format, kept.size) == ("PNG", (31, 17))
    assert list(kept.convert("RGBA").get_flattened_data()) == list(opened(data).convert("RGBA").get_flattened_data())


def test_all_spellings_give_the_same_bytes() -> None:
    data = pictures.png()
    lines = "\r\n".join(pictures.text(data)[n : n + 60] for n in range(0, len(pictures.text(data)), 60))
    spelt = [
        pictures.uri(data),
        pictures.text(data),
        lines,
        f"DATA:image/PNG;name=a.png;base64,{lines}\r\n",
        f"  data:image/png;base64,{pictures.text(data)}  ",
    ]
    assert len({clean_png(text) for text in spelt}) == 1


@pytest.mark.parametrize("what", sorted(pictures.garbage()))
def test_garbage_is_refused(what: str) -> None:
    with pytest.raises(BadRequest, match="截图") as refused:
        clean_png(pictures.garbage()[what])
    assert refused.value.field == "screenshot"


def test_nothing_but_the_picture_is_kept() -> None:
    secret = b"<script>alert(document.domain)</script>"
    data = pictures.png()
    for kind, body in (
        (b"tEXt", b"Comment\0" + secret),
        (b"zTXt", b"Comment\0\0" + zlib.compress(secret * 100_000)),
        (b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 20_000_000)),
        (b"eXIf", secret),
        (b"acTL", b"\0\0\0\2\0\0\0\0"),
        (b"paNc", secret),
    ):
        data = pictures.with_part(data, kind, body)
    kept = clean_png(pictures.uri(data + b"PK\x03\x04" + secret + b"%PDF-1.7"))
    assert kept == clean_png(pictures.uri(pictures.png()))
    assert secret not in kept
    kinds = [kept[n : n + 4] for n in _parts(kept)]
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}


def _parts(data: bytes) -> list[int]:
    found, at = [], 8
    while at < len(data):
        found.append(at + 4)
        at += 12 + int.from_bytes(data[at : at + 4])
    return found


def test_the_limit_is_counted_in_characters_of_the_text() -> None:
    with pytest.raises(BadRequest, match="截图文件过大（最大5MB）"):
        clean_png("A" * (MAX_TEXT + 1))
    with pytest.raises(BadRequest, match="截图必须是 PNG 图片"):
        clean_png("A" * MAX_TEXT)


def test_more_data_than_the_head_says_is_left_alone() -> None:
    """A stream that would unpack to 200 MB behind a head of 4 × 4 pixels."""
    bomb = pictures.claimed(4, 4, b"\0" * 200_000_000)
    assert opened(clean_png(pictures.uri(bomb))).size == (4, 4)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (8, 8), (9, 17)])
def test_an_interlaced_picture_is_kept(size: tuple[int, int]) -> None:
    kept = opened(clean_png(pictures.uri(pictures.interlaced(*size))))
    assert (kept.size, set(kept.get_flattened_data())) == (size, {(0, 0, 0)})
    with pytest.raises(BadRequest, match="截图已损坏"):
        clean_png(pictures.uri(pictures.interlaced(*size, missing=1)))


def fuzzed(rounds: int, seed: int) -> int:
    draw = random.Random(seed)
    refused = 0
    for _ in range(rounds):
        data = bytearray(pictures.png(9, 7, draw.choice(["L", "P", "RGBA"])))
        for _ in range(draw.randint(1, 4)):
            where = draw.randrange(len(data))
            data[where : where + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
        try:
            opened(clean_png(pictures.text(bytes(data))))
        except BadRequest:
            refused += 1
    return refused


def test_mutated_pictures_are_refused_or_still_pictures() -> None:
    assert fuzzed(200, seed=1) > 150


@pytest.mark.gate
def test_many_mutated_pictures_are_refused_or_still_pictures() -> None:
    assert fuzzed(20_000, seed=2) > 15_000
