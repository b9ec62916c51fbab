"""The drawing surface of every chart: an inline SVG that keeps its text size at any width.

`x` is a fraction of the plot's width (written as a percentage), `y` is in pixels from the plot's upper edge. Curves are
drawn in a stretched inner SVG with strokes that do not scale. Colours come from the style sheet by class name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from quantgpt.reports.charts.scale import Axis

_WIDE = 4000
_FINE = 10
HOVER_BANDS = 125


def _x(place: float) -> str:
    return f"{100 * place:.2f}".rstrip("0").rstrip(".") + "%"


def _y(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")


class Plot:
    """One plotting area with margins for labels.

    Unit: margins and heights in CSS pixels; `label` says in words what is drawn, for readers who cannot see it.
    """

    def __init__(
        self, label: str, height: int = 200, *, left: int = 46, right: int = 12, top: int = 10, bottom: int = 24
    ) -> None:
        self.label = label
        self.height = height
        self.margins = (top, right, bottom, left)
        self._parts: list[str] = []

    def y(self, axis: Axis, value: float) -> float:
        """Pixels from the top of a value on an upright axis."""
        return self.height * (1.0 - axis.at(value))

    def grid(self, axis: Axis, write: Callable[[float], str], *, zero: float | None = 0.0) -> None:
        """Horizontal grid lines with labels at the left; the line at `zero` is stronger."""
        for tick in axis.ticks:
            strong = zero is not None and abs(tick - zero) < 1e-12
            self.level(self.y(axis, tick), "zero" if strong else "grid")
            self.text(0.0, self.y(axis, tick) + 4, write(tick), "tick end", dx=-8)

    def columns(self, axis: Axis, write: Callable[[float], str], *, zero: float | None = 0.0, at_most: int = 5) -> None:
        """Vertical grid lines with labels below, for charts whose values run along x; zero is labelled in any case."""
        step = max(1, -(-len(axis.ticks) // at_most))
        middle = min(range(len(axis.ticks)), key=lambda i: abs(axis.ticks[i] - (zero or 0.0)))
        for i, tick in enumerate(axis.ticks):
            strong = zero is not None and abs(tick - zero) < 1e-12
            self.upright(axis.at(tick), "zero" if strong else "grid")
            if (i - middle) % step == 0:
                self.text(axis.at(tick), self.height + 16, write(tick), "tick mid")

    def marks(self, places: Sequence[tuple[float, str]], style: str = "tick") -> None:
        """Labels below the plot, each with a short tick; plain `tick` starts the label at the tick's right."""
        for place, words in places:
            self._parts.append(
                f'<line class="zero" x1="{_x(place)}" x2="{_x(place)}" y1="{self.height}" y2="{self.height + 4}"/>'
            )
            self.text(place, self.height + 16, words, style)

    def level(self, y: float, style: str) -> None:
        """A horizontal line across the plot."""
        self._parts.append(f'<line class="{style}" x1="0" x2="100%" y1="{_y(y)}" y2="{_y(y)}"/>')

    def upright(self, x: float, style: str, top: float = 0.0, bottom: float | None = None) -> None:
        """A vertical line, over the whole height unless told otherwise."""
        low = self.height if bottom is None else bottom
        self._parts.append(f'<line class="{style}" x1="{_x(x)}" x2="{_x(x)}" y1="{_y(top)}" y2="{_y(low)}"/>')

    def stroke(self, x1: float, x2: float, y: float, style: str) -> None:
        """A horizontal piece of line."""
        self._parts.append(f'<line class="{style}" x1="{_x(x1)}" x2="{_x(x2)}" y1="{_y(y)}" y2="{_y(y)}"/>')

    def box(self, x1: float, x2: float, y1: float, y2: float, style: str, title: str = "") -> None:
        """A filled rectangle, with words on hover where there are any."""
        shape = (
            f'<rect class="{style}" x="{_x(min(x1, x2))}" width="{_x(abs(x2 - x1))}" '
            f'y="{_y(min(y1, y2))}" height="{_y(abs(y2 - y1))}"'
        )
        self._parts.append(f"{shape}><title>{escape(title)}</title></rect>" if title else f"{shape}/>")

    def dot(self, x: float, y: float, radius: float, style: str, title: str = "") -> None:
        """A round mark."""
        shape = f'<circle class="{style}" cx="{_x(x)}" cy="{_y(y)}" r="{_y(radius)}"'
        self._parts.append(f"{shape}><title>{escape(title)}</title></circle>" if title else f"{shape}/>")

    def diamond(self, x: float, y: float, radius: float, style: str, title: str = "") -> None:
        """A mark that is a square on its corner."""
        self._mark(x, y, f"M0-{radius} {radius} 0 0 {radius} -{radius} 0z", style, title)

    def pointer(self, x: float, y: float, style: str) -> None:
        """A triangle that points down at (x, y)."""
        self._mark(x, y, "M-5-8h10L0 0z", style, "")

    def text(self, x: float, y: float, words: str, style: str, *, dx: float = 0.0) -> None:
        """One line of text; the style classes `start`, `mid` and `end` say which part of it stands at x."""
        shift = f' dx="{_y(dx)}"' if dx else ""
        self._parts.append(f'<text class="{style}" x="{_x(x)}" y="{_y(y)}"{shift}>{escape(words)}</text>')

    def line(self, xs: Sequence[float], ys: Sequence[float | None], style: str) -> None:
        """A curve through (x, y in pixels); a missing y breaks it, a point alone between gaps stays visible."""
        runs = _runs(xs, ys)
        path = "".join(_path(run) if len(run) > 1 else _path([*run, *run]) for run in runs)
        self._stretched(path, f"ln {style}")

    def area(self, xs: Sequence[float], ys: Sequence[float | None], base: float, style: str) -> None:
        """The surface between a curve and a level (in pixels)."""
        path = "".join(_path([(run[0][0], base), *run, (run[-1][0], base)]) + "z" for run in _runs(xs, ys))
        self._stretched(path, f"ar {style}")

    def stems(self, xs: Sequence[float], ys: Sequence[float | None], base: float, style: str) -> None:
        """Thin bars from a level to each value."""
        foot = round(base * _FINE)
        path = "".join(
            f"M{round(x * _WIDE)} {foot}V{round(y * _FINE)}" for x, y in zip(xs, ys, strict=True) if y is not None
        )
        self._stretched(path, f"ln {style}")

    def hover(self, count: int, words: Callable[[int], str]) -> None:
        """Invisible columns over `count` equal steps that say the exact values on hover; many steps share a column."""
        if not count:
            return
        step = max(1, -(-count // HOVER_BANDS))
        boxes = "".join(
            f'<rect x="{i}" width="{min(step, count - i)}" height="1">'
            f"<title>{escape(words(min(i + step // 2, count - 1)))}</title></rect>"
            for i in range(0, count, step)
        )
        self._parts.append(
            f'<svg class="hov" viewBox="0 0 {count} 1" preserveAspectRatio="none" width="100%" '
            f'height="{self.height}">{boxes}</svg>'
        )

    def render(self) -> Markup:
        """The finished chart."""
        top, right, bottom, left = self.margins
        return Markup(
            f'<div class="plot" style="padding:{top}px {right}px {bottom}px {left}px">'
            f'<svg role="img" aria-label="{escape(self.label)}" width="100%" height="{self.height}">'
            f"{''.join(self._parts)}</svg></div>"
        )

    def _mark(self, x: float, y: float, path: str, style: str, title: str) -> None:
        words = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(
            f'<svg class="mk" x="{_x(x)}" y="{_y(y)}" width="1" height="1">'
            f'<path class="{style}" d="{path}">{words}</path></svg>'
        )

    def _stretched(self, path: str, style: str) -> None:
        if path:
            self._parts.append(
                f'<svg viewBox="0 0 {_WIDE} {self.height * _FINE}" preserveAspectRatio="none" width="100%" '
                f'height="{self.height}" class="mk"><path class="{style}" d="{path}"/></svg>'
            )


def _runs(xs: Sequence[float], ys: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(xs, ys, strict=True):
        if y is not None:
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Relative steps on the fine grid: short, and exact because each step starts where the rounded last one ended."""
    fine = [(round(x * _WIDE), round(y * _FINE)) for x, y in points]
    steps = "".join(
        f"{b[0] - a[0]}{'' if b[1] < a[1] else ' '}{b[1] - a[1]}{'' if i == len(fine) - 2 else ' '}"
        for i, (a, b) in enumerate(pairwise(fine))
    )
    return f"M{fine[0][0]} {fine[0][1]}l{steps or '0 0'}"
