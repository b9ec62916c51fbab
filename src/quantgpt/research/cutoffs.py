"""Up to which day a language model has read, as far as its maker says so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Cutoff:
    """The last day of a model's training data and who says so."""

    day: str
    source: str


def cutoff_of(model: str, setting: date | None = None) -> Cutoff | None:
    """The cutoff of a model: that of the setting, else the one its maker states, else None.

    >>> cutoff_of("gpt-4o-2024-08-06").day, cutoff_of("deepseek-chat")
    ('2023-10-01', None)
    >>> cutoff_of("deepseek-chat", date(2025, 7, 31)).source
    'QUANTGPT_MODEL_CUTOFF'
    """
    if setting is not None:
        return Cutoff(setting.isoformat(), "QUANTGPT_MODEL_CUTOFF")
    return next((found for name, found in _table() if model.startswith(name)), None)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, Cutoff], ...]:
    rows = tomllib.loads(files("quantgpt.research").joinpath("cutoffs.toml").read_text("utf-8"))["model"]
    return tuple((row["name"], Cutoff(row["cutoff"].isoformat(), row["source"])) for row in rows)
