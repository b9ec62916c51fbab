"""Finished runs side by side: figures on the sessions that all of them saw, how sure the differences are, a verdict.

Nothing is computed anew from the market here: the daily returns and information coefficients come from the archives of the
runs. How alike their factor values are is the job of `services.value_correlations`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.services._base import App
from quantgpt.services.artifacts import Artifacts
from quantgpt.services.tasks import archive_of, is_iteration, read_task

if TYPE_CHECKING:
    from quantgpt.records import Job

LEAST, MOST = 2, 6
LETTERS = "ABCDEF"
SETTINGS = (
    "market", "data_snapshot", "universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark",
    "execution", "cost_model", "neutralize_industry", "seal", "direction", "rubric_version",
)  # fmt: skip
_ID = re.compile(r"([0-9a-z_]{1,32})(?:-(\d{1,4}))?", re.ASCII)


@dataclass(frozen=True)
class Chosen:
    """One run that is compared: a finished test, or a candidate of a finished iteration."""

    id: str
    letter: str
    job: Job
    candidate: int | None
    archive: str
    """name of the archive of its result and series"""

    def params(self, app: App) -> dict[str, Any]:
        """The settings of its result."""
        found: dict[str, Any] = _params(app.artifacts.folder, self.archive)
        return found


def chosen_runs(app: App, owner_id: str, ids: Sequence[str]) -> list[Chosen]:
    """The runs of some ids, `<task>` or `<task>-<index of a candidate>`, in that order.

    Raises: BadRequest for too few or too many, for one that is named twice, is not finished or gave no result; NotFound for
    one that is nobody's or somebody else's.
    """
    given = [one.strip() for one in ids if one.strip()]
    once = list(dict.fromkeys(given))
    if len(once) < len(given):
        raise BadRequest(
            "同一个运行出现了两次",
            en="A run is named twice",
            field="ids",
            hint="each run once",
            nearest=",".join(once[:MOST]),
        )
    if not LEAST <= len(given) <= MOST:
        raise BadRequest(
            f"一次可以对比 {LEAST} 到 {MOST} 个运行，收到 {len(given)} 个",
            en=f"{LEAST} to {MOST} runs can be compared, {len(given)} came",
            field="ids",
            hint=f"{LEAST} to {MOST} runs",
            nearest=",".join(given[:MOST]) if len(given) > MOST else None,
        )
    return [_chosen(app, owner_id, one, letter) for one, letter in zip(given, LETTERS, strict=False)]


def _chosen(app: App, owner_id: str, text: str, letter: str) -> Chosen:
    found = _ID.fullmatch(text)
    if found is None:
        raise NotFound(
            "Task not found", en="There is no such run", field="ids", hint=f"{text[:60]!r} is no id of a run"
        )
    job = read_task(app, found[1], owner_id)
    candidate = int(found[2]) if found[2] else None
    if job.outcome is None:
        raise BadRequest(
            f"{letter}（{text}）还没有结果：{job.stage}",
            en=f"{letter} ({text}) has no result: {job.stage}",
            field="ids",
            hint="only finished runs can be compared",
        )
    if is_iteration(job) != (candidate is not None):
        word = "迭代要写明候选序号，例如 {0}-0" if candidate is None else "{0} 不是迭代，没有候选"
        en = "An iteration needs the number of a candidate: {0}-0" if candidate is None else "{0} has no candidates"
        raise BadRequest(
            word.format(job.id),
            en=en.format(job.id),
            field="ids",
            nearest=f"{job.id}-0" if candidate is None else job.id,
        )
    if candidate is not None:
        _check_candidate(job, candidate, text)
    return Chosen(text, letter, job, candidate, archive_of(app, job, candidate))


def _check_candidate(job: Job, candidate: int, text: str) -> None:
    rows = json.loads(job.outcome or "{}").get("candidates", [])
    good = [at for at, row in enumerate(rows) if row.get("status") == "success"]
    if candidate not in good:
        why = "回测失败，没有结果" if candidate < len(rows) else f"不存在，共有 {len(rows)} 个候选"
        nearest = min(good, key=lambda at: abs(at - candidate)) if good else None
        en = "failed and has no result" if candidate < len(rows) else f"does not exist, there are {len(rows)}"
        raise BadRequest(
            f"候选 {text} {why}",
            en=f"The candidate {text} {en}",
            field="ids",
            nearest=None if nearest is None else f"{job.id}-{nearest}",
        )


def compare_runs(app: App, owner_id: str, ids: Sequence[str]) -> dict[str, Any]:
    """Everything that the page of a comparison shows but the correlation of the factor values, of which only the state is
    told. The figures of the same archives are kept in memory.

    Raises: as `chosen_runs`; NotFound for an archive that is gone or damaged.
    """
    from quantgpt.research.comparing_words import verdict
    from quantgpt.services.value_correlations import correlation_of

    runs = chosen_runs(app, owner_id, ids)
    figures = _figures(app.artifacts.folder, tuple(run.archive for run in runs))
    correlation = correlation_of(app, owner_id, runs)
    states = [_sealed(app, owner_id, run, body) for run, body in zip(runs, figures["bodies"], strict=True)]
    shown = [_run(app, run, body, state) for run, body, state in zip(runs, figures["bodies"], states, strict=True)]
    metrics = [
        {**row, "values": states, "own": states} if row["name"] == "sealed" else row for row in figures["metrics"]
    ]
    pairs = _same_idea(correlation)
    return {
        "runs": shown,
        **{name: figures[name] for name in ("alignment", "groups", "method", "settings", "series", "pairs")},
        "warnings": [*figures["warnings"], *_standing(runs, states)],
        "metrics": [{name: value for name, value in row.items() if name != "between"} for row in metrics],
        "correlation": correlation,
        "verdict": verdict(metrics, figures["alignment"], figures["pairs"], pairs),
    }


@lru_cache(maxsize=256)
def _params(folder: Path, archive: str) -> dict[str, Any]:
    """The settings of an archived result; archives never change."""
    params: dict[str, Any] = Artifacts(folder).load(archive, ())[0]["params"]
    return params


@lru_cache(maxsize=16)
def _figures(folder: Path, archives: tuple[str, ...]) -> dict[str, Any]:
    """What the archives of some runs say together; archives never change."""
    from quantgpt.research.comparing import Compared, compared

    store = Artifacts(folder)
    loaded = [store.load(name, ("daily_returns", "ic")) for name in archives]
    found = compared(
        [
            Compared(letter, result, series["daily_returns"], series["ic"])
            for letter, (result, series) in zip(LETTERS, loaded, strict=False)
        ]
    )
    params = [result["params"] for result, _ in loaded]
    return {
        **found,
        "settings": [_setting(name, [one.get(name) for one in params]) for name in SETTINGS],
        "bodies": [_brief(result, series["daily_returns"].index) for result, series in loaded],
    }


def _setting(name: str, values: list[Any]) -> dict[str, Any]:
    return {"name": name, "values": values, "differs": any(value != values[0] for value in values[1:])}


def _brief(result: dict[str, Any], days: Sequence[Any]) -> dict[str, Any]:
    """What the head of a column shows of a run."""
    params = result["params"]
    names = (
        "expression",
        "canonical",
        "expression_hash",
        "direction",
        "market",
        "data_snapshot",
        "synthetic",
        "universe",
    )
    return {
        **{name: params.get(name) for name in names},
        **{name: result.get(name) for name in ("grade", "score", "score_ci95")},
        "prompt": (result.get("llm") or {}).get("prompt"),
        "sealed": ((result.get("search") or {}).get("sealed") or {}).get("state"),
        "start": params.get("effective_start"),
        "end": params.get("effective_end"),
        "sessions": len(days),
    }


def _run(app: App, run: Chosen, body: dict[str, Any], sealed: str) -> dict[str, Any]:
    words_zh, words_en = _words(str(body["expression"]))
    return {
        "id": run.id,
        "letter": run.letter,
        "task_id": run.job.id,
        "candidate": run.candidate,
        "lineage_id": run.job.lineage_id or run.job.id,
        "parent": run.job.parent_id,
        **body,
        "sealed": sealed,
        "words_zh": words_zh,
        "words_en": words_en,
    }


def _words(expression: str) -> tuple[str | None, str | None]:
    from quantgpt.expr import compile_expression
    from quantgpt.foundations.errors import BadExpression

    try:
        read = compile_expression(expression)
    except BadExpression:
        return None, None
    return read.words_zh, read.words_en


def _sealed(app: App, owner_id: str, run: Chosen, body: dict[str, Any]) -> str:
    """Where the sealed slice of a run's span stands: `none`, `sealed`, `seen` by the run itself, `opened` by a choice."""
    from quantgpt.records.openings import SELECTION

    state = body["sealed"]
    if state in (None, "none"):
        return "none"
    if state == "open":
        return "seen"
    rows = app.records.openings.of_lineage(owner_id, run.job.lineage_id or run.job.id)
    return "opened" if any(row.reason == SELECTION and not row.refused for row in rows) else "sealed"


def _standing(runs: Sequence[Chosen], states: Sequence[str]) -> list[dict[str, Any]]:
    """What must be known of where the runs come from."""
    found = []
    first = runs[0].job.lineage_id or runs[0].job.id
    other = [run.letter for run in runs if (run.job.lineage_id or run.job.id) != first]
    if other:
        found.append(
            {
                "code": "other_lineage",
                "ids": other,
                "zh": f"{'、'.join(other)} 与 A 不在同一条谱系：各有各的试验次数和封存段",
                "en": f"{', '.join(other)}: of another lineage than A, with trials and a sealed slice of its own",
            }
        )
    looked = [run.letter for run, state in zip(runs, states, strict=True) if state in ("opened", "seen")]
    if looked:
        found.append(
            {
                "code": "sealed_opened",
                "ids": looked,
                "zh": f"{'、'.join(looked)} 的封存段已经看过，不再是样本外证据",
                "en": f"{', '.join(looked)}: the sealed slice has been seen and is out-of-sample evidence no more",
            }
        )
    return found


def _same_idea(correlation: dict[str, Any]) -> dict[tuple[str, str], float]:
    """The pairs whose factor values agree so much that they are one idea, with the correlation."""
    letters, matrix = correlation.get("letters") or [], correlation.get("matrix") or []
    place = {letter: at for at, letter in enumerate(letters)}
    return {(one, other): matrix[place[one]][place[other]] for one, other in correlation.get("same_idea") or ()}
