"""The factor libraries: what there is, and what is in each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import libraries

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
) -> dict[str, Any]:
    """One library: its factors that hold every word of `query`."""
    return libraries.read_library(rest.app, caller.id, name, query=query, category=category)
