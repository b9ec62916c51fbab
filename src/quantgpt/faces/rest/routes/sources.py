"""Sources of market data: whether they work, and updates from them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from quantgpt.faces.rest.access import AdminDep, CallerDep, RestDep
from quantgpt.faces.rest.import_shapes import SourceList, SourceRow, UpdateList, UpdateRow
from quantgpt.faces.rest.wire import Text

router = APIRouter(tags=["sources"])
Names = Annotated[list[Text], Field(max_length=10)]


class UpdateBody(BaseModel):
    """POST /markets/{market}/updates."""

    model_config = ConfigDict(json_schema_extra={"example": {"apply": False}})

    apply: StrictBool = Field(False, description="写入；false 只看差异")
    source: Text = Field("baostock", description="数据源")
    start: Text | None = Field(None, description="起始日期，仅当行情库为空时需要")
    end: Text | None = Field(None, description="结束日期")
    universes: Names = Field(["hs300", "csi500"], description="一并取成分股的股票池")
    seen: Text | None = Field(None, description="看过的差异（更新编号）：内容与它不同则不写入")


@router.get("/sources", responses={200: {"model": SourceList}})
def get_sources(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Every source and what its last test found."""
    from quantgpt.services import sources

    return sources.list_sources(rest.app)


@router.post("/sources/{source}/test", responses={200: {"model": SourceRow}})
def post_test(source: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Try a source step by step; answers within about five seconds."""
    from quantgpt.services import sources

    return sources.probe_source(rest.app, source)


@router.post("/markets/{market}/updates", status_code=202, responses={202: {"model": UpdateRow}})
def post_update(market: str, body: UpdateBody, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Ask a source for what a market lacks, and write it if wanted."""
    from quantgpt.services import updates

    given = {**body.model_dump(exclude={"seen"}), "universes": tuple(body.universes)}
    return updates.start_update(rest.app, updates.UpdateMarket(market=market, **given), seen=body.seen)


@router.get("/markets/{market}/updates", responses={200: {"model": UpdateList}})
def get_updates(market: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """The latest updates of a market, newest first."""
    from quantgpt.services import updates

    return updates.list_updates(rest.app, market)


@router.get("/updates/{update_id}", responses={200: {"model": UpdateRow}})
def get_update(update_id: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """One update: how far it is, what it changed or would change."""
    from quantgpt.services import updates

    return updates.read_update(rest.app, update_id)


@router.delete("/updates/{update_id}", responses={200: {"model": UpdateRow}})
def delete_update(update_id: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Stop an update; whole parts that are written stay."""
    from quantgpt.services import updates

    return updates.cancel_update(rest.app, update_id)
