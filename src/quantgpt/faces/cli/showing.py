"""Results as tables for people, progress as a bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quantgpt.foundations.progress import Progress, silent

STAGE_WORDS = {
    "generating_expression": "读取表达式",
    "validating": "校验",
    "fetching_data": "读取行情",
    "backtesting": "回测",
    "analyzing": "显著性检验",
    "generating_report": "生成报告",
}
_METRICS = (
    ("total_return", "累计收益", "%"),
    ("cagr", "年化收益", "%"),
    ("sharpe", "夏普比率", ""),
    ("sortino", "索提诺比率", ""),
    ("max_drawdown", "最大回撤", "%"),
    ("volatility", "年化波动", "%"),
    ("win_rate", "日胜率", "%"),
    ("profit_factor", "盈利因子", ""),
    ("benchmark_total_return", "基准累计收益", "%"),
    ("benchmark_cagr", "基准年化收益", "%"),
)
_SUMMARY = (
    ("ic_mean", "IC 均值", "4"),
    ("rank_ic_mean", "Rank IC 均值", "4"),
    ("ic_ir", "IC IR", ""),
    ("ic_win_rate", "IC 胜率", "%"),
    ("rank_ic_t_hac", "Rank IC t 值（HAC）", ""),
    ("monotonicity_score", "单调性", ""),
    ("long_short_annual", "多空年化（毛）", "%"),
    ("long_short_sharpe", "多空夏普（毛）", ""),
    ("top_group_sharpe", "多头组夏普", ""),
    ("turnover", "单边换手", "%"),
    ("total_cost_drag", "累计费用", "%"),
)


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress]:
    """A bar on standard error; nothing when it is not a terminal or `quiet`."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield silent
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        line = bar.add_task("准备", total=1.0)

        def move(stage: str, fraction: float, message: str = "") -> None:
            words = STAGE_WORDS.get(stage, stage)
            bar.update(line, completed=fraction, description=f"{words} {message}".strip()[:48])

        yield move


def show_result(result: dict[str, Any], seconds: float) -> None:
    """The tables of one factor test."""
    from rich.columns import Columns
    from rich.console import Console

    console = Console(highlight=False)
    params = result["params"]
    console.print(f"[bold]{_plain(params['expression'])}[/bold]")
    demo = " [yellow]演示行情（合成数据）[/yellow]" if params.get("synthetic") else ""
    console.print(
        f"{params['universe']} · {params.get('effective_start', params['start_date'])} 至 "
        f"{params.get('effective_end', params['end_date'])} · {params['n_groups']} 组 · 持有 {params['holding_period']} 日 · "
        f"行情 {params.get('market')}@{params.get('data_snapshot')}{demo}"
    )
    _show_verdict(console, result)
    metrics = _figures("策略（多头组，扣费后）", result["metrics"], _METRICS)
    console.print(Columns([metrics, _figures("因子", result["backtest_summary"], _SUMMARY), _tests(result)]))
    console.print(_groups(result["backtest_summary"]["group_returns"]))
    for warning in result.get("warnings", ()):
        console.print(f"[yellow]注意[/yellow] {_plain(warning.get('zh') or str(warning))}")
    console.print(f"[dim]用时 {seconds:.2f} 秒[/dim]")


def _show_verdict(console: Any, result: dict[str, Any]) -> None:
    interval = result.get("score_ci95") or [None, None]
    between = (
        f"（95% 区间 {_number(interval[0], '1')} … {_number(interval[1], '1')}）" if interval[0] is not None else ""
    )
    console.print(f"评分 [bold]{_number(result.get('score'), '1')}  {result.get('grade') or '—'}[/bold] {between}")
    verdict = result.get("verdict") or {}
    if verdict.get("zh"):
        console.print(f"结论 [bold]{_plain(verdict['zh'])}[/bold]")
    marks = {"pass": "[green]✓[/green]", "fail": "[red]✗[/red]", "doubt": "[yellow]?[/yellow]"}
    for reason in result.get("reasons", ()):
        console.print(f"  {marks.get(reason.get('mark'), '·')} {_plain(reason.get('zh', ''))}")


def _figures(title: str, values: dict[str, Any], rows: tuple[tuple[str, str, str], ...]) -> Any:
    from rich.table import Table

    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for name, words, how in rows:
        if name in values:
            table.add_row(words, _number(values[name], how))
    return table


def _tests(result: dict[str, Any]) -> Any:
    from rich.table import Table

    found = result.get("anti_overfit")
    table = Table(title="反过拟合", title_justify="left")
    for words in ("检验", "通过", "p"):
        table.add_column(words)
    for test in found["tests"] if found else ():
        table.add_row(
            test["name"], "[green]是[/green]" if test["passed"] else "[red]否[/red]", _number(test.get("p"), "4")
        )
    if found:
        table.caption = f"{_number(found['score'], '1')} 分 · {found['recommendation']}"
    return table


def _groups(groups: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title="分组（G1 因子值最低）", title_justify="left")
    for words in ("组", "日均收益", "年化收益", "夏普", "最大回撤", "名数"):
        table.add_column(words, justify="right")
    for group in groups.values():
        table.add_row(
            group["group"],
            _number(group["mean_return"], "%%"),
            _number(group["annual_return"], "%"),
            _number(group["sharpe"], ""),
            _number(group["max_drawdown"], "%"),
            _number(group.get("names"), "1"),
        )
    return table


def _number(value: Any, how: str) -> str:
    if not isinstance(value, int | float):
        return "—"
    if how.startswith("%"):
        return f"{100 * value:.{3 if how == '%%' else 2}f}%"
    return f"{value:.{int(how or 3)}f}"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
