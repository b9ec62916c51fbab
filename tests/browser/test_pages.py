"""Every page in Chromium, in both themes and languages and on a phone; and what goes wrong around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser._rig import drive

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("pages"), pytest.mark.timeout(600)]


def test_every_page_can_be_read_by_everybody(address: str, tmp_path: Path) -> None:
    drive("pages.e2e.mjs", tmp_path, address=address)


def test_faults_lose_nothing_and_say_what_to_do(tmp_path: Path) -> None:
    drive("faults.e2e.mjs", tmp_path)
