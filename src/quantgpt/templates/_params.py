"""Parameters of templates: what they may be, how they are read, their JSON Schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.literals import LONGEST_NUMBER, digits_after_point, exact_decimal

PREFIX = "params"
MOST_FAULTS = 20
_SIMPLE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAIN = r"^[0-9]+(\.[0-9]{1,%d})?$"


class Number(str):
    """A bare JSON number as it was written; never a binary float."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One parameter that cannot be: its name, why, and the nearest value that can.

    A template's check names the parameter alone; what is raised names its place, `params.upper_price`.
    """

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
    """as it would be given: an integer, a decimal as text, a choice"""
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    above: Decimal | int | None = None
    below: Decimal | int | None = None
    choices: tuple[str, ...] = ()
    decimals: int = 8
    """most digits after the point"""


class _Wrong(Exception):
    """A value that a parameter cannot have: the reason in Chinese and English, the nearest value that it can."""

    def __init__(self, zh: str, en: str, nearest: Any = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.nearest = zh, en, nearest


def plain(value: Decimal) -> str:
    """A decimal in plain digits, without zeros at the end.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.0500")), plain(Decimal("-0"))
    ('1000', '0.05', '0')
    """
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def read_params(
    params: Sequence[Param], raw: object, check: Callable[[Mapping[str, Any]], list[Fault]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was given (decimals as text, in the order given) and all values with their defaults (decimals as Decimal). Null is: not given.

    `check` is asked when every parameter is fine alone.  Raises: BadParams with every fault, in the order of `params`.
    """
    if not isinstance(raw, Mapping):
        raise BadParams([Fault(field=PREFIX, reason="must be an object", reason_zh="必须是一个对象")])
    faults = _unknown(params, raw)
    raw = {name: value for name, value in raw.items() if value is not None}
    given: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for param in params:
        try:
            if param.name in raw:
                given[param.name], values[param.name] = _read(param, raw[param.name])
            elif param.required:
                raise _Wrong("必填", "is required")
            else:
                values[param.name] = _default(param)
        except _Wrong as wrong:
            faults.append(Fault(field=param.name, reason=wrong.en, reason_zh=wrong.zh, nearest=wrong.nearest))
    faults = faults or check(values)
    if faults:
        raise BadParams([replace(fault, field=f"{PREFIX}.{fault.field}") for fault in faults[:MOST_FAULTS]])
    return {name: given[name] for name in raw}, values


def _unknown(params: Sequence[Param], raw: Mapping[Any, Any]) -> list[Fault]:
    """Names that no parameter has; as many as are told of, which bounds the search for what was meant."""
    known = [param.name for param in params]
    faults = []
    for name in [name for name in raw if name not in known][:MOST_FAULTS]:
        near = difflib.get_close_matches(str(name)[:64], known, n=1)
        zh = f"没有这个参数，是否想写 {near[0]}？" if near else f"没有这个参数，可用：{'、'.join(known)}"
        en = f"is unknown; did you mean {near[0]}?" if near else f"is unknown; known: {', '.join(known)}"
        faults.append(Fault(field=str(name)[:64], reason=en, reason_zh=zh, nearest=near[0] if near else None))
    return faults


def _default(param: Param) -> Any:
    return Decimal(param.default) if param.kind == "decimal" and param.default is not None else param.default


def _read(param: Param, value: object) -> tuple[Any, Any]:
    """What is echoed and what is meant."""
    if param.kind == "choice":
        return (_choice(param, value),) * 2
    number = _number(param, value)
    if param.kind == "integer":
        if number != number.to_integral_value():
            raise _Wrong("必须是整数", "must be an integer")
        _bounded(param, number)
        return (int(number),) * 2
    if digits_after_point(number) > param.decimals:
        raise _Wrong(f"小数最多 {param.decimals} 位", f"must have at most {param.decimals} decimals")
    _bounded(param, number)
    return (str(value) if isinstance(value, str) and _SIMPLE.fullmatch(value) else plain(number)), number


def _choice(param: Param, value: object) -> str:
    if isinstance(value, str) and not isinstance(value, Number) and value in param.choices:
        return value
    near = difflib.get_close_matches(value[:64], param.choices, n=1) if isinstance(value, str) else []
    known = ", ".join(param.choices)
    raise _Wrong(f"必须是其中之一：{known}", f"must be one of {known}", near[0] if near else None)


def _number(param: Param, value: object) -> Decimal:
    """The exact number.  Raises: _Wrong for anything that is not a short decimal literal."""
    kind_zh, kind_en = ("整数", "an integer") if param.kind == "integer" else ("十进制数", "a decimal number")
    wrong = _Wrong(f"必须是{kind_zh}", f"must be {kind_en}")
    if isinstance(value, bool) or (
        param.kind == "integer" and isinstance(value, str) and not isinstance(value, Number)
    ):
        raise wrong
    if isinstance(value, (int, Decimal)):
        value = str(value)
    if not isinstance(value, str):
        raise wrong
    if len(value) > LONGEST_NUMBER:
        raise _Wrong(f"最多 {LONGEST_NUMBER} 个字符", f"must have at most {LONGEST_NUMBER} characters")
    number = exact_decimal(value)
    if number is None:
        raise wrong
    return number


def _bounded(param: Param, number: Decimal) -> None:
    if param.least is not None and number < param.least:
        raise _Wrong(f"不能小于 {param.least}", f"must be at least {param.least}", _shown(param, param.least))
    if param.most is not None and number > param.most:
        raise _Wrong(f"不能大于 {param.most}", f"must be at most {param.most}", _shown(param, param.most))
    if param.above is not None and number <= param.above:
        raise _Wrong(f"必须大于 {param.above}", f"must be greater than {param.above}")
    if param.below is not None and number >= param.below:
        raise _Wrong(f"必须小于 {param.below}", f"must be less than {param.below}")


def _shown(param: Param, bound: Decimal | int) -> Any:
    return int(bound) if param.kind == "integer" else plain(Decimal(bound))


def schema_of(params: Sequence[Param]) -> dict[str, Any]:
    """JSON Schema (2020-12) of the object that `params` describe.

    Decimals are text there; a bare number is accepted as well. Their bounds are text, too: `x-minimum`, `x-maximum`,
    `x-exclusive-minimum`, `x-exclusive-maximum`. `title` and `description` are Chinese, `x-title-en`, `x-description-en` English.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {param.name: _property(param) for param in params},
        "required": [param.name for param in params if param.required],
        "additionalProperties": False,
    }


def _property(param: Param) -> dict[str, Any]:
    found: dict[str, Any] = {"title": param.title, "x-title-en": param.title_en}
    if param.note:
        found |= {"description": param.note, "x-description-en": param.note_en}
    if param.unit:
        found["x-unit"] = param.unit
    if param.kind == "choice":
        found |= {"type": "string", "enum": list(param.choices)}
    elif param.kind == "integer":
        found |= {"type": "integer", **_bounds(param, ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))}
    else:
        names = ("x-minimum", "x-maximum", "x-exclusive-minimum", "x-exclusive-maximum")
        found |= {"type": "string", "format": "decimal", "pattern": _PLAIN % param.decimals, **_bounds(param, names)}
        found["x-decimals"] = param.decimals
    if param.default is not None:
        found["default"] = param.default
    return found


def _bounds(param: Param, names: tuple[str, str, str, str]) -> dict[str, Any]:
    bounds = (param.least, param.most, param.above, param.below)
    return {name: _shown(param, bound) for name, bound in zip(names, bounds, strict=True) if bound is not None}
