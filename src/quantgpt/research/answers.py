"""What a language model said, read with tolerance and within bounds; nothing of it is ever run."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from quantgpt.foundations.chat import ModelFault

MAX_CHARACTERS = 65_536
MAX_DEPTH = 64
MAX_EXPRESSION = 4_096
MAX_HYPOTHESIS = 300
LONGEST_HORIZON = 250
MOST_PROPOSALS = 50

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_PROPOSAL = re.compile(r'\{\s*+"(?:expression|factor|formula|alpha)"')
_FENCE = re.compile(r"```[ \t]*[\w+-]{0,20}[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_LABEL = re.compile(
    r"^(?:(?:[*•>]|\d{1,2}[.)、])\s+)?(?:(?:[A-Za-z_]{1,16}|[\u4e00-\u9fff]{1,8})\s*(?:[:：]|(?<![<>=!])=(?!=))\s*)?"
)
_FORMULA = re.compile(r"[A-Za-z0-9_\s+\-*/^().,<>=!?:&|]+")
_CALL = re.compile(r"\b[A-Za-z_]\w*+\s*+\(|[\w)]\s*+[-+*/^<>]\s*+[\w(-]")
_PROSE = re.compile(r"\b[A-Za-z]++(?:\s++[A-Za-z]++){3}")
_DIGITS = re.compile(r"(?<![-.\d])\d{1,4}", re.ASCII)
_EXPRESSION_KEYS = ("expression", "factor", "formula", "alpha")
_REASON_KEYS = ("reason", "refusal", "error", "message")
_LIST_KEYS = ("candidates", "expressions", "factors", "results", "answers")
_UP = frozenset({"1", "+1", "1.0", "long", "positive", "up", "high", "higher", "正", "正向", "做多", "越大越好"})
_DOWN = frozenset({"-1", "-1.0", "short", "negative", "down", "low", "lower", "负", "负向", "反向", "做空", "越小越好"})


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What a model proposes. The texts are free of control characters and bounded, but not trusted: show them escaped.

    `direction` is 1 where high values are expected to do well, -1 where low ones are, None where nothing was said.
    `horizon` is the number of sessions for which the idea is meant.
    """

    expression: str
    hypothesis: str = ""
    direction: int | None = None
    horizon: int | None = None


def read_json(text: str, *, depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text that nests at most `depth` deep. Raises: ValueError, without a word of the text."""
    if _nests(text) > depth:
        raise ValueError(f"nested more than {depth} deep")
    try:
        return json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"not readable{place}") from None


def read_proposal(text: str) -> Proposed:
    """The one proposal in an answer: a JSON object, one in a fence, or a plain line with an expression.

    Raises: ModelFault `refused` where the answer has words but no expression, `malformed` or `too_large`.
    """
    found = _proposals(text, limit=1)
    return found[0]


def read_proposals(text: str, *, limit: int = MOST_PROPOSALS) -> tuple[Proposed, ...]:
    """All proposals in an answer, at most `limit`, in their order.

    Raises: ModelFault as `read_proposal`.
    """
    return _proposals(text, limit=min(limit, MOST_PROPOSALS))


def clean_text(value: object, limit: int) -> str:
    """A text on one line, without control, format and private characters, at most `limit` characters long.

    >>> clean_text("mean" + chr(0) + chr(0x202e) + "  reversion\\n", 20)
    'mean reversion'
    """
    if not isinstance(value, str):
        return ""
    kept = "".join(" " if mark.isspace() else mark for mark in value[: 4 * limit] if mark.isspace() or _is_shown(mark))
    plain = " ".join(kept.split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def _proposals(text: str, *, limit: int) -> tuple[Proposed, ...]:
    if len(text) > MAX_CHARACTERS:
        raise ModelFault("too_large", f"an answer of more than {MAX_CHARACTERS} characters")
    said = _THINKING.sub("", text).replace("\ufeff", "").strip()
    if not said:
        raise ModelFault("empty", "the answer has no text")
    body = _structure(said)
    if body is not None:
        made = [item for item in map(_proposed, _items(body)[:limit]) if item is not None]
        if made:
            return tuple(made)
        raise ModelFault("refused", _reason(body))
    if said.startswith(("{", "[")):
        if whole := [item for item in map(_proposed, _unbroken(said)) if item is not None]:
            return tuple(whole[:limit])
        raise ModelFault("malformed", "the answer is broken JSON")
    line = _formula_of(said)
    if line is None:
        raise ModelFault("refused", clean_text(said, MAX_HYPOTHESIS))
    return (Proposed(expression=line),)


def _structure(said: str) -> Any:
    """The JSON object or list in an answer: the whole, what stands in a fence, or the first that opens; None without."""
    for part in (said, *(match.group(1).strip() for match in _FENCE.finditer(said))):
        if part.startswith(("{", "[")):
            try:
                return _kept(read_json(part))
            except ValueError:
                continue
    start = said.find("{")
    if start < 0 or _nests(said[start:]) > MAX_DEPTH:
        return None
    try:
        return _kept(json.JSONDecoder(parse_constant=lambda name: None).raw_decode(said, start)[0])
    except (ValueError, RecursionError):
        return None


def _unbroken(said: str) -> list[Any]:
    """The proposals that are whole in a JSON text that is cut off or broken somewhere."""
    decoder = json.JSONDecoder(parse_constant=lambda name: None)
    found: list[Any] = []
    at = 0
    while len(found) < MOST_PROPOSALS and (match := _PROPOSAL.search(said, at)):
        at = match.end()
        with suppress(ValueError, RecursionError):
            value, at = decoder.raw_decode(said, match.start())
            found.append(value)
    return found


def _kept(value: Any) -> Any:
    return value if isinstance(value, dict | list) else None


def _items(body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    if not any(key in body for key in _EXPRESSION_KEYS):
        for key in _LIST_KEYS:
            if isinstance(body.get(key), list):
                return list(body[key])
    return [body]


def _proposed(item: Any) -> Proposed | None:
    if isinstance(item, str):
        item = {"expression": item}
    if not isinstance(item, Mapping):
        return None
    text = next((item[key] for key in _EXPRESSION_KEYS if isinstance(item.get(key), str)), "")
    expression = _expression(text)
    if not expression:
        return None
    return Proposed(
        expression=expression,
        hypothesis=clean_text(item.get("hypothesis"), MAX_HYPOTHESIS),
        direction=_direction(item.get("direction")),
        horizon=_horizon(item.get("horizon")),
    )


def _expression(text: str) -> str:
    """The text of an expression on one line; what cannot be shown becomes a mark that no grammar takes."""
    bare = text.strip().strip("`").strip()
    shown = "".join(" " if mark.isspace() else mark if _is_shown(mark) else "\ufffd" for mark in bare)
    return " ".join(shown[: MAX_EXPRESSION + 1].split())


def _direction(value: object) -> int | None:
    word = str(value).strip().lower() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return 1 if word in _UP else -1 if word in _DOWN else None


def _horizon(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _DIGITS.search(str(value)[:40])
    days = int(found.group()) if found else 0
    return days if 1 <= days <= LONGEST_HORIZON else None


def _reason(body: Any) -> str:
    if not isinstance(body, Mapping):
        return "no expression in the answer"
    said = next((body[key] for key in _REASON_KEYS if isinstance(body.get(key), str)), "")
    return clean_text(said, MAX_HYPOTHESIS) or "no expression in the answer"


def _formula_of(said: str) -> str | None:
    """The last line that could be an expression."""
    parts = [match.group(1) for match in _FENCE.finditer(said)] or [said]
    for line in reversed([line for part in parts for line in part.splitlines()]):
        if len(line) > MAX_EXPRESSION:
            continue
        bare = _LABEL.sub("", line.strip()).strip().strip("`*。；; ").strip()
        if bare and _FORMULA.fullmatch(bare) and _is_formula(bare):
            return _expression(bare)
    return None


def _is_formula(line: str) -> bool:
    return bool(_CALL.search(line)) and not _PROSE.search(line)


def _is_shown(mark: str) -> bool:
    return unicodedata.category(mark)[0] != "C"


def _nests(text: str) -> int:
    """How deep the brackets of a JSON text go."""
    depth = deepest = 0
    for mark in _marks(text):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _marks(text: str) -> Iterable[str]:
    return (found.group() for found in _BRACKETS.finditer(text) if found.group() in ("[", "]", "{", "}"))
