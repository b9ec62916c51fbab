"""Lists in pages: what their query asks for, and the cursor that goes on behind a page."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quantgpt.foundations.hashing import hash_value
from quantgpt.services.signed.faults import Fault, InvalidParameter
from quantgpt.services.signed.literals import Wrong, read_choice, read_moment

MOST = 100
LONGEST_CURSOR = 512
_ID = re.compile(r"[a-z]{2,8}_[0-9a-f]{6,32}", re.ASCII)
_LIMIT = re.compile(r"\d{1,9}", re.ASCII)


class Asked:
    """A query, read field by field; `refuse` tells of everything that is wrong. Names that nobody asks for are passed over."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query
        self._faults: list[Fault] = []

    def refuse(self) -> None:
        """Raise InvalidParameter where anything is wrong."""
        if self._faults:
            raise InvalidParameter(self._faults)

    def wrong(self, name: str, en: str, zh: str) -> None:
        """Note that a field is wrong."""
        self._faults.append(Wrong(en, zh).at(name))

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One of some words, or None."""
        if name not in self._query:
            return None
        try:
            return read_choice(self._query[name], choices)
        except Wrong as wrong:
            self._faults.append(wrong.at(name))
            return None

    def moment(self, name: str) -> datetime | None:
        """An instant, or None."""
        if name not in self._query:
            return None
        try:
            return read_moment(self._query[name])
        except Wrong as wrong:
            self._faults.append(wrong.at(name))
            return None

    def limit(self, default: int) -> int:
        """How many rows a page has."""
        text = self._query.get("limit", str(default))
        if _LIMIT.fullmatch(text) and 1 <= int(text) <= MOST:
            return int(text)
        self.wrong("limit", f"must be a whole number between 1 and {MOST}", f"应为 1 到 {MOST} 的整数")
        return default

    def cursor(self, moment_name: str, filters: Mapping[str, object]) -> tuple[float, str] | None:
        """Behind which row (moment, id) the page begins."""
        text = self._query.get("cursor")
        if text is None:
            return None
        try:
            found = _opened(text)
            moment, row_id, mark = found[moment_name], found["id"], found["filter"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.wrong("cursor", "is malformed", "格式不正确")
            return None
        fits = type(moment) is float and math.isfinite(moment) and isinstance(row_id, str) and _ID.fullmatch(row_id)
        if not fits or len(found) != 3:
            self.wrong("cursor", "is malformed", "格式不正确")
            return None
        if mark != _mark(filters):
            self.wrong("cursor", "belongs to a list with other filters", "属于筛选条件不同的列表")
            return None
        return moment, row_id


def cursor_of(moment_name: str, moment: float, row_id: str, filters: Mapping[str, object]) -> str:
    """The cursor behind a row of a list with those filters."""
    text = json.dumps({moment_name: float(moment), "id": row_id, "filter": _mark(filters)}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(text: str) -> dict[str, Any]:
    plain = text.rstrip("=")
    if len(text) > LONGEST_CURSOR or not plain.isascii():
        raise ValueError("too long")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    found = json.loads(raw.decode())
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _mark(filters: Mapping[str, object]) -> str:
    return hash_value(dict(filters))[:16]
