"""Colours of reports are readable in both themes."""

from __future__ import annotations

import pytest

from quantgpt.reports.theme import RAMP, TOKENS, group_ramp

TEXT = ["ink", "ink2", "ink3", "accent", "up", "down"]
PAIRS = [(name, ground) for name in TEXT for ground in ("bg", "surface")]
PAIRS += [
    ("caution", "causoft"),
    ("error", "errsoft"),
    ("ink", "causoft"),
    ("on-accent", "accent"),
    ("ink3", "causoft"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS, ids=str)
def test_text_reaches_the_contrast_that_readers_need(text: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ctl", "bench", "bars"])
def test_lines_and_bars_reach_the_contrast_of_graphics(name: str, theme: int) -> None:
    assert contrast(TOKENS[name][theme], TOKENS["surface"][theme]) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_the_ramp_of_five_groups_is_the_one_of_the_design(dark: bool) -> None:
    assert group_ramp(5, dark=dark) == [f"#{colour}" for colour in RAMP[dark]]


def test_one_group_has_the_colour_of_the_highest() -> None:
    assert group_ramp(1) == ["#1F46B0"]
