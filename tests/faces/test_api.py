"""The Python API."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests._rig import demo_market

import quantgpt
from quantgpt import api
from quantgpt.foundations.errors import BadExpression


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder with the demo market."""
    (tmp_path / "market").symlink_to(demo_market())
    monkeypatch.setenv("QUANTGPT_HOME", str(tmp_path))
    api._app.cache_clear()


@pytest.mark.usefixtures("market")
def test_a_backtest_gives_figures_frames_and_a_report(tmp_path: Path) -> None:
    seen: list[str] = []
    made = quantgpt.backtest(
        "rank(close/ts_mean(close, 20))",
        start="2024-06-01",
        end="2025-06-30",
        groups=4,
        progress=lambda stage, fraction, message="": seen.append(stage),
    )
    assert made.metrics["sharpe"] == made.result["metrics"]["sharpe"]
    assert made.summary["rank_ic_mean"] is not None
    assert (made.score, made.grade) == (made.result["score"], made.result["grade"])
    nav = made.series["nav"]
    assert isinstance(nav, pd.DataFrame)
    assert isinstance(nav.index, pd.DatetimeIndex)
    assert len(made.series) == len(made.result["series"])
    assert made.to_html(tmp_path / "out.html").stat().st_size > 100_000
    assert seen[0] == "generating_expression"


@pytest.mark.usefixtures("market")
def test_a_bad_expression_raises_with_its_place() -> None:
    with pytest.raises(BadExpression) as caught:
        quantgpt.backtest("rank(clos)")
    assert (caught.value.column, caught.value.nearest) == (6, "close")


def test_only_public_names_are_reached() -> None:
    assert set(api.__all__) == {"backtest", "BacktestResult", "features", "handler"}
    with pytest.raises(AttributeError):
        _ = quantgpt.nothing
