"""Markets: what they hold, names and bars, members over time, coverage, health, snapshots."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import AdminDep, CallerDep, RestDep
from quantgpt.faces.rest.market_shapes import (
    BarsOfName,
    CoverageTable,
    HealthChecks,
    Instruments,
    MarketList,
    MemberHistory,
    MembersOfDay,
    RolledBack,
    SnapshotList,
)
from quantgpt.faces.rest.wire import Text

router = APIRouter(prefix="/markets", tags=["market"])
Day = Annotated[str | None, Query(max_length=40, description="YYYY-MM-DD")]


class RollbackBody(BaseModel):
    """POST /markets/{market}/rollback."""

    current: Text = Field(description="当前快照；与库里的不同则不回退")


@router.get("", responses={200: {"model": MarketList}})
def get_markets(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Every market, the default one first."""
    from quantgpt.services import markets

    return markets.list_markets(rest.app)


@router.get("/{market}/snapshots", responses={200: {"model": SnapshotList}})
def get_snapshots(market: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The snapshots of a market that are kept, newest first."""
    from quantgpt.services import markets

    return markets.list_snapshots(rest.app, market)


@router.post("/{market}/rollback", responses={200: {"model": RolledBack}})
def post_rollback(market: str, body: RollbackBody, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Go back to the snapshot before the one named, if that is still the current one."""
    from quantgpt.services import markets

    return markets.roll_back(rest.app, market, body.current)


@router.get("/{market}/coverage", responses={200: {"model": CoverageTable}})
def get_coverage(market: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """How much of each item is known, year by year, and what that touches."""
    from quantgpt.services import markets

    return markets.read_coverage(rest.app, market)


@router.get("/{market}/health", responses={200: {"model": HealthChecks}})
def get_health(market: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Every check with what it found; nothing is read that the store has not opened anyway."""
    from quantgpt.services import markets

    return markets.read_health(rest.app, market)


@router.post("/{market}/health", responses={200: {"model": HealthChecks}})
def post_health(market: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Read every file of the market and hold it against its hash, then every check; at most once in ten minutes."""
    from quantgpt.services import markets

    return markets.check_files(rest.app, market)


@router.get("/{market}/instruments", responses={200: {"model": Instruments}})
def get_instruments(
    market: str, rest: RestDep, caller: CallerDep, query: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> dict[str, Any]:
    """Stocks and indices by code or name, the best match first."""
    from quantgpt.services import quotes

    return quotes.find_instruments(rest.app, market, query, limit)


@router.get("/{market}/bars/{code}", responses={200: {"model": BarsOfName}})
def get_bars(
    market: str,
    code: str,
    rest: RestDep,
    caller: CallerDep,
    start: Day = None,
    end: Day = None,
    freq: Literal["1d", "1w", "1mo"] = "1d",
    adjust: Literal["none", "forward"] = "none",
) -> dict[str, Any]:
    """Bars of one name as columns; without a range the last 250 sessions."""
    from quantgpt.services import quotes

    return quotes.read_bars(rest.app, market, code, start or None, end or None, freq, adjust)


@router.get("/{market}/universes/{universe}/members", responses={200: {"model": MembersOfDay}})
def get_members(market: str, universe: str, rest: RestDep, caller: CallerDep, date: Day = None) -> dict[str, Any]:
    """The members of a universe on a day."""
    from quantgpt.services import memberships

    return memberships.read_members(rest.app, market, universe, date or None)


@router.get("/{market}/universes/{universe}/history", responses={200: {"model": MemberHistory}})
def get_history(market: str, universe: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Every session on which the members of a universe changed."""
    from quantgpt.services import memberships

    return memberships.read_history(rest.app, market, universe)
