"""Prefetching: what is missing is fetched once; doing it again changes nothing; failures keep the words of the source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests._rig import make_app

from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest, SourceFailed, Unavailable
from quantgpt.services._base import App
from quantgpt.services.prefetch import prefetch


def at(home: Path, text: str) -> App:
    """An App at that moment in UTC."""
    return replace(make_app(home), clock=FixedClock(datetime.fromisoformat(text).replace(tzinfo=UTC)))


@pytest.fixture
def wednesday(tmp_path: Path) -> App:
    return at(tmp_path / "home", "2024-04-03T12:00:00")


def test_an_empty_market_is_filled_and_a_second_time_changes_nothing(wednesday: App, vendor: Any) -> None:
    made = prefetch(wednesday, vendor.source(), ["hs300", "csi500", "hs300"], start="2024-04-01")
    assert (made.universes, made.first_day, made.last_day, made.sessions) == (
        ("hs300", "csi500"),
        "2024-04-01",
        "2024-04-03",
        3,
    )
    assert set(made.benchmarks) == {"沪深300", "中证500", "上证50"}
    assert made.fetched > 15
    again = prefetch(wednesday, vendor.source(), ["hs300", "csi500"])
    assert (again.fetched, again.snapshot) == (0, made.snapshot)
    assert "没有新数据" in again.sentence()


def test_later_sessions_are_added(wednesday: App, vendor: Any) -> None:
    before = prefetch(wednesday, vendor.source(), ["hs300"], start="2024-04-01")
    later = at(wednesday.settings.home, "2024-04-09T12:00:00")
    after = prefetch(later, vendor.source(), ["hs300"])
    assert after.sessions > before.sessions
    assert after.first_day == before.first_day
    assert after.fetched > 0


def test_a_universe_without_lists_is_fetched_for_the_whole_span(wednesday: App, vendor: Any) -> None:
    prefetch(wednesday, vendor.source(), ["hs300"], start="2024-04-01")
    assert "csi500" not in wednesday.markets.open("main").facts.spells
    made = prefetch(wednesday, vendor.source(), ["hs300", "csi500"])
    market = wednesday.markets.open("main")
    assert market.view("csi500", "2024-04-01", "2024-04-03").member.any(axis=1).all()
    assert made.sessions == 3
    assert prefetch(wednesday, vendor.source(), ["csi500"]).fetched == 0


@pytest.mark.parametrize("names", [["hs3000"], ["hs300", "all"], []])
def test_other_universes_are_refused_before_the_source_is_asked(wednesday: App, names: list[str]) -> None:
    with pytest.raises(BadRequest) as caught:
        prefetch(wednesday, None, names)  # type: ignore[arg-type]
    assert caught.value.nearest in ("hs300", "csi500")
    assert not wednesday.markets.folder("main").exists


def test_without_the_network_the_source_says_what_is_wrong(wednesday: App, vendor: Any) -> None:
    vendor.behave(login={"do": "error", "code": "10002007", "message": "网络接收错误。"})
    with pytest.raises(SourceFailed, match="网络接收错误"):
        prefetch(wednesday, vendor.source(), ["hs300"], start="2024-04-01")
    assert not wednesday.markets.folder("main").exists


def test_an_installation_that_asks_no_source_says_so(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", cache_only=True)
    with pytest.raises(Unavailable, match="QUANTGPT_CACHE_ONLY"):
        prefetch(app, None, ["hs300"])  # type: ignore[arg-type]
