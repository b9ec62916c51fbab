"""Panels are padded so that every row starts on a cache line."""

import numpy as np
import pytest

from quantgpt.foundations.panel import empty_panel, padded_width


@pytest.mark.parametrize(("assets", "width"), [(1, 8), (8, 8), (9, 16), (300, 304)])
def test_rows_are_padded_to_sixty_four_bytes(assets: int, width: int) -> None:
    assert padded_width(assets) == width


def test_an_empty_panel_is_missing_everywhere_and_aligned() -> None:
    panel = empty_panel(3, 5)
    assert np.isnan(panel).all()
    assert [panel[row].ctypes.data % 64 for row in range(3)] == [0, 0, 0]
