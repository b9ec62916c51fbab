"""Several results compared on the sessions that all of them saw, from their daily series alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.series import Series, number
from quantgpt.metrics import paired, returns
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.paired import DRAWS, LEAST_DAYS, Blocks, difference
from quantgpt.research.comparing_words import equal_pairs, warnings

F64 = NDArray[np.float64]

Better = Literal["high", "low", "none"]


@dataclass(frozen=True)
class Compared:
    """One result: its body and its daily series. `ic.rank_ic` is raw; figures here are turned by the direction."""

    letter: str
    result: Mapping[str, Any]
    returns: Series
    ic: Series

    @cached_property
    def sign(self) -> int:
        """Which end of the factor is the good one."""
        return int(self.result["params"].get("direction") or 1)

    @property
    def summary(self) -> Mapping[str, Any]:
        """IC, groups, turnover."""
        found: Mapping[str, Any] = self.result["backtest_summary"]
        return found


@dataclass(frozen=True)
class Aligned:
    """The daily series of some runs on their common days.

    Shape: strategy (k, D), benchmark (k, D), NaN where an index has no level; rank_ic (k, E) oriented, on the days on which
    all of the runs have one.
    """

    days: list[str]
    strategy: F64
    benchmark: F64
    ic_days: list[str]
    rank_ic: F64
    ic: F64
    shown_ic: F64
    """(k, F): oriented rank IC on every day that all of the runs tested; NaN where one has none"""
    shown_days: list[str]
    holding: int
    """the longest holding period"""


def aligned(runs: Sequence[Compared]) -> Aligned:
    """The series of the runs on the days that all of them have."""
    days = _common([run.returns for run in runs])
    shown = _common([run.ic for run in runs])
    rank = np.array([run.sign * _column(run.ic, "rank_ic", shown) for run in runs]).reshape(len(runs), len(shown))
    pearson = np.array([run.sign * _column(run.ic, "ic", shown) for run in runs]).reshape(len(runs), len(shown))
    known = np.isfinite(rank).all(axis=0) & np.isfinite(pearson).all(axis=0)
    return Aligned(
        days=days,
        strategy=np.array([_column(run.returns, "strategy", days) for run in runs]).reshape(len(runs), len(days)),
        benchmark=np.array([_column(run.returns, "benchmark", days) for run in runs]).reshape(len(runs), len(days)),
        ic_days=[day for day, has in zip(shown, known, strict=True) if has],
        rank_ic=rank[:, known],
        ic=pearson[:, known],
        shown_ic=rank,
        shown_days=shown,
        holding=max(int(run.result["params"].get("holding_period") or 1) for run in runs),
    )


def _common(tables: Sequence[Series]) -> list[str]:
    shared = set(map(str, tables[0].index))
    for table in tables[1:]:
        shared &= set(map(str, table.index))
    return sorted(shared)


def _column(table: Series, name: str, days: Sequence[str]) -> F64:
    values = table.columns.get(name) or [None] * len(table.index)
    place = {str(day): value for day, value in zip(table.index, values, strict=True)}
    return np.array([math.nan if (v := place[day]) is None else float(v) for day in days], dtype=np.float64)


# -- the table ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One metric. `own` reads it off a result; `of` computes it of one run on the common days, `drawn` over resamples of
    them, on the series `over`; a row without these stands for each run's own span."""

    name: str
    group: str
    kind: str
    better: Better
    own: Callable[[Compared], Any]
    over: Literal["returns", "ic", "pearson", "none"] = "none"
    of: Callable[[F64, F64], float] | None = None
    drawn: Callable[[Blocks, F64, F64], F64] | None = None


def _growth_over(r: F64, index: F64) -> float:
    return returns.cagr(r) - returns.cagr(index) if np.isfinite(index).all() and index.size else math.nan


def _ratio(x: F64) -> float:
    return float(x.mean() / x.std(ddof=1)) * math.sqrt(returns.PERIODS) if x.size > 1 and np.ptp(x) > 0 else math.nan


def _figure(*path: str) -> Callable[[Compared], Any]:
    """Reads a figure off a result; None where it is not there."""

    def read(run: Compared) -> Any:
        found: Any = run.result
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    return read


def _turned(name: str) -> Callable[[Compared], Any]:
    """Reads a figure of the summary, turned by the direction."""

    def read(run: Compared) -> Any:
        value = run.summary.get(name)
        return None if value is None else run.sign * value

    return read


ROWS: tuple[Row, ...] = (
    Row("rank_ic_mean", "prediction", "ratio", "high", _turned("rank_ic_mean"), "ic",
        lambda x, _: float(x.mean()), lambda b, x, _: paired.means(b, x)),
    Row("rank_ic_t_hac", "prediction", "number", "high", _turned("rank_ic_t_hac"), "ic"),
    Row("icir_annual", "prediction", "number", "high", _turned("icir_annual"), "ic",
        lambda x, _: _ratio(x), lambda b, x, _: paired.ratios(b, x)),
    Row("rank_ic_win_rate", "prediction", "percent", "high", _figure("backtest_summary", "rank_ic_win_rate_oriented"), "ic",
        lambda x, _: float((x > 0).mean()), lambda b, x, _: paired.positive_shares(b, x)),
    Row("ic_mean", "prediction", "ratio", "high", _turned("ic_mean"), "pearson",
        lambda x, _: float(x.mean()), lambda b, x, _: paired.means(b, x)),
    Row("half_life", "prediction", "number", "none", _figure("decay", "half_life_days")),
    Row("cagr", "returns", "percent", "high", _figure("metrics", "cagr"), "returns",
        lambda r, _: returns.cagr(r), lambda b, r, _: paired.cagrs(b, r)),
    Row("excess_return", "returns", "percent", "high", _figure("metrics", "excess_return"), "returns",
        _growth_over, lambda b, r, index: paired.cagrs(b, r) - paired.cagrs(b, index)),
    Row("sharpe", "returns", "number", "high", _figure("metrics", "sharpe"), "returns",
        lambda r, _: returns.sharpe(r), lambda b, r, _: paired.sharpes(b, r)),
    Row("volatility", "returns", "percent", "none", _figure("metrics", "volatility"), "returns",
        lambda r, _: returns.volatility(r), lambda b, r, _: paired.volatilities(b, r)),
    Row("max_drawdown", "returns", "percent", "high", _figure("metrics", "max_drawdown"), "returns",
        lambda r, _: max_drawdown(r), lambda b, r, _: b.max_drawdowns(r)),
    Row("turnover", "returns", "percent", "low", _figure("backtest_summary", "turnover")),
    Row("score", "trust", "score", "high", _figure("score")),
    Row("grade", "trust", "grade", "none", _figure("grade")),
    Row("tests_passed", "trust", "count", "high", _figure("anti_overfit", "passed_count")),
    Row("dsr", "trust", "p", "high", _figure("search", "dsr")),
    Row("rank_ic_p_permutation", "trust", "p", "low", _figure("backtest_summary", "rank_ic_p_permutation")),
    Row("sealed", "trust", "state", "none", _figure("search", "sealed", "state")),
)  # fmt: skip
GROUPS = ("prediction", "returns", "trust")


def compared(runs: Sequence[Compared]) -> dict[str, Any]:
    """The table, the series and the warnings of a comparison, as plain values. Deterministic. `between` of a row has the
    difference of every two runs, by their places."""
    at = aligned(runs)
    blocks = {
        "returns": Blocks.of(len(at.days), at.holding) if len(at.days) >= LEAST_DAYS else None,
        "ic": Blocks.of(len(at.ic_days), at.holding) if len(at.ic_days) >= LEAST_DAYS else None,
    }
    blocks["pearson"] = blocks["ic"]
    metrics = [_row(row, runs, at, blocks.get(row.over)) for row in ROWS]
    return {
        "alignment": _alignment(runs, at),
        "groups": [{"name": name, "metrics": [row.name for row in ROWS if row.group == name]} for name in GROUPS],
        "metrics": metrics,
        "method": _method(blocks["returns"]),
        "warnings": warnings([run.letter for run in runs], [run.result["params"] for run in runs]),
        "series": _series(runs, at),
        "pairs": _pairs(runs, at),
    }


def _row(row: Row, runs: Sequence[Compared], at: Aligned, blocks: Blocks | None) -> dict[str, Any]:
    own = [plain_figure(row.own(run)) for run in runs]
    on_days = row.over != "none"
    values = [_value(row, at, k) for k in range(len(runs))] if on_days else own
    resampled = _resampled(row, at, blocks, len(runs))
    best, runner_up = _order(values, row.better)
    between = {
        (k, m): _gap(values[k], values[m], resampled, k, m)
        for k in range(len(runs))
        for m in range(len(runs))
        if k != m
    }
    lead = None if best is None or runner_up is None else between[best, runner_up]
    return {
        "name": row.name,
        "kind": row.kind,
        "better": row.better,
        "aligned": on_days,
        "values": values,
        "own": own,
        "best": best,
        "runner_up": runner_up,
        "clear": _is_clear(lead, row.better),
        "lead": lead,
        "to_first": [None, *(between[k, 0] for k in range(1, len(runs)))],
        "between": between,
    }


def _is_clear(lead: Mapping[str, Any] | None, better: Better) -> bool:
    """Whether the best leads by more than the interval of the difference."""
    if lead is None or lead["ci95"] is None:
        return False
    low, high = lead["ci95"]
    return bool(low > 0 if better == "high" else high < 0)


def plain_figure(value: Any) -> float | str | None:
    """A figure as it is sent: a finite number, a word, or None."""
    if isinstance(value, str):
        return value
    return None if value is None else number(float(value))


def _value(row: Row, at: Aligned, k: int) -> float | None:
    """The figure of one run on the common days."""
    if row.over == "returns":
        r, index = at.strategy[k], at.benchmark[k]
        return number(row.of(r, index)) if row.of is not None and r.size >= 2 else None
    x = at.rank_ic[k] if row.over == "ic" else at.ic[k]
    if row.name == "rank_ic_t_hac":
        return number(hac_mean(x, 2 * at.holding).t)
    return number(row.of(x, x)) if row.of is not None and x.size >= 2 else None


def _resampled(row: Row, at: Aligned, blocks: Blocks | None, runs: int) -> list[F64] | None:
    """The figure of every run over the same resamples; None where there are too few common days."""
    if blocks is None or row.drawn is None:
        return None
    if row.over == "returns":
        return [row.drawn(blocks, at.strategy[k], at.benchmark[k]) for k in range(runs)]
    x = at.rank_ic if row.over == "ic" else at.ic
    return [row.drawn(blocks, x[k], x[k]) for k in range(runs)]


def _order(values: Sequence[Any], better: Better) -> tuple[int | None, int | None]:
    """(the best, the second best) of a row; None where nothing is better than anything, or too little is known."""
    known = [k for k, value in enumerate(values) if isinstance(value, int | float)]
    if better == "none" or len(known) < 2:
        return None, None
    up = 1.0 if better == "high" else -1.0
    best, second = sorted(known, key=lambda k: (-up * values[k], k))[:2]
    return (None, None) if values[best] == values[second] else (best, second)


def _gap(one: Any, other: Any, resampled: list[F64] | None, k: int, m: int) -> dict[str, Any] | None:
    """How much one run exceeds another in a figure, with what the resamples say of it."""
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return None
    value = float(one) - float(other)
    if resampled is None:
        return {"value": number(value), "ci95": None, "p": None}
    found = difference(value, resampled[k] - resampled[m])
    known = math.isfinite(found.low)
    return {
        "value": number(value),
        "ci95": [number(found.low), number(found.high)] if known else None,
        "p": number(found.p, 4),
    }


# -- around the table ----------------------------------------------------------------------------------------------------


def _alignment(runs: Sequence[Compared], at: Aligned) -> dict[str, Any]:
    whole = [len(run.returns.index) for run in runs]
    if not at.days:
        return {
            "state": "none", "first_day": None, "last_day": None, "sessions": 0, "ic_days": 0,
            "zh": "这些运行没有共同的交易日，只能看各自区间上的数字",
            "en": "These runs have no sessions in common; only the figures over their own spans can be shown",
        }  # fmt: skip
    same = all(days == len(at.days) for days in whole)
    first, last, count = at.days[0], at.days[-1], len(at.days)
    zh = f"{first} → {last}，{count:,} 个交易日"
    en = f"{first} → {last}, {count:,} sessions"
    return {
        "state": "same" if same else "trimmed",
        "first_day": first,
        "last_day": last,
        "sessions": count,
        "ic_days": len(at.ic_days),
        "zh": f"区间相同：{zh}" if same else f"区间不同，对齐到共同的 {zh}",
        "en": f"The same span: {en}" if same else f"Different spans, aligned to the common {en}",
    }


def _method(blocks: Blocks | None) -> dict[str, Any]:
    made = {"name": "paired_block_bootstrap", "draws": DRAWS, "block": blocks.block if blocks else None}
    if blocks is None:
        return {
            **made,
            "zh": f"共同的交易日不足 {LEAST_DAYS} 个，差值没有区间",
            "en": f"Fewer than {LEAST_DAYS} common sessions: differences have no interval",
        }
    return {
        **made,
        "zh": f"差值的 95% 区间：对所有运行同时抽取 {blocks.block} 日一段的日子，重抽 {DRAWS} 次",
        "en": f"95% intervals of differences: the same blocks of {blocks.block} days drawn for all runs, {DRAWS} times",
    }


def _series(runs: Sequence[Compared], at: Aligned) -> dict[str, Any]:
    """Net asset values from 1.0 before the first common session, and running sums of the oriented rank IC."""
    if not at.days:
        return {"nav": None, "rank_ic_cumulative": None}
    columns = {run.letter: _level(at.strategy[k]) for k, run in enumerate(runs)}
    names = {run.result["params"].get("benchmark") for run in runs}
    if len(names) == 1 and np.isfinite(at.benchmark[0]).any():
        columns["benchmark"] = _level(at.benchmark[0])
    before = _day_before(runs, at.days[0])
    nav = Series(
        name="nav",
        index_name="date",
        index=[before, *at.days],
        columns=columns,
        unit="level",
        meta={"benchmark": names.pop() if len(names) == 1 else None},
    )
    sums = {
        run.letter: [
            number(total, 8) if known else None
            for total, known in zip(np.cumsum(np.nan_to_num(at.shown_ic[k])), np.isfinite(at.shown_ic[k]), strict=True)
        ]
        for k, run in enumerate(runs)
    }
    cumulative = Series(
        name="rank_ic_cumulative", index_name="date", index=at.shown_days, columns=sums, meta={"oriented": True}
    )
    return {"nav": nav.to_json(), "rank_ic_cumulative": cumulative.to_json()}


def _level(r: F64) -> list[float | None]:
    growth = np.cumprod(1.0 + np.nan_to_num(r, nan=0.0))
    growth[~np.isfinite(r)] = np.nan
    return [1.0, *(number(float(value), 8) for value in growth)]


def _day_before(runs: Sequence[Compared], first: str) -> str:
    """The session before the first common one: the last return of a run before it, or the day of its first signal."""
    known = [str(day) for run in runs for day in (*run.returns.index, run.result["params"].get("effective_start"))]
    return max((day for day in known if "" < day < first), default=first)


def _pairs(runs: Sequence[Compared], at: Aligned) -> list[dict[str, Any]]:
    """Of every two runs: whether they are one expression, how alike their daily rank ICs are."""
    equal = set(equal_pairs([run.letter for run in runs], [run.result["params"] for run in runs]))
    found = []
    for k, one in enumerate(runs):
        for m in range(k + 1, len(runs)):
            x, y = at.rank_ic[k], at.rank_ic[m]
            enough = x.size >= LEAST_DAYS and x.std() > 0 and y.std() > 0
            pair = (one.letter, runs[m].letter)
            found.append(
                {
                    "a": pair[0],
                    "b": pair[1],
                    "same_expression": pair in equal,
                    "ic_correlation": number(float(np.corrcoef(x, y)[0, 1]), 6) if enough else None,
                }
            )
    return found
