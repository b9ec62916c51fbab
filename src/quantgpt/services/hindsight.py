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
_NO_MODEL = {
    "zh": "因子不是语言模型写的",
    "en": "The factor was not written by a language model",
}


def cutoff_block(
    llm: Mapping[str, Any], body: Mapping[str, Any], series: Mapping[str, Series], setting: date | None
) -> dict[str, Any]:
    """The block `cutoff` of a result: `none` without a model, `unknown`, or `split` with both sides of the day."""
    if llm.get("engine") != "llm":
        return {"state": "none", "reason": _NO_MODEL}
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
