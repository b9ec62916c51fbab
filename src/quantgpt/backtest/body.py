"""One test's arrays and summaries put into the JSON of the contract, and the manifest that lets it be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt import __version__
from quantgpt.backtest.computed import Computed
from quantgpt.backtest.notices import notices
from quantgpt.backtest.series import all_series
from quantgpt.backtest.summary import backtest_summary, metrics, stock_factor_data
from quantgpt.backtest.tables import plain
from quantgpt.factors.decay import REASONS, block_length
from quantgpt.factors.diagnose import diagnose
from quantgpt.factors.regimes import REGIMES
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
from quantgpt.foundations.hashing import hash_array, hash_value
from quantgpt.foundations.series import Series
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.returns import PERIODS, cagr
from quantgpt.metrics.returns import sharpe as sharpe_ratio

F64 = NDArray[np.float64]


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
    annual = [cagr(run.returns_net[c.top]) for _, run in c.phases]
    return Facts(
        evidence=c.evidence,
        tests=c.tests,
        score=score,
        annual_return=figures["cagr"],
        annual_return_gross=cagr(c.run.returns_gross[c.top]),
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
        "stock_count": int(view.universe_meta.get("size") or view.member[-1].sum()),
        "market": view.market,
        "data_snapshot": view.snapshot,
        "synthetic": view.synthetic,
        "effective_start": str(view.days[c.run.rows[0]].astype("datetime64[D]")),
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
        "annual_return": [cagr(r) for r in returns],
        "sharpe": [sharpe_ratio(r, c.spec.risk_free) for r in returns],
        "max_drawdown": [max_drawdown(r) for r in returns],
    }
    ranges = {
        k: {"mean": float(np.mean(v)), "min": min(v), "max": max(v), "range": max(v) - min(v)}
        for k, v in columns.items()
    }
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


def daily_hash(c: Computed) -> str:
    """SHA-256 over the daily numbers: IC and group returns."""
    return hash_value([hash_array(a) for a in (c.evidence.rank_ic, c.pearson, c.run.returns_net, c.run.returns_gross)])


def manifest(c: Computed, digest: str) -> dict[str, Any]:
    """What it takes to make the same result again; `digest` is the hash of the body."""
    made: dict[str, Any] = plain(
        {
            "engine": f"quantgpt {__version__}",
            "result_hash": digest,
            "daily_hash": daily_hash(c),
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
