"""Run a peer's script in the peers' environment and read back what it wrote."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]


class PeerFailed(Exception):
    """A peer's script ended with an error; the message holds the end of what it printed."""


def peers_python(environment: str = "qlib") -> Path:
    """Interpreter of an environment of peers (`qlib` or `bars`), made from its locks where it is missing or stale."""
    script = ROOT / "scripts" / f"{environment}_env.sh"
    done = subprocess.run(["bash", str(script)], capture_output=True, text=True, check=False)
    python = ROOT / ".tools" / f"{environment}-env" / "bin" / "python"
    if done.returncode or not python.exists():
        raise PeerFailed(f"the peers' environment could not be made:\n{done.stdout[-800:]}{done.stderr[-800:]}")
    return python


def call(
    script: str, job: Mapping[str, Any], folder: Path, threads: int = 1, environment: str = "qlib"
) -> dict[str, Any]:
    """Run `bench/peers/<script>.py` with the job written into `folder`; the answer that it printed on its last line.

    The child's thread pools (OpenMP, polars, numexpr) are held to `threads`; `environment` is that of `peers_python`.
    """
    path = folder / f"{script}.job.json"
    path.write_text(json.dumps(job))
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMEXPR_MAX_THREADS")
    variables = {**os.environ, **dict.fromkeys(pools, str(threads)), "HOME": str(folder), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(peers_python(environment)), str(Path(__file__).with_name(f"{script}.py")), str(path)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=variables,
        check=False,
    )
    if done.returncode:
        raise PeerFailed(f"{script} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


@dataclass(frozen=True)
class QlibValues:
    """What Qlib returned for one task: values float32 (columns, sessions, names), and which rows it returned at all."""

    names: list[str]
    texts: list[str]
    codes: list[str]
    days: NDArray[np.datetime64]
    values: NDArray[np.float32]
    rows: NDArray[np.bool_]
    wall: list[float]
    cpu: list[float]
    peak_bytes: int


def call_qlib(
    tasks: Sequence[Mapping[str, Any]], data: Path, folder: Path, kernels: int = 1
) -> tuple[dict[str, QlibValues], dict[str, str]]:
    """Run tasks of `qlib_runner` on the Qlib folder `data`; results by task name, and the versions that ran.

    Results are memory maps of files in `folder`, which must outlive them; tasks with "keep": false have empty values.
    """
    answer = call(
        "qlib_runner", {"folder": str(data), "out": str(folder), "kernels": kernels, "tasks": list(tasks)}, folder
    )
    made = {}
    for name, told in answer["tasks"].items():
        values, rows = folder / f"{name}.npy", folder / f"{name}.rows.npy"
        made[name] = QlibValues(
            names=told["names"],
            texts=told["texts"],
            codes=told["codes"],
            days=np.array(told["days"], dtype="datetime64[D]"),
            values=np.load(values, mmap_mode="r") if values.exists() else np.empty((0, 0, 0), np.float32),
            rows=np.load(rows) if rows.exists() else np.empty((0, 0), np.bool_),
            wall=told["wall"],
            cpu=told["cpu"],
            peak_bytes=told["peak_bytes"],
        )
    return made, {**answer["versions"], "python": answer["python"]}
