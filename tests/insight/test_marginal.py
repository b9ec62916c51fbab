"""What a factor adds to others: copies add nothing, a new signal does, and nothing of the future is used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from quantgpt.factors.marginal import LEAST_TRAINING, REFIT, RIDGE, centred_ranks, marginal_contribution
from quantgpt.foundations.errors import NoData

SESSIONS, NAMES, HOLDING = 320, 60, 2
DAYS = np.arange("2020-01-01", "2021-12-31", dtype="datetime64[D]")[:SESSIONS]
ROWS = np.arange(SESSIONS - HOLDING - 1)


def world(seed: int = 1) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    signals = [draw.normal(size=(SESSIONS, NAMES)) for _ in range(3)]
    noise = draw.normal(size=(SESSIONS, NAMES))
    label = 0.15 * signals[0] + 0.15 * signals[1] + noise
    eligible = draw.random((SESSIONS, NAMES)) > 0.05
    label[draw.random(label.shape) < 0.03] = np.nan
    return {"signals": signals, "label": label, "eligible": eligible}


def measure(made: dict[str, Any], base: list[Any], candidate: Any) -> Any:
    return marginal_contribution(
        base,
        candidate,
        label=made["label"],
        next_return=made["label"] / 100,
        eligible=made["eligible"],
        rows=ROWS,
        days=DAYS,
        holding=HOLDING,
    )


def test_a_copy_adds_nothing() -> None:
    made = world()
    first, second, _ = made["signals"]
    for copy in (first, 3 * first + 1, np.exp(first)):
        found = measure(made, [first, second], copy)
        assert abs(found.gain.mean) < 0.003
        assert abs(found.gain.mean) < 0.03 * found.base.rank_ic.mean()


def test_a_new_signal_adds_and_noise_does_not() -> None:
    made = world()
    first, second, noise = made["signals"]
    assert measure(made, [first], second).to_json()["adds"] is True
    assert measure(made, [first], second).gain.mean > 0.02
    assert measure(made, [first], noise).to_json()["adds"] is False


def test_noise_is_rarely_called_an_addition() -> None:
    called = [
        measure(made, made["signals"][:2], made["signals"][2]).to_json()["adds"] for made in map(world, range(24))
    ]
    assert sum(called) <= 3


def slow_ranks(row: Any) -> Any:
    out = np.full(row.size, np.nan)
    known = np.flatnonzero(np.isfinite(row))
    for i in known:
        below, same = (row[known] < row[i]).sum(), (row[known] == row[i]).sum()
        out[i] = (below + (same + 1) / 2) / known.size
    return out - np.nanmean(out)


def test_the_walk_agrees_with_one_fit_written_out() -> None:
    made = world(5)
    base, candidate = made["signals"][0], made["signals"][1]
    found = measure(made, [base], candidate)
    scores = []
    for panel in (base, candidate):
        table = np.array([slow_ranks(np.where(e, x, np.nan)) for x, e in zip(panel, made["eligible"], strict=True)])
        scores.append(np.where(np.isfinite(table), table, 0.0))
    target = np.array(
        [slow_ranks(np.where(e, y, np.nan)) for y, e in zip(made["label"], made["eligible"], strict=True)]
    )
    first = LEAST_TRAINING + HOLDING + 1
    gram, right = np.zeros((2, 2)), np.zeros(2)
    known_days = first - HOLDING
    for t in range(known_days):
        names = np.isfinite(target[t])
        x = np.stack([s[t, names] for s in scores])
        gram += x @ x.T / names.sum() / known_days
        right += x @ target[t, names] / names.sum() / known_days
    weights = np.linalg.solve(gram + RIDGE * np.trace(gram) / 2 * np.eye(2), right)
    for offset in (0, REFIT - 1):
        t = first + offset
        names = np.isfinite(target[t])
        combined = slow_ranks((weights[0] * scores[0][t] + weights[1] * scores[1][t])[names])
        expected = np.corrcoef(combined, target[t, names])[0, 1]
        assert found.joint.rank_ic[offset] == pytest.approx(expected, abs=1e-12)


def test_the_future_changes_nothing_before_it() -> None:
    made = world(7)
    later = {**made, "label": made["label"].copy()}
    cut = 250
    later["label"][cut:] = np.random.default_rng(0).normal(size=later["label"][cut:].shape)
    first = LEAST_TRAINING + HOLDING + 1
    a, b = (measure(x, made["signals"][:1], made["signals"][1]) for x in (made, later))
    assert (a.joint.rank_ic[: cut - first] == b.joint.rank_ic[: cut - first]).all()
    assert (a.joint.rank_ic[cut - first :] != b.joint.rank_ic[cut - first :]).any()


def test_ranks_are_those_of_eligible_names() -> None:
    ranks = centred_ranks(np.array([[3.0, 1.0, 1.0, np.nan, 9.0]]), np.array([[True, True, True, True, False]]))
    np.testing.assert_allclose(ranks, [[1 - 2 / 3, -1 / 6, -1 / 6, np.nan, np.nan]])


def test_too_little_is_refused() -> None:
    made = world()
    with pytest.raises(NoData, match="因子库"):
        measure(made, [], made["signals"][0])
    with pytest.raises(NoData, match="历史太短"):
        marginal_contribution(
            [made["signals"][0]], made["signals"][1], label=made["label"], next_return=made["label"],
            eligible=made["eligible"], rows=ROWS[:150], days=DAYS, holding=HOLDING,
        )  # fmt: skip
