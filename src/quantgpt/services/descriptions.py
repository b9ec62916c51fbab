"""All that can be said of an expression without a test: how it reads, in words, in the other dialect, what is like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, BadRequest
from quantgpt.services._base import App
from quantgpt.services.expressions import NOTHING, compiled, facts_of, fault, open_named, tokens_json

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.expr.expression import Dialect
    from quantgpt.market.market import Market

MOST_SIMILAR, MOST_OTHERS = 5, 20


@dataclass(frozen=True, kw_only=True)
class Describe:
    """Ask for the description of an expression. `other`: one to say the difference from; `others`: some that were made of
    it, to say what was changed in each. `similar`: look for others like it among the user's factors and the published ones."""

    expression: str
    dialect: str = "quantgpt"
    other: str | None = None
    others: tuple[str, ...] = ()
    similar: bool = True
    market: str | None = None
    """whose fields there are; the default one if none is named"""


def describe(app: App, owner_id: str, ask: Describe) -> dict[str, Any]:
    """The description of an expression, or where it is wrong; never raises for a wrong one.

    Raises: BadRequest for an unknown dialect, UnknownMarket.
    """
    from quantgpt.expr.expression import DIALECTS
    from quantgpt.services.words import is_wording

    if ask.dialect not in DIALECTS:
        raise BadRequest(
            f"dialect 应为 {' 或 '.join(DIALECTS)}，收到 {ask.dialect[:40]!r}", field="dialect", nearest=DIALECTS[0]
        )
    if len(ask.others) > MOST_OTHERS:
        raise BadRequest(
            f"others 最多 {MOST_OTHERS} 个", field="others", hint=f"at most {MOST_OTHERS}", nearest=MOST_OTHERS
        )
    market = open_named(app, ask.market)
    head = {"expression": ask.expression, "dialect": ask.dialect}
    try:
        expression = _read(ask.expression, ask.dialect, market)
    except BadExpression as error:
        words = ask.dialect == "quantgpt" and is_wording(ask.expression)
        tokens = tokens_json(ask.expression, ask.dialect)
        return {**NOTHING, **_UNKNOWN, **head, "words": words, "tokens": tokens, "error": fault(error)}
    return {
        **facts_of(expression),
        **head,
        **_layout(expression),
        "dialects": _dialects(expression),
        "similar": _similar(app, owner_id, expression, market) if ask.similar else [],
        **_difference(ask, expression, market),
        "diffs": [_change(one, ask.dialect, expression, market) for one in ask.others],
    }


_UNKNOWN: dict[str, Any] = {
    "pretty": None,
    "pretty_lines": [],
    "in_words": {"zh": [], "en": []},
    "parts": [],
    "dialects": None,
    "similar": [],
    "diff": None,
    "diff_error": None,
    "diffs": [],
    "formatted": None,
}


def _read(text: str, dialect: str, market: Market | None) -> Expression:
    """An expression of our dialect as tests read it, one of Qlib's with our numbers."""
    from quantgpt.expr import read_expression

    if dialect == "quantgpt":
        return compiled(text, market)
    fields = None if market is None else market.expression_fields()
    return read_expression(
        text, dialect="qlib", compat="strict", fields=fields, allow_lookahead=False, allow_marks=False
    )


def _layout(expression: Expression) -> dict[str, Any]:
    """How it reads, in lines and in words. The places of parts are those in our canonical text; an expression of another
    dialect has one part, the whole."""
    from quantgpt.expr.layout import formatted, parts_of, pretty

    if expression.dialect == "qlib":
        text = expression.canonical
        lines = [{"text": text, "symbol": None}]
        whole = {"start": 0, "end": len(text), "warmup": expression.warmup}
        words = {"zh": expression.words_zh, "en": expression.words_en}
        in_words = {name: [sentence] for name, sentence in words.items()}
        return {
            "pretty": text,
            "formatted": None,
            "pretty_lines": lines,
            "in_words": in_words,
            "parts": [{"text": text, "symbol": None, **whole, **words}],
        }
    parts = parts_of(expression.tree)
    names = ("text", "symbol", "start", "end", "warmup", "zh", "en")
    return {
        "pretty": pretty(expression.tree),
        "formatted": formatted(expression.text),
        "pretty_lines": [{"text": part.text, "symbol": part.symbol} for part in parts],
        "in_words": {"zh": [part.zh for part in parts], "en": [part.en for part in parts]},
        "parts": [{name: getattr(part, name) for name in names} for part in parts],
    }


def _dialects(expression: Expression) -> dict[str, Any]:
    """The same tree in the words of each dialect; with the operators at fault where one has no exact twin."""
    own: Dialect = expression.dialect
    other: Dialect = "qlib" if own == "quantgpt" else "quantgpt"
    names: dict[str, str] = {"quantgpt": "native", "qlib": "qlib"}
    found = {names[own]: {"text": expression.canonical, "exact": True, "notes": []}}
    return {**found, names[other]: translation_json(expression, other)}


def translation_json(expression: Expression, to: Dialect) -> dict[str, Any]:
    """An expression in the words of a dialect; `text` None, with the reasons, where it cannot be said there."""
    from quantgpt.expr import translate

    made = translate(expression, to, compat="qlib" if to == "qlib" else "strict")
    strangers = [] if made.text or to != "qlib" else _without_twin(expression)
    notes = [{"code": n.code, "operators": list(n.operators) or strangers, "zh": n.zh, "en": n.en} for n in made.notes]
    return {"text": made.text or None, "exact": made.exact, "notes": notes}


def _without_twin(expression: Expression) -> list[str]:
    """The operators that Qlib refuses: of each the smallest sub-tree is tried that holds no other one refused."""
    from quantgpt.expr import print_tree, read_expression
    from quantgpt.expr.tree import walk

    refused: set[str] = set()
    tried: set[str] = set()
    for node in walk(expression.tree):
        inside = {part.name for part in walk(node) if part.operator is not None}
        if node.operator is None or node.name in tried or inside & refused:
            continue
        tried.add(node.name)
        try:
            text = print_tree(node, "qlib", compat="qlib", loose=True)
            read_expression(text, dialect="qlib", compat="qlib", fields=expression.fields)
        except (BadExpression, BadRequest):
            refused.add(node.name)
    return sorted(refused)


def _similar(app: App, owner_id: str, expression: Expression, market: Market | None) -> list[dict[str, Any]]:
    """Factors that the user keeps and published ones that are like it, most alike first."""
    from quantgpt.research.duplicates import alike_public, likeness_of
    from quantgpt.services.library import list_factors

    found = []
    for kept in list_factors(app, owner_id):
        try:
            level, overlap = likeness_of(expression, compiled(kept.expression, market))
        except BadExpression:
            continue
        if level is not None:
            named = {"library": None, "name": kept.name, "id": kept.id, "expression": kept.expression}
            found.append({"kind": "kept", **named, "level": level, "overlap": overlap})
    for library, name, text, level, overlap in alike_public(expression):
        named = {"library": library, "name": name, "id": None, "expression": text}
        found.append({"kind": "library", **named, "level": level, "overlap": overlap})
    order = {"same": 0, "twin": 1, "similar": 2}
    return sorted(found, key=lambda row: (order[str(row["level"])], -float(str(row["overlap"]))))[:MOST_SIMILAR]


def _difference(ask: Describe, expression: Expression, market: Market | None) -> dict[str, Any]:
    """What makes the expression another one than `other`."""
    if ask.other is None:
        return {"diff": None, "diff_error": None}
    try:
        other = _read(ask.other, ask.dialect, market)
    except BadExpression as error:
        return {"diff": None, "diff_error": fault(error)}
    return {"diff": _diff_json(other, expression), "diff_error": None}


def _change(text: str, dialect: str, expression: Expression, market: Market | None) -> dict[str, Any] | None:
    """What was changed of the expression to make another one; None where that cannot be read."""
    try:
        return _diff_json(expression, _read(text, dialect, market))
    except BadExpression:
        return None


def _diff_json(before: Expression, after: Expression) -> dict[str, Any]:
    from quantgpt.expr.changes import changes

    made = changes(before, after)
    spans = {"before": (made.before, made.removed), "after": (made.after, made.added)}
    shown = {
        name: {"text": text, "spans": [{"start": start, "end": end} for start, end in found]}
        for name, (text, found) in spans.items()
    }
    return {"same": made.same, "code": made.code, "zh": made.zh, "en": made.en, **shown}
