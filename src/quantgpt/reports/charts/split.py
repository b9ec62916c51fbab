"""One bar cut into shares, each with its name and count."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from quantgpt.reports.words import count, percent


def split_bar(label: str, parts: Sequence[tuple[str, float]]) -> Markup | None:
    """Shares of a whole from large to small, named below; None when there is nothing to share."""
    total = sum(n for _, n in parts)
    if total <= 0:
        return None
    ordered = sorted(parts, key=lambda part: (-part[1], part[0]))
    bar = "".join(
        f'<i class="sp{min(k, 4)}" style="flex:{n / total:.4f}" title="{escape(name)} {count(n)}"></i>'
        for k, (name, n) in enumerate(ordered)
    )
    names = "".join(
        f'<span><i class="sp{min(k, 4)}"></i>{escape(name)} {count(n)}（{percent(n / total, 0)}）</span>'
        for k, (name, n) in enumerate(ordered)
    )
    return Markup(
        f'<div class="split" role="img" aria-label="{escape(label)}">{bar}</div><p class="split-n">{names}</p>'
    )
