"""The machine under the server."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import system_facts

router = APIRouter(tags=["health"])


class Workers(BaseModel):
    """Those heard of lately, and how many jobs they take at once."""

    alive: int
    slots: int


class Processors(BaseModel):
    """The busy share since the last look; null on the first."""

    share: float | None = Field(ge=0, le=1)
    cores: int | None


class Memory(BaseModel):
    """Of the machine."""

    used_bytes: int
    total_bytes: int


class Disk(BaseModel):
    """The one that holds the data."""

    free_bytes: int
    total_bytes: int


class Queue(BaseModel):
    """Tasks of all users; at most a few seconds old."""

    unfinished: int


class SystemFacts(BaseModel):
    """How the server and its machine are. What cannot be read is null."""

    version: str
    uptime_seconds: float
    queue: Queue
    workers: Workers | None
    cpu: Processors
    memory: Memory
    disk: Disk | None


@router.get("/system", responses={200: {"model": SystemFacts}})
def get_system(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Version, uptime, queue, processors, memory, disk."""
    return {**system_facts.describe(rest.app), "queue": {"unfinished": rest.watcher.counts[0]}}
