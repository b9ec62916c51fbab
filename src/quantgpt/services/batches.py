"""What every test of many factors at once has in common: the rows for the ledger of trials, and false discovery rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quantgpt.factors.sealing import Seal
    from quantgpt.research.evaluation import Outcome
    from quantgpt.services.trials import Identity, TrialBook


def batch_trials(
    identity: Identity, outcome: Outcome, book: TrialBook, kept_out_of: Seal | None
) -> list[dict[str, Any]]:
    """The row of a tested factor for the ledger, and those of looks at slices that a search would have kept sealed, or did.

    `kept_out_of` is the sealed slice that the batch left alone.
    """
    from quantgpt.services.trials import active_of, failed_row, look_rows, measured_row, trial_row

    if outcome.full is not None:
        body, series = outcome.full.body, outcome.full.series
        active, days = active_of(body, series), [str(day) for day in series["daily_returns"].index]
        own = trial_row(identity, body, active, days[0], "sweep")
    elif outcome.quick is not None:
        quick = outcome.quick
        active, days = quick.active, [str(day) for day in quick.days.astype("datetime64[D]")]
        figures = {
            "ic_mean": quick.figures["ic_mean"],
            "rank_ic_mean": quick.figures["rank_ic_mean"],
            "p_value": quick.figures["rank_ic_p_hac"],
        }
        own = measured_row(identity, active, days[0], figures, "sweep")
    else:
        return [failed_row(identity, "sweep", kept_out_of)]
    return [own, *look_rows(identity, book, active, days)]


def false_discovery_rates(p_values: Sequence[float | None]) -> list[float | None]:
    """The q-value of each of some p-values as one of them all (Benjamini and Hochberg 1995); None where there is no p."""
    import numpy as np

    from quantgpt.foundations.series import number
    from quantgpt.metrics.family import benjamini_hochberg

    p = np.array([np.nan if value is None else value for value in p_values], dtype=np.float64)
    return [number(float(q)) for q in benjamini_hochberg(p)]
