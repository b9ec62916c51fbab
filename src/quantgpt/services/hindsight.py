"""What a language model may have known: a result split at the day up to which its author has read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quantgpt.foundations.series import Series

_UNKNOWN = {
    "zh": "模型的训练截止日未知：不能把任何一段称为样本外",
    "en": "The model's training cutoff is unknown: no part can be called out of sample",
}
_UNKNOWN_AUTHOR = {
    "zh": "因子以表达式给出，作者未知：若出自语言模型，没有哪一段可称为样本外",
    "en": "The factor was given as an expression and who wrote it is not known: if a language model did, no part is out of sample",
}
_BY_RULE = {
    "zh": "因子由离线规则得出，这一步没有语言模型参与；变异所用的母因子由谁写的，这里并不知道",
    "en": "The factor was made by rules, without a language model; who wrote the parent of a mutation is not known here",
}


def cutoff_block(
    llm: Mapping[str, Any], body: Mapping[str, Any], series: Mapping[str, Series], setting: date | None
) -> dict[str, Any]:
    """The block `cutoff` of a result: `none` where no model is known to have written it, `unknown` where the day up to
    which the model has read is not known, or `split` with both sides of that day."""
    if llm.get("engine") != "llm":
        return {"state": "none", "reason": _BY_RULE if llm.get("engine") == "offline" else _UNKNOWN_AUTHOR}
    from quantgpt.research.cutoffs import cutoff_of

    model = str(llm.get("model") or "")
    found = cutoff_of(model, setting)
    if found is None:
        return {"state": "unknown", "model": model, "reason": _UNKNOWN}
    before, after = _sides(found.day, body, series)
    return {
        "state": "split",
        "model": model,
        "day": found.day,
        "source": found.source,
        "before": before,
        "after": after,
    }


def _sides(day: str, body: Mapping[str, Any], series: Mapping[str, Series]) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np

    from quantgpt.factors.cutoff import split_at

    ic, daily = series["ic"], series["daily_returns"]
    before, after = split_at(
        day,
        rank_ic=np.array(ic.columns["rank_ic"], dtype=np.float64),
        ic_days=np.array(list(ic.index), dtype="datetime64[D]"),
        returns=np.array(daily.columns["strategy"], dtype=np.float64),
        return_days=np.array(list(daily.index), dtype="datetime64[D]"),
        holding=int(body["params"]["holding_period"]),
        sign=int(body["params"]["direction"]),
    )
    return before.to_json(), after.to_json()
