"""What a factor adds to the factors that one has already: the gain of an ensemble, measured out of sample.

A factor that is good alone may be a copy of what the library holds. Two ensembles are fitted, without and with it, on the
same past sessions only, and held against each other on later ones: ridge weights on cross-sectional ranks, fitted anew every
20 sessions, a label never reaching into the sessions that it helps to judge. Source of the idea: Yu et al. (2023),
Generating Synergistic Formulaic Alpha Collections via Reinforcement Learning (AlphaGen), which rewards a factor by what the
combination gains; here the gain is measured out of sample and comes with its error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import LEAST_NAMES
from quantgpt.foundations.errors import NoData
from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel
from quantgpt.foundations.series import number
from quantgpt.metrics.hac import HacMean, hac_mean
from quantgpt.metrics.returns import sharpe
from quantgpt.operators.cross_section import rank

F64 = NDArray[np.float64]

LEAST_TRAINING = 120
"""sessions with a label that the first fit needs"""
LEAST_JUDGED = 60
REFIT = 20
RIDGE = 0.1
"""penalty over the mean variance of a ranked factor"""
TOP_SHARE = 5
"""the long side is one in so many of the names"""


@dataclass(frozen=True)
class Ensemble:
    """Out-of-sample figures of one ensemble, by judged session: rank IC, and the long side's one-session return less that
    of all names, before costs."""

    rank_ic: F64
    active: F64


@dataclass(frozen=True)
class Marginal:
    """Two ensembles on the same sessions."""

    first_day: str
    last_day: str
    base_factors: int
    base: Ensemble
    joint: Ensemble
    holding: int
    weight: float
    """of the factor in the last fit, as a share of the absolute weights"""

    @property
    def gain(self) -> HacMean:
        """Rank IC with the factor less without it."""
        return hac_mean(self.joint.rank_ic - self.base.rank_ic, 2 * self.holding)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `adds` is True where the 95 % interval of the gain lies above 0."""
        gain = self.gain
        return {
            "first_day": self.first_day,
            "last_day": self.last_day,
            "sessions": int(self.base.rank_ic.size),
            "base_factors": self.base_factors,
            "base": _figures(self.base, self.holding),
            "joint": _figures(self.joint, self.holding),
            "gain": {
                "rank_ic": number(gain.mean),
                "t_hac": number(gain.t),
                "p_hac": number(gain.p),
                "ci95": [number(gain.ci_low), number(gain.ci_high)],
                "sharpe": number(sharpe(self.joint.active, 0.0) - sharpe(self.base.active, 0.0)),
            },
            "weight_share": number(self.weight),
            "adds": bool(gain.ci_low > 0),
        }


def _figures(ensemble: Ensemble, holding: int) -> dict[str, Any]:
    ic = hac_mean(ensemble.rank_ic, 2 * holding)
    return {
        "rank_ic": number(ic.mean),
        "t_hac": number(ic.t),
        "sharpe_active": number(sharpe(ensemble.active, 0.0)),
    }


def centred_ranks(x: FloatPanel, eligible: BoolPanel) -> FloatPanel:
    """Ranks among the eligible names of each session, between −0.5 and 0.5 with mean 0; NaN where there is no value."""
    source = np.ascontiguousarray(x, dtype=np.float64)
    out = np.empty_like(source)
    rank.compiled()(out, source, np.ascontiguousarray(eligible))
    out -= _mean(out)[:, None]
    return out


def _mean(panel: FloatPanel) -> F64:
    known = np.isfinite(panel)
    number_known = known.sum(axis=1)
    return np.asarray(np.where(known, panel, 0.0).sum(axis=1) / np.maximum(number_known, 1), dtype=np.float64)


def marginal_contribution(
    base: Sequence[FloatPanel],
    candidate: FloatPanel,
    *,
    label: FloatPanel,
    next_return: FloatPanel,
    eligible: BoolPanel,
    rows: NDArray[np.int64],
    days: Days,
    holding: int,
) -> Marginal:
    """The gain of an ensemble of `base` when `candidate` joins.

    Shape:  panels (T, N); rows (D,) rising: the tested sessions, consecutive; days (T,).
            label: return over the holding period, next_return: over one session; both from the open after the session.
    NaN:    a missing factor value counts as the middle of the session's ranks.
    Raises: NoData when there is no base, or too little history for a fit and a judgement.
    """
    if not base:
        raise NoData("没有可以比较的因子库", hint="save a factor first")
    scores = [_filled(panel, eligible, rows) for panel in (*base, candidate)]
    target = centred_ranks(np.where(eligible, label, np.nan), eligible)[rows]
    moments = _moments(scores, target)
    first = LEAST_TRAINING + holding + 1
    if rows.size - first < LEAST_JUDGED:
        raise NoData(
            f"历史太短：拟合要 {LEAST_TRAINING} 个交易日，检验要 {LEAST_JUDGED} 个，只有 {rows.size} 个",
            hint="choose a longer span",
        )
    ensembles, weight = [], 0.0
    for size in (len(base), len(base) + 1):
        combined, weights = _walk(scores[:size], moments, first, holding)
        ensembles.append(_judge(combined, target[first:], next_return[rows][first:], eligible[rows][first:]))
        weight = float(abs(weights[-1]) / max(np.abs(weights).sum(), 1e-300))
    judged = days[rows[first:]]
    known = np.isfinite(ensembles[0].rank_ic) & np.isfinite(ensembles[1].rank_ic)
    kept = [Ensemble(one.rank_ic[known], one.active[known]) for one in ensembles]
    return Marginal(
        str(judged[0].astype("datetime64[D]")),
        str(judged[-1].astype("datetime64[D]")),
        len(base),
        kept[0],
        kept[1],
        holding,
        weight,
    )


def _filled(panel: FloatPanel, eligible: BoolPanel, rows: NDArray[np.int64]) -> FloatPanel:
    ranks = centred_ranks(panel, eligible)[rows]
    return np.where(np.isfinite(ranks), ranks, 0.0)


def _moments(scores: Sequence[FloatPanel], target: FloatPanel) -> tuple[F64, F64]:
    """Mean products over the names with a label, session by session: (D, K, K) among factors, (D, K) with the label."""
    known = np.isfinite(target)
    label = np.where(known, target, 0.0)
    count = np.maximum(known.sum(axis=1), 1)[:, None]
    stacked = np.stack([np.where(known, panel, 0.0) for panel in scores], axis=1)
    products = stacked @ stacked.transpose(0, 2, 1) / count[:, :, None]
    return products, np.einsum("dkn,dn->dk", stacked, label) / count


def _walk(scores: Sequence[FloatPanel], moments: tuple[F64, F64], first: int, holding: int) -> tuple[FloatPanel, F64]:
    """The ensemble's score on the sessions from `first` on, and the weights of the last fit."""
    size, sessions = len(scores), scores[0].shape[0]
    among, with_label = moments[0][:, :size, :size], moments[1][:, :size]
    out = np.empty((sessions - first, scores[0].shape[1]))
    weights = np.zeros(size)
    for start in range(first, sessions, REFIT):
        known = start - holding  # the label of session j is complete at the open of session j + 1 + holding
        gram = among[:known].mean(axis=0)
        penalty = RIDGE * float(np.trace(gram)) / size
        weights = np.linalg.solve(gram + penalty * np.eye(size), with_label[:known].mean(axis=0))
        stop = min(start + REFIT, sessions)
        out[start - first : stop - first] = sum(
            weight * panel[start:stop] for weight, panel in zip(weights, scores, strict=True)
        )
    return out, weights


def _judge(combined: FloatPanel, target: FloatPanel, next_return: FloatPanel, eligible: BoolPanel) -> Ensemble:
    known = np.isfinite(target) & eligible
    ranks = centred_ranks(np.where(known, combined, np.nan), known)
    labels = np.where(known, target, np.nan)
    labels = labels - _mean(labels)[:, None]
    a, b = np.where(known, ranks, 0.0), np.where(known, labels, 0.0)
    spread = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    enough = (known.sum(axis=1) >= LEAST_NAMES) & (spread > 0)
    rank_ic = np.where(enough, (a * b).sum(axis=1) / np.where(enough, spread, 1.0), np.nan)
    return Ensemble(rank_ic, _long_side(combined, next_return, eligible))


def _long_side(combined: FloatPanel, next_return: FloatPanel, eligible: BoolPanel) -> F64:
    """Mean one-session return of the highest fifth of the names less that of all, by session."""
    usable = eligible & np.isfinite(next_return)
    out = np.full(combined.shape[0], math.nan)
    for i, row in enumerate(usable):
        names = np.flatnonzero(row)
        if names.size < LEAST_NAMES:
            continue
        best = names[np.argsort(-combined[i, names], kind="stable")[: max(names.size // TOP_SHARE, 1)]]
        out[i] = next_return[i, best].mean() - next_return[i, names].mean()
    return out
