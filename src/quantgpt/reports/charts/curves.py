"""Charts over sessions: curves, drawdowns, daily bars with a mean, one bar per rebalance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quantgpt.reports.charts.plot import Plot
from quantgpt.reports.charts.scale import Axis, axis_for, date_ticks, decimals, spread, thin
from quantgpt.reports.words import fixed

Values = Sequence[float | None]
POINTS = 640


@dataclass(frozen=True)
class Curve:
    """One line of a chart: its name, its values (None = gap) and its style classes."""

    name: str
    values: Values
    style: str
    end: str = ""


def axis_words(axis: Axis, *, scale: float = 1.0, suffix: str = "") -> Callable[[float], str]:
    """How the ticks of an axis are written."""
    digits = decimals(axis, scale=scale)
    return lambda value: fixed(value * scale, digits, suffix=suffix)


def over_days(
    label: str,
    index: Sequence[object],
    curves: Sequence[Curve],
    *,
    write: Callable[[object], str],
    height: int = 200,
    percent: bool = False,
    base: float | None = 0.0,
    bars: Curve | None = None,
    filled: bool = False,
    level: float | None = None,
    deepest: str = "",
    hover_more: Sequence[Curve] = (),
    right: int = 12,
) -> Markup:
    """Curves (and daily bars) over sessions.

    `base` is a strong line that is always in view, `filled` shades the first curve down to it, `level` is a dotted
    line, `deepest` marks the lowest point of the first curve, curves with an `end` are named at their end.
    """
    size = len(index)
    everything = [value for curve in (*curves, *([bars] if bars else [])) for value in curve.values]
    axis = axis_for(everything, include=[x for x in (base, level) if x is not None])
    plot = Plot(label, height, right=right)
    plot.grid(axis, axis_words(axis, scale=100 if percent else 1, suffix="%" if percent else ""), zero=base)
    last = max(1, size - 1)
    plot.marks([(i / last, words) for i, words in date_ticks(index)])
    foot = plot.y(axis, base if base is not None else axis.low)
    if bars:
        _stems(plot, axis, bars, foot, last)
    if filled and curves:
        kept = thin(curves[0].values, POINTS)
        plot.area([i / last for i in kept], _heights(plot, axis, curves[0].values, kept), foot, "fill-a")
    for curve in reversed(curves):
        kept = thin(curve.values, POINTS)
        plot.line([i / last for i in kept], _heights(plot, axis, curve.values, kept), curve.style)
    if level is not None:
        plot.level(plot.y(axis, level), "dots")
    if deepest and curves:
        _mark_lowest(plot, axis, curves[0].values, deepest, write, last)
    _name_ends(plot, axis, curves)
    shown = [*curves, *([bars] if bars else []), *hover_more]
    plot.hover(
        size,
        lambda i: "\n".join([str(index[i]), *(f"{curve.name} {write(curve.values[i])}" for curve in shown)]),
    )
    return plot.render()


def per_rebalance(
    label: str,
    index: Sequence[object],
    values: Values,
    *,
    write: Callable[[object], str],
    more: Callable[[int], str],
    mean: float | None,
    height: int = 180,
) -> Markup:
    """One bar per rebalance in per cent, with the mean as a dotted line."""
    axis = axis_for(values, include=[0.0])
    plot = Plot(label, height)
    plot.grid(axis, axis_words(axis, scale=100, suffix="%"))
    size = max(1, len(index))
    plot.marks([(i / size, words) for i, words in date_ticks(index)])
    foot = plot.y(axis, 0.0)
    if size > 160:
        _stems(plot, axis, Curve("", values, "stem-b"), foot, max(1, size - 1))
    else:
        for i, value in enumerate(values):
            if value is not None:
                plot.box((i + 0.12) / size, (i + 0.88) / size, foot, plot.y(axis, value), "bar-b")
    if mean is not None:
        plot.level(plot.y(axis, mean), "dots")
    plot.hover(len(index), lambda i: f"{index[i]}\n{write(values[i])}{more(i)}")
    return plot.render()


def _heights(plot: Plot, axis: Axis, values: Values, kept: Sequence[int]) -> list[float | None]:
    return [None if (value := values[i]) is None else plot.y(axis, value) for i in kept]


def _stems(plot: Plot, axis: Axis, bars: Curve, foot: float, last: int) -> None:
    kept = thin(bars.values, 2 * POINTS)
    plot.stems([i / last for i in kept], _heights(plot, axis, bars.values, kept), foot, bars.style)


def _mark_lowest(plot: Plot, axis: Axis, values: Values, words: str, write: Callable[[object], str], last: int) -> None:
    known = [(value, i) for i, value in enumerate(values) if value is not None]
    if not known or min(known)[0] >= 0:
        return
    value, i = min(known)
    plot.dot(i / last, plot.y(axis, value), 3.5, "dot-ink")
    side = "end" if i / last > 0.6 else "start"
    plot.text(
        i / last, plot.y(axis, value) + 4, f"{words} {write(value)}", f"note halo {side}", dx=-8 if side == "end" else 8
    )


def _name_ends(plot: Plot, axis: Axis, curves: Sequence[Curve]) -> None:
    named = [
        (curve.end, plot.y(axis, known[-1]))
        for curve in curves
        if curve.end and (known := [value for value in curve.values if value is not None])
    ]
    places = spread([y for _, y in named], 14.0, 4.0, plot.height - 2.0)
    for (words, _), y in zip(named, places, strict=True):
        plot.text(1.0, y + 4, words, "end-name", dx=6)
