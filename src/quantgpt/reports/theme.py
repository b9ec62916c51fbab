"""Colours of reports: the tokens of the web app, and the ramp of groups for any number of groups."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_SHEET = Path(__file__).parent / "assets" / "report.css"

TOKENS: dict[str, tuple[str, str]] = {
    "bg": ("F6F6F3", "111316"),
    "surface": ("FFFFFF", "181B1F"),
    "sunken": ("F0F0EC", "21262C"),
    "line": ("E3E3DD", "2A2F36"),
    "line2": ("C8C8C0", "424A54"),
    "ctl": ("85857C", "78818C"),
    "ink": ("1A1C20", "E7E9EC"),
    "ink2": ("4A4E56", "B6BBC3"),
    "ink3": ("666A73", "9198A2"),
    "accent": ("2450C5", "8BABFF"),
    "asoft": ("E9EEFB", "1F2A47"),
    "on-accent": ("FFFFFF", "0D1322"),
    "up": ("C62E27", "FF6B61"),
    "down": ("05665F", "4ED6C0"),
    "caution": ("875400", "F0B84A"),
    "causoft": ("FFF3D3", "33280F"),
    "error": ("9C1B63", "F293C4"),
    "errsoft": ("FBEAF3", "3A1830"),
    "code-f": ("7A3E9D", "D1A6F0"),
    "code-n": ("8A4B00", "F0B97A"),
    "code-v": ("0E6E74", "6FD0CF"),
    "null": ("C3C5C9", "565E69"),
    "bench": ("8A8E96", "8B929C"),
    "bars": ("7F93A8", "6E7F92"),
}
"""Name → (light, dark)."""

RAMP = (("8F5606", "B98F4F", "8B9098", "6387DD", "1F46B0"), ("F0AE45", "A98449", "737A85", "5F7CC9", "9DB8FF"))
"""Groups from lowest to highest, ochre to blue: (light, dark)."""


def group_ramp(groups: int, *, dark: bool = False) -> list[str]:
    """Colours of `groups` groups, interpolated in OKLab between the five of the design.

    >>> group_ramp(3)
    ['#8F5606', '#8B9098', '#1F46B0']
    """
    anchors = [_to_oklab(colour) for colour in RAMP[dark]]
    out = []
    for i in range(groups):
        place = 4 * i / (groups - 1) if groups > 1 else 4.0
        k = min(3, int(place))
        part = place - k
        mixed = [a + part * (b - a) for a, b in zip(anchors[k], anchors[k + 1], strict=True)]
        out.append("#" + _from_oklab(mixed))
    return out


def style_sheet(groups: int, page_foot: str) -> str:
    """The whole style sheet; `page_foot` stands at the foot of printed pages and may hold plain characters only."""
    kept = "".join(c for c in page_foot if c.isalnum() or c in " ·@.-_/")
    small = "font:9px sans-serif;color:#666a73"
    light, dark = _variables(groups, 0), _variables(groups, 1)
    ramp = "".join(
        f".s-g{i}{{stroke:var(--g{i})}}.b-g{i},.d-g{i},.k-g{i}{{fill:var(--g{i});background:var(--g{i})}}"
        f".w-g{i}{{stroke:var(--g{i})}}"
        for i in range(1, groups + 1)
    )
    return (
        f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}\n"
        f'{_sheet()}{ramp}\n@page{{size:A4;margin:12mm 11mm 15mm;@bottom-left{{content:"{kept}";{small}}}'
        f'@bottom-right{{content:counter(page) " / " counter(pages);{small}}}}}\n'
    )


@lru_cache(maxsize=1)
def _sheet() -> str:
    return _SHEET.read_text(encoding="utf-8")


def _variables(groups: int, theme: int) -> str:
    plain = "".join(f"--{name}:#{pair[theme]};" for name, pair in TOKENS.items())
    ramp = "".join(f"--g{i + 1}:{colour};" for i, colour in enumerate(group_ramp(groups, dark=bool(theme))))
    ends = {
        "up-c": TOKENS["up"][theme],
        "down-c": TOKENS["down"][theme],
        "pos-c": RAMP[theme][4],
        "neg-c": RAMP[theme][0],
        "accent-c": TOKENS["accent"][theme],
    }
    parts = "".join(f"--{name}:{' '.join(str(int(c[k : k + 2], 16)) for k in (0, 2, 4))};" for name, c in ends.items())
    return f"{plain}--neg:#{RAMP[theme][1]};--pos:#{RAMP[theme][3]};{ramp}{parts}"


def _to_oklab(colour: str) -> list[float]:
    """Source: B. Ottosson, "A perceptual color space for image processing" (2020)."""
    r, g, b = (_linear(int(colour[k : k + 2], 16) / 255) for k in (0, 2, 4))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return [
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    ]


def _from_oklab(lab: list[float]) -> str:
    light, a, b = lab
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "".join(f"{round(255 * min(1.0, max(0.0, _gamma(c)))):02X}" for c in channels)


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _gamma(c: float) -> float:
    return 12.92 * c if c <= 0.0031308 else 1.055 * max(c, 0.0) ** (1 / 2.4) - 0.055
