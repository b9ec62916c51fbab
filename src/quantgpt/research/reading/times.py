"""Spans of time and other numbers of a text: windows, holding periods, groups, years, shares."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

DAYS = {"日": 1, "周": 5, "月": 20, "季": 60, "年": 240}
YEAR_WEEKS = 52
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_WORDS = {
    word: number
    for number, words in {
        1: "a an one single",
        2: "two couple",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        12: "twelve",
        15: "fifteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        60: "sixty",
        90: "ninety",
        100: "hundred",
    }.items()
    for word in words.split()
}
_ROUGHLY = re.compile(r"[一二两三四五六七八九]{2}")
"""两三个月, 三四十天: no one number"""
_N = r"(?:\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百]*半?[〇零一二两三四五六七八九十百半])"
_E = rf"(?:\d+(?:\.\d+)?|\b(?:half[\s-]+(?:an?\s+)?|(?:{'|'.join(_WORDS)})(?![a-z])))"
_ZH = r"(?:个)?(?:交易日|交易周|自然月|日|天|星期|礼拜|周|月|季度|季|年)"
_EN = r"(?:trading\s+days?|business\s+days?|sessions?|days?|d|weeks?|wks?|w|months?|mths?|mos?|mo|m|quarters?|q|years?|yrs?|y)(?:'s?)?(?![a-z0-9])"
_AND_HALF = r"(?:个半(?:交易周|月|季度|季|星期|礼拜)|(?:年|周|季度?|天|日)半)"
_SPAN = rf"(?:(?<![a-z\d.]){_N}\s*{_AND_HALF}|(?<![a-z\d.]){_N}\s*(?:{_ZH})|(?<![a-z\d.]){_E}\s*-?\s*{_EN})"
_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)\s*年?(?:\s*\d{1,2}\s*月)?"


@dataclass(frozen=True)
class Span:
    """Something with a number in it: what it is, its value, whether a word ("a month") rather than a number of days said it."""

    kind: str
    value: Any
    worded: bool = False


def number_of(text: str) -> float | None:
    """The value of a numeral in digits, Chinese or English."""
    text = text.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text.startswith("half") or text == "半":
        return 0.5
    if text in _WORDS:
        return float(_WORDS[text])
    half, text = text.endswith("半"), text.rstrip("半")
    if _ROUGHLY.search(text) and not set(text) & {"零", "〇"}:
        return None
    total, current = 0, 0
    for sign in text:
        if sign in _DIGITS:
            current = _DIGITS[sign] if current == 0 else current * 10 + _DIGITS[sign]
        elif sign in "十百":
            total += (current or 1) * (10 if sign == "十" else 100)
            current = 0
        else:
            return None
    return total + current + (0.5 if half else 0.0)


def sessions_of(text: str) -> tuple[int, bool] | None:
    """(sessions of a span of time, whether it was said in weeks or longer), None where it is none."""
    half = re.match(rf"\s*({_N})\s*({_AND_HALF})", text)
    match = half or re.match(rf"\s*({_N})\s*({_ZH})", text) or re.match(rf"\s*({_E})\s*-?\s*({_EN})", text)
    if not match:
        return None
    number, unit = number_of(match[1]), _unit(match[2])
    if number is None:
        return None
    if unit == DAYS["周"] and number == YEAR_WEEKS:
        return DAYS["年"], True
    days = (number + (0.5 if half else 0.0)) * unit
    return (int(days), unit > 1) if days == int(days) else None


def _unit(text: str) -> int:
    for sign in "日天":
        if sign in text:
            return 1
    for name in ("周", "月", "季", "年"):
        if name in text:
            return DAYS[name]
    if "星期" in text or "礼拜" in text:
        return DAYS["周"]
    return {"t": 1, "b": 1, "s": 1, "d": 1, "w": 5, "m": 20, "q": 60, "y": 240}[text[0]]


def _held(match: re.Match[str]) -> Span | None:
    found = re.search(_SPAN, match[0])
    if found:
        made = sessions_of(found[0])
        return Span("hold", made[0]) if made and made[0] >= 1 else None
    for sign, days in {"[日天]|dai": 1, "周|week": 5, "月|month": 20, "季|quarter": 60}.items():
        if re.search(sign, match[0]):
            return Span("hold", days)
    return None


def _grouped(match: re.Match[str]) -> Span | None:
    if "quintile" in match[0] or "五分位" in match[0]:
        return Span("groups", 5)
    if "decile" in match[0] or "十分位" in match[0]:
        return Span("groups", 10)
    found = re.search(_N, match[0])
    number = number_of(found[0]) if found else None
    return Span("groups", int(number)) if number and number >= 2 else None


_MOMENT = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:\s*年?\s*(\d{1,2})\s*月)?")


def _years(match: re.Match[str]) -> Span | None:
    """(first, last or None): years, or days where months are said."""
    found = sorted((int(year), int(month or 0)) for year, month in _MOMENT.findall(match[0]))
    if any(month > 12 for _, month in found):
        return None
    if len(found) > 1:
        return Span("years", (_start(*found[0]), _end(*found[-1])))
    since = re.search(r"since|以来|至今|起|onward", match[0])
    return Span("years", (_start(*found[0]), None if since else _end(*found[0])))


def _start(year: int, month: int) -> int | str:
    return f"{year}-{month:02}-01" if month else year


def _end(year: int, month: int) -> int | str:
    return f"{year}-{month:02}-{monthrange(year, month)[1]}" if month else year


_BENCHMARKS = {"300": "hs300", "三百": "hs300", "500": "zz500", "五百": "zz500", "50": "sz50", "五十": "sz50"}


def _benchmark(match: re.Match[str]) -> Span:
    return Span("benchmark", next(name for sign, name in _BENCHMARKS.items() if sign in match[0]))


def _window(match: re.Match[str]) -> Span | None:
    made = sessions_of(match[0])
    return Span("window", made[0], made[1]) if made else None


def _bare(match: re.Match[str]) -> Span:
    text = match[0]
    if "半年" in text:
        return Span("window", 120, True)
    if "fortnight" in text:
        return Span("window", 10, True)
    unit = next((days for sign, days in DAYS.items() if sign in text and sign != "日"), None)
    return Span("window", unit or _unit(text.replace("annual", "year")), True)


_TERMS = {"短": 5, "short": 5, "中": 60, "med": 60, "inter": 60, "mid": 60, "长": 240, "long": 240}


def _term(match: re.Match[str]) -> Span:
    return Span("term", next(days for start, days in _TERMS.items() if match[0].startswith(start)))


def _skipping(match: re.Match[str]) -> Span | None:
    long, short = int(match[1]), int(match[2])
    return Span("skipping", (long * 20, short * 20)) if 0 < short < long else None


def _tail(match: re.Match[str]) -> Span:
    found = re.search(r"\d+(?:\.\d+)?\s*%?", match[0])
    end = "bottom" if re.match(r"后|bottom|倒数|末", match[0]) else "top"
    return Span(end, found[0].replace(" ", "") if found else "")


def _measured(kind: str, match: re.Match[str]) -> Span:
    return Span(kind, float(re.sub(r"[^\d.].*", "", match[0])))


_HOLD = r"(?:持有期?|持仓周期|持仓|持股周期|持股|hold(?:ing)?(?:\s+period)?(?:\s+(?:of|for|them|it|is))*|horizon(?:\s+of)?|调仓周期|换仓周期|(?:rebalanc\w+|adjusted)\s+every)"
_INDEX = r"(?:沪深\s*(?:300|三百)|中证\s*(?:500|五百)|上证\s*(?:50|五十)|hs\s*300|csi\s*300|zz\s*500|csi\s*500|sz\s*50|sse\s*50)(?:指数)?"
_RULES: tuple[tuple[str, Callable[[re.Match[str]], Span | None]], ...] = (
    (r"(?:biggest|largest|best|worst|highest|lowest|greatest)\s+(?:one|single)[\s-]+day\s+[a-z]+", lambda match: None),
    (
        rf"(?:业绩)?(?:比较)?(?:基准|对标)\s*(?:指数)?\s*(?:用|为|是|选|:|=|换成)*\s*{_INDEX}|以\s*{_INDEX}\s*(?:为|作为|作)\s*基准",
        _benchmark,
    ),
    (rf"benchmark(?:ed)?\s*(?:index)?\s*(?:is|of|to|against|:|=)*\s*(?:the\s+)?{_INDEX}", _benchmark),
    (rf"(?:since|from|自|从|用)?\s*{_YEAR}\s*(?:到|至|-|~|—|to|and|through|until)+\s*{_YEAR}", _years),
    (rf"(?:since|from|in|自|从|用)\s*{_YEAR}\s*(?:以来|至今|起|onwards?)?(?![\d%日天])", _years),
    (rf"{_YEAR}(?<=[年月])\s*(?:以来|至今|起)?", _years),
    (rf"{_HOLD}\s*(?:为|是|:|=|约|the)?\s*{_SPAN}(?![收涨跌动反波换成振回市价新])", _held),
    (rf"{_SPAN}\s*(?:持有期?|持仓期?|持股)(?![\u3400-\u9fff])", _held),
    (rf"每\s*(?:{_SPAN}|[日天周月季]度?)\s*(?:调仓|换仓|调一次仓|换一次仓|再平衡|轮动)(?:一次)?", _held),
    (rf"(?:{_SPAN}|[日周月季]度|按[日周月季])\s*(?:调仓|换仓|再平衡)(?:一次)?", _held),
    (r"(?:rebalanc(?:e|ed|ing)\s+)(?:every\s+)?(?:dai|week|month|quarter)(?:ly|y)?", _held),
    (r"(?:dai|week|month|quarter)ly\s+rebalanc\w+", _held),
    (rf"分(?:成|为)?\s*{_N}\s*(?:个)?组|(?<![a-z\d.]){_N}\s*(?:分组|分位组|个分组)", _grouped),
    (
        r"(?<![a-z\d.])\d+\s*(?:groups?|buckets?|bins?|quantiles?|portfolios?)|(?:五|十)分位组|quintiles?|deciles?",
        _grouped,
    ),
    (
        r"(?<![a-z\d.-])(\d{1,2})\s*-\s*(\d{1,2})(?!\d)(?:\s*(?:个?月|months?|m\b))?(?=\s*(?:动量|momentum|mom\b|收益|return|的))",
        _skipping,
    ),
    (r"(?:前|后|倒数|末|top|bottom)\s*\d+(?:\.\d+)?\s*(?:%|percent|名|只|支|家|stocks?|names?|(?=的|里))", _tail),
    (r"\d+(?:\.\d+)?\s*(?:倍标准差|个标准差|倍|sigmas?|σ|standard\s+deviations?)", partial(_measured, "multiple")),
    (r"\d+(?:\.\d+)?\s*(?:%|percent)", partial(_measured, "percent")),
    (_SPAN, _window),
    (r"上个?半年|上个?(?:周|月|季度|年)|[周月季年]度|近月|半年", _bare),
    (r"(?<![a-z])(?:week|month|quarter|year|fortnight|annual)(?:ly|s)?(?:'s?)?(?![a-z])", _bare),
    (
        r"今天|今日|当[日天](?!(?:成交)?均价|最高|最低|高位|低位|高点|低点|内|.{0,4}区间)|(?<![a-z])today(?:'s)?(?![a-z])",
        lambda m: Span("today", 1),
    ),
    (r"短期|短线|中期|中线|长期|长线|(?<![a-z])(?:short|medium|mid|intermediate|long)\s*-?\s*term(?![a-z])", _term),
)
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
_ALL = re.compile("|".join(f"(?P<r{i}>{_CAPTURING.sub('(?:', rule)})" for i, (rule, _) in enumerate(_RULES)))


def spans_of(text: str) -> list[str | Span]:
    """The text cut into plain pieces and spans, in order."""
    made: list[str | Span] = []
    at = 0
    for match in _ALL.finditer(text):
        rule, read = _RULES[int(match.lastgroup[1:])]  # type: ignore[index]  # each rule is a named group
        again = re.compile(rule).match(text, match.start())
        span = read(again) if again else None
        if span is None or again is None or again.end() != match.end():
            continue
        made += [text[at : match.start()], span]
        at = match.end()
    made.append(text[at:])
    return [piece for piece in made if piece != ""]
