"""One factor, tested: forward returns, IC and its null, groups under the rulebook, score, verdict and every table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt import __version__
from quantgpt.backtest.computed import Computed, FactorTestSpec
from quantgpt.backtest.groups import GroupRun, GroupSpec, Tape, simulate_groups
from quantgpt.backtest.notices import notices
from quantgpt.backtest.series import all_series
from quantgpt.backtest.summary import backtest_summary, metrics, stock_factor_data
from quantgpt.backtest.tables import plain
from quantgpt.factors.anti_overfit import four_tests
from quantgpt.factors.breakdown import Slice, by_industry, by_size, residual_ic
from quantgpt.factors.decay import REASONS, block_length
from quantgpt.factors.diagnose import diagnose
from quantgpt.factors.evidence import EvidenceInputs, gather_evidence
from quantgpt.factors.grouping import rebalance_rows, usable_groups
from quantgpt.factors.ic import ICSummary, Ranked, groups_of, mean_by_group, pearson_ic, rank_ic, rank_rows, summarise
from quantgpt.factors.labels import LabelPrices, forward_returns, label_prices, marginal_returns
from quantgpt.factors.neutralise import log_size, neutralise
from quantgpt.factors.regimes import REGIMES, regimes_of
from quantgpt.factors.rolling import roll
from quantgpt.factors.score import (
    RUBRIC_VERSION,
    Score,
    ScoreInputs,
    annual_spread_tenth,
    bootstrap_interval,
    evidence_caps,
    score_factor,
)
from quantgpt.factors.verdict import Facts, reasons, verdict
from quantgpt.foundations.errors import BadRequest, NoData
from quantgpt.foundations.hashing import hash_array, hash_value
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.foundations.progress import Progress, silent
from quantgpt.foundations.series import Series
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.returns import PERIODS, annualised_mean
from quantgpt.metrics.returns import sharpe as sharpe_ratio

__all__ = ["FactorTestResult", "FactorTestSpec", "compute", "run_factor_test"]

HORIZONS = (1, 5, 10, 20)
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
    view: MarketView, factor: FloatPanel, spec: FactorTestSpec, progress: Progress = silent
) -> FactorTestResult:
    """Test one factor panel on one market view.

    Shape:  factor (T, N) on the rows and columns of the view; warm-up rows are allowed to be NaN and are not tested.
    Raises: NoData with the reason when there is nothing to test; BadRequest for a panel of another shape.

    Deterministic: the same view, factor and spec give the same bytes. Nothing after the view's last row is read.
    """
    watch = _Watch()
    c = compute(view, factor, spec, progress, watch)
    progress("analyzing", 0.85, "汇总结果")
    body, series = assemble(c)
    watch.lap("tables")
    digest = hash_value({"body": body, "daily": _daily_hash(c)})
    body["manifest"] = _manifest(c, digest)
    body["series"] = sorted(series)
    watch.lap("hash")
    return FactorTestResult(body, series, watch.laps, digest)


def compute(
    view: MarketView, factor: FloatPanel, spec: FactorTestSpec, progress: Progress = silent, watch: _Watch | None = None
) -> Computed:
    """All arrays and summaries of one test; `run_factor_test` puts them into tables."""
    watch = watch or _Watch()
    _check_shape(view, factor)
    progress("backtesting", 0.45, "前瞻收益与分组回测")
    eligible = view.eligible
    values = np.where(np.isfinite(factor), factor, np.nan)
    if spec.neutralize_industry:
        if not (view.industry >= 0).any():
            raise NoData("没有行业数据，不能做行业中性化", hint="导入带行业的股票列表，或关闭行业中性化")
        values = neutralise(values, eligible, view.industry)
    rows = np.arange(view.first, view.days.size - 1 - spec.holding_period, dtype=np.int64)
    ranked = rank_rows(values, eligible)
    _check_factor(ranked, rows, spec)
    prices = label_prices(view)
    labels = forward_returns(view, spec.holding_period, prices)
    label, marginal = rank_rows(labels.values), rank_rows(marginal_returns(view))
    watch.lap("labels")
    n_groups = usable_groups(values, eligible, _rebalances(view, spec), spec.n_groups)
    tape = Tape.of(view, spec.execution)
    phases = _phases(view, ranked, n_groups, spec, tape)
    watch.lap("groups")
    progress("backtesting", 0.55, "显著性检验")
    ask = EvidenceInputs(
        factor=ranked,
        label=label,
        marginal=marginal,
        rows=rows,
        days=view.days[rows],
        regimes=regimes_of(view),
        holding=spec.holding_period,
        direction=spec.direction,
        permutations=spec.permutations,
        seed=spec.seed,
    )
    evidence = gather_evidence(ask)
    if evidence.summary.n == 0:
        raise NoData(
            "没有一个交易日能计算 IC：同一天至少要有 5 只既有因子值又能在次日买入的股票",
            hint="换更大的股票池，或检查因子是否在同一天对所有股票给出同一个值",
        )
    pearson = pearson_ic(values, ranked.valid, labels.values, label.valid, rows)
    watch.lap("evidence")
    progress("analyzing", 0.7, "分解与汇总")
    lag = 2 * spec.holding_period
    size, size_field = _size(view)
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
        buyable=_buyable(tape),
        quantiles=_quantiles(view, ranked, rows, n_groups, prices),
        autocorrelation=(
            rank_ic(ranked, ranked, rows, lag=-1).values,
            rank_ic(ranked, ranked, rows, lag=-spec.holding_period).values,
        ),
        by_industry=_industries(view, ranked, label, rows, lag),
        by_size=found_size if any(s.days for s in found_size) else (),
        size_field=size_field,
        residuals=_residuals(view, values, eligible, label, rows, lag, size),
        delayed_share=float(labels.delayed[rows].sum() / max(int(label.valid[rows].sum()), 1)),
    )
    watch.lap("breakdown")
    return made


def assemble(c: Computed) -> tuple[dict[str, Any], dict[str, Series]]:
    """The contract's JSON (without the manifest) and every table."""
    figures, summary = metrics(c), backtest_summary(c)
    tests = c.tests.to_json()
    score = _score(c, figures, summary)
    top, bottom = c.n_groups - 1, 0
    rolling, windows = roll(
        c.evidence.rank_ic,
        c.view.days[c.rows],
        _on_rows(c, c.run.returns_net[top]),
        _on_rows(c, c.run.returns_net[bottom]),
        c.spec.holding_period,
        c.spec.risk_free,
    )
    facts = _facts(c, figures, summary, score)
    body = {
        "metrics": figures,
        "backtest_summary": summary,
        "anti_overfit": tests,
        "stock_factor_data": stock_factor_data(c),
        "params": _params(c),
        "score": score.score,
        "score_uncapped": score.uncapped,
        "score_ci95": list(score.ci95) if score.ci95 else None,
        "grade": score.grade,
        "component_scores": score.components,
        "caps": [
            {"code": k.code, "zh": k.zh, "en": k.en, "max_grade": k.max_grade, "max_score": k.ceiling, "args": k.args}
            for k in score.caps
        ],
        "rubric_version": RUBRIC_VERSION,
        "verdict": verdict(facts).to_json(),
        "reasons": [reason.to_json() for reason in reasons(facts)],
        "diagnosis": diagnose(
            score=score.score,
            ic_mean=c.sign * c.pearson_summary.mean,
            ic_ir=c.sign * c.pearson_summary.ir,
            facts=c.spec.facts,
        ).to_json(),
        "rolling_validation": rolling,
        "warnings": notices(c),
        "direction": _direction(c),
        "regimes": _regimes(c),
        "phases": _phase_summary(c),
        "decay": _decay(c),
    }
    return plain(body), all_series(c, windows)


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
    out = []
    for phase in range(spec.holding_period):
        rows = rebalance_rows(view.first, view.days.size, spec.holding_period, phase)
        groups = groups_of(ranked, rows, n_groups)
        formed = int((groups >= 0).any(axis=1).sum())
        if formed < LEAST_REBALANCES:
            if phase == 0:
                raise NoData(
                    f"能够分组的调仓日只有 {formed} 个，至少需要 {LEAST_REBALANCES} 个",
                    hint="延长日期区间、缩短持有期，或换更大的股票池",
                )
            continue
        of_phase = GroupSpec(
            n_groups=n_groups,
            holding=spec.holding_period,
            execution=spec.execution,
            costs=spec.cost_model,
            phase=phase,
        )
        out.append((phase, simulate_groups(view, groups, rows, of_phase, tape)))
    return tuple(out)


def _benchmark(view: MarketView, run: GroupRun) -> F64:
    """Returns of the index on the run's sessions, each over the last level before it; NaN where it has none."""
    if view.benchmark is None:
        return np.full(run.days.size, np.nan)
    level = np.asarray(view.benchmark, dtype=np.float64)
    known = np.where(np.isfinite(level), np.arange(level.size), -1)
    before = np.where(run.days > 0, np.maximum.accumulate(known)[run.days - 1], -1)
    past = np.where(before >= 0, level[np.maximum(before, 0)], np.nan)
    return np.asarray(level[run.days] / past - 1.0, dtype=np.float64)


def _buyable(tape: Tape) -> NDArray[np.bool_]:
    from quantgpt.trading.kernels import BUYABLE

    return np.asarray((tape.states & BUYABLE) != 0, dtype=np.bool_)


def _quantiles(
    view: MarketView, ranked: Ranked, rows: NDArray[np.int64], n_groups: int, prices: LabelPrices
) -> dict[int, F64]:
    groups = groups_of(ranked, rows, n_groups)
    out = {}
    for horizon in HORIZONS:
        means = mean_by_group(groups, forward_returns(view, horizon, prices).values, rows, n_groups)
        known = np.isfinite(means)
        number = known.sum(axis=0)
        out[horizon] = np.where(number > 0, np.where(known, means, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan)
    return out


def _size(view: MarketView) -> tuple[FloatPanel | None, str | None]:
    if "cap" not in view.fields:
        return None, None
    cap = view.fields["cap"]
    return (cap, "cap") if np.isfinite(cap).any() else (None, None)


def _industries(
    view: MarketView, ranked: Ranked, label: Ranked, rows: NDArray[np.int64], lag: int
) -> tuple[Slice, ...]:
    if not (view.industry >= 0).any():
        return ()
    return by_industry(ranked, label, rows, view.industry, view.industry_names, lag)


def _residuals(
    view: MarketView,
    values: FloatPanel,
    eligible: NDArray[np.bool_],
    label: Ranked,
    rows: NDArray[np.int64],
    lag: int,
    size: FloatPanel | None,
) -> dict[str, ICSummary]:
    """Rank IC after taking out industry, size, and both, as far as the market knows them."""
    industry = view.industry if (view.industry >= 0).any() else None
    column = log_size(size) if size is not None else None
    wanted = {"industry": (industry, None), "size": (None, column), "industry_size": (industry, column)}
    needs = {"industry": industry is not None, "size": column is not None}
    needs["industry_size"] = needs["industry"] and needs["size"]
    return {
        name: residual_ic(neutralise(values, eligible, *wanted[name]), eligible, label, rows, lag)
        for name in wanted
        if needs[name]
    }


def _on_rows(c: Computed, returns: F64) -> F64:
    """A daily series of the run laid on the tested sessions; NaN before the first trade."""
    out = np.full(c.view.days.size, np.nan)
    out[c.run.days] = returns
    return out[c.rows]


def _score(c: Computed, figures: Mapping[str, Any], summary: Mapping[str, Any]) -> Score:
    inputs = ScoreInputs(
        sharpe=figures["sharpe"],
        monotonicity=summary["monotonicity_score"],
        spread=annual_spread_tenth(summary["spread"]),
        cagr=figures["cagr"],
        max_drawdown=figures["max_drawdown"],
        win_rate=figures["win_rate"],
        anti_overfit=c.tests.score,
    )
    e = c.evidence
    caps = evidence_caps(c.sign * e.outside.mean, e.p_outside(), c.spec.trials)
    interval = bootstrap_interval(
        c.strategy,
        c.run.returns_net,
        c.sign,
        c.tests.score,
        block=block_length(c.strategy.size, c.spec.holding_period),
        seed=c.spec.seed,
        risk_free=c.spec.risk_free,
        groups_gross=c.run.returns_gross,
    )
    return score_factor(inputs, caps, interval)


def _facts(c: Computed, figures: Mapping[str, Any], summary: Mapping[str, Any], score: Score) -> Facts:
    annual = [annualised_mean(float(run.returns_net[c.top].mean())) for _, run in c.phases]
    return Facts(
        evidence=c.evidence,
        tests=c.tests,
        score=score,
        annual_return=figures["cagr"],
        annual_return_gross=annualised_mean(float(c.run.returns_gross[c.top].mean())),
        benchmark_annual=figures.get("benchmark_cagr", float("nan")),
        phase_low=min(annual),
        phase_high=max(annual),
        monotonicity=summary["monotonicity_score"],
        turnover=summary["turnover"],
    )


def _params(c: Computed) -> dict[str, Any]:
    view, spec = c.view, c.spec
    return {
        "universe": view.universe,
        "n_groups": spec.n_groups,
        "n_groups_used": c.n_groups,
        "holding_period": spec.holding_period,
        "benchmark": view.benchmark_name,
        "stock_count": int(np.median(view.member[c.rows].sum(axis=1))),
        "market": view.market,
        "data_snapshot": view.snapshot,
        "synthetic": view.synthetic,
        "effective_start": str(view.days[view.first].astype("datetime64[D]")),
        "effective_end": str(view.days[-1].astype("datetime64[D]")),
        "universe_meta": {key: value for key, value in view.universe_meta.items() if key != "notices"},
        "execution": spec.execution,
        "cost_model": spec.costs,
        "direction": c.sign,
        "direction_source": c.evidence.direction.source,
        "rubric_version": RUBRIC_VERSION,
        "risk_free": spec.risk_free,
        "periods_per_year": PERIODS,
        "neutralize_industry": spec.neutralize_industry,
        "seed": spec.seed,
        "permutations": spec.permutations,
        "trials": spec.trials,
    }


def _direction(c: Computed) -> dict[str, Any]:
    e = c.evidence
    slice_rows = np.flatnonzero(e.direction.calibration & np.isfinite(e.rank_ic))
    return {
        "sign": c.sign,
        "source": e.direction.source,
        "p": e.p_calibration() if e.direction.source != "given" else None,
        "flipped": e.direction.flipped,
        "calibration_start": c.days[int(slice_rows[0])] if slice_rows.size else None,
        "calibration_end": c.days[int(slice_rows[-1])] if slice_rows.size else None,
        "calibration_dates": int(slice_rows.size),
        "calibration_rank_ic": e.direction.rank_ic,
        "out_of_slice_rank_ic": e.outside.mean,
        "out_of_slice_t_hac": e.outside.hac.t,
        "out_of_slice_p": e.p_outside(),
        "out_of_slice_dates": e.outside.n,
    }


def _regimes(c: Computed) -> list[dict[str, Any]]:
    words = {name.code: name for name in REGIMES}
    return [
        {
            "name": r.code,
            "zh": words[r.code].zh,
            "en": words[r.code].en,
            "definition_zh": words[r.code].definition_zh,
            "definition_en": words[r.code].definition_en,
            "rank_ic": r.summary.mean,
            "ci_low": r.summary.hac.ci_low,
            "ci_high": r.summary.hac.ci_high,
            "null_low": r.null_low,
            "null_high": r.null_high,
            "days": r.days,
            "judged": r.judged,
        }
        for r in c.evidence.regimes
    ]


def _phase_summary(c: Computed) -> dict[str, Any]:
    returns = [run.returns_net[c.top] for _, run in c.phases]
    columns = {
        "annual_return": [annualised_mean(float(r.mean())) for r in returns],
        "sharpe": [sharpe_ratio(r, c.spec.risk_free) for r in returns],
        "max_drawdown": [max_drawdown(r) for r in returns],
    }
    ranges = {k: {"mean": float(np.mean(v)), "min": min(v), "max": max(v)} for k, v in columns.items()}
    return {"n": len(returns), **ranges}


def _decay(c: Computed) -> dict[str, Any]:
    d = c.evidence.decay
    reason = REASONS[d.reason] if d.reason else (None, None)
    return {
        "half_life_days": d.half_life,
        "ci95": list(d.ci95) if d.ci95 else None,
        "lower_bound": d.lower_bound,
        "fit": {"a": d.fit.a, "b": d.fit.b} if d.fit else None,
        "reason": d.reason,
        "reason_zh": reason[0],
        "reason_en": reason[1],
        "lags": int(d.lags.size),
        "ic1": float(d.ic[0]),
        "ic1_p": c.evidence.p_first_lag(),
    }


def _daily_hash(c: Computed) -> str:
    return hash_value([hash_array(a) for a in (c.evidence.rank_ic, c.pearson, c.run.returns_net, c.run.returns_gross)])


def _manifest(c: Computed, digest: str) -> dict[str, Any]:
    made: dict[str, Any] = plain(
        {
            "engine": f"quantgpt {__version__}",
            "result_hash": digest,
            "daily_hash": _daily_hash(c),
            "factor_hash": hash_array(c.factor[c.view.first :]),
            "market": c.view.market,
            "data_snapshot": c.view.snapshot,
            "seed": c.spec.seed,
            "permutations": c.spec.permutations,
            "rubric_version": RUBRIC_VERSION,
            "n_days": int(c.rows.size),
            "n_assets": len(c.view.assets),
        }
    )
    return made
