"""Many expressions from a file, tested quickly on one panel: a table that can be continued, and an honest ranking."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import BadExpression, BadRequest, Conflict, NotFound
from quantgpt.foundations.progress import Progress, silent
from quantgpt.services._base import App
from quantgpt.services.batches import batch_trials, false_discovery_rates
from quantgpt.services.expressions import compiled
from quantgpt.services.sweep_files import COLUMNS, Line, Listing, Table, read_list

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.factors.sealing import Seal
    from quantgpt.market.market import Market
    from quantgpt.research.evaluation import Outcome
    from quantgpt.services.trials import Identity, TrialBook

FLUSH_ROWS = 32
WORDS = {
    "file_hash": "文件内容",
    "universe": "股票池",
    "start_date": "开始日期",
    "end_date": "结束日期",
    "n_groups": "分组数",
    "holding_period": "持仓周期",
    "costs": "费用模型",
    "execution": "成交方式",
    "market": "行情库",
    "snapshot": "行情快照",
    "seal": "封存段",
}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Ask for a sweep. `out`: the table (.jsonl or .csv); beside the file by default. `workers` 0: one for each core.

    `seal` keeps out of the last quarter of the span, as a search does, so that it can still judge what was found.
    """

    file: str
    universe: str = "hs300"
    start_date: str = "2023-01-01"
    end_date: str = "2025-12-31"
    n_groups: int = 5
    holding_period: int = 5
    execution: Literal["next_open", "next_close", "same_close"] = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    market: str | None = None
    out: str | None = None
    workers: int = 0
    seal: bool = False


@dataclass(frozen=True, kw_only=True)
class Swept:
    """A finished sweep. `rows` are those of the table, in its order; `ranking` the distinct factors, best first."""

    out: str
    rows: list[dict[str, Any]]
    ranking: list[dict[str, Any]]
    distinct: int
    failed: int
    resumed: int
    """rows that were there already"""
    trials: int
    """what the ledger of this universe and span counts now, earlier work included"""
    seconds: float
    sealed: dict[str, Any] | None = None


def run_sweep(app: App, ask: Sweep, progress: Progress = silent, *, owner_id: str | None = None) -> Swept:
    """Test every expression of the file, or those that are left, and rank them.

    Every distinct expression is booked in the ledger of trials of `owner_id` (the local admin by default).
    Raises: BadRequest, Conflict (the table was made with other options), Unavailable, NoData.
    """
    from quantgpt.records import LOCAL_ADMIN

    began = time.perf_counter()
    run = _Run.prepare(app, ask, owner_id or LOCAL_ADMIN)
    with run.table.opened(run.options, WORDS) as done:
        resumed = len(done)
        run.go(done, progress)
        rows = [done[line.row] for line in run.listing.lines]
        _with_q_values(rows)
        run.table.rewrite(rows)
    return Swept(
        out=str(run.table.path),
        rows=rows,
        ranking=_ranked(rows),
        distinct=sum(row["same_as"] is None and row["expression_hash"] is not None for row in rows),
        failed=sum(row["error"] is not None for row in rows),
        resumed=resumed,
        trials=run.trials(),
        seconds=time.perf_counter() - began,
        sealed=run.seal.to_json() if run.seal is not None and ask.seal else None,
    )


@dataclass
class _Run:
    """One sweep on its way."""

    app: App
    ask: Sweep
    owner_id: str
    listing: Listing
    table: Table
    market: Market
    options: dict[str, Any]
    seal: Seal | None
    end_date: str
    """last day of the tests"""
    book: TrialBook
    """the market's sessions and the spans that were searched on them"""
    waiting: list[dict[str, Any]] = field(default_factory=list)
    booked: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def prepare(cls, app: App, ask: Sweep, owner_id: str) -> _Run:
        """Read the list and the market, check the options."""
        from quantgpt.services.checks import checked_factor_test
        from quantgpt.services.factor_tests import TestFactor
        from quantgpt.services.ledger import tried_over
        from quantgpt.services.sealing import open_span
        from quantgpt.services.trials import TrialBook

        if ask.workers < 0:
            raise BadRequest(f"进程数不能为负，收到 {ask.workers}", field="workers", nearest=0)
        path = Path(ask.file).expanduser().resolve()
        listing = read_list(path)
        out = Path(ask.out).expanduser().resolve() if ask.out else path.with_name(f"{path.stem}.sweep.jsonl")
        if out.suffix.lower() not in (".jsonl", ".csv"):
            raise BadRequest(f"结果表应为 .jsonl 或 .csv，收到 {out.name}", field="out")
        if out == path:
            raise BadRequest("结果表不能写到表达式文件上", field="out")
        shared = {
            name: value
            for name, value in asdict(ask).items()
            if name not in ("file", "out", "workers", "seal", "market")
        }
        pinned = checked_factor_test(app, TestFactor(prompt="close", market=ask.market, **shared))
        table = Table(out)
        known = (table.known() or {}).get("snapshot")
        market = _snapshot(app, pinned.market, known)
        options = {
            "file_hash": listing.digest,
            **shared,
            "market": market.name,
            "snapshot": market.snapshot,
            "seal": ask.seal,
        }
        open_end, seal = open_span(market.days, ask.start_date, ask.end_date)
        end = open_end if ask.seal else ask.end_date
        tried = tried_over(app, owner_id, market.name, ask.universe, ask.start_date, ask.end_date)
        book = TrialBook(days=market.days, searched=tried.searched)
        return cls(app, ask, owner_id, listing, table, market, options, seal, end, book)

    def go(self, done: dict[int, dict[str, Any]], progress: Progress) -> None:
        """Fill `done` with every row of the list, and the table with those that were missing."""
        progress("sweeping", 0.0, "读取表达式")
        first, todo = self._read(done)
        rate = _Rate(progress, len(self.listing.lines), len(self.listing.lines) - len(todo))
        rate.tell(0)
        if todo:
            self._evaluate(todo, done, rate)
        for line in self.listing.lines:
            if line.row not in done:
                self._write(done, {**done[first[line.row]], **_head(line), "same_as": first[line.row]})
        self._flush()

    def _read(self, done: dict[int, dict[str, Any]]) -> tuple[dict[int, int], dict[int, tuple[Line, Expression]]]:
        """(the row of the same factor, by row of a repeated one; what is to be tested). Bad ones get their rows."""
        of_hash = {
            row["expression_hash"]: n
            for n, row in sorted(done.items())
            if row.get("expression_hash") and row["same_as"] is None
        }
        same: dict[int, int] = {}
        todo: dict[int, tuple[Line, Expression]] = {}
        for line in self.listing.lines:
            if line.row in done:
                continue
            try:
                expression = compiled(line.expression, self.market)
            except BadExpression as error:
                self._write(done, {**_head(line), **_fault(error)})
                continue
            known = of_hash.setdefault(expression.hash, line.row)
            if known == line.row:
                todo[line.row] = (line, expression)
            else:
                same[line.row] = known
        self._flush()
        return same, todo

    def _evaluate(
        self, todo: Mapping[int, tuple[Line, Expression]], done: dict[int, dict[str, Any]], rate: _Rate
    ) -> None:
        from quantgpt.backtest.computed import FactorTestSpec
        from quantgpt.research.evaluation import Candidate, evaluate_many
        from quantgpt.services.panels import open_panel

        ask = self.ask
        spec = FactorTestSpec(
            n_groups=ask.n_groups, holding_period=ask.holding_period, execution=ask.execution, costs=ask.costs
        )
        entries = list(todo.values())
        expressions = [expression for _, expression in entries]
        panel = open_panel(self.market, ask.universe, ask.start_date, self.end_date, None, expressions)

        def keep(outcome: Outcome) -> None:
            line, expression = entries[outcome.index]
            self._write(done, _row(line, expression, outcome))
            identity = self._identity(line, expression)
            self.booked += batch_trials(identity, outcome, self.book, self.seal if ask.seal else None)
            if len(self.waiting) >= FLUSH_ROWS:
                self._flush()
            rate.tell(1)

        try:
            evaluate_many(
                panel,
                [Candidate(expression, spec) for expression in expressions],
                mode="quick",
                workers=ask.workers or _cores(),
                on_done=keep,
            )
        finally:
            self._flush()

    def _write(self, done: dict[int, dict[str, Any]], row: Mapping[str, Any]) -> None:
        full = {name: row.get(name) for name in COLUMNS}
        done[int(row["row"])] = full
        self.waiting.append(full)

    def _flush(self) -> None:
        """Book the trials, then append the rows: a row that is there has been counted."""
        if self.booked:
            self.app.records.trials.add(self.owner_id, self.booked)
            self.booked = []
        if self.waiting:
            self.table.append(self.waiting)
            self.waiting = []

    def _identity(self, line: Line, expression: Expression) -> Identity:
        from quantgpt.services.trials import Identity

        return Identity(
            market=self.market.name,
            universe=self.ask.universe,
            start_date=self.ask.start_date,
            end_date=self.ask.end_date,
            holding_period=self.ask.holding_period,
            expression=line.expression,
            expression_hash=expression.hash,
        )

    def trials(self) -> int:
        """Trials that the next test of this universe and span is corrected for."""
        from quantgpt.services.ledger import tried_over

        ask = self.ask
        found = tried_over(self.app, self.owner_id, self.market.name, ask.universe, ask.start_date, ask.end_date)
        return len(found.rows)


class _Rate:
    """Progress with the number of factors a second."""

    def __init__(self, progress: Progress, total: int, before: int) -> None:
        self._progress, self._total, self._done, self._new = progress, total, before, 0
        self._since = time.perf_counter()

    def tell(self, more: int) -> None:
        """So many more are done."""
        self._done += more
        self._new += more
        speed = self._new / max(time.perf_counter() - self._since, 1e-9)
        words = f"{self._done:,}/{self._total:,}" + (f" · {speed:.0f} 个/秒" if self._new else "")
        self._progress("sweeping", self._done / max(self._total, 1), words)


def _snapshot(app: App, market: str | None, known: str | None) -> Market:
    """The market at the snapshot of the table where that is still there."""
    current = app.markets.open(market)
    if known is None or known == current.snapshot:
        return current
    try:
        return app.markets.open(market, known)
    except NotFound:
        raise Conflict(
            f"扫描开始时的行情快照 {known} 已不存在，当前是 {current.snapshot}", hint="give another --out", field="out"
        ) from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _head(line: Line) -> dict[str, Any]:
    return {"row": line.row, "name": line.name, "expression": line.expression}


def _fault(error: BadExpression) -> dict[str, Any]:
    return {"error": error.message, "error_start": error.start, "error_end": error.end, "hint": error.hint or None}


def _row(line: Line, expression: Expression, outcome: Outcome) -> dict[str, Any]:
    head = {**_head(line), "canonical": expression.canonical, "expression_hash": expression.hash}
    if outcome.quick is None:
        return {**head, "error": outcome.error, "hint": outcome.error_facts.get("hint") or None}
    figures = outcome.quick.figures
    return {**head, **figures, **figures["metrics"]}


def _with_q_values(rows: Sequence[dict[str, Any]]) -> None:
    """False discovery rates over all distinct factors of the table, from the HAC p of their rank IC."""
    own = [row for row in rows if row["same_as"] is None]
    found = false_discovery_rates([row["rank_ic_p_hac"] for row in own])
    q = dict(zip((row["row"] for row in own), found, strict=True))
    for row in rows:
        row["q_value"] = q[row["same_as"] or row["row"]]


def _ranked(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The distinct factors with figures, the smallest false discovery rate first, then the strongest."""
    own = [row for row in rows if row["same_as"] is None and row["q_value"] is not None]
    return sorted(own, key=lambda row: (row["q_value"], -abs(row["rank_ic_t_hac"] or 0.0), row["row"]))
