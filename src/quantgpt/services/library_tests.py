"""Many factors of a library tested as one job: a row for each as it is done, false discovery rates at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import BadExpression, BadRequest, NotFound
from quantgpt.foundations.hashing import canonical_json
from quantgpt.foundations.progress import Note, Progress, tell
from quantgpt.records.parts import PartRecords
from quantgpt.services._base import App, operation
from quantgpt.services.batches import batch_trials, false_discovery_rates
from quantgpt.services.expressions import compiled
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.libraries import chosen
from quantgpt.services.tasks import CANCELLED, is_id

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.backtest.computed import FactorTestSpec
    from quantgpt.expr import Expression
    from quantgpt.market.market import Market
    from quantgpt.records import Job
    from quantgpt.research.evaluation import Outcome
    from quantgpt.services.trials import Identity, TrialBook

LIBRARY_TEST = "library.test"
STAGE = "sweeping"
MOST = {"quick": 400, "full": 40}
"""factors in one test, by mode"""
TOLD_EVERY = 0.5
"""seconds between two words about finished rows"""
SIGNIFICANT = 0.05
_FIGURES = ("direction", "rank_ic_mean", "rank_ic_t_hac", "rank_ic_p_hac", "icir_annual", "ic_mean",
            "out_of_slice_rank_ic", "monotonicity_score", "turnover")  # fmt: skip
_METRICS = ("sharpe", "cagr", "max_drawdown")
_EMPTY = dict.fromkeys((*_FIGURES, *_METRICS, "score", "grade", "q_value", "error", "hint", "same_as"))


@dataclass(frozen=True, kw_only=True)
class TestLibrary:
    """Ask for the test of factors of a library. `entries`: id, name and expression of each. `quick` gives IC, groups and
    returns, `full` the whole test with score and grade. `seal` keeps out of the last quarter of the span."""

    __test__ = False

    library: str
    entries: list[dict[str, str]]
    universe: str = "hs300"
    start_date: str = "2023-01-01"
    end_date: str = "2025-12-31"
    n_groups: int = 5
    holding_period: int = 5
    benchmark: str = "hs300"
    execution: Literal["next_open", "next_close", "same_close"] = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    mode: Literal["quick", "full"] = "quick"
    seal: bool = True
    market: str | None = None
    snapshot: str | None = None
    briefing: dict[str, Any] = field(default_factory=dict)


def _settings(ask: TestLibrary) -> TestFactor:
    """The settings as those of a single test."""
    names = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "execution", "costs",
             "market", "snapshot", "seal")  # fmt: skip
    return TestFactor(prompt="close", **{name: getattr(ask, name) for name in names})


def _check(app: App, ask: TestLibrary) -> TestLibrary:
    """The settings are held to the rules of a single test."""
    from quantgpt.services.checks import checked_factor_test

    if ask.mode not in MOST:
        raise BadRequest(f"mode 应为 quick 或 full，收到 {ask.mode[:20]!r}", field="mode", nearest="quick")
    if not ask.entries:
        raise BadRequest("没有可以检验的因子", field="names", hint="no factor that can be tested")
    if len(ask.entries) > MOST[ask.mode]:
        most = MOST[ask.mode]
        raise BadRequest(
            f"{ask.mode} 一次最多检验 {most} 个因子，收到 {len(ask.entries)} 个",
            field="names",
            hint=f"at most {most} at once",
            nearest=most,
        )
    try:
        pinned = checked_factor_test(app, _settings(ask))
    except BadRequest as error:
        if error.field is not None:  # here they are fields of their own
            error.field = error.field.removeprefix("options.")
        raise
    return replace(ask, market=pinned.market, snapshot=pinned.snapshot)


def _brief(app: App, ask: TestLibrary, owner_id: str) -> dict[str, Any]:
    from quantgpt.services.ledger import ledger_brief

    return ledger_brief(app, owner_id, ask)


@operation(
    LIBRARY_TEST,
    ask=TestLibrary,
    run="job",
    check=_check,
    brief=_brief,
    facts=lambda ask: {"expression": None, "library": ask.library, "total": len(ask.entries)},
    limited=True,
)
def carry_out(app: App, ask: TestLibrary, progress: Progress) -> dict[str, Any]:
    """Test every factor on one panel. Each distinct one is booked in the ledger of trials as it is done.

    Raises: UnknownUniverse, BadRequest, NoData where the span holds nothing.
    """
    run = _Batch.open(app, ask, progress)
    run.go()
    return run.result()


@dataclass
class _Batch:
    """One test of many factors on its way."""

    app: App
    ask: TestLibrary
    progress: Progress
    market: Market
    book: TrialBook
    seal: Any
    end_date: str
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    trials: list[dict[str, Any]] = field(default_factory=list)
    told_at: float = 0.0

    @classmethod
    def open(cls, app: App, ask: TestLibrary, progress: Progress) -> _Batch:
        from quantgpt.services.panels import open_market
        from quantgpt.services.sealing import open_span
        from quantgpt.services.trials import TrialBook

        progress(STAGE, 0.0)
        market = open_market(app, ask.market, ask.snapshot)
        open_end, seal = open_span(market.days, ask.start_date, ask.end_date)
        book = TrialBook.read(ask.briefing, market.days)
        kept_out = seal if ask.seal else None
        return cls(app, ask, progress, market, book, kept_out, open_end if ask.seal else ask.end_date)

    def go(self) -> None:
        """Fill the rows."""
        from quantgpt.research.evaluation import Candidate, evaluate_many
        from quantgpt.services.panels import open_panel
        from quantgpt.services.searches import helpers

        todo = self._read()
        if todo:
            expressions = [expression for _, expression in todo]
            ask = self.ask
            panel = open_panel(
                self.market, ask.universe, ask.start_date, self.end_date, ask.benchmark or None, expressions
            )

            def keep(outcome: Outcome) -> None:
                at, expression = todo[outcome.index]
                self.trials += batch_trials(self._identity(at, expression), outcome, self.book, self.seal)
                self._done(at, _figures(outcome))

            specs = self._specs(todo)
            candidates = [Candidate(expression, spec) for expression, spec in zip(expressions, specs, strict=True)]
            evaluate_many(panel, candidates, mode=ask.mode, workers=helpers(self.app), on_done=keep)
        for at, row in self.rows.items():
            if (first := row.pop("first", None)) is not None:
                same = {
                    name: value for name, value in self.rows[first].items() if name not in ("id", "name", "expression")
                }
                self.rows[at] = {**row, **same, "same_as": self.rows[first]["name"]}
        self._tell()

    def _read(self) -> list[tuple[int, Expression]]:
        """What is to be tested; what cannot be read, and what repeats another one, gets its row."""
        first: dict[str, int] = {}
        todo = []
        for at, entry in enumerate(self.ask.entries):
            head = {**entry, **_EMPTY, "status": "failed"}
            try:
                expression = compiled(entry["expression"], self.market)
            except BadExpression as error:
                self.rows[at] = head
                self._done(at, {"error": error.message, "hint": error.hint})
                continue
            known = first.setdefault(expression.hash, at)
            self.rows[at] = head if known == at else {**head, "first": known}
            if known == at:
                todo.append((at, expression))
        return todo

    def _specs(self, todo: Sequence[tuple[int, Expression]]) -> list[FactorTestSpec]:
        """How each factor is tested: corrected for all trials before it and for the whole batch."""
        from quantgpt.factors.search import permutations_for
        from quantgpt.services.factor_tests import spec_of
        from quantgpt.services.trials import Correction

        trials = self.book.trials_for(*(self._identity(at, expression) for at, expression in todo))
        correction = Correction(trials=trials, permutations=permutations_for(trials))
        return [spec_of(_settings(self.ask), expression, correction) for _, expression in todo]

    def _identity(self, at: int, expression: Expression) -> Identity:
        from quantgpt.services.trials import Identity

        return Identity(
            market=self.market.name,
            universe=self.ask.universe,
            start_date=self.ask.start_date,
            end_date=self.ask.end_date,
            holding_period=self.ask.holding_period,
            expression=self.ask.entries[at]["expression"],
            expression_hash=expression.hash,
        )

    def _done(self, at: int, figures: Mapping[str, Any]) -> None:
        self.rows[at].update(figures)
        self.waiting.append(self.rows[at])
        if time.monotonic() - self.told_at >= TOLD_EVERY:
            self._tell()

    def _tell(self) -> None:
        """Have the finished rows and their trials kept, in one transaction."""
        if self.waiting or self.trials:
            tell(self.progress, Note(part={"rows": self.waiting}, trials=tuple(self.trials)))
        self.waiting, self.trials, self.told_at = [], [], time.monotonic()
        total = len(self.ask.entries)
        done = sum(row["status"] == "success" or row["error"] is not None for row in self.rows.values())
        self.progress(STAGE, done / max(total, 1), f"{done:,}/{total:,}")

    def result(self) -> dict[str, Any]:
        """All rows, the smallest false discovery rate first, and what they come to."""
        rows = [self.rows[at] for at in range(len(self.ask.entries))]
        own = [row for row in rows if row["same_as"] is None]
        q = false_discovery_rates([row["rank_ic_p_hac"] for row in own])
        of_name = {row["name"]: value for row, value in zip(own, q, strict=True)}
        for row in rows:
            row["q_value"] = of_name[row["same_as"] or row["name"]]
        order = sorted(
            range(len(rows)),
            key=lambda at: (rows[at]["q_value"] is None, rows[at]["q_value"] or 0.0, -abs(rows[at]["rank_ic_t_hac"] or 0.0), at),
        )  # fmt: skip
        found = [row for row in own if row["status"] == "success"]
        significant = sum(row["q_value"] is not None and row["q_value"] <= SIGNIFICANT for row in found)
        params = {name: getattr(self.ask, name) for name in _SHOWN}
        return {
            "rows": [rows[at] for at in order],
            "params": {**params, "market": self.market.name, "data_snapshot": self.market.snapshot},
            "summary": {
                "distinct": len(own),
                "failed": sum(row["status"] == "failed" for row in rows),
                "significant": significant,
                "sealed": None if self.seal is None else self.seal.to_json(),
                "sentence": _sentence(len(found), significant),
            },
        }


_SHOWN = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "execution", "costs", "mode",
          "seal")  # fmt: skip


def _figures(outcome: Outcome) -> dict[str, Any]:
    """What a row shows of a finished test, or why there is nothing."""
    if outcome.full is not None:
        body = outcome.full.body
        summary, direction = body["backtest_summary"], body["direction"]
        known = {**summary, "direction": direction["sign"], "out_of_slice_rank_ic": direction["out_of_slice_rank_ic"]}
        figures = {name: known.get(name) for name in _FIGURES} | {name: body["metrics"][name] for name in _METRICS}
        return {**figures, "score": body["score"], "grade": body["grade"], "status": "success"}
    if outcome.quick is not None:
        found = outcome.quick.figures
        figures = {name: found.get(name) for name in _FIGURES} | {name: found["metrics"][name] for name in _METRICS}
        return {**figures, "status": "success"}
    return {"error": outcome.error, "hint": outcome.error_facts.get("hint") or None}


def _sentence(tested: int, significant: int) -> dict[str, Any]:
    args = {"tested": tested, "significant": significant, "q": SIGNIFICANT}
    if not significant:
        zh = f"这一批 {tested} 个不同的因子里没有一个在 5% 的错误发现率下显著（只计这一批）"
        en = f"None of the {tested} distinct factors of this batch is significant at a false discovery rate of 5% (this batch alone)"
        return {"code": "none_significant", "args": args, "zh": zh, "en": en}
    zh = f"这一批 {tested} 个不同的因子里有 {significant} 个在 5% 的错误发现率下显著（只计这一批）"
    are = "is" if significant == 1 else "are"
    en = f"{significant} of the {tested} distinct factors of this batch {are} significant at a false discovery rate of 5% (this batch alone)"
    return {"code": "some_significant", "args": args, "zh": zh, "en": en}


# -- asking for it, and following it -------------------------------------------------------------------------------------


def ask_library_test(
    app: App,
    owner_id: str,
    library: str,
    names: Sequence[str] | None,
    settings: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
    admit: Callable[[Connection], None] | None = None,
) -> dict[str, Any]:
    """Queue the test of factors of a library, all that can be tested where none are named.

    Raises: NotFound for the library; BadRequest for a factor or a setting; what `admit` raises.
    """
    found = chosen(app, owner_id, library, names, settings.get("market"))
    entries = [{"id": one.id, "name": one.name, "expression": text} for one, text in found]
    most = MOST.get(str(settings.get("mode", "quick")), len(entries))
    if names is None and len(entries) > most:
        raise BadRequest(
            f"{library.lower()} 有 {len(entries)} 个因子可以检验，一次最多 {most} 个：请用 names 指明其中哪些",
            field="names",
            hint=f"name up to {most} of them, or use mode quick (at most {MOST['quick']})",
            nearest=most,
        )
    ask = TestLibrary(library=library.lower(), entries=entries, **settings)
    return _shown(app, app.submit(ask, owner_id=owner_id, idempotency_key=idempotency_key, admit=admit))


def read_library_test(app: App, test_id: str, owner_id: str) -> dict[str, Any]:
    """One test of a library with the rows that are done. Raises NotFound."""
    return _shown(app, _own(app, test_id, owner_id))


def cancel_library_test(app: App, test_id: str, owner_id: str) -> dict[str, Any]:
    """End an unfinished test; one that has ended stays as it is. Raises NotFound."""
    _own(app, test_id, owner_id)
    app.records.jobs.cancel(test_id, owner_id, CANCELLED)
    return read_library_test(app, test_id, owner_id)


def library_tests(
    app: App, owner_id: str, *, library: str | None = None, page: int = 1, page_size: int = 20
) -> tuple[list[dict[str, Any]], int]:
    """A page of somebody's tests of libraries, newest first, without their rows, and how many there are."""
    wanted = None if library is None else canonical_json({"library": library.lower()}).strip("{}")
    jobs, total = app.records.jobs.page(
        owner_id, [LIBRARY_TEST], page=page, page_size=page_size, with_outcome=False, facts_with=wanted
    )
    return [_shown(app, job, rows=False) for job in jobs], total


def _own(app: App, test_id: str, owner_id: str) -> Job:
    job = app.records.jobs.get(test_id, owner_id=owner_id) if is_id(test_id) else None
    if job is None or job.operation != LIBRARY_TEST:
        raise NotFound("Library test not found")
    return job


def _shown(app: App, job: Job, *, rows: bool = True) -> dict[str, Any]:
    """A test as it is sent."""
    ask, outcome = json.loads(job.ask), json.loads(job.outcome) if job.outcome else {}
    done = outcome.get("rows")
    if done is None and job.state in ("running", "failed"):
        parts = PartRecords(app.records.reader).of_jobs([job.id])
        told = [json.loads(one.part or "{}") for one in parts if one.attempt == job.attempt]
        done = [row for part in told for row in part["rows"]]
    params = outcome.get("params") or {**{name: ask[name] for name in _SHOWN}, "market": ask["market"],
                                       "data_snapshot": ask["snapshot"]}  # fmt: skip
    return {
        "test_id": job.id,
        "library": ask["library"],
        "status": job.stage,
        "progress": {
            "stage": job.stage,
            "pct": round(100 * job.fraction, 1),
            "message": job.message,
            "code": job.stage,
            "args": {"done": len(done or ()), "total": len(ask["entries"])},
        },
        "params": params,
        "total": len(ask["entries"]),
        "done": len(done) if done is not None else len(ask["entries"]) if job.state == "succeeded" else 0,
        "error": job.error,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "rows": (done or []) if rows else None,
        "summary": outcome.get("summary"),
    }
