"""Requests as they were written: JSON with its numbers as text, decimals, instants, whole numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from quantgpt.foundations.literals import LONGEST_NUMBER, digits_after_point, exact_decimal
from quantgpt.services.signed.faults import Fault, InvalidParameter, fault
from quantgpt.templates._params import Number

LARGEST_WHOLE = 10**18
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?([Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII)
EXAMPLE = "2025-01-01T00:00:00Z"


class Wrong(Exception):
    """A value that a field cannot have: the reason in English and Chinese, the nearest value that it can."""

    def __init__(self, en: str, zh: str, nearest: object = None) -> None:
        super().__init__(en)
        self.en, self.zh, self.nearest = en, zh, nearest

    def at(self, field: str) -> Fault:
        """The same, of a field."""
        return fault(field, self.en, self.zh, self.nearest)


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request; bare numbers are `Number`, as they were written.  Raises: InvalidParameter."""
    try:
        found = json.loads(
            raw.decode(),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
            object_pairs_hook=_no_twins,
        )
        _refuse_unkept(found)
    except UnicodeError:
        raise _unreadable("the body is not UTF-8 text", "请求体不是 UTF-8 文本") from None
    except RecursionError:
        raise _unreadable("the body is nested too deeply", "请求体嵌套过深") from None
    except json.JSONDecodeError as error:
        raise _unreadable(
            f"the body is not JSON: {error.msg} at character {error.pos}",
            f"请求体不是合法的 JSON（第 {error.pos} 个字符处）",
        ) from None
    if not isinstance(found, dict):
        raise _unreadable("the body must be a JSON object", "请求体必须是一个 JSON 对象")
    return found


def read_decimal(
    value: object,
    *,
    least: Decimal | None = None,
    above: Decimal | None = None,
    most: Decimal | None = None,
    decimals: int = 8,
) -> Decimal:
    """An exact number out of text or a bare number, never through a binary float.  Raises: Wrong."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Wrong('must be a decimal number such as "5"', '应为十进制数，例如 "5"')
    if len(value) > LONGEST_NUMBER:
        raise Wrong(f"must have at most {LONGEST_NUMBER} characters", f"最多 {LONGEST_NUMBER} 个字符")
    number = exact_decimal(value)
    if number is None:
        raise Wrong('must be a decimal number such as "5"', '应为十进制数，例如 "5"')
    _bound(number, least, above, most)
    if digits_after_point(number) > decimals:
        raise Wrong(f"must have at most {decimals} decimals", f"最多 {decimals} 位小数")
    return number


def _bound(number: Decimal, least: Decimal | None, above: Decimal | None, most: Decimal | None) -> None:
    if least is not None and number < least:
        raise Wrong(f"must be at least {least}", f"不能小于 {least}", str(least))
    if above is not None and number <= above:
        raise Wrong(f"must be greater than {above}", f"必须大于 {above}")
    if most is not None and number > most:
        raise Wrong(f"must be at most {most}", f"不能大于 {most}", str(most))


def written(number: Decimal) -> str:
    """A decimal as it is echoed: plain digits, zeros at the end as given, never `-0`.

    >>> written(Decimal("1000.00")), written(Decimal("1E+3")), written(Decimal("-0"))
    ('1000.00', '1000', '0')
    """
    return format(abs(number) if number == 0 else number, "f")


def read_whole(value: object, least: int, most: int) -> int:
    """A bare whole number, also written as 2.0.  Raises: Wrong."""
    number = exact_decimal(value) if isinstance(value, Number) and len(value) <= LONGEST_NUMBER else None
    if number is not None and abs(number) < LARGEST_WHOLE and number == number.to_integral_value():
        value = int(number)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Wrong("must be a whole number", "必须是整数（不加引号）")
    if not least <= value <= most:
        raise Wrong(f"must be between {least} and {most}", f"应在 {least} 到 {most} 之间", min(max(value, least), most))
    return value


def read_choice(value: object, choices: Sequence[str]) -> str:
    """One of some words.  Raises: Wrong."""
    import difflib

    if isinstance(value, str) and not isinstance(value, Number) and value in choices:
        return value
    known = ", ".join(choices)
    near = difflib.get_close_matches(value[:64].lower(), choices, n=1) if isinstance(value, str) else []
    raise Wrong(f"must be one of {known}", f"必须是其中之一：{known}", near[0] if near else None)


def read_moment(value: object) -> datetime:
    """An instant in ISO-8601 with its zone.  Raises: Wrong."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) and not isinstance(value, Number) else None
    if found is None:
        raise Wrong(f"must be an instant such as {EXAMPLE}", f"应为 ISO-8601 时刻，例如 {EXAMPLE}", EXAMPLE)
    if found[1] is None:
        raise Wrong(
            f"has no zone; write it in UTC, like {found[0]}Z", f"缺少时区，请写 UTC，例如 {found[0]}Z", f"{found[0]}Z"
        )
    try:
        return datetime.fromisoformat(found[0].upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("is not a moment of the calendar", "不是日历上的时刻", EXAMPLE) from None


def whole_seconds(moment: datetime, *, up: bool = False) -> datetime:
    """The moment in whole seconds: without its fraction of a second, or, `up`, the first one that is not before it.

    Raises: Wrong where the calendar ends.
    """
    whole = moment.replace(microsecond=0)
    if not up or whole == moment:
        return whole
    try:
        return whole + timedelta(seconds=1)
    except OverflowError:
        raise Wrong("is not a moment of the calendar", "不是日历上的时刻", EXAMPLE) from None


def printed(moment: datetime) -> str:
    """The moment in whole seconds, UTC: 2025-01-01T00:00:00Z."""
    return whole_seconds(moment).isoformat().removesuffix("+00:00") + "Z"


def ms_of(moment: datetime) -> int:
    """Milliseconds since 1970 of a moment in whole seconds."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000


def _no_constant(text: str) -> Any:
    raise _unreadable(f"{text} is not a number", f"{text} 不是数字")


def _no_twins(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidParameter([fault(name[:64], "is there twice", "出现了两次")])
        found[name] = value
    return found


def _refuse_unkept(value: object) -> None:
    """Raise for text that no database keeps: NUL, halves of characters."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise _unreadable("text must not contain NUL", "文本不能包含 NUL 字符")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_unkept(name)
            _refuse_unkept(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unkept(inner)


def _unreadable(en: str, zh: str) -> InvalidParameter:
    return InvalidParameter([fault("", en, zh)])
