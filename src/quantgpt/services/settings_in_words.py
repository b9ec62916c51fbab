"""Settings of a test that its words hold: "持有10天", "分10组", "中证500", "2020到2024年".

They fill what the caller left out. What the caller gave stays, and the result says that the words asked for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.words import has_model, is_wording, offered

if TYPE_CHECKING:
    from quantgpt.market.market import Market

FIELDS_TOLD = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark")
"""fields that words can set"""


def settled(app: App, ask: TestFactor, market: Market) -> TestFactor:
    """The request with what its words say of the test, where the caller said nothing.

    Words that are an expression, or that no factor is read from, say nothing.
    """
    if not ask.prompt or ask.said or _is_expression(app, ask):
        return ask
    told = _told(app, ask, market)
    applied: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for name, value in told.items():
        given = getattr(ask, name, None)
        if name in ask.left_out and name in FIELDS_TOLD:
            applied[name] = value
        elif given != value:
            kept[name] = {"given": given, "words": value}
    if not applied and not kept:
        return ask
    return replace(ask, **applied, said={"applied": applied, "kept": kept})


def _is_expression(app: App, ask: TestFactor) -> bool:
    return not is_wording(ask.prompt) or len(ask.prompt) > app.settings.max_prompt_len


def _told(app: App, ask: TestFactor, market: Market) -> dict[str, Any]:
    """Fields of a test and their values as the words have them."""
    from quantgpt.research.offline import Refusal, propose, settings_in

    if not has_model(app):
        fields, has_industry = offered(market)
        if isinstance(propose(ask.prompt, fields=fields, has_industry=has_industry), Refusal):
            return {}
    said = settings_in(ask.prompt)
    told: dict[str, Any] = {
        name: said[name] for name in ("universe", "n_groups", "holding_period", "benchmark", "share") if name in said
    }
    first, last = said.get("years", (None, None))
    if first is not None:
        told["start_date"] = first if isinstance(first, str) else f"{first}-01-01"
    if last is not None:
        told["end_date"] = last if isinstance(last, str) else f"{last}-12-31"
    return told


def notes(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a result tells of the settings in its words: those that were taken, and those that were not."""
    made = []
    applied, kept = said.get("applied"), said.get("kept")
    if applied:
        named = [f"{name} = {value}" for name, value in applied.items()]
        zh, en = f"按文字设置了：{'、'.join(named)}", f"Set as the words say: {', '.join(named)}"
        made.append(_note("words_applied", zh, en, applied))
    if kept:
        zh = "、".join(
            f"{name}（文字 {both['words']}，"
            + (f"请求 {both['given']}）" if both["given"] is not None else "不是检验设置）")
            for name, both in kept.items()
        )
        en = ", ".join(f"{name} (words {both['words']}, request {both['given']})" for name, both in kept.items())
        made.append(
            _note(
                "words_not_applied",
                f"文字中的设置没有采用：{zh}",
                f"Settings in the words were not applied: {en}",
                kept,
            )
        )
    return made


def _note(code: str, zh: str, en: str, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, "args": dict(args), "metrics": []}
