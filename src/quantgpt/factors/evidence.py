"""What the four tests and the verdict look at, computed once: rank IC by session, its null, regimes, decay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.decay import MARGINAL_HAC_LAG, Decay, block_length, estimate_decay, lag_count, marginal_ic
from quantgpt.factors.direction import Direction, choose_direction
from quantgpt.factors.ic import ICSummary, Ranked, Rows, rank_ic, summarise
from quantgpt.factors.permutation import NullSums, assign_slots, null_sums, p_value, p_value_two_sided, relabellings
from quantgpt.factors.regimes import LEAST_DAYS, REGIMES, Regimes
from quantgpt.foundations.panel import Days
from quantgpt.metrics.hac import HacMean, hac_mean

F64 = NDArray[np.float64]

LEAST_TEST_DATES = 60
"""sessions with an IC below which no test statistic is given"""
LEAST_TEST_NAMES = 20
"""mean number of names below which shuffling labels says nothing"""
SHIFTS = (5, 10, 20)
_CELLS = 24
_EVERY = np.ones(_CELLS, dtype=np.bool_)


@dataclass(frozen=True, kw_only=True)
class EvidenceInputs:
    """One factor, ranked, with the labels that it is held against.

    Shape: factor, label (returns over the holding period) and marginal (one-session returns) are sorted (T, N) panels,
           `rows` the sessions tested; `regimes` covers all T sessions.
    """

    factor: Ranked
    label: Ranked
    marginal: Ranked
    rows: Rows
    days: Days
    regimes: Regimes
    holding: int
    direction: int | None = None
    permutations: int = 999
    seed: int = 0


class Lack(NamedTuple):
    """Why there is too little data for a test."""

    zh: str
    en: str


NO_SHUFFLES = Lack("没有做置换检验", "No label shuffles were run")


@dataclass(frozen=True)
class RegimeEvidence:
    """Rank IC of one regime against its null; nulls are raw (not oriented) 5 % and 95 % quantiles."""

    code: str
    days: int
    summary: ICSummary
    null_low: float
    null_high: float
    null_std: float

    @property
    def judged(self) -> bool:
        """Enough sessions to count."""
        return self.days >= LEAST_DAYS and self.null_std > 0


@dataclass(frozen=True)
class Null:
    """Null distributions of the mean rank IC under shuffled labels, direction chosen anew in each shuffle.

    A shuffle cuts the tie between a factor and exposures that move returns together (styles, industries). A factor with
    such a tie has an IC that varies more from day to day than shuffled labels say, so each distribution is stretched to
    the HAC standard error of the real series where that is larger. Without it a pure style exposure that earns nothing
    passes in a third of all cases.

    Shape: (P,). `oriented`: mean over all sessions times the sign chosen in that shuffle; `consistency`: see
    `_consistency`; `first_lag`: of the one-session return, not oriented.
    """

    raw: F64
    oriented: F64
    consistency: F64
    calibration: F64
    outside: F64
    first_lag: F64
    width: float
    """the factor, 1 or more, by which `raw` and `oriented` were stretched"""


@dataclass(frozen=True)
class Evidence:
    """The statistics of one factor.

    Shape: `rank_ic`, `names` (D,) by tested session.
    """

    rows: Rows
    days: Days
    holding: int
    rank_ic: F64
    names: NDArray[np.int32]
    summary: ICSummary
    direction: Direction
    decay: Decay
    shifts: dict[int, ICSummary]
    shift_gap: float
    """mean oriented IC of the shifted factor minus the real one, in HAC standard errors of that difference"""
    regimes: tuple[RegimeEvidence, ...]
    consistency: float
    """share of judged regimes whose oriented rank IC is positive; NaN without regimes"""
    worst: tuple[str, float] | None
    """the regime with the lowest oriented rank IC in null standard errors"""
    consistency_statistic: float
    outside: ICSummary
    """rank IC outside the calibration slice"""
    null: Null | None
    """None when there is too little to shuffle"""

    @property
    def oriented_mean(self) -> float:
        """Mean rank IC times the direction."""
        return self.direction.sign * self.summary.mean

    @property
    def too_little(self) -> Lack | None:
        """Why no test can be run; None when there is enough."""
        if self.summary.n < LEAST_TEST_DATES:
            return Lack(
                f"有 IC 的日期只有 {self.summary.n} 个，少于 {LEAST_TEST_DATES} 个，不做检验",
                f"Only {self.summary.n} sessions have an IC; {LEAST_TEST_DATES} are needed for a test",
            )
        if self.mean_names < LEAST_TEST_NAMES:
            return Lack(
                f"平均每日只有 {self.mean_names:.0f} 只股票，少于 {LEAST_TEST_NAMES} 只，打乱标签没有意义",
                f"Only {self.mean_names:.0f} names a day on average; shuffling labels needs {LEAST_TEST_NAMES}",
            )
        return None

    @property
    def mean_names(self) -> float:
        """Mean number of names behind the rank IC."""
        present = np.isfinite(self.rank_ic)
        return float(self.names[present].mean()) if present.any() else 0.0

    def p_oriented(self) -> float:
        """One-sided p of the oriented mean rank IC."""
        return p_value(self.null.oriented, self.oriented_mean) if self.null else math.nan

    def p_two_sided(self) -> float:
        """Two-sided p of the mean rank IC."""
        return p_value_two_sided(self.null.raw, self.summary.mean) if self.null else math.nan

    def p_outside(self) -> float:
        """One-sided p of the oriented mean rank IC outside the slice that chose the direction."""
        return p_value(self.null.outside, self.direction.sign * self.outside.mean) if self.null else math.nan

    def p_calibration(self) -> float:
        """Two-sided p of the mean rank IC that decided the direction."""
        return p_value_two_sided(self.null.calibration, self.direction.rank_ic) if self.null else math.nan

    def p_consistency(self) -> float:
        """Share of shuffles at least as consistent across regimes."""
        return p_value(self.null.consistency, self.consistency_statistic) if self.null else math.nan

    def p_first_lag(self) -> float:
        """Two-sided p of the one-session rank IC."""
        return p_value_two_sided(self.null.first_lag, float(self.decay.ic[0])) if self.null else math.nan


def gather_evidence(ask: EvidenceInputs) -> Evidence:
    """Compute the statistics of one factor.

    Deterministic: the same inputs and seed give the same bits.
    """
    at = rank_ic(ask.factor, ask.label, ask.rows)
    lag = 2 * ask.holding
    direction = choose_direction(at.values, ask.direction)
    summary = summarise(at.values, lag)
    lags = lag_count(ask.holding)
    marginal, marginal_names = marginal_ic(ask.factor, ask.marginal, ask.rows, lags)
    block = block_length(ask.rows.size, ask.holding)
    decay = estimate_decay(marginal, marginal_names, direction.sign, block, ask.seed)
    shifts, gap = _shifted(ask, at.values, direction.sign, lag)
    cells = _cells(ask, direction)
    masks = {code: mask[ask.rows] for code, mask in ask.regimes.masks().items()}
    outside = summarise(np.where(direction.calibration, np.nan, at.values), lag)
    enough = summary.n >= LEAST_TEST_DATES and float(at.names[np.isfinite(at.values)].mean()) >= LEAST_TEST_NAMES
    sums = first = None
    width = 1.0
    if enough and ask.permutations > 0:
        present = ask.factor.valid.copy()
        present[: ask.rows[0]] = False
        slots, total = assign_slots(present)
        shuffles = relabellings(total, ask.permutations, ask.seed)
        sums = null_sums(ask.factor, ask.label, ask.rows, cells, _CELLS, slots, shuffles)
        first = null_sums(ask.factor, ask.marginal, ask.rows, np.zeros_like(cells), 1, slots, shuffles)
        width = _width(summary.hac, sums.mean(_EVERY))
    judged = tuple(
        _regime(name.code, at.values, masks[name.code], sums, _cells_of(name.code), lag, width) for name in REGIMES
    )
    consistency, worst, statistic = _observed_consistency(judged, direction.sign)
    null = None
    if sums is not None and first is not None:
        null = _null(sums, first, direction, judged, width, outside.hac, hac_mean(marginal[:, 0], MARGINAL_HAC_LAG))
    return Evidence(
        ask.rows, ask.days, ask.holding, at.values, at.names, summary, direction, decay, shifts, gap, judged,
        consistency, worst, statistic, outside, null,
    )  # fmt: skip


def critical_t(lag: int, n: int) -> float:
    """Two-sided 5 % critical value of a HAC t whose lags take up a share lag / n of the sample; 1.96 when that is small.

    A long holding period needs so many lags that the standard error itself becomes noisy; the usual 1.96 is then too low.
    Source: Kiefer and Vogelsang (2005), fixed-b asymptotics, Bartlett kernel, 97.5 % quantile.

    >>> round(critical_t(10, 720), 2), round(critical_t(120, 727), 2)
    (2.0, 2.46)
    """
    share = min(lag / n, 1.0) if n > 0 else 1.0
    return 1.96 + 2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3


def _width(hac: HacMean, null: F64) -> float:
    """How much wider the real series says the null is: its HAC error, with the critical value of its lags."""
    spread = float(null.std())
    if not (spread > 0 and hac.se > 0):
        return 1.0
    return max(1.0, hac.se * critical_t(hac.lag, hac.n) / 1.96 / spread)


def _shifted(ask: EvidenceInputs, real: F64, sign: int, lag: int) -> tuple[dict[int, ICSummary], float]:
    """IC of the factor against labels that start later, and how far their mean exceeds the real one."""
    columns = {shift: rank_ic(ask.factor, ask.label, ask.rows, lag=shift).values for shift in SHIFTS}
    mean = np.mean([columns[shift] for shift in SHIFTS], axis=0)
    difference = summarise(sign * (mean - real), lag).hac
    gap = difference.mean / difference.se if difference.se > 0 else math.nan
    return {shift: summarise(values, lag) for shift, values in columns.items()}, gap


def _cells(ask: EvidenceInputs, direction: Direction) -> NDArray[np.int64]:
    """Cell of each tested session: calibration (2) × trend (4, one of them unknown) × volatility (3)."""
    trend = ask.regimes.trend[ask.rows].astype(np.int64) + 1
    volatility = ask.regimes.volatility[ask.rows].astype(np.int64) + 1
    return direction.calibration.astype(np.int64) * 12 + trend * 3 + volatility


def _cells_of(code: str) -> NDArray[np.bool_]:
    every = np.arange(_CELLS)
    trend, volatility = every // 3 % 4 - 1, every % 3 - 1
    wanted = {
        "bull": trend == 0,
        "bear": trend == 1,
        "sideways": trend == 2,
        "high_vol": volatility == 0,
        "low_vol": volatility == 1,
    }
    return np.asarray(wanted[code], dtype=np.bool_)


def _regime(
    code: str, values: F64, mask: NDArray[np.bool_], sums: NullSums | None, cells: NDArray[np.bool_], lag: int,
    width: float,
) -> RegimeEvidence:  # fmt: skip
    days = int((mask & np.isfinite(values)).sum())
    summary = summarise(np.where(mask, values, np.nan), lag)
    if sums is None or days == 0:
        return RegimeEvidence(code, days, summary, math.nan, math.nan, math.nan)
    null = sums.mean(cells) * width
    low, high = np.quantile(null, [0.05, 0.95])
    return RegimeEvidence(code, days, summary, float(low), float(high), float(null.std()))


def _consistency(oriented_z: F64) -> tuple[F64, F64]:
    """Share of positive regimes and the statistic that breaks its ties by the worst regime.

    Shape: oriented_z (regimes, P). The statistic is the share minus (1 − squash(worst z)) / regimes: shares stay in
    order, and equal shares are ordered by how bad the worst regime is.
    """
    share = (oriented_z > 0).mean(axis=0)
    squashed = 1.0 / (1.0 + np.exp(-np.clip(1.7 * oriented_z.min(axis=0), -50.0, 50.0)))
    return share, share - (1.0 - squashed) / oriented_z.shape[0]


def _observed_consistency(
    regimes: tuple[RegimeEvidence, ...], sign: int
) -> tuple[float, tuple[str, float] | None, float]:
    judged = [r for r in regimes if r.judged]
    if not judged:
        return math.nan, None, math.nan
    z = np.array([sign * r.summary.mean / r.null_std for r in judged])
    share, statistic = _consistency(z[:, None])
    worst = int(z.argmin())
    return float(share[0]), (judged[worst].code, float(z[worst])), float(statistic[0])


def _null(
    sums: NullSums,
    first: NullSums,
    direction: Direction,
    regimes: tuple[RegimeEvidence, ...],
    width: float,
    of_outside: HacMean,
    of_first: HacMean,
) -> Null:
    calibration = np.arange(_CELLS) >= _CELLS // 2
    raw = sums.mean(_EVERY)
    in_slice = sums.mean(calibration)
    given = direction.source == "given"
    sign = np.full(raw.size, float(direction.sign)) if given else np.where(in_slice < 0, -1.0, 1.0)
    z = [sign * sums.mean(_cells_of(r.code)) * width / r.null_std for r in regimes if r.judged]
    statistic = _consistency(np.array(z))[1] if z else np.full(raw.size, np.nan)
    outside = sums.mean(~calibration)
    first_lag = first.mean(np.ones(1, dtype=np.bool_))
    return Null(
        raw=raw * width,
        oriented=sign * raw * width,
        consistency=statistic,
        calibration=in_slice * width,
        outside=sign * outside * _width(of_outside, outside),
        first_lag=first_lag * _width(of_first, first_lag),
        width=width,
    )
