"""Histograms: of returns and ICs, and the null distribution of a test beside what was observed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quantgpt.reports.charts.curves import axis_words
from quantgpt.reports.charts.plot import Plot
from quantgpt.reports.charts.scale import Axis, axis_for, decimals
from quantgpt.reports.words import count, fixed, percent

_WORDS = 0.31
"""Share of a null distribution's width that the words of a threshold take."""


@dataclass(frozen=True)
class Bins:
    """Left edges, counts and the common width of a histogram."""

    edges: Sequence[float]
    counts: Sequence[float]
    width: float

    @property
    def low(self) -> float:
        """The left end."""
        return self.edges[0]

    @property
    def high(self) -> float:
        """The right end."""
        return self.edges[-1] + self.width

    def without_long_tail(self, reach: float) -> Bins:
        """Up to where 90 % of the counts lie, and in any case half as far again as `reach`."""
        total, so_far, last = sum(self.counts), 0.0, len(self.counts)
        for i, (edge, n) in enumerate(zip(self.edges, self.counts, strict=True)):
            so_far += n
            if so_far >= 0.9 * total and edge + self.width >= 1.5 * reach:
                last = i + 1
                break
        return Bins(self.edges[:last], self.counts[:last], self.width)


@dataclass(frozen=True)
class Mark:
    """An upright line with words: a mean, a threshold, what was observed."""

    value: float
    words: str


def histogram(
    label: str,
    bins: Bins,
    *,
    write: Callable[[float], str],
    styles: tuple[str, str],
    mark: Mark | None = None,
    normal: tuple[float, float] | None = None,
    percent_axis: bool = False,
    height: int = 200,
) -> Markup:
    """Bars in one style left of zero and another right of it, with the normal curve of (mean, std) where given."""
    total = sum(bins.counts)
    curve = _normal_curve(bins, total, normal)
    axis = axis_for([*bins.counts, *(y for _, y in curve)], include=[0.0])
    across = Axis(bins.low, bins.high, ())
    plot = Plot(label, height, top=28 if mark else 10)
    plot.grid(axis, axis_words(axis))
    ticks = axis_for([bins.low, bins.high])
    inside = [tick for tick in ticks.ticks if bins.low - 1e-9 <= tick <= bins.high + 1e-9]
    digits = decimals(ticks, scale=100 if percent_axis else 1)
    words = [percent(tick, digits) if percent_axis else fixed(tick, digits) for tick in inside]
    for tick, text in zip(inside, words, strict=True):
        plot.marks([(across.at(tick), text)], f"tick {_side(across.at(tick), 0.05)}")
    for edge, n in zip(bins.edges, bins.counts, strict=True):
        style = styles[0] if edge + bins.width / 2 < 0 else styles[1]
        share = percent(n / total if total else None)
        title = f"{write(edge)} → {write(edge + bins.width)}\n{count(n)} 日 · {share}"
        plot.box(across.at(edge), across.at(edge + bins.width), plot.height, plot.y(axis, n), f"{style} bin", title)
    if curve:
        plot.line([across.at(x) for x, _ in curve], [plot.y(axis, y) for _, y in curve], "s-ink dash")
    if mark and bins.low <= mark.value <= bins.high:
        plot.upright(across.at(mark.value), "rule", -6)
        plot.text(across.at(mark.value), -10, mark.words, f"note {_side(across.at(mark.value), 0.2)}")
    return plot.render()


def null_distribution(
    label: str,
    bins: Bins,
    *,
    observed: Mark | None,
    thresholds: Sequence[Mark],
    zones: Sequence[tuple[float | None, float | None]],
    failed: bool,
    is_null: bool = True,
    write: Callable[[float], str],
    height: int = 104,
) -> Markup:
    """The null as an outlined histogram, the pass zones tinted, thresholds dashed, the observed value as a pointer."""
    places = [*(m.value for m in thresholds), *([observed.value] if observed else [])]
    ticks = axis_for([bins.low, bins.high], include=places, parts=3)
    span = ticks.high - ticks.low
    low = min(bins.low, *places) if places else bins.low
    high = max(bins.high, *places) if places else bins.high
    low, high = _room_for_words(low - 0.03 * span, high + 0.03 * span, observed, thresholds)
    across = Axis(low, high, ())
    tallest = max([*bins.counts, 1.0])
    plot = Plot(label, height, left=4, right=4, top=40)
    for left, right in zones:
        a = 0.0 if left is None else across.at(left)
        b = 1.0 if right is None else across.at(right)
        if b > a:
            plot.box(a, b, 8, height, "zone")
    xs, ys = _steps(bins, across, tallest, height)
    plot.area(xs, ys, height, "fill-null" if is_null else "fill-boot")
    plot.line(xs, ys, "s-ctl" if is_null else "s-accent1")
    plot.level(height, "zero")
    digits = decimals(ticks)
    inside = [tick for tick in ticks.ticks if across.low <= tick <= across.high]
    plot.marks([(across.at(tick), fixed(tick, digits)) for tick in inside], "tick mid")
    total = sum(bins.counts)
    for edge, n in zip(bins.edges, bins.counts, strict=True):
        beyond = sum(c for e, c in zip(bins.edges, bins.counts, strict=True) if e >= edge)
        title = f"{write(edge)} → {write(edge + bins.width)}\n{count(n)} 次 · 其右占 {percent(beyond / total if total else None)}"
        plot.box(across.at(edge), across.at(edge + bins.width), 0, height, "hit", title)
    _mark_places(plot, across, observed, thresholds, failed)
    return plot.render()


def _room_for_words(low: float, high: float, observed: Mark | None, thresholds: Sequence[Mark]) -> tuple[float, float]:
    """Widen the axis until the words of a threshold fit on the side that points away from the observed value."""
    if observed:
        for mark in (m for m in thresholds if m.words):
            if observed.value >= mark.value:
                low = min(low, (mark.value - _WORDS * high) / (1 - _WORDS))
            else:
                high = max(high, (mark.value - _WORDS * low) / (1 - _WORDS))
    return low, high


def _mark_places(plot: Plot, across: Axis, observed: Mark | None, thresholds: Sequence[Mark], failed: bool) -> None:
    """Thresholds and the observed value; their words point away from each other, on two lines."""
    for mark in thresholds:
        plot.upright(across.at(mark.value), "thr", -2)
    tone = "bad" if failed else "good"
    if observed:
        place = across.at(observed.value)
        plot.upright(place, f"obs {tone}", -14)
        plot.pointer(place, -12, f"obs-{tone}")
        plot.text(place, -24, observed.words, f"obs-t {tone} {_side(place, 0.3)}")
    named = [mark for mark in thresholds if mark.words]
    for mark in named:
        place = across.at(mark.value)
        away = "mid" if not observed else "end" if observed.value >= mark.value else "start"
        plot.text(place, -4, mark.words, f"note halo {away}", dx={"end": -5, "start": 5, "mid": 0}[away])


def _side(place: float, margin: float) -> str:
    return "start" if place < margin else "end" if place > 1 - margin else "mid"


def _steps(bins: Bins, across: Axis, tallest: float, height: int) -> tuple[list[float], list[float | None]]:
    """The outline of the bars from left to right."""
    xs, ys = [across.at(bins.low)], [float(height)]
    for edge, n in zip(bins.edges, bins.counts, strict=True):
        y = height - n / tallest * (height - 14)
        xs += [across.at(edge), across.at(edge + bins.width)]
        ys += [y, y]
    return [*xs, across.at(bins.high)], [*ys, float(height)]


def _normal_curve(bins: Bins, total: float, normal: tuple[float, float] | None) -> list[tuple[float, float]]:
    if not normal or normal[1] <= 0 or not total:
        return []
    mean, std = normal
    peak = total * bins.width / (std * math.sqrt(2 * math.pi))
    places = [bins.low + (bins.high - bins.low) * i / 80 for i in range(81)]
    return [(x, peak * math.exp(-0.5 * ((x - mean) / std) ** 2)) for x in places]
