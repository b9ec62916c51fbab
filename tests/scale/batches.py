"""Evaluations in a process of their own, which has one thread and may fork; prints what came out as JSON."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

EXPRESSIONS = (
    "rank(close / ts_mean(close, 20))",
    "-1 * ts_corr(close, volume, 10)",
    "ts_std(returns, 20)",
    "rank(volume / adv20) - rank(ts_delta(close, 5))",
    "open - open",
    "decay_linear(rank(high - low), 5)",
)
"""the fifth is the same for all names"""


def candidates(permutations: int = 49) -> list[Any]:
    """The candidates of the tests."""
    from quantgpt.backtest.factor_test import FactorTestSpec
    from quantgpt.expr import compile_expression
    from quantgpt.research.evaluation import Candidate

    spec = FactorTestSpec(permutations=permutations)
    return [Candidate(compile_expression(text), spec) for text in EXPRESSIONS]


def panel(warmup: int = 100) -> Any:
    """The shared panel of the tests."""
    from quantgpt.market.demo import demo_view
    from quantgpt.research.evaluation import SharedPanel

    return SharedPanel(demo_view(assets=80, sessions=260, seed=3, warmup=warmup))


def digests(mode: str, workers: str) -> list[Any]:
    """What each candidate came to, its process, and the number of processes that worked."""
    from quantgpt.foundations.hashing import hash_array, hash_value
    from quantgpt.research.evaluation import evaluate_many

    seen: list[int] = []
    made = evaluate_many(
        panel(),
        candidates(),
        mode=mode,  # type: ignore[arg-type]
        workers=int(workers),
        on_done=lambda outcome: seen.append(outcome.index),
        after=lambda index, result: os.getpid(),
    )
    rows: list[Any] = []
    for outcome in made:
        if outcome.full is not None:
            series = {name: table.to_json() for name, table in outcome.full.series.items()}
            rows.append(hash_value({"body": outcome.full.body, "series": series}))
        elif outcome.quick is not None:
            rows.append(hash_value([outcome.quick.figures, hash_array(outcome.quick.strategy)]))
        else:
            rows.append([outcome.error, outcome.error_facts])
    elsewhere = {outcome.more for outcome in made if outcome.more} - {os.getpid()}
    return [rows, sorted(seen), len(elsewhere)]


def killed(times: str, folder: str) -> list[Any]:
    """One candidate kills the process that computes it, so many times; what became of everybody."""
    from quantgpt.research.evaluation import evaluate_many

    def after(index: int, result: Any) -> int:
        count = len(list(Path(folder).iterdir()))
        if index == 2 and count < int(times):
            (Path(folder) / str(count)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return index

    made = evaluate_many(panel(), candidates(9), workers=2, after=after)
    return [[outcome.index, outcome.full is not None, outcome.error] for outcome in made]


def stopped(folder: str) -> list[Any]:
    """The listener raises after the first candidate; process ids of the helpers, which must be gone."""
    from quantgpt.research.evaluation import evaluate_many

    def after(index: int, result: Any) -> int:
        (Path(folder) / str(os.getpid())).touch()
        return os.getpid()

    def stop(outcome: Any) -> None:
        raise KeyboardInterrupt

    try:
        evaluate_many(panel(), candidates(9), workers=2, after=after, on_done=stop)
    except KeyboardInterrupt:
        pids = [int(path.name) for path in Path(folder).iterdir()]
        return [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    raise AssertionError("it was not stopped")


def everything(folder: str) -> dict[str, Any]:
    """All of it, one after the other."""
    once, twice, given_up = (Path(folder) / name for name in ("once", "twice", "given_up"))
    for path in (once, twice, given_up):
        path.mkdir()
    return {
        "digests": {mode: [digests(mode, workers) for workers in ("2", "1")] for mode in ("full", "quick")},
        "once": killed("1", str(once)),
        "twice": killed("5", str(twice)),
        "left": stopped(str(given_up)),
    }


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
