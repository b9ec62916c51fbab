"""How a strategy template is shown."""

from __future__ import annotations

from typing import Any

from quantgpt.templates import Template


def template_object(template: Template) -> dict[str, Any]:
    """A template with the JSON Schema of its parameters; texts in Chinese, and in English beside them."""
    return {
        "id": template.id,
        "aliases": list(template.aliases),
        "title": template.title,
        "title_en": template.title_en,
        "summary": template.summary,
        "summary_en": template.summary_en,
        "supports_multi_symbol": template.supports_multi_symbol,
        "min_capital": f"{template.min_capital:.2f}",
        "params": template.schema,
    }
