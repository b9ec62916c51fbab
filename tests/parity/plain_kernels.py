"""Features by the kernels of the operators alone, one after the other on whole panels: what generated code has to equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.expr import Expression
from quantgpt.expr.features import FeatureBlock, FeatureInputs
from quantgpt.expr.tree import BAR, LISTED, Node, fold
from quantgpt.operators._base import Axis, Takes, read_only

Value = NDArray[np.float64] | float


def compute_plain(
    expressions: Sequence[Expression], inputs: FeatureInputs, *, start: int = 0, stop: int | None = None
) -> FeatureBlock:
    """Like `compute_features`, for operators over cells and over time."""
    stop = len(inputs.days) if stop is None else stop
    known: dict[str, Value] = {}
    inside = within(inputs)
    planes = []
    with np.errstate(all="ignore"):
        for expression in expressions:
            values = fold(expression.plan, lambda node, parts: one(node, parts, inputs, start), known)
            whole = np.where(inside, values, np.nan).astype(np.float32)
            planes.append(whole[start:stop])
    shift = np.int32(start)
    return FeatureBlock(
        np.stack(planes),
        tuple(expression.text for expression in expressions),
        inputs.days[start:stop],
        np.asarray(inputs.first, np.int32) - shift,
        np.asarray(inputs.last, np.int32) - shift,
    )


def within(inputs: FeatureInputs) -> NDArray[np.bool_]:
    """Between an asset's first and last bar."""
    row = np.arange(len(inputs.days))[:, None]
    made: NDArray[np.bool_] = (row >= np.asarray(inputs.first)) & (row <= np.asarray(inputs.last))
    return made


def one(node: Node, parts: tuple[Value, ...], inputs: FeatureInputs, start: int) -> Value:
    """The value of one node."""
    shape = (len(inputs.days), len(inputs.first))
    if node.kind == "number":
        return node.value
    operator = node.operator
    if operator is None:
        return leaf(node, inputs, start)
    panels = [read_only(part) if isinstance(part, np.ndarray) else part for part in parts]
    if node.name == "qlib_lead":
        ahead = int(node.numbers[0])
        moved = np.full(shape, np.nan)
        moved[: shape[0] - ahead] = panel(panels[0], shape)[ahead:]
        return moved
    out = np.full(shape, np.nan)
    kernel: Any = operator.compiled()
    if operator.axis is Axis.CELL:
        kernel(*panels, out=out)
        return out
    assert operator.axis is Axis.TIME, node.name
    places = operator.places[operator.inputs :]
    numbers = [int(n) if place.takes is Takes.WINDOW else n for place, n in zip(places, node.numbers, strict=True)]
    kernel(out, 0, *(read_only(panel(part, shape)) for part in panels), *numbers)
    return out


def panel(value: Value, shape: tuple[int, int]) -> NDArray[np.float64]:
    """A number as a panel."""
    return np.ascontiguousarray(np.broadcast_to(np.asarray(value, np.float64), shape))


def leaf(node: Node, inputs: FeatureInputs, start: int) -> NDArray[np.float64]:
    """A field, the mark of a bar, or what was computed on another name."""
    inside = within(inputs)
    name, _, back = node.name.partition(":")
    if node.inner is not None:
        other = inputs.others[node.code]
        alone = fold(node.inner, lambda part, parts: one(part, parts, other, start), {})
        line = np.where(within(other), alone, np.nan)
        return panel(line[:, :1], inside.shape)
    if name in (BAR, LISTED):
        seen = inside & (np.arange(len(inside))[:, None] >= (start - int(back) if back else 0))
        return np.where(seen, 1.0, np.nan)
    held = np.asarray(inputs.fields[node.name][:, : inside.shape[1]], np.float32).astype(np.float64)
    return np.where(inside, held, np.nan)
