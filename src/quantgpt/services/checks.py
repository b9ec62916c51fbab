"""What can be known of a factor test before it runs: every fault is named at once, with the nearest valid value."""

from __future__ import annotations

import difflib
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from quantgpt.foundations.errors import BadExpression, BadRequest, NoData, QuantError, Unavailable, UnknownMarket
from quantgpt.services._base import App
from quantgpt.services.expressions import compiled
from quantgpt.services.factor_tests import TestFactor, pinned
from quantgpt.services.settings_in_words import settled
from quantgpt.services.words import is_wording

if TYPE_CHECKING:
    from quantgpt.market.market import Market

MAX_SPAN_DAYS = 10 * 366
YEAR_DAYS = 366
LEAST_REBALANCES = 2
"""As the backtest has it, which takes too long to import here."""
GROUPS = (2, 20)
HOLDING = (1, 60)
EXECUTIONS = ("next_open", "next_close", "same_close")
COSTS = ("flat", "itemised")
EXAMPLE = "rank(close/ts_mean(close, 20))"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBERS = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request."""

    field: str
    message: str
    nearest: object = None
    hint: str = ""


def checked_factor_test(app: App, ask: TestFactor) -> TestFactor:
    """The request, stripped and pinned to a market snapshot.

    Raises: BadExpression (with the place) when the expression is at fault, BadRequest for any other field or for
    several; Unavailable when there is no market at all.
    """
    market, faults = _market(app, ask)
    ask = replace(ask, prompt=ask.prompt.strip())
    wrong: QuantError | None = None
    try:
        _check_prompt(app, ask.prompt, market)
    except QuantError as error:
        wrong = error
    if wrong is None and market is not None:
        ask = settled(app, ask, market)
    faults += [*_numbers(ask), *_choices(ask), *_dates(ask, market), *_universe(ask, market)]
    if wrong is not None:
        raise _with(wrong, faults)
    if faults:
        raise _joined(faults)
    return pinned(ask, market) if market else ask


def _check_prompt(app: App, text: str, market: Market | None) -> None:
    if not text:
        raise BadRequest("prompt 不能为空", field="prompt", hint=f"例如 {EXAMPLE}", nearest=EXAMPLE)
    try:
        compiled(text, market)
    except BadExpression:
        if not is_wording(text):
            raise
        limit = app.settings.max_prompt_len
        if len(text) > limit:
            raise BadRequest(f"prompt 不能超过 {limit} 个字符", field="prompt") from None


def _market(app: App, ask: TestFactor) -> tuple[Market | None, list[Fault]]:
    try:
        return app.markets.open(ask.market), []
    except UnknownMarket as error:
        if not app.markets.names():
            raise Unavailable(
                "还没有行情数据", hint="quantgpt data demo 生成演示行情，或 quantgpt data import PATH 导入"
            ) from error
        return None, [Fault("options.market", error.message, error.nearest, error.hint)]
    except BadRequest as error:
        return None, [Fault("options.market", error.message)]


def _numbers(ask: TestFactor) -> Iterable[Fault]:
    for name, value, (low, high) in (
        ("n_groups", ask.n_groups, GROUPS),
        ("holding_period", ask.holding_period, HOLDING),
    ):
        if not low <= value <= high:
            yield Fault(name, f"{name} 应在 {low} 到 {high} 之间", min(max(value, low), high))


def _choices(ask: TestFactor) -> Iterable[Fault]:
    from quantgpt.market.universes import BENCHMARKS

    yield from _choice("benchmark", ask.benchmark, list(BENCHMARKS), "没有名为 {} 的基准")
    yield from _choice("options.execution", ask.execution, EXECUTIONS, "没有名为 {} 的成交方式")
    yield from _choice("options.costs", ask.costs, COSTS, "没有名为 {} 的费用模型")
    if ask.direction not in (None, 1, -1):
        yield Fault("options.direction", "options.direction 只能是 1、-1 或 null", 1)


def _choice(field: str, value: str, known: Iterable[str], sentence: str) -> Iterable[Fault]:
    names = list(known)
    if value not in names:
        near = difflib.get_close_matches(value, names, n=1)
        yield Fault(
            field, sentence.format(repr(value[:40])), near[0] if near else names[0], f"可用：{', '.join(names)}"
        )


def _universe(ask: TestFactor, market: Market | None) -> Iterable[Fault]:
    if market is not None:
        yield from _choice("universe", ask.universe, [u.name for u in market.universes()], "没有名为 {} 的股票池")


def _dates(ask: TestFactor, market: Market | None) -> Iterable[Fault]:
    start, end = (_real_date(text) for text in (ask.start_date, ask.end_date))
    for name, text, day in (("start_date", ask.start_date, start), ("end_date", ask.end_date, end)):
        if day is None:
            yield Fault(name, f"{name} 日期无效：{text[:20]!r}，格式应为 YYYY-MM-DD", _nearest_day(text))
    if start is None or end is None:
        return
    if start >= end:
        yield Fault("start_date", "开始日期必须早于结束日期", _earlier(end, market))
    elif (end - start).days > MAX_SPAN_DAYS:
        yield Fault("start_date", "日期范围不能超过 10 年", str(end - timedelta(days=MAX_SPAN_DAYS)))
    elif market is not None:
        yield from _outside(start, end, ask.holding_period, market)


def _outside(start: date, end: date, holding: int, market: Market) -> Iterable[Fault]:
    if not market.days.size:
        raise NoData("行情库里没有股票日线", hint="quantgpt data import PATH, or: quantgpt data demo")
    first, last = market.days[0].astype(object), market.days[-1].astype(object)
    if start > last:
        yield Fault("start_date", f"开始日期晚于行情库最后一个交易日 {last}", str(last))
    elif end < first:
        yield Fault("end_date", f"结束日期早于行情库第一个交易日 {first}", str(first))
    elif (first - start).days > 15:
        yield Fault("start_date", f"开始日期早于行情库第一个交易日 {first}", str(first))
    else:
        yield from _too_short(start, end, holding, market)


def _too_short(start: date, end: date, holding: int, market: Market) -> Iterable[Fault]:
    """The range has fewer sessions than the holding period needs."""
    low, high = HOLDING
    begin, beyond = market.days.searchsorted(np.array([start, end + timedelta(days=1)], dtype="datetime64[D]"))
    sessions = int(beyond - begin)
    longest = (sessions - 1) // (LEAST_REBALANCES + 1)
    if low <= holding <= high and holding > longest:
        least = (LEAST_REBALANCES + 1) * holding + 1
        words = f"区间太短：持有期 {holding} 日至少需要 {least} 个交易日，所选区间只有 {sessions} 个"
        yield Fault("holding_period", words, longest if longest >= low else None, "延长日期区间或缩短持有期")


def _real_date(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _nearest_day(text: str) -> str | None:
    """The nearest day of the calendar to a date that is written with three numbers but is none.

    >>> _nearest_day("2022-02-30"), _nearest_day("2022/1/5"), _nearest_day("soon")
    ('2022-02-28', '2022-01-05', None)
    """
    if (found := _NUMBERS.fullmatch(text.strip())) is None:
        return None
    year, month, day = (max(1, int(part)) for part in found.groups())
    month = min(month, 12)
    return str(date(year, month, min(day, monthrange(year, month)[1])))


def _earlier(end: date, market: Market | None) -> str | None:
    """A start that leaves a year before `end`, or the first day with data where the market begins later."""
    year = end - timedelta(days=YEAR_DAYS) if (end - date.min).days > YEAR_DAYS else date.min
    first = market.days[0].astype(object) if market is not None and market.days.size else date.min
    nearest = max(year, first)
    return str(nearest) if nearest < end else None


def _joined(faults: list[Fault]) -> BadRequest:
    first = faults[0]
    return BadRequest(
        "；".join(fault.message for fault in faults),
        field=first.field,
        hint=first.hint or (f"最接近的有效值：{first.nearest}" if first.nearest is not None else ""),
        nearest=first.nearest,
    )


def _with(error: QuantError, faults: list[Fault]) -> QuantError:
    """The fault of the prompt, and those of the other fields in the same sentence."""
    if isinstance(error, BadExpression):
        error.message = f"因子表达式无效: {error.message}"
    error.message = "；".join([error.message, *(fault.message for fault in faults)])
    return error
