"""list_universes"""

from __future__ import annotations

from pydantic import BaseModel, Field

from quantgpt.faces.mcp.desk import Call, desk_of
from quantgpt.faces.mcp.tools._base import tool


class Universes(BaseModel):
    """Stock universes and benchmarks of the open market."""

    universes: dict[str, str] = Field(description="Name → description")
    benchmarks: dict[str, str] = Field(description="Name → Chinese name")
    market: str
    synthetic: bool = Field(description="True: a made-up market for trying things out")
    first_day: str | None
    last_day: str | None


@tool("list_universes", "股票池与基准 · Universes", reads=True)
def list_universes(ctx: Call) -> Universes:
    """The stock universes and benchmarks that a test may name, and which days the market data cover."""
    from quantgpt.services.market_facts import describe_market

    desk = desk_of(ctx)
    desk.open_market()
    facts = describe_market(desk.app)
    return Universes(
        universes={one["name"]: one["zh"] for one in facts["universes"]},
        benchmarks={one["name"]: one["zh"] for one in facts["benchmarks"]},
        **{name: facts[name] for name in ("market", "synthetic", "first_day", "last_day")},
    )
