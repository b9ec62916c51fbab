"""Lanes, their machine code on several kinds of machine, its place on disk, and the memory of results."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from quantgpt.codegen import memory, objects
from quantgpt.codegen.emit import emit
from quantgpt.codegen.lanes import Kind, Lane, Lanes, as_f32, newer_part
from quantgpt.codegen.layout import Output, split
from quantgpt.codegen.objects import Host
from quantgpt.codegen.program import Grid, Placed, Program, padded, room, spans, width_of
from quantgpt.foundations.errors import BadRequest, Broken
from quantgpt.operators import _folds

ROWS, ASSETS = 70, 21
HOSTS = pytest.mark.parametrize("host", [Host.here(), Host.avx2(), Host.plain()], ids=["here", "avx2", "plain"])


def market() -> dict[str, np.ndarray]:
    g = np.random.default_rng(0)
    x, y = (g.normal(0, 3, (ROWS, ASSETS)).astype(np.float32) for _ in range(2))
    for panel in (x, y):
        panel[g.random(panel.shape) < 0.1] = np.nan
    x[5, 3], x[6, 3], y[9, 4] = np.inf, -np.inf, 0.0
    y[g.random(y.shape) < 0.1] = 0.0
    return {"x": x, "y": y}


FIELDS = market()


def run(outputs: list[Output], host: Host | None = None, tile: int | None = None) -> np.ndarray:
    program = Program(outputs, host=host, tile=tile)
    placed = {("field", name): Placed(padded(panel)) for name, panel in FIELDS.items()}
    placed["series", "market"] = Placed(FIELDS["x"][:, 0].astype(np.float64))
    everywhere = spans(np.zeros(ASSETS, int), np.full(ASSETS, ROWS - 1))
    out = room(program.short, ROWS, ASSETS) if program.short else None
    aux = room(program.long, ROWS, ASSETS, Kind.F64) if program.long else None
    program.run(placed, everywhere, Grid(0, 0, 0, ROWS), out, aux)
    filled = out if out is not None else aux
    assert filled is not None
    return filled[:, :, :ASSETS]


X, Y = FIELDS["x"], FIELDS["y"]
WX, WY = X.astype(np.float64), Y.astype(np.float64)
CELLS: dict[str, tuple[Callable[[Lanes, Lane, Lane], Lane], Callable[[], np.ndarray]]] = {
    "add": (lambda b, x, y: b.add(x, y), lambda: WX + WY),
    "single add": (lambda b, x, y: b.narrow(b.add(x, y)), lambda: X + Y),
    "sub": (lambda b, x, y: b.sub(x, y), lambda: WX - WY),
    "mul": (lambda b, x, y: b.mul(x, y), lambda: WX * WY),
    "single mul": (lambda b, x, y: b.narrow(b.mul(x, b.const(0.5))), lambda: X * np.float32(0.5)),
    "div": (lambda b, x, y: b.div(x, y), lambda: WX / WY),
    "single div": (lambda b, x, y: b.narrow(b.div(x, y)), lambda: X / Y),
    "low": (lambda b, x, y: b.low(x, y), lambda: np.where(X < Y, X, Y)),
    "high": (lambda b, x, y: b.high(x, y), lambda: np.where(X > Y, X, Y)),
    "abs": (lambda b, x, y: b.abs(x), lambda: np.abs(X)),
    "neg": (lambda b, x, y: b.neg(x), lambda: -X),
    "sqrt": (lambda b, x, y: b.sqrt(x), lambda: np.sqrt(WX)),
    "floor": (lambda b, x, y: b.floor(x), lambda: np.floor(X)),
    "eq": (lambda b, x, y: b.number(b.compare("eq", x, y)), lambda: X == Y),
    "ne": (lambda b, x, y: b.number(b.compare("ne", x, y)), lambda: X != Y),
    "lt": (lambda b, x, y: b.number(b.compare("lt", x, y)), lambda: X < Y),
    "ge": (lambda b, x, y: b.number(b.compare("ge", x, y)), lambda: X >= Y),
    "both": (lambda b, x, y: b.number(b.both(x, y)), lambda: _true(X) & _true(Y)),
    "either": (lambda b, x, y: b.number(b.either(x, b.invert(y))), lambda: _true(X) | ~_true(Y)),
    "when": (lambda b, x, y: b.when(b.compare("gt", y, b.const(0.0)), x), lambda: np.where(Y > 0, X, np.nan)),
    "lag": (lambda b, x, y: b.lag(x, 3), lambda: _lagged(X, 3)),
    "lag of a sum": (lambda b, x, y: b.lag(b.add(x, y), 70), lambda: _lagged(WX + WY, 70)),
    "lag of a mask": (
        lambda b, x, y: b.number(b.lag(b.compare("gt", x, y), 2)),
        lambda: np.vstack([np.zeros((2, ASSETS), bool), (X > Y)[:-2]]),
    ),
    "hold": (lambda b, x, y: b.hold(x), lambda: _held()),
    "sums": (lambda b, x, y: b.sums([b.zeroed(b.finite(x), x)], 12)[0], lambda: _sums(12)),
    "count": (lambda b, x, y: b.count(b.finite(x), 7), lambda: _counts(7)),
    "series": (
        lambda b, x, y: b.add(b.series("market", Kind.F64), b.const(0.0)),
        lambda: WX[:, :1] + 0 * np.zeros(X.shape),
    ),
}


def _true(x: np.ndarray) -> np.ndarray:
    return ~np.isnan(x) & (x != 0)


def _lagged(x: np.ndarray, n: int) -> np.ndarray:
    out = np.full(x.shape, np.nan)
    if n < len(x):
        out[n:] = x[:-n]
    return out


def _held() -> np.ndarray:
    out = np.zeros(X.shape)
    now = np.zeros(ASSETS)
    for i, row in enumerate(X):
        now = np.where(np.isnan(row), now, row)
        out[i] = now
    return out


def _sums(n: int) -> np.ndarray:
    plain = np.where(np.isfinite(WX), WX, 0.0)
    return np.array([plain[max(0, i - n + 1) : i + 1].sum(axis=0) for i in range(ROWS)])


def _counts(n: int) -> np.ndarray:
    return np.array([np.isfinite(X)[max(0, i - n + 1) : i + 1].sum(axis=0) for i in range(ROWS)])


@HOSTS
@pytest.mark.parametrize("tile", [None, 3])
def test_every_operation_of_a_lane(host: Host, tile: int | None) -> None:
    b = Lanes()
    x, y = b.field("x"), b.field("y")
    made = run([Output(b.wide(lower(b, x, y))) for lower, _ in CELLS.values()], host, tile)
    with np.errstate(all="ignore"):
        for (name, (_, expected)), got in zip(CELLS.items(), made, strict=True):
            np.testing.assert_allclose(got, expected().astype(float), rtol=1e-15, atol=1e-14, err_msg=name)


@HOSTS
@pytest.mark.parametrize("n", [1, 2, 9, 64, 65, 69])
def test_sorted_windows(host: Host, n: int) -> None:
    b = Lanes()
    x = b.when(b.finite(b.field("x")), b.field("x"))
    window, count = b.sorted_window(x, n), b.count(b.valid(x), n)
    third = b.floor(b.times(count, b.const(0.3, Kind.F32)))
    made = run([Output(b.nth(window, third, count, float(np.floor(np.float32(n) * np.float32(0.3)))))], host)[0]
    for i in range(ROWS):
        for j in range(ASSETS):
            values = X[max(0, i - n + 1) : i + 1, j]
            values = np.sort(values[np.isfinite(values)])
            if len(values):
                assert made[i, j] == values[int(np.floor(np.float32(len(values)) * np.float32(0.3)))]


def test_equal_lanes_are_one() -> None:
    b = Lanes()
    x = b.field("x")
    assert b.add(x, b.const(1.0)) is b.add(x, b.const(1.0))
    assert b.lag(b.lag(x, 2), 3) is b.lag(x, 5)
    assert b.narrow(b.wide(x)) is x
    assert b.pick(b.valid(x), x, x) is x


def test_windows_are_cut_like_those_of_the_kernels() -> None:
    for n in range(2, 1001):
        assert newer_part(n) == _folds.newer_part(n)
        merges = _folds.merges_of(n)
        assert sorted(merges[:, 0].tolist()) == sorted(set(range(n - 1)))


def test_rounding_to_float32() -> None:
    for value in (0.1, 1e39, -1e39, 1e-50, float("nan"), float("inf")):
        with np.errstate(over="ignore"):
            assert np.array_equal(as_f32(value), float(np.float32(value)), equal_nan=True)


def test_a_group_of_outputs_fits_the_cache() -> None:
    b = Lanes()
    outputs = [Output(b.narrow(b.sums([b.field(f"x{i}")], 60)[0])) for i in range(12)]
    groups = split(outputs, room=300 * 1024)
    assert sorted(i for group in groups for i in group) == list(range(12))
    assert len(groups) > 1
    assert split([]) == []


SAME_TEXT = """
import hashlib
from quantgpt.codegen.emit import emit
from quantgpt.expr import read_expression
from quantgpt.expr.stages import stages_of
from quantgpt.libraries import library
texts = list(library("alpha158").expressions.values())[::3]
plans = [read_expression(text, dialect="qlib", compat="qlib").plan for text in texts]
print(hashlib.sha256(emit(stages_of(plans, 0)[1]).text.encode()).hexdigest())
"""


def test_every_process_writes_the_same_assembly() -> None:
    texts = {
        subprocess.run([sys.executable, "-c", SAME_TEXT], capture_output=True, text=True, check=True, env=env).stdout
        for env in ({**os.environ, "PYTHONHASHSEED": "1"}, {**os.environ, "PYTHONHASHSEED": "2"})
    }
    assert len(texts) == 1


def test_code_is_kept_and_made_again_when_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    b = Lanes()
    text = emit([Output(b.field("x"))]).text
    made: list[str] = []
    real = objects.machine_code

    def counted(source: str, host: Host) -> bytes:
        made.append(source)
        return real(source, host)

    monkeypatch.setattr(objects, "machine_code", counted)
    objects.compiled(text, Host.here(), tmp_path)
    objects.compiled(text, Host.here(), tmp_path)
    assert len(made) == 1
    (file,) = tmp_path.glob("*.o")
    file.write_bytes(file.read_bytes()[:-7])
    objects.compiled(text, Host.here(), tmp_path)
    assert len(made) == 2
    objects.compiled(text, Host.plain(), tmp_path)
    assert len(made) == 3
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    objects.compiled(text, Host.here(), nowhere / "below")
    objects.compiled(text, Host.here(), None)
    assert len(made) == 5


def test_old_code_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MOST_KEPT", 2)
    for name in "abcd":
        objects.compiled(emit([Output(Lanes().field(name))], tile=ord(name)).text, Host.here(), tmp_path)
    assert len(list(tmp_path.glob("*.o"))) == 2


def test_bad_assembly_is_our_defect() -> None:
    with pytest.raises(Broken, match="not valid"):
        objects.machine_code("define nonsense", Host.here())


def test_memory_is_used_again_once_nobody_reads_it() -> None:
    memory.release()
    first = memory.floats(3_000_000)
    address = first.ctypes.data
    assert address % memory.HUGE_PAGE == 0
    view = first[10:20]
    del first
    gc.collect()
    other = memory.floats(3_000_000)
    assert other.ctypes.data != address
    del view
    gc.collect()
    assert memory.floats(2_900_000).ctypes.data == address
    memory.release()


def test_memory_given_back_while_memory_is_taken() -> None:
    thresholds = gc.get_threshold()
    try:
        for step in range(1, 40):
            gc.set_threshold(step)
            for _ in range(5):
                circle: list[object] = [memory.floats(600_000)]
                circle.append(circle)
                del circle
    finally:
        gc.set_threshold(*thresholds)
    memory.release()


def test_too_large_a_result_is_refused() -> None:
    with pytest.raises(BadRequest, match="no room"):
        memory.floats(1 << 50)


def test_panels_are_laid_out_in_whole_groups() -> None:
    panel = np.arange(6.0).reshape(2, 3)
    laid = padded(panel, extra=1)
    assert laid.shape == (3, width_of(3)) == (3, 16)
    assert laid[:2, :3].tolist() == panel.tolist()
    assert np.isnan(laid[2]).all()
    assert np.isnan(laid[:, 3:]).all()
    assert padded(laid) is laid
