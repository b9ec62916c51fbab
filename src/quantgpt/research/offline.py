"""Words to a factor expression without a language model: ideas that are named, with the parameters that the text gives.

What the words say is taken whole or not at all: a text of which any word stays unread is refused, with suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS
from quantgpt.research.ideas import Idea, ideas_catalogue, library, vocabulary
from quantgpt.research.reading.grouping import Named, Reading, read_ideas
from quantgpt.research.reading.guard import future_in, is_no_description
from quantgpt.research.reading.requests import Request, decay_apart, request_of
from quantgpt.research.reading.spelling import LONGEST, plain
from quantgpt.research.reading.word import Word
from quantgpt.research.reading.words import words_of

__all__ = ["Proposal", "Refusal", "ideas_catalogue", "propose", "settings_in", "suggestions_near"]

MOST_SUGGESTIONS = 5
USUAL = ("momentum", "reversal", "volatility", "size", "amihud", "near_high", "turnover", "amplitude")
_UNREAD_SHOWN = 6
_SHOWN = re.compile(r"[a-z0-9\u3400-\u9fff]{1,24}")


@dataclass(frozen=True)
class Proposal:
    """A factor that the words name: its high end is what they call good.

    `direction` is the expected sign of its relation to later returns by the idea's own hypothesis, `horizon` the sessions
    over which. `parameters` are the windows of the ideas, and what was said of the test (`holding_period`, `universe`, …).
    """

    expression: str
    idea: str
    parameters: dict[str, Any]
    hypothesis: str
    direction: int
    horizon: int | None


@dataclass(frozen=True)
class Refusal:
    """Why nothing is proposed, and phrases near it that are understood."""

    reason: str
    suggestions: list[str] = field(default_factory=list)


def propose(text: str, *, fields: frozenset[str], has_industry: bool) -> Proposal | Refusal:
    """The factor that a text in Chinese or English describes, or why there is none. Never raises for a text."""
    said = plain(text)
    if len(text) > LONGEST:
        return Refusal(f"描述太长：最多 {LONGEST} 个字，请用一句话说一个因子", _usual(fields))
    if is_no_description(said):
        return Refusal("这段文字不是因子描述（含有代码或指令），整段没有读取", _usual(fields))
    if ahead := future_in(said):
        reason = f"说到了未来（“{ahead[:12]}”）：因子只能用当时已知的行情，未来的数据不可用，请用过去的窗口描述"
        return Refusal(reason, suggestions_near(said, fields=fields))
    read = words_of(said)
    refused = _unreadable(said, read.words, fields)
    if refused:
        return refused
    request = request_of(read.words)
    if request.contradicts:
        return Refusal("同一件事说了两个不同的数（持有期、分组、股票池或年份）", suggestions_near(said, fields=fields))
    if request.filters:
        return Refusal("先按前几名筛选、再在其中排序，不能写成一个因子", suggestions_near(said, fields=fields))
    reading = read_ideas(request.words)
    if reading is None:
        apart = decay_apart(request)
        reading = read_ideas(apart.words) if apart else None
        request = apart if apart and reading else request
    if reading is None:
        return _not_understood(said, request, fields)
    return _made(said, reading, request, fields, has_industry, read.mended)


def settings_in(text: str) -> dict[str, Any]:
    """What a text says of the test: `holding_period`, `n_groups`, `universe`, `years` (first, last or None), `benchmark`,
    `share`. Nothing where it says two things of one.

    >>> settings_in("20日动量，持有10天，2020年以来")
    {'holding_period': 10, 'years': (2020, None)}
    """
    said = plain(text)
    if len(text) > LONGEST or is_no_description(said):
        return {}
    request = request_of(words_of(said).words)
    return {} if request.contradicts else dict(request.test)


def _unreadable(said: str, words: Sequence[Word], fields: frozenset[str]) -> Refusal | None:
    """A refusal for data that is not held or words that are not known."""
    missing = list(dict.fromkeys(vocabulary()["missing"][word.value]["zh"] for word in words if word.kind == "missing"))
    if missing:
        return Refusal(f"没有这些数据：{'、'.join(missing)}", suggestions_near(said, fields=fields))
    unread = _shown(words)
    if unread is None:
        return None
    about = f"这些词没有读懂：{unread}" if unread else "有符号没有读懂"
    return Refusal(f"{about}。为免只回答一半，没有给出因子", suggestions_near(said, fields=fields))


def _shown(words: Sequence[Word]) -> str | None:
    """The unread words as they stand, neighbours together; None where there are none."""
    runs: list[str] = []
    before = False
    for word in words:
        unread = word.kind == "unread"
        if unread and before and not word.text.isascii():
            runs[-1] += word.text
        elif unread:
            runs.append(word.text)
        before = unread
    if not runs:
        return None
    seen = dict.fromkeys(match[0] for run in runs if (match := _SHOWN.fullmatch(run[:24])))
    return "、".join(f"“{run}”" for run in list(seen)[:_UNREAD_SHOWN])


def _not_understood(said: str, request: Request, fields: frozenset[str]) -> Refusal:
    near = suggestions_near(said, fields=fields)
    concepts = [word for word in request.words if word.kind == "concept" and word.value not in ("low", "high")]
    if not concepts:
        return Refusal("没有说出任何可以检验的量（例如动量、波动率、换手率）", near)
    return Refusal("每个词都认识，但合在一起没有对应的因子：可能缺少指标、数字多余，或前后矛盾", near)


def _made(
    said: str,
    reading: Reading,
    request: Request,
    fields: frozenset[str],
    has_industry: bool,
    mended: dict[str, str],
) -> Proposal | Refusal:
    known = library()
    parts, missing, parameters = [], set[str](), dict[str, Any]()
    for named in reading.named:
        windows = named.idea.windows(named.windows)
        if named.skipped is not None:
            windows["skip"] = named.skipped
        text, lacks = known.written(named.idea, windows, fields)
        missing |= lacks
        parts.append(turned(text) if named.side < 0 else text)
        parameters |= {f"{_place_of(named, reading, len(parts))}{name}": size for name, size in windows.items()}
    if "size_neutral" in request.wraps and "cap" not in fields:
        missing.add("cap")
    if missing:
        names = "、".join(FIELDS[name].zh if name in FIELDS else name for name in sorted(missing))
        return Refusal(f"当前市场没有这些数据：{names}", suggestions_near(said, fields=fields))
    if not has_industry and request.wraps.keys() & {"industry_neutral", "within_industry"}:
        return Refusal("当前市场没有行业分类，不能做行业中性", suggestions_near(said, fields=fields))
    expression = _wrapped(combined(parts, reading), request.wraps)
    parameters |= {name: (list(v) if isinstance(v, tuple) else v) for name, v in request.test.items()}
    parameters |= {name: size for name, size in request.wraps.items() if size}
    if mended:
        parameters["read_as"] = dict(mended)
    return _checked(
        said,
        Proposal(
            expression,
            "+".join(named.idea.id for named in reading.named),
            parameters,
            "；".join(dict.fromkeys(named.idea.why_zh for named in reading.named)),
            _direction(reading),
            request.test.get("holding_period") or min(named.idea.horizon for named in reading.named),
        ),
        fields,
        has_industry,
    )


def _place_of(named: Named, reading: Reading, place: int) -> str:
    """What a parameter's name begins with: nothing for one idea, its id for several, numbered where it is there twice."""
    if len(reading.named) == 1:
        return ""
    before = sum(one.idea.id == named.idea.id for one in reading.named[:place])
    return f"{named.idea.id}{before if before > 1 else ''}."


def _checked(said: str, made: Proposal, fields: frozenset[str], has_industry: bool) -> Proposal | Refusal:
    """The proposal, or a refusal where its expression is beyond the limits of the language (windows, size)."""
    from quantgpt.expr import compile_expression

    try:
        compile_expression(made.expression, fields=fields, has_industry=has_industry)
    except BadExpression as error:
        return Refusal(f"写成表达式后不合规则：{error.hint or error}", suggestions_near(said, fields=fields))
    return made


def turned(text: str) -> str:
    """The expression that ranks the other way round."""
    head = re.match(r"-1 \* (\w*)\(", text)
    if head and _closes(text, head.end() - 1) == len(text) - 1:
        return text[len("-1 * ") :] if head[1] else text[head.end() : -1]
    call = re.match(r"\w+\(", text)
    if call and _closes(text, call.end() - 1) == len(text) - 1:
        return f"-1 * {text}"
    return f"-1 * ({text})" if re.search(r"\s[-+*/<>]\s", text) else f"-1 * {text}"


def _closes(text: str, at: int) -> int:
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if not depth:
            return i
    return -1


def combined(parts: Sequence[str], reading: Reading) -> str:
    """The parts by their links: ranks added, subtracted or multiplied; a quotient as it is."""
    if len(parts) == 1:
        return parts[0]
    made = _ranked(parts[0], reading.named[0])
    raw = parts[0]
    for part, named, link in zip(parts[1:], reading.named[1:], reading.links, strict=True):
        if link == "over":
            made = raw = f"({raw}) / ({part})"
            continue
        sign = {"plus": "+", "minus": "-", "times": "*"}[link]
        left = f"({made})" if sign == "*" and " + " in made else made
        made = raw = f"{left} {sign} {_ranked(part, named)}"
    return made


def _ranked(part: str, named: Named) -> str:
    return f"rank({part})"


def _wrapped(text: str, wraps: dict[str, int]) -> str:
    """The expression inside what was said of the whole of it, in the order in which one would do it by hand."""
    if "linear_decay" in wraps:
        text = f"decay_linear({text}, {wraps['linear_decay']})"
    if "smoothed" in wraps:
        text = f"ts_mean({text}, {wraps['smoothed']})"
    if "size_neutral" in wraps:
        text = f"cs_residual({text}, log(cap))"
    if "industry_neutral" in wraps:
        text = f"indneutralize({text})"
    if "within_industry" in wraps:
        text = f"group_rank({text})"
    elif "ranked" in wraps:
        text = f"rank({text})"
    if "standardised" in wraps:
        text = f"zscore({text})"
    return text


def _direction(reading: Reading) -> int:
    """The expected sign of the whole: what most of its ideas expect of the sides that are wanted."""
    total = 0
    for named, link in zip(reading.named, ("plus", *reading.links), strict=True):
        total += named.idea.expects * named.side * (-1 if link in ("minus", "over") else 1)
    return 1 if total >= 0 else -1


def _usual(fields: frozenset[str]) -> list[str]:
    ideas = library().ideas
    return [ideas[name].phrase() for name in USUAL if _held(ideas[name], fields)][:MOST_SUGGESTIONS]


def _held(idea: Idea, fields: frozenset[str]) -> bool:
    return not library().written(idea, idea.windows(()), fields)[1]


@lru_cache(maxsize=1)
def _titles() -> tuple[tuple[Idea, str], ...]:
    return tuple((idea, f"{idea.zh} {idea.en}".lower()) for idea in library().ideas.values())


def suggestions_near(text: str, *, fields: frozenset[str], limit: int = MOST_SUGGESTIONS) -> list[str]:
    """Phrases near a text, the nearest first, each understood on these fields."""
    said = plain(text)[:60]
    concepts = {word.value for word in words_of(said).words if word.kind == "concept"}
    matcher = SequenceMatcher(None, "", said, autojunk=False)
    scored = []
    for idea, title in _titles():
        if not _held(idea, fields):
            continue
        matcher.set_seq1(title)
        shared = max((len(pattern & concepts) / len(pattern) for pattern in idea.patterns), default=0.0)
        ratio = matcher.quick_ratio()
        scored.append((-(shared + ratio), idea.id, idea.phrase()))
    near = [phrase for score, _, phrase in sorted(scored)[:limit] if score < -0.35]
    return list(dict.fromkeys([*near, *_usual(fields)]))[:limit]
