"""Facts of the open market: name, snapshot, span, universes, benchmarks, what a request means by default."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import Unavailable, UnknownMarket
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor


def describe_market(app: App, name: str | None = None) -> dict[str, Any]:
    """What the page shows of a market. Raises: UnknownMarket; Unavailable when there is none at all."""
    try:
        market = app.markets.open(name)
    except UnknownMarket:
        if app.markets.names():
            raise
        raise Unavailable(
            "还没有行情数据", hint="quantgpt data demo 生成演示行情，或 quantgpt data import PATH 导入"
        ) from None
    return {**_facts(app.markets.root, market.name, market.snapshot), "markets": app.markets.names()}


@lru_cache(maxsize=8)
def _facts(root: Path, name: str, snapshot: str) -> dict[str, Any]:
    """What never changes of one snapshot."""
    from quantgpt.market import MarketStore

    market = MarketStore(root).open(name, snapshot)
    days = market.days
    last = str(days[-1]) if days.size else None
    first = str(days[0]) if days.size else None
    default = TestFactor(prompt="")
    end = min(default.end_date, last) if last else default.end_date
    start = max(default.start_date, first) if first else default.start_date
    universes = [asdict(info) for info in market.universes()]
    named = [info["name"] for info in universes]
    return {
        "market": market.name,
        "synthetic": market.synthetic,
        "snapshot": market.snapshot,
        "first_day": first,
        "last_day": last,
        "names": len(market.assets),
        "sources": sorted({str(entry["name"]) for entry in market.manifest.sources.values()}),
        "fields": sorted(market.expression_fields()),
        "universes": universes,
        "benchmarks": [asdict(info) for info in market.benchmarks()],
        "defaults": {
            "universe": default.universe if default.universe in named or not named else named[0],
            "start_date": start if start < end else first,
            "end_date": end,
            "n_groups": default.n_groups,
            "holding_period": default.holding_period,
            "benchmark": default.benchmark,
        },
    }


def describe_universes(app: App) -> dict[str, Any]:
    """Universes and benchmarks of the open market."""
    facts = describe_market(app)
    return {"universes": facts["universes"], "benchmarks": facts["benchmarks"], "market": facts["market"]}
