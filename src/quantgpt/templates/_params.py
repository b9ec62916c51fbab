"""Parameters of templates: what they may be, how they are read, their JSON Schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from quantgpt.foundations.errors import BadRequest

LONGEST_NUMBER = 40
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")


class Number(str):
    """A bare JSON number as it was written; never a binary float."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One parameter that cannot be: its name, why, and the nearest value that can."""

    field: str
    reason: str
    reason_zh: str = ""
    nearest: Any = None


class BadParams(BadRequest):
    """Parameters that a template does not take."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(
            f"{first.field}：{first.reason_zh or first.reason}",
            en=f"{first.field} {first.reason}",
            field=first.field,
            nearest=first.nearest,
        )
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class Param:
    """One parameter. Numbers have bounds: `least` and `most` included, `above` and `below` not.

    `title` and `note` are for people, in Chinese; the `_en` ones in English. `unit`: what a number counts (`price`, `quote`, `fraction`, `bars`).
    """

    name: str
    kind: Literal["integer", "decimal", "choice"]
    title: str
    title_en: str
    note: str = ""
    note_en: str = ""
    unit: str = ""
    required: bool = False
    default: Any = None
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    above: Decimal | int | None = None
    below: Decimal | int | None = None
    choices: tuple[str, ...] = ()
    decimals: int = 8
    """most digits after the point"""
