"""What was held at the last rebalance, and the trades that the rules of the market did not let through."""

from __future__ import annotations

from collections.abc import Mapping

from quantgpt.reports.blocks import Card, Cell, Row, Section, Table, absent, heads, numbers
from quantgpt.reports.charts.split import split_bar
from quantgpt.reports.plain import Run, mapping, number, text, words
from quantgpt.reports.words import Label, as_number, change, count, direction_class, fixed, percent

_EACH_END = 15
_BLOCKED = 40
_LONGEST = 120
_REASONS = {
    "suspended": "停牌",
    "limit_up": "开盘涨停",
    "limit_down": "开盘跌停",
    "delisted": "退市",
    "no_price": "没有开盘价",
    "not_listed": "未上市",
}
_INSTEAD = {"buy": "未买入，资金留作现金", "sell": "未卖出，继续持有"}


def section(run: Run) -> Section:
    """Holdings and blocked trades."""
    return Section("positions", Label("持仓与受阻交易", "Holdings and blocked trades"), [holdings(run), blocked(run)])


def holdings(run: Run) -> Card:
    """The strategy group at the last rebalance, best and worst factor values."""
    title = Label("最近一次调仓的持仓", "Holdings at the last rebalance")
    series = run.rows("holdings")
    if series is None:
        return absent(title, span=12)
    size = len(series.index)
    keep = list(range(size)) if size <= 2 * _EACH_END else [*range(_EACH_END), *range(size - _EACH_END, size)]
    columns = {name: words(series, name) for name in series.columns}
    rows = [_holding(str(series.index[i]), {name: values[i] for name, values in columns.items()}) for i in keep]
    if len(keep) < size:
        hidden = size - len(keep)
        rows.insert(
            _EACH_END, Row((), head=Label(f"中间 {count(hidden)} 只省略", f"{count(hidden)} names in between left out"))
        )
    table = Table(
        heads(
            ("代码", "Code"), ("名称", "Name"), ("行业", "Industry"), ("因子值", "Value"), ("分位", "Percentile"), ("组", "Group"),
            ("权重", "Weight"), ("持有收益", "Return"), ("可交易", "Tradable"), left=3,
        ),
        rows,
    )  # fmt: skip
    date = text(series.meta, "date") or text(run.result, "stock_factor_data", "rebalance_date") or "—"
    shown = f"共 {count(size)} 只" + (f"，列出最前与最后各 {_EACH_END} 只" if len(keep) < size else "")
    return Card(title, Label(f"{date} · {shown}", f"{count(size)} names"), 12, table=table)


def _holding(code: str, of: Mapping[str, object]) -> Row:
    gain, free = of.get("holding_return"), of.get("tradable")
    return Row(
        numbers(
            Cell(_text(code), "code"),
            Cell(_text(of.get("name"))),
            Cell(_text(of.get("industry")), "dim"),
            fixed(of.get("factor_value"), 4),
            percent(of.get("percentile")),
            _text(of.get("group")),
            percent(of.get("weight"), 2),
            Cell(change(gain, 2), direction_class(gain, 4)),
            Cell("是" if free else "否", "" if free else "warn") if isinstance(free, bool) else Cell(),
        )
    )


def _text(value: object) -> str:
    """Words of a cell; what no name is as long as is cut."""
    shown = "—" if value is None or value == "" else str(value)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def blocked(run: Run) -> Card:
    """Orders that could not be filled at the next open, why, and what happened instead."""
    title = Label("受阻交易", "Blocked trades")
    series = run.series.get("blocked")
    if series is None:
        return absent(title, span=12)
    total = number(series.meta, "total")
    total = float(len(series.index)) if total is None else total
    if not len(series.index):
        return absent(
            title, Label("没有受阻的交易：每笔都在次日开盘成交", "every order filled at the next open"), span=12
        )
    columns = {name: words(series, name) for name in ("code", "name", "side", "reason", "rule")}
    rows = [
        _order(str(series.index[i]), {name: _text(values[i]) for name, values in columns.items()})
        for i in range(min(_BLOCKED, len(series.index)))
    ]
    table = Table(
        heads(
            ("日期", "Date"), ("代码", "Code"), ("名称", "Name"), ("方向", "Side"), ("原因", "Reason"), ("适用规则", "Rule"),
            ("结果", "Instead"), left=7,
        ),
        rows,
        Label(f"共 {count(total)} 笔，列出最早的 {_BLOCKED} 笔", f"first {_BLOCKED} of {count(total)}") if total > _BLOCKED else None,
    )  # fmt: skip
    counts = [(_REASONS.get(reason, reason), n) for reason, n in mapping(series.meta, "by_reason").items()]
    return Card(
        title,
        Label(f"共 {count(total)} 笔", f"{count(total)} orders"),
        12,
        chart=split_bar("受阻原因", [(name, n) for name, value in counts if (n := as_number(value))]),
        table=table,
    )


def _order(date: str, of: Mapping[str, str]) -> Row:
    return Row(
        numbers(
            _text(date),
            Cell(of["code"], "code"),
            of["name"],
            {"buy": "买入", "sell": "卖出"}.get(of["side"], of["side"]),
            _REASONS.get(of["reason"], of["reason"]),
            Cell(of["rule"], "dim wrap"),
            Cell(_INSTEAD.get(of["side"], "—"), "dim"),
        )
    )
