"""Heat maps of years × months: a real table, because its figures are read as much as its colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_FULL = 0.36


@dataclass(frozen=True)
class HeatCell:
    """One month: its value and the words shown on hover."""

    value: float | None
    title: str = ""


def tint(value: float, cap: float) -> float:
    """How strongly a value colours its cell: 0 at zero, 0.36 from `cap` on."""
    return round(min(1.0, abs(value) / cap) * _FULL, 3)


def month_map(
    label: str,
    months: Mapping[str, HeatCell],
    totals: Mapping[str, HeatCell],
    *,
    cap: float,
    write: Callable[[object], str],
    total: str,
    styles: tuple[str, str],
    strong: Callable[[float | None], str],
) -> Markup:
    """`months` by "YYYY-MM", `totals` by "YYYY"; styles are the classes of values above and below zero."""
    years = sorted({key[:4] for key in months} | set(totals))
    head = "".join(f'<th scope="col">{month}月</th>' for month in range(1, 13))
    body = "".join(
        f'<tr><th scope="row">{escape(year)}</th>'
        + "".join(_cell(months.get(f"{year}-{month:02d}"), cap, write, styles) for month in range(1, 13))
        + _total(totals.get(year), write, strong)
        + "</tr>"
        for year in years
    )
    return Markup(
        f'<div class="scroll"><table class="heat" aria-label="{escape(label)}"><thead><tr><th scope="col">年</th>{head}'
        f'<th scope="col">{escape(total)}</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(cell: HeatCell | None, cap: float, write: Callable[[object], str], styles: Sequence[str]) -> str:
    if cell is None or cell.value is None:
        return '<td class="none">·</td>'
    style = styles[0] if cell.value > 0 else styles[1]
    return (
        f'<td class="{style}" style="--a:{tint(cell.value, cap)}" title="{escape(cell.title)}">'
        f"{escape(write(cell.value))}</td>"
    )


def _total(cell: HeatCell | None, write: Callable[[object], str], strong: Callable[[float | None], str]) -> str:
    if cell is None or cell.value is None:
        return '<td class="sum">—</td>'
    return f'<td class="sum {strong(cell.value)}" title="{escape(cell.title)}">{escape(write(cell.value))}</td>'
