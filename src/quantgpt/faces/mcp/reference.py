"""The vocabulary of expressions as one text, read from the registry of operators."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

GRAMMAR = """\
语法 · Grammar
  + - * / ^（右结合）, 比较 < <= > >= == !=, and or not（& | 亦可）, x if c else y, 括号
  窗口 N 是交易日数（整数 1…1000）；缺失值传播，窗口内至少 90% 有效才有值；不能引用未来
  Windows N are sessions; a window needs 90 % valid values; nothing can look ahead."""


@lru_cache(maxsize=1)
def operator_reference() -> str:
    """All operators by category, then fields, variables and grammar."""
    from quantgpt.services.expressions import operators

    known = operators()
    parts = ["QuantGPT 因子表达式参考 · Factor expression reference"]
    for category in known["categories"]:
        rows = [row for row in known["operators"] if row["category"] == category["name"]]
        if rows:
            parts.append(f"\n{category['zh']} · {category['en']}\n" + "\n".join(map(_operator, rows)))
    parts += ["\n" + field_reference(), "\n" + GRAMMAR]
    return "\n".join(parts)


@lru_cache(maxsize=1)
def field_reference() -> str:
    """The fields and special variables."""
    from quantgpt.services.expressions import operators

    known = operators()
    rows = [f"  {row['name']} [{row['unit']}]  {row['zh']} · {row['en']}" for row in known["fields"]]
    rows += [f"  {row['name']}  {row['zh']} · {row['en']}" for row in known["special"]]
    return "字段 · Fields\n" + "\n".join(rows)


def _operator(row: dict[str, Any]) -> str:
    aliases = f"（别名 {', '.join(row['aliases'])}）" if row["aliases"] else ""
    example = f"  例 {row['example']}" if row["example"] else ""
    return f"  {row['signature']}{aliases}  {row['zh']} · {row['en']}{example}"
