"""The factor libraries as people browse them: published sets and the factors that a user keeps."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, BadRequest
from quantgpt.services._base import App
from quantgpt.services.expressions import compiled, open_named
from quantgpt.services.library import list_factors

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.libraries import Library, LibraryFactor
    from quantgpt.market.market import Market

KEPT = "kept"
_KEPT_WORDS = {"zh": "我的因子", "en": "My factors"}
_KEPT_CATEGORY = "kept"
_VOLUMES = {"volume", "amount", "turn", "vwap"}


@dataclass(frozen=True, slots=True)
class Shelved:
    """One factor of a library, read as tests read it; `expression` None, with the reason, where it cannot be."""

    id: str
    name: str
    zh: str
    en: str
    category: str
    source: str
    published: str | None
    """as it was published, in the dialect of its library"""
    expression: Expression | None
    stated: bool = True
    reason_zh: str | None = None
    reason_en: str | None = None


def library_list(app: App, owner_id: str) -> dict[str, Any]:
    """The published libraries and the user's own factors: what each is and how much it holds."""
    from quantgpt.libraries import CATEGORIES, LIBRARIES, library

    kept = list_factors(app, owner_id)
    own = {
        "name": KEPT, **_KEPT_WORDS, "dialect": "quantgpt", "compat": "strict", "source": "", "note_zh": "", "note_en": "",
        "count": len(kept), "left_out": 0, "categories": [{"name": _KEPT_CATEGORY, "count": len(kept)}],
    }  # fmt: skip
    words = [{"name": name, "zh": zh, "en": en} for name, (zh, en) in CATEGORIES.items()]
    return {
        "libraries": [*(_head(library(name)) for name in LIBRARIES.names()), own],
        "categories": [*words, {"name": _KEPT_CATEGORY, **_KEPT_WORDS}],
    }


def read_library(
    app: App, owner_id: str, name: str, *, query: str = "", category: str | None = None, market: str | None = None
) -> dict[str, Any]:
    """One library with those of its factors that a search finds, in the order of its source; what cannot be stated comes
    last, with the reason. What can be tested is said of `market`, else of the default one.

    Raises: NotFound with the nearest name; BadRequest for an unknown category; UnknownMarket.
    """
    shelf = shelved(app, owner_id, name)
    opened = open_named(app, market)
    wanted = _checked_category(category, shelf)
    found = [one for one in shelf if (wanted is None or one.category == wanted) and _matches(one, query)]
    return {
        **_facts(app, owner_id, name),
        "total": len(shelf),
        "shown": len(found),
        "market": opened.name if opened else None,
        "factors": [_shown(one, opened) for one in found],
    }


def shelved(app: App, owner_id: str, name: str) -> Sequence[Shelved]:
    """The factors of a library, read. Raises: NotFound."""
    if name.lower() != KEPT:
        from quantgpt.libraries import library

        return _read(library(name).name)
    found = []
    for kept in list_factors(app, owner_id):
        head = (kept.id, kept.name, kept.note, kept.note, _KEPT_CATEGORY, "", kept.expression)
        try:
            found.append(Shelved(*head, compiled(kept.expression, None)))
        except BadExpression as error:
            found.append(Shelved(*head, None, True, error.hint or error.message, error.message))
    return found


def missing_of(one: Shelved, market: Market | None) -> tuple[str, str] | None:
    """Why a factor cannot be tested on a market, in both languages; None where it can."""
    if one.expression is None:
        return one.reason_zh or "", one.reason_en or ""
    if market is None:
        return "还没有行情数据", "There is no market data yet"
    lacking = sorted(one.expression.fields - market.expression_fields())
    if lacking:
        return f"当前行情库没有 {'、'.join(lacking)}", f"The market has no {', '.join(lacking)}"
    if one.expression.uses_industry and not market.has_industry:
        return "当前行情库没有行业分类", "The market has no industries"
    return None


@lru_cache(maxsize=8)
def _read(name: str) -> tuple[Shelved, ...]:
    """The factors of a published library; Qlib's words with our numbers, as every test computes them."""
    from quantgpt.libraries import library

    shelf = library(name)
    stated = [_one(factor, shelf) for factor in shelf]
    left = [
        Shelved(out.name, out.name, "", "", "", shelf.source, None, None, False, out.zh, out.en)
        for out in shelf.left_out
    ]
    return (*stated, *left)


def _one(factor: LibraryFactor, shelf: Library) -> Shelved:
    from quantgpt.expr import compile_expression, read_expression, translate

    head = (factor.name, factor.name, factor.zh, factor.en, factor.category, factor.source, factor.expression)
    try:
        if shelf.dialect == "quantgpt":
            return Shelved(*head, compile_expression(factor.expression))
        read = read_expression(factor.expression, dialect="qlib", compat="strict", allow_marks=False)
        return Shelved(*head, compile_expression(translate(read, "quantgpt", compat="strict").text))
    except BadExpression as error:
        return Shelved(*head, None, True, error.hint or error.message, error.message)


def _head(shelf: Library) -> dict[str, Any]:
    counts = Counter(factor.category for factor in shelf)
    names = ("name", "zh", "en", "dialect", "compat", "source", "note_zh", "note_en")
    return {
        **{name: getattr(shelf, name) for name in names},
        "count": len(shelf),
        "left_out": len(shelf.left_out),
        "categories": [{"name": name, "count": count} for name, count in sorted(counts.items())],
    }


def _facts(app: App, owner_id: str, name: str) -> dict[str, Any]:
    found = library_list(app, owner_id)["libraries"]
    return next(one for one in found if one["name"] == name.lower())


def _checked_category(category: str | None, shelf: Sequence[Shelved]) -> str | None:
    """The category that a search is kept to; None for all."""
    if not category:
        return None
    known = sorted({one.category for one in shelf if one.category})
    if category in known:
        return category
    near = difflib.get_close_matches(category, known, n=1)
    raise BadRequest(
        f"没有名为 {category[:40]!r} 的类别",
        field="category",
        hint=f"可用：{', '.join(known)}",
        nearest=near[0] if near else None,
    )


def _matches(one: Shelved, query: str) -> bool:
    """Whether every word of a search is in the name, the words or the expression of a factor."""
    text = "\n".join((one.name, one.zh, one.en, one.published or "")).casefold()
    return all(word in text for word in query.casefold().split())


def _shown(one: Shelved, market: Market | None) -> dict[str, Any]:
    missing, read = missing_of(one, market), one.expression
    return {
        "id": one.id,
        "name": one.name,
        "zh": one.zh,
        "en": one.en,
        "category": one.category,
        "source": one.source,
        "expression": one.published,
        "stated": one.stated,
        "native": read.text if read else None,
        "runnable": missing is None,
        "reason_zh": missing[0] if missing else None,
        "reason_en": missing[1] if missing else None,
        "warmup": read.warmup if read else None,
        "unit": read.unit if read else None,
        "fields": sorted(read.fields) if read else [],
        "tags": _tags(read) if read else [],
    }


def _tags(expression: Expression) -> list[str]:
    """What a factor works with: other names of the day, industries, volumes."""
    from quantgpt.expr.tree import walk
    from quantgpt.operators._base import Axis

    across = any(node.operator is not None and node.operator.axis is Axis.DAY for node in walk(expression.plan))
    found = {
        "cross_section": across,
        "industry": expression.uses_industry,
        "volume": bool(expression.fields & _VOLUMES),
    }
    return [tag for tag, holds in found.items() if holds]


def chosen(
    app: App, owner_id: str, name: str, ids: Sequence[str] | None, market_name: str | None = None
) -> list[tuple[Shelved, str]]:
    """Factors of a library by their ids with the text that a test takes, all that the market can test where none are
    named.

    Raises: NotFound for the library; BadRequest for a factor that it has not, that cannot be stated, or that is named twice;
    UnknownMarket.
    """
    shelf, market = shelved(app, owner_id, name), open_named(app, market_name)
    if ids is None:
        return [(one, one.expression.text) for one in shelf if one.expression and missing_of(one, market) is None]
    known = {one.id: one for one in shelf}
    found = []
    for at, wanted in enumerate(ids):
        one = known.get(wanted)
        if one is None:
            near = difflib.get_close_matches(wanted, known, n=1)
            raise BadRequest(
                f"{name} 里没有因子 {wanted[:60]!r}", field=f"names[{at}]", nearest=near[0] if near else None
            )
        if (missing := missing_of(one, market)) is not None or one.expression is None:
            raise BadRequest(
                f"{one.name} 不能检验：{missing[0] if missing else ''}",
                field=f"names[{at}]",
                hint=missing[1] if missing else "",
            )
        if wanted in ids[:at]:
            raise BadRequest(f"{one.name} 出现了两次", field=f"names[{at}]", hint="each factor once")
        found.append((one, one.expression.text))
    return found
