"""Crypto backtests and API keys in Chromium: the form, the page of a job, the same job signed as the page writes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser._rig import drive

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]


def test_a_template_becomes_a_backtest_and_the_same_one_signed(address: str, tmp_path: Path) -> None:
    drive("crypto.e2e.mjs", tmp_path, address=address)
