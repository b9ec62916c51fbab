"""The first page in Chromium against `quantgpt serve` and `quantgpt worker` on a demo market of their own."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
from tests.browser._rig import drive

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]


def test_an_example_runs_in_the_browser_and_its_result_can_be_read(address: str, tmp_path: Path) -> None:
    drive("first-page.e2e.mjs", tmp_path, address=address)


@pytest.mark.parametrize("way", ["mouse", "keyboard", "phone"])
def test_an_idea_becomes_a_compared_factor(address: str, tmp_path: Path, way: str) -> None:
    drive("flow.e2e.mjs", tmp_path, way, address=address)


def test_the_page_is_served_under_a_strict_policy_and_names_no_other_origin(address: str) -> None:
    with urllib.request.urlopen(address, timeout=5) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "script-src 'self';" in policy
    assert "http://" not in page
    assert "https://" not in page
    assert "<script>" not in page
