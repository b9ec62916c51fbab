"""The factor libraries: what there is, and what is in each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import TaskProgress
from quantgpt.faces.rest.wire import Text, moment
from quantgpt.services import libraries, library_tests
from quantgpt.services._base import checked_key

router = APIRouter(tags=["libraries"])


class CategoryCount(BaseModel):
    """How many factors of a library belong to a category."""

    name: str
    count: int


class Category(BaseModel):
    """A category of factors."""

    name: str
    zh: str
    en: str


class LibraryHead(BaseModel):
    """A named set of factors. `kept` is the caller's own."""

    name: str
    zh: str
    en: str
    dialect: str
    compat: str
    source: str
    note_zh: str
    note_en: str
    count: int
    left_out: int = Field(description="factors of the source that cannot be stated exactly")
    categories: list[CategoryCount]


class LibraryHeads(BaseModel):
    """All libraries."""

    libraries: list[LibraryHead]
    categories: list[Category]


class ShelvedFactor(BaseModel):
    """One factor. `native` is what a test takes as its prompt."""

    id: str
    name: str
    zh: str
    en: str
    category: str
    source: str
    expression: str | None = Field(description="as it was published")
    stated: bool = Field(description="false: it cannot be stated exactly; the reasons say why")
    native: str | None
    runnable: bool
    reason_zh: str | None
    reason_en: str | None
    warmup: int | None
    unit: str | None
    fields: list[str]
    tags: list[str] = Field(description="cross_section, industry, volume")


class LibraryShelf(LibraryHead):
    """A library with the factors that a search found."""

    total: int
    shown: int
    market: str | None = Field(description="the market that `runnable` and the reasons are about")
    factors: list[ShelvedFactor]


@router.get("/libraries", response_model=LibraryHeads)
def get_libraries(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The factor libraries."""
    return libraries.library_list(rest.app, caller.id)


@router.get("/libraries/{name}", response_model=LibraryShelf)
def get_library(
    name: str,
    rest: RestDep,
    caller: CallerDep,
    query: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str | None, Query(max_length=64)] = None,
    market: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    """One library: its factors that hold every word of `query`, and which of them `market` has the fields for."""
    return libraries.read_library(rest.app, caller.id, name, query=query, category=category, market=market or None)


# -- testing many at once ----------------------------------------------------------------------------------------------


class LibraryTestBody(BaseModel):
    """POST /libraries/{name}/tests."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"names": ["MA20", "ROC20"]}})

    names: list[Text] | None = Field(
        None, max_length=1000, description="因子的 id；不填则检验所有能检验的，超过上限则拒绝并说明"
    )
    universe: Text = Field("hs300", description="股票池")
    start_date: Text = Field("2023-01-01", description="起始日期 YYYY-MM-DD")
    end_date: Text = Field("2025-12-31", description="结束日期 YYYY-MM-DD")
    n_groups: StrictInt = Field(5, description="分组数量 2~20")
    holding_period: StrictInt = Field(5, description="持仓周期 1~60 交易日")
    benchmark: Text = Field("hs300", description="基准")
    execution: Text = Field("next_open", description="成交方式")
    costs: Text = Field("flat", description="费用模型：flat 或 itemised")
    mode: Text = Field("quick", description="quick：IC 与分组，最多 400 个；full：完整检验与评级，最多 40 个")
    seal: StrictBool = Field(True, description="保留区间末尾的封存段")
    market: Text | None = Field(None, description="行情库名称；默认为当前行情库")


class LibraryTestRow(BaseModel):
    """One factor of a test. `same_as` names the factor of the same computation, whose figures it shows."""

    id: str
    name: str
    expression: str
    status: str
    error: str | None
    hint: str | None
    same_as: str | None
    direction: int | None
    rank_ic_mean: float | None
    rank_ic_t_hac: float | None
    rank_ic_p_hac: float | None
    icir_annual: float | None
    ic_mean: float | None
    out_of_slice_rank_ic: float | None
    sharpe: float | None
    cagr: float | None
    max_drawdown: float | None
    monotonicity_score: float | None
    turnover: float | None
    q_value: float | None = Field(description="false discovery rate over this test alone; null until it is done")
    score: float | None = Field(description="of a full test")
    grade: str | None


class LibraryTest(BaseModel):
    """A test of many factors. Rows come in the order of finishing, best first when it is done."""

    test_id: str
    library: str
    status: str = Field(description="pending, sweeping, completed, failed")
    progress: TaskProgress
    params: dict[str, Any]
    total: int
    done: int
    error: str | None
    created_at: str
    finished_at: str | None
    rows: list[LibraryTestRow] | None = Field(description="null in lists")
    summary: dict[str, Any] | None


class LibraryTests(BaseModel):
    """A page of the caller's tests, newest first."""

    tests: list[LibraryTest]
    page: int
    page_size: int
    total: int


@router.post("/libraries/{name}/tests", status_code=202, response_model=LibraryTest)
def post_library_test(
    name: str,
    body: LibraryTestBody,
    rest: RestDep,
    caller: CallerDep,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """Test factors of a library as one job."""
    made = library_tests.ask_library_test(
        rest.app,
        caller.id,
        name,
        body.names,
        body.model_dump(exclude={"names"}),
        idempotency_key=checked_key(idempotency_key),
        admit=lambda connection: rest.submissions.admit(caller.id, connection),
    )
    return _dated(made)


@router.get("/library-tests", response_model=LibraryTests)
def get_library_tests(
    rest: RestDep,
    caller: CallerDep,
    library: Annotated[str | None, Query(max_length=64)] = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """The caller's tests of libraries, newest first."""
    found, total = library_tests.library_tests(
        rest.app, caller.id, library=library or None, page=page, page_size=page_size
    )
    return {"tests": [_dated(one) for one in found], "page": page, "page_size": page_size, "total": total}


@router.get("/library-tests/{test_id}", response_model=LibraryTest)
def get_library_test(test_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """One test with the rows that are done."""
    return _dated(library_tests.read_library_test(rest.app, test_id, caller.id))


@router.post("/library-tests/{test_id}/cancel", response_model=LibraryTest)
def post_cancel_library_test(test_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """End an unfinished test."""
    return _dated(library_tests.cancel_library_test(rest.app, test_id, caller.id))


def _dated(test: dict[str, Any]) -> dict[str, Any]:
    return {**test, "created_at": moment(test["created_at"]), "finished_at": moment(test["finished_at"])}
