"""One factor, tested: forward returns, IC and its null, groups under the rulebook, score, verdict and every table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.body import assemble, daily_hash, manifest
from quantgpt.backtest.computed import Computed, FactorTestSpec
from quantgpt.backtest.groups import GroupRun, GroupSpec, Tape, simulate_groups
from quantgpt.backtest.shared import Shared
from quantgpt.factors.anti_overfit import four_tests
from quantgpt.factors.breakdown import Slice, by_industry, by_size, residual_ic
from quantgpt.factors.evidence import EvidenceInputs, gather_evidence
from quantgpt.factors.grouping import rebalance_rows, usable_groups
from quantgpt.factors.ic import ICSummary, Ranked, groups_of, mean_by_group, pearson_ic, rank_ic, rank_rows, summarise
from quantgpt.factors.neutralise import neutralise
from quantgpt.foundations.errors import BadRequest, Broken, NoData
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.foundations.progress import Progress, silent
from quantgpt.foundations.series import Series

__all__ = ["FactorTestResult", "FactorTestSpec", "compute", "run_factor_test"]

LEAST_REBALANCES = 2

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class FactorTestResult:
    """What one test found: the contract's JSON, its tables, and how long each stage took."""

    body: dict[str, Any]
    series: dict[str, Series]
    timings: Mapping[str, float]
    """seconds by stage; not part of the result"""
    result_hash: str
    """SHA-256 over the body and the daily numbers; the same for the same input, wherever it runs"""


class _Watch:
    """Seconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Book the time since the last lap under `name`."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 6)
        self._last = now


def run_factor_test(
    view: MarketView,
    factor: FloatPanel,
    spec: FactorTestSpec,
    progress: Progress = silent,
    shared: Shared | None = None,
) -> FactorTestResult:
    """Test one factor panel on one market view; `shared` is what tests of other factors on it have made already.

    Shape:  factor (T, N) on the rows and columns of the view; warm-up rows are allowed to be NaN and are not tested.
    Raises: NoData with the reason when there is nothing to test; BadRequest for a panel of another shape.

    Deterministic: the same view, factor and spec give the same bytes. Nothing after the view's last row is read.
    """
    watch = _Watch()
    c = compute(view, factor, spec, progress, watch, shared)
    progress("analyzing", 0.85, "汇总结果")
    body, series = assemble(c)
    watch.lap("tables")
    digest = hash_value({"body": body, "daily": daily_hash(c)})
    body["manifest"] = manifest(c, digest)
    body["series"] = sorted(series)
    watch.lap("hash")
    return FactorTestResult(body, series, watch.laps, digest)


def compute(
    view: MarketView,
    factor: FloatPanel,
    spec: FactorTestSpec,
    progress: Progress = silent,
    watch: _Watch | None = None,
    shared: Shared | None = None,
) -> Computed:
    """All arrays and summaries of one test; `run_factor_test` puts them into tables."""
    watch = watch or _Watch()
    at = shared if shared is not None else Shared.of(view, spec)
    if not at.fits(view, spec):
        raise Broken("what is shared belongs to another view, holding period or execution")
    progress("backtesting", 0.45, "前瞻收益与分组回测")
    values, ranked = ranked_factor(at, factor, spec)
    rows, label, labels, eligible = at.rows, at.label, at.labels, at.eligible
    _ = at.marginal
    watch.lap("labels")
    n_groups = usable_groups(values, eligible, _rebalances(view, spec), spec.n_groups)
    phases = _phases(view, ranked, n_groups, spec, at.tape)
    watch.lap("groups")
    progress("backtesting", 0.55, "显著性检验")
    evidence = gather_evidence(_inputs(at, ranked, spec))
    if evidence.summary.n == 0:
        raise no_sessions()
    pearson = pearson_ic(values, ranked.valid, labels.values, label.valid, rows)
    watch.lap("evidence")
    progress("analyzing", 0.7, "分解与汇总")
    lag = 2 * spec.holding_period
    size, size_field = at.size
    found_size = by_size(ranked, label, rows, size, lag) if size is not None else ()
    made = Computed(
        view=view,
        spec=spec,
        factor=values,
        ranked=ranked,
        label=label,
        n_groups=n_groups,
        rows=rows,
        pearson=pearson,
        pearson_summary=summarise(pearson, lag),
        evidence=evidence,
        tests=four_tests(evidence),
        run=phases[0][1],
        phases=phases,
        benchmark=_benchmark(view, phases[0][1]),
        buyable=at.buyable,
        quantiles=_quantiles(at, ranked, n_groups),
        autocorrelation=(_with_itself(ranked, rows, 1), _with_itself(ranked, rows, spec.holding_period)),
        by_industry=_industries(view, ranked, label, rows, lag),
        by_size=found_size if any(s.days for s in found_size) else (),
        size_field=size_field,
        residuals=_residuals(at, values, lag),
        delayed_share=_delayed_share(labels.delayed[rows] & ranked.valid[rows], label.valid[rows] & ranked.valid[rows]),
    )
    watch.lap("breakdown")
    return made


def ranked_factor(at: Shared, factor: FloatPanel, spec: FactorTestSpec) -> tuple[FloatPanel, Ranked]:
    """The values that are tested, and the same sorted by session.

    Raises: NoData with the reason when there is nothing to test; BadRequest for a panel of another shape.
    """
    view = at.view
    _check_shape(view, factor)
    values = np.where(np.isfinite(factor), factor, np.nan)
    if spec.neutralize_industry:
        if not (view.industry >= 0).any():
            raise NoData("没有行业数据，不能做行业中性化", hint="导入带行业的股票列表，或关闭行业中性化")
        values = neutralise(values, at.eligible, view.industry)
    ranked = rank_rows(values, at.eligible)
    _check_factor(ranked, at.rows, spec)
    return values, ranked


def no_sessions() -> NoData:
    """The refusal of a factor without an information coefficient on any session."""
    return NoData(
        "没有一个交易日能计算 IC：同一天至少要有 5 只既有因子值又能在次日买入的股票",
        hint="换更大的股票池，或检查因子是否在同一天对所有股票给出同一个值",
    )


def _inputs(at: Shared, ranked: Ranked, spec: FactorTestSpec) -> EvidenceInputs:
    return EvidenceInputs(
        factor=ranked,
        label=at.label,
        marginal=at.marginal,
        rows=at.rows,
        days=at.view.days[at.rows],
        regimes=at.regimes,
        holding=spec.holding_period,
        direction=spec.direction,
        permutations=spec.permutations,
        seed=spec.seed,
    )


def _with_itself(ranked: Ranked, rows: NDArray[np.int64], lag: int) -> F64:
    """Rank correlation of each tested session with the one `lag` before; NaN where that one lies before the span, whose
    values depend on how much history the view happens to hold."""
    return np.where(rows - lag < rows[0], np.nan, rank_ic(ranked, ranked, rows, lag=-lag).values)


def _delayed_share(delayed: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> float:
    return float(delayed.sum() / max(int(labelled.sum()), 1))


def _check_shape(view: MarketView, factor: FloatPanel) -> None:
    shape = (view.days.size, len(view.assets))
    if factor.shape != shape:
        raise BadRequest(f"因子面板的形状 {factor.shape} 与行情 {shape} 不符")
    if shape[1] == 0:
        raise NoData("股票池在所选区间没有任何成分股", hint="换一个股票池或日期区间")


def _rebalances(view: MarketView, spec: FactorTestSpec) -> NDArray[np.int64]:
    return rebalance_rows(view.first, view.days.size, spec.holding_period)


def _check_factor(ranked: Ranked, rows: NDArray[np.int64], spec: FactorTestSpec) -> None:
    """Refuse what cannot be tested, with the reason."""
    least = LEAST_REBALANCES * spec.holding_period + 1
    if rows.size < least - 1:
        raise NoData(
            f"区间太短：持有期 {spec.holding_period} 日至少需要 {least + spec.holding_period} 个交易日，调仓 {LEAST_REBALANCES} 次",
            hint="延长日期区间或缩短持有期",
        )
    count = ranked.count[rows]
    if count.max() == 0:
        raise NoData(
            "因子在所选区间没有任何有效值",
            hint="检查表达式的窗口是否长于可用历史，或所用字段在该市场是否有数据",
        )
    if count.max() < 2:
        raise NoData("同一天最多只有 1 只股票有因子值，无法分组", hint="换更大的股票池")
    last = np.maximum(count - 1, 0)
    if not (ranked.dense[rows, last][count > 1] > 0).any():
        raise NoData(
            "因子在每一天对所有股票给出同一个值，无法排序和分组",
            hint="表达式里要有随股票变化的字段，例如 close 或 volume",
        )


def _phases(
    view: MarketView, ranked: Ranked, n_groups: int, spec: FactorTestSpec, tape: Tape
) -> tuple[tuple[int, GroupRun], ...]:
    """A run for every session on which the rebalancing may start; the first is the headline."""
    found = ((phase, phase_run(view, ranked, n_groups, spec, tape, phase)) for phase in range(spec.holding_period))
    return tuple((phase, run) for phase, run in found if run is not None)


def phase_run(
    view: MarketView, ranked: Ranked, n_groups: int, spec: FactorTestSpec, tape: Tape, phase: int = 0
) -> GroupRun | None:
    """The groups of one rebalance phase; None where it forms too few, which the headline must not.

    Raises: NoData.
    """
    rows = rebalance_rows(view.first, view.days.size, spec.holding_period, phase)
    groups = groups_of(ranked, rows, n_groups)
    formed = int((groups >= 0).any(axis=1).sum())
    if formed < LEAST_REBALANCES:
        if phase == 0:
            raise NoData(
                f"能够分组的调仓日只有 {formed} 个，至少需要 {LEAST_REBALANCES} 个",
                hint="延长日期区间、缩短持有期，或换更大的股票池",
            )
        return None
    of_phase = GroupSpec(
        n_groups=n_groups,
        holding=spec.holding_period,
        execution=spec.execution,
        costs=spec.cost_model,
        phase=phase,
    )
    return simulate_groups(view, groups, rows, of_phase, tape)


def _benchmark(view: MarketView, run: GroupRun) -> F64:
    """Returns of the index on the run's sessions, each over the last level before it; NaN where it has none."""
    if view.benchmark is None:
        return np.full(run.days.size, np.nan)
    level = np.asarray(view.benchmark, dtype=np.float64)
    known = np.where(np.isfinite(level), np.arange(level.size), -1)
    before = np.where(run.days > 0, np.maximum.accumulate(known)[run.days - 1], -1)
    past = np.where(before >= 0, level[np.maximum(before, 0)], np.nan)
    return np.asarray(level[run.days] / past - 1.0, dtype=np.float64)


def _quantiles(at: Shared, ranked: Ranked, n_groups: int) -> dict[int, F64]:
    groups = groups_of(ranked, at.rows, n_groups)
    out = {}
    for horizon, forward in at.forwards.items():
        means = mean_by_group(groups, forward, at.rows, n_groups)
        known = np.isfinite(means)
        number = known.sum(axis=0)
        out[horizon] = np.where(number > 0, np.where(known, means, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan)
    return out


def _industries(
    view: MarketView, ranked: Ranked, label: Ranked, rows: NDArray[np.int64], lag: int
) -> tuple[Slice, ...]:
    if not (view.industry >= 0).any():
        return ()
    return by_industry(ranked, label, rows, view.industry, view.industry_names, lag)


def _residuals(at: Shared, values: FloatPanel, lag: int) -> dict[str, ICSummary]:
    """Rank IC after taking out industry, size, and both, as far as the market knows them."""
    industry = at.view.industry if (at.view.industry >= 0).any() else None
    column = at.log_size
    wanted = {"industry": (industry, None), "size": (None, column), "industry_size": (industry, column)}
    needs = {"industry": industry is not None, "size": column is not None}
    needs["industry_size"] = needs["industry"] and needs["size"]
    return {
        name: residual_ic(neutralise(values, at.eligible, *wanted[name]), at.eligible, at.label, at.rows, lag)
        for name in wanted
        if needs[name]
    }
