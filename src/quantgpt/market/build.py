"""From panels and facts to a staged snapshot: the dense part that reading is fast from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import FloatPanel
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.derive import ALWAYS
from quantgpt.market.facts import Facts
from quantgpt.market.snapshots import Manifest, SnapshotFolder, Stage


@dataclass(frozen=True, kw_only=True)
class Dense:
    """Everything dense that a snapshot holds. `panels` yields (name, (T, N) float64) one at a time, to bound memory."""

    facts: Facts
    panels: Iterable[tuple[str, FloatPanel]]
    st: NDArray[np.int8]
    traded: NDArray[np.bool_]
    index_close: FloatPanel
    """(T, K)"""


def stage_dense(stage: Stage, dense: Dense, progress: Progress = silent) -> dict[str, dict[str, Any]]:
    """Write the panels, without optional ones that hold nothing; returns their entries for the manifest, coverage by year included."""
    years = dense.facts.days.astype("datetime64[Y]").astype(np.int64) + 1970
    out: dict[str, dict[str, Any]] = {}
    for count, (name, panel) in enumerate(dense.panels):
        progress("store", min(0.95, 0.4 + 0.04 * count), name)
        known = np.isfinite(panel)
        if name not in ALWAYS and not known.any():
            continue
        out[name] = {**stage.put_panel(panel), "coverage": _coverage(known, dense.traded, years)}
    out["st"] = stage.put_panel(dense.st)
    out["traded"] = stage.put_panel(dense.traded.view(np.uint8))
    if dense.index_close.shape[1]:
        out["index_close"] = stage.put_panel(dense.index_close)
    return out


def _coverage(known: NDArray[np.bool_], traded: NDArray[np.bool_], years: NDArray[np.int64]) -> dict[str, float]:
    """Share of traded sessions of each year on which a field is known, four digits."""
    good = (known & traded).sum(axis=1)
    all_traded = traded.sum(axis=1)
    out = {}
    for year in np.unique(years):
        rows = years == year
        total = int(all_traded[rows].sum())
        if total:
            out[str(year)] = round(int(good[rows].sum()) / total, 4)
    return out


def stage_facts(stage: Stage, facts: Facts) -> dict[str, str]:
    """Write the small arrays; returns their object names."""
    return {name: stage.put_array(array) for name, array in facts.arrays().items()}


def read_facts(snapshots: SnapshotFolder, manifest: Manifest) -> Facts:
    """Read the small arrays of a snapshot."""
    return Facts.read(manifest.facts, lambda name: snapshots.fact(manifest, name))


def spans(bars: NDArray[np.bool_], factor: FloatPanel) -> tuple[NDArray[np.int32], NDArray[np.int32], FloatPanel]:
    """First and last row with a bar and the factor of the first. Shape: (T, N) both -> three of (N,)."""
    first = bars.argmax(axis=0).astype(np.int32)
    last = (bars.shape[0] - 1 - bars[::-1].argmax(axis=0)).astype(np.int32)
    base: FloatPanel = factor[first, np.arange(bars.shape[1])]
    return first, last, base


def notes_of(facts: Facts, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Facts for people that the manifest carries."""
    return {
        "first_day": str(facts.days[0]) if facts.days.size else None,
        "last_day": str(facts.days[-1]) if facts.days.size else None,
        "names": int(facts.assets.size),
        "indices": int(facts.index_codes.size),
        **extra,
    }
