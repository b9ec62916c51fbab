"""Imports: files or a source → checked rows → merged truth → a new snapshot, or nothing at all."""

from quantgpt.market.importing.apply import MarketMoved
from quantgpt.market.importing.file import Terms
from quantgpt.market.importing.files import import_into
from quantgpt.market.importing.planning import Plan, Refusal, plan_import
from quantgpt.market.importing.report import FileReport, FileState, ImportReport, Rejected
from quantgpt.market.importing.updating import (
    Fetched,
    applied,
    checked,
    nothing_missing,
    planned,
    together,
    too_long_to_show,
)

__all__ = [
    "Fetched",
    "FileReport",
    "FileState",
    "ImportReport",
    "MarketMoved",
    "Plan",
    "Refusal",
    "Rejected",
    "Terms",
    "applied",
    "checked",
    "import_into",
    "nothing_missing",
    "plan_import",
    "planned",
    "together",
    "too_long_to_show",
]
