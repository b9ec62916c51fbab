"""Both databases, for the records of the ledger."""

from __future__ import annotations

from tests.records.conftest import records, url

__all__ = ["records", "url"]
