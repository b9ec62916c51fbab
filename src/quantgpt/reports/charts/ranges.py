"""Estimates with their intervals: upright (decay, groups), in rows (regimes, industries, windows, phases), as bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quantgpt.reports.charts.curves import axis_words
from quantgpt.reports.charts.plot import Plot
from quantgpt.reports.charts.scale import Axis, axis_for

_NAME_ROOM = 132.0
"""Pixels at most for the name of a row."""
_MOST_NAMES = 10
_MOST_FIGURES = 6
_FIGURE = 0.12
"""Share of the height that the figure below a negative bar takes."""


@dataclass(frozen=True)
class Estimate:
    """A value with the ends of its interval; `band` is the range that chance alone gives."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    band: tuple[float | None, float | None] = (None, None)
    style: str = "a"
    title: str = ""
    words: str = ""


def every_nth(names: int) -> int:
    """Of how many names under a chart one is written, so that they fit on a narrow screen.

    >>> every_nth(5), every_nth(20)
    (1, 2)
    """
    return max(1, -(-names // _MOST_NAMES))


def upright(
    label: str,
    items: Sequence[Estimate],
    *,
    percent: bool = False,
    linked: bool = False,
    height: int = 200,
    fit: Sequence[float | None] = (),
    zone: tuple[float, float] | None = None,
    rules: Sequence[tuple[float, str, str]] = (),
    top: int = 10,
) -> Markup:
    """Dots with whiskers side by side; `fit` a dashed curve through them, `zone` and `rules` stand at item positions.

    `rules` are (position in items counted from 0, style, words).
    """
    ends = [x for item in items for x in (item.value, item.low, item.high)]
    axis = axis_for([*ends, *fit], include=[0.0])
    plot = Plot(label, height, top=top)
    size = max(1, len(items))

    def centre(position: float) -> float:
        return min(1.0, max(0.0, (position + 0.5) / size))

    if zone:
        plot.box(centre(zone[0]), centre(zone[1]), 0, height, "zone")
    plot.grid(axis, axis_words(axis, scale=100 if percent else 1, suffix="%" if percent else ""))
    every = every_nth(size)
    plot.marks([(centre(i), item.name) for i, item in enumerate(items) if i % every == 0], "tick mid")
    if linked:
        heights = [None if item.value is None else plot.y(axis, item.value) for item in items]
        plot.line([centre(i) for i in range(len(items))], heights, "s-line2")
    if fit:
        heights = [None if y is None else plot.y(axis, y) for y in fit]
        plot.line([centre(i) for i in range(len(fit))], heights, "s-ink dash")
    for position, style, _ in rules:
        plot.upright(centre(position), style)
    for i, item in enumerate(items):
        if item.low is not None and item.high is not None:
            plot.upright(centre(i), f"whisk w-{item.style}", plot.y(axis, item.high), plot.y(axis, item.low))
        if item.value is not None:
            plot.dot(centre(i), plot.y(axis, item.value), 4.5 if linked else 3.5, f"d-{item.style}")
        plot.box(i / size, (i + 1) / size, 0, height, "hit", item.title)
    for row, (position, _, words) in enumerate(rules):
        side = "end" if centre(position) > 0.55 else "start"
        plot.upright(centre(position), "leader", -6 - 16 * row, 0)
        plot.text(centre(position), -6 - 16 * row, words, f"note {side}", dx=-5 if side == "end" else 5)
    return plot.render()


def rows(
    label: str,
    items: Sequence[Estimate],
    *,
    write: Callable[[object], str],
    percent: bool = False,
    zero: float | None = 0.0,
    row: int = 24,
    right: int = 58,
    rules: Sequence[tuple[float, str]] = (),
    zone: tuple[float, float] | None = None,
    top: int = 10,
) -> Markup:
    """One row per estimate, values along x, the figure at the right; grey bars are what chance alone gives.

    `rules` are dotted uprights (value, words), `zone` a tinted range of values.
    """
    ends = [x for item in items for x in (item.value, item.low, item.high, *item.band)]
    include = [*(x for x, _ in rules), *(zone or ()), *([zero] if zero is not None else [])]
    axis = axis_for([*ends, *include])
    left = room_for_names([item.name for item in items])
    plot = Plot(label, max(row, row * len(items)), left=left, right=right, top=top + 17 * len(rules))
    if zone:
        plot.box(axis.at(zone[0]), axis.at(zone[1]), 0, plot.height, "zone")
    plot.columns(axis, axis_words(axis, scale=100 if percent else 1, suffix="%" if percent else ""), zero=zero)
    for line, (value, _) in enumerate(rules):
        plot.upright(axis.at(value), "dots-v", -6 - 17 * line)
    for line, (value, words) in enumerate(rules):
        side = "start" if axis.at(value) < 0.2 else "end" if axis.at(value) > 0.8 else "mid"
        plot.text(axis.at(value), -10 - 17 * line, words, f"note halo {side}")
    for i, item in enumerate(items):
        _row(plot, axis, item, row * (i + 0.5), row, write)
    return plot.render()


def room_for_names(names: Sequence[str]) -> int:
    """Pixels that the names of rows need at 12 px, the gap to the plot included: a Han character is as wide as high.

    >>> room_for_names(["电子"]), room_for_names(["a" * 100])
    (48, 152)
    """
    widest = max((sum(12.0 if ord(c) > 0x2E7F else 6.8 for c in shortened(name)) for name in names), default=0.0)
    return max(48, round(widest) + 16)


def shortened(name: str) -> str:
    """A name as it stands in front of a row; the whole of it is shown on hover.

    >>> shortened("某个很长很长很长很长的行业名称"), shortened("电子")
    ('某个很长很长很长很长的…', '电子')
    """
    room = 0.0
    for i, c in enumerate(name):
        room += 12.0 if ord(c) > 0x2E7F else 6.8
        if room > _NAME_ROOM:
            return name[:i] + "…"
    return name


def windows(
    label: str,
    items: Sequence[tuple[str, float | None, float | None, float | None, str]],
    *,
    write: Callable[[object], str],
    row: int = 24,
) -> Markup:
    """One row per window: ring for training, diamond for validation, dot for the test, the test figure at the right.

    `items` are (name, train, validation, test, words on hover).
    """
    axis = axis_for([x for item in items for x in item[1:4]], include=[0.0])
    plot = Plot(label, max(row, row * len(items)), left=128, right=58)
    plot.columns(axis, axis_words(axis))
    for i, (name, train, valid, test, title) in enumerate(items):
        y = row * (i + 0.5)
        plot.text(0.0, y + 4, name, "tick end", dx=-8)
        places = [axis.at(x) for x in (train, valid, test) if x is not None]
        if len(places) > 1:
            plot.stroke(min(places), max(places), y, "link")
        if train is not None:
            plot.dot(axis.at(train), y, 4, "d-ring")
        if valid is not None:
            plot.diamond(axis.at(valid), y, 5, "d-ring")
        if test is not None:
            plot.dot(axis.at(test), y, 4.5, "d-a")
        plot.text(1.0, y + 4, write(test), "value", dx=10)
        plot.box(0, 1, y - row / 2, y + row / 2, "hit", title)
    return plot.render()


def bars(
    label: str,
    items: Sequence[Estimate],
    *,
    write: Callable[[object], str],
    rule: float | None = None,
    height: int = 200,
) -> Markup:
    """One bar per item in per cent with its figure above (below where negative); `rule` is a dotted reference.

    With many items the figures are left to hovering: they would stand on each other on a narrow screen.
    """
    ends = [item.value for item in items if item.value is not None] + [0.0]
    room = _FIGURE * (max(ends) - min(ends)) if min(ends) < 0 else 0.0
    axis = axis_for([*ends, min(ends) - room], include=[] if rule is None else [rule])
    plot = Plot(label, height, top=22)
    plot.grid(axis, axis_words(axis, scale=100, suffix="%"))
    size = max(1, len(items))
    every = every_nth(size)
    plot.marks([((i + 0.5) / size, item.name) for i, item in enumerate(items) if i % every == 0], "tick mid")
    foot = plot.y(axis, 0.0)
    if rule is not None:
        plot.level(plot.y(axis, rule), "dots")
    for i, item in enumerate(items):
        if item.value is None:
            plot.text((i + 0.5) / size, foot - 6, write(None), "note mid")
            continue
        y = plot.y(axis, item.value)
        plot.box((i + 0.2) / size, (i + 0.8) / size, foot, y, f"bar b-{item.style}", item.title)
        if size <= _MOST_FIGURES:
            plot.text((i + 0.5) / size, y - 6 if item.value >= 0 else y + 15, write(item.value), "value halo mid")
    return plot.render()


def clusters(
    label: str,
    names: Sequence[str],
    parts: Sequence[tuple[str, Sequence[float | None]]],
    *,
    styles: Sequence[str],
    write: Callable[[object], str],
    height: int = 200,
) -> Markup:
    """Groups of bars: one cluster per part, one bar per name, in per cent."""
    axis = axis_for([value for _, values in parts for value in values], include=[0.0])
    plot = Plot(label, height)
    plot.grid(axis, axis_words(axis, scale=100, suffix="%"))
    foot = plot.y(axis, 0.0)
    size = max(1, len(parts))
    plot.marks([((k + 0.5) / size, part) for k, (part, _) in enumerate(parts)], "tick mid")
    for k, (part, values) in enumerate(parts):
        wide = 0.8 / max(1, len(values))
        for i, value in enumerate(values):
            if value is not None:
                start = (k + 0.1 + i * wide) / size
                title = f"{part} · {names[i]}\n{write(value)}"
                plot.box(start, start + 0.86 * wide / size, foot, plot.y(axis, value), f"b-{styles[i]}", title)
    return plot.render()


def _row(plot: Plot, axis: Axis, item: Estimate, y: float, row: int, write: Callable[[object], str]) -> None:
    plot.text(0.0, y + 4, shortened(item.name), "tick end", dx=-8)
    low, high = item.band
    if low is not None and high is not None:
        plot.box(axis.at(low), axis.at(high), y - 4, y + 4, "nullband")
    if item.low is not None and item.high is not None:
        plot.stroke(axis.at(item.low), axis.at(item.high), y, f"whisk w-{item.style}")
    if item.value is not None:
        plot.dot(axis.at(item.value), y, 4, f"d-{item.style}")
    plot.text(1.0, y + 4, item.words or write(item.value), "value", dx=10)
    plot.box(0, 1, y - row / 2, y + row / 2, "hit", item.title)
