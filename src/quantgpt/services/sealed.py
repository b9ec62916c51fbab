"""The sealed slice of a run as its page shows it: where it stands, the figures before and after the one opening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import NotFound
from quantgpt.services._base import App
from quantgpt.services.sealing import carrier_of
from quantgpt.services.tasks import archive_of, is_iteration, read_task

if TYPE_CHECKING:
    from quantgpt.records import Job
    from quantgpt.records.openings import OpeningRow

AGREES = 1.645
"""HAC t of the oriented rank IC on the slice from which it is said to agree (5 %, one-sided: the direction was fixed before)"""
FIGURES = (
    ("rank_ic_mean", "ratio"), ("rank_ic_t_hac", "number"), ("icir_annual", "number"), ("cagr", "percent"),
    ("excess_return", "percent"), ("sharpe", "number"), ("max_drawdown", "percent"), ("monotonicity_score", "number"),
    ("score", "score"), ("grade", "grade"), ("tests_passed", "count"),
)  # fmt: skip
_TURNED = {"rank_ic_mean", "rank_ic_t_hac", "icir_annual"}
_SUMMARY = {*_TURNED, "monotonicity_score", "rank_ic_ci95"}
_METRICS = {"cagr", "excess_return", "sharpe", "max_drawdown"}
_NOT_YET = {"zh": "运行完成后才知道", "en": "Known once the run is finished"}
_SEEN = {
    "zh": "这次运行用了整个区间，没有留出封存段",
    "en": "This run went over the whole span and kept no slice sealed",
}


def sealed_slice_of(app: App, task_id: str, owner_id: str, *, candidate: int | None = None) -> dict[str, Any]:
    """Where the sealed slice of a run and its lineage stands; once it was opened, the figures before and after side by side
    and the curve of the slice. They are never pooled.

    Raises: NotFound.
    """
    job = read_task(app, task_id, owner_id)
    lineage = job.lineage_id or job.id
    rows = app.records.openings.of_lineage(owner_id, lineage)
    sealed, expression_hash = _of_run(app, job, candidate)
    opened = next((row for row in rows if row.reason == "selection" and not row.refused), None)
    carrier = carrier_of(app, owner_id, lineage) if opened else None
    state = _state(sealed, opened, carrier)
    body = {
        "lineage_id": lineage,
        "state": state,
        "reason": _reason(sealed, state),
        "slice": _slice(sealed, opened),
        "opened": None if opened is None else _opened(opened, carrier, expression_hash, rows),
        "figures": [],
        "verdict": None,
        "series": None,
        "looks": [_look(row) for row in rows],
        "error": carrier.error if carrier else None,
    }
    if state == "opened" and carrier is not None and carrier.outcome:
        body |= _both(json.loads(carrier.outcome))
    return body


def _of_run(app: App, job: Job, candidate: int | None) -> tuple[Mapping[str, Any] | None, str | None]:
    """What the result says of the slice, and the hash of its factor; None before there is one."""
    if job.outcome is None:
        if candidate is not None:
            raise NotFound("没有这个候选的数据", field="candidate", hint="the iteration is not finished")
        return None, None
    if is_iteration(job) and candidate is None:
        search = json.loads(job.outcome).get("search") or {}
        return search.get("sealed"), None
    result, _ = app.artifacts.load(archive_of(app, job, candidate), ())
    return (result.get("search") or {}).get("sealed"), result["params"].get("expression_hash")


def _state(sealed: Mapping[str, Any] | None, opened: OpeningRow | None, carrier: Job | None) -> str:
    own = (sealed or {}).get("state")
    if own == "none" or sealed is None:
        return "none"
    if own == "open":
        return "seen"
    if opened is None:
        return "sealed"
    if carrier is None or carrier.state in ("queued", "running"):
        return "opening"
    return "opened" if carrier.state == "succeeded" else "failed"


def _reason(sealed: Mapping[str, Any] | None, state: str) -> Mapping[str, str] | None:
    if sealed is None:
        return _NOT_YET
    found: Mapping[str, str] | None = sealed.get("reason")
    return _SEEN if state == "seen" else found


def _slice(sealed: Mapping[str, Any] | None, opened: OpeningRow | None) -> dict[str, Any] | None:
    names = ("first_day", "last_day", "sessions", "open_first_day", "open_last_day", "open_sessions")
    if sealed is not None and sealed.get("first_day"):
        return {name: sealed.get(name) for name in names}
    if opened is not None:
        return dict.fromkeys(names) | {"first_day": opened.sealed_start, "last_day": opened.sealed_end}
    return None


def _opened(
    opened: OpeningRow, carrier: Job | None, expression_hash: str | None, rows: list[OpeningRow]
) -> dict[str, Any]:
    """The one opening. `looked_at_before` counts plain runs of its factor that saw the slice before."""
    before = [row for row in rows if row.id < opened.id and row.reason != "selection"]
    return {
        "at": opened.created_at,
        "job_id": carrier.id if carrier else opened.job_id,
        "expression": opened.expression,
        "expression_hash": opened.expression_hash,
        "is_this": opened.expression_hash == expression_hash,
        "asked_by": opened.asked_by,
        "number": 1,
        "looked_at_before": sum(row.expression_hash == opened.expression_hash for row in before),
    }


def _look(row: OpeningRow) -> dict[str, Any]:
    return {"at": row.created_at, "reason": row.reason, "refused": row.refused, "expression": row.expression}


def _both(result: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of the open part and of the slice, the ones of the rank IC turned by the direction fixed before."""
    sign = int((result.get("direction") or {}).get("sign") or 1)
    before, after = result.get("open") or {}, _after(result)
    return {
        "figures": [
            {
                "name": name,
                "kind": kind,
                "before": _turned(name, before.get(name), sign),
                "before_ci95": _interval(name, before, sign),
                "after": _turned(name, after.get(name), sign),
                "after_ci95": _interval(name, after, sign),
            }
            for name, kind in FIGURES
        ],
        "verdict": _verdict(_turned("rank_ic_mean", after.get("rank_ic_mean"), sign),
                            _turned("rank_ic_t_hac", after.get("rank_ic_t_hac"), sign)),
        "series": result.get("series"),
    }  # fmt: skip


def _after(result: Mapping[str, Any]) -> dict[str, Any]:
    summary, metrics = result["backtest_summary"], result["metrics"]
    found = {name: summary.get(name) for name in _SUMMARY} | {name: metrics.get(name) for name in _METRICS}
    tests = result.get("anti_overfit") or {}
    own = {name: result.get(name) for name in ("score", "score_ci95", "grade")}
    return {**found, **own, "tests_passed": tests.get("passed_count")}


def _turned(name: str, value: Any, sign: int) -> Any:
    return sign * value if name in _TURNED and isinstance(value, int | float) else value


def _interval(name: str, figures: Mapping[str, Any], sign: int) -> list[float] | None:
    """The 95 % interval of a figure that has one."""
    found = figures.get({"rank_ic_mean": "rank_ic_ci95", "score": "score_ci95"}.get(name, ""))
    if not found or None in found:
        return None
    return sorted(sign * edge for edge in found) if name in _TURNED else list(found)


def _verdict(mean: Any, t: Any) -> dict[str, Any] | None:
    """What the slice says of the factor: `agrees`, `weaker` or `contradicts`."""
    if not isinstance(mean, int | float) or not isinstance(t, int | float):
        return None
    args = {"rank_ic": mean, "t": t}
    shown = f"Rank IC {mean:.3f}，t = {t:.2f}", f"rank IC {mean:.3f}, t = {t:.2f}"
    if mean <= 0:
        zh, en = "封存段的方向相反", "The sealed slice points the other way"
        code = "contradicts"
    elif t >= AGREES:
        zh, en = "封存段得到同样的结果", "The sealed slice agrees"
        code = "agrees"
    else:
        zh, en = "封存段方向相同，但不显著", "The sealed slice has the same sign but is not significant"
        code = "weaker"
    return {"code": code, "args": args, "zh": f"{zh}：{shown[0]}", "en": f"{en}: {shown[1]}"}
