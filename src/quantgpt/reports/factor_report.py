"""The factor report: one HTML file without scripts that opens anywhere and asks the network for nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from quantgpt.foundations.series import Series
from quantgpt.reports.fonts import embedded_font, report_font_available
from quantgpt.reports.plain import Run
from quantgpt.reports.sections import groups, ic, performance, positions, provenance, robustness, slices
from quantgpt.reports.sections.header import header
from quantgpt.reports.theme import style_sheet

_TEMPLATES = Path(__file__).parent / "templates"
_FONT_PLACE = "/*font*/"
"""Stands in the style sheet, which comes before any text of a user, so its first occurrence is ours."""
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MOST_GROUPS = 50


def render_factor_report(result: Mapping[str, object], series: Mapping[str, Series], title: str) -> bytes:
    """The report of one factor test as a UTF-8 HTML file; the same input gives the same bytes.

    NaN: missing numbers are printed as a dash, missing series keep their frame with the reason.
    """
    run = Run(result, series)
    parts = (performance, ic, groups, slices, robustness, positions, provenance)
    head = header(run, title)
    html = (
        _templates()
        .get_template("factor_report.html.j2")
        .render(
            h=head,
            sections=[part.section(run) for part in parts],
            css=Markup(style_sheet(_groups(run), f"QuantGPT · {head.market}")),
            font_face=Markup(_FONT_PLACE) if report_font_available() else "",
        )
    )
    html = _NOT_TEXT.sub("\ufffd", html.replace("\r\n", "\n"))
    font = embedded_font(html)
    if font is not None:
        face = f'@font-face{{font-family:"Report Sans";src:url({font}) format("woff")}}'
        html = html.replace(_FONT_PLACE, face, 1)
    return html.encode("utf-8")


def _groups(run: Run) -> int:
    """How many group colours are needed."""
    table, nav = run.rows("group_table"), run.rows("group_nav")
    named = max(len(table.index) if table else 0, len(nav.columns) if nav else 0)
    return min(_MOST_GROUPS, named or 5)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
