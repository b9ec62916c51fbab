"""quantgpt sweep FILE"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from quantgpt.foundations.progress import Progress
    from quantgpt.services.sweep import Swept

SINGLE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Libraries that start threads when they are imported; a process with threads is not forked."""
MOVES_PER_SECOND = 5.0


def install(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("sweep")(sweep)


def sweep(
    file: Annotated[
        str, typer.Argument(help="表达式文件：每行一个，或 名称<TAB>表达式；或含 expression 列的 .csv / .jsonl")
    ],
    universe: Annotated[str, typer.Option(help="股票池")] = "hs300",
    start: Annotated[str, typer.Option(help="起始日期 YYYY-MM-DD")] = "2023-01-01",
    end: Annotated[str, typer.Option(help="结束日期 YYYY-MM-DD")] = "2025-12-31",
    groups: Annotated[int, typer.Option(help="分组数量 2~20")] = 5,
    holding: Annotated[int, typer.Option(help="持仓周期 1~60 交易日")] = 5,
    costs: Annotated[str, typer.Option(help="费用模型 flat / itemised")] = "flat",
    execution: Annotated[str, typer.Option(help="成交方式 next_open / next_close / same_close")] = "next_open",
    market: Annotated[str | None, typer.Option(help="行情库；默认为当前行情库")] = None,
    out: Annotated[str | None, typer.Option(help="结果表 .jsonl 或 .csv；默认写在表达式文件旁边")] = None,
    workers: Annotated[int, typer.Option(help="进程数；0 为每核一个")] = 0,
    seal: Annotated[bool, typer.Option("--seal", help="不看区间最后四分之一，留作封存段")] = False,
    top: Annotated[int, typer.Option(help="显示前几名", min=0, max=1000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON 摘要")] = False,
) -> None:
    """扫描一批因子，中断后可继续 · Test many expressions; run it again to go on where it stopped."""
    import os

    for name in SINGLE:
        os.putenv(name, "1")
    from quantgpt.bootstrap import build_app
    from quantgpt.services.sweep import Sweep, run_sweep

    app = build_app()
    app.ensure_room()
    app.records.migrate()
    ask = Sweep(
        file=file,
        universe=universe,
        start_date=start,
        end_date=end,
        n_groups=groups,
        holding_period=holding,
        costs=costs,  # type: ignore[arg-type]
        execution=execution,  # type: ignore[arg-type]
        market=market,
        out=out,
        workers=workers,
        seal=seal,
    )
    with _bar(quiet=as_json) as progress:
        made = run_sweep(app, ask, progress)
    if as_json:
        typer.echo(_summary(made, top))
    else:
        _show(made, top)


@contextmanager
def _bar(quiet: bool) -> Iterator[Progress]:
    """A bar on standard error that is drawn when there is news, without a thread of its own."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from quantgpt.foundations.progress import silent

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, auto_refresh=False) as bar:
        line = bar.add_task("准备", total=1.0)
        drawn = 0.0

        def move(stage: str, fraction: float, message: str = "") -> None:
            nonlocal drawn
            bar.update(line, completed=fraction, description=f"扫描 {message}")
            if time.monotonic() - drawn >= 1.0 / MOVES_PER_SECOND or fraction >= 1.0:
                drawn = time.monotonic()
                bar.refresh()

        yield move


def _summary(made: Swept, top: int) -> str:
    from quantgpt.foundations.hashing import canonical_json

    names = ("out", "distinct", "failed", "resumed", "trials", "sealed")
    body = {name: getattr(made, name) for name in names} | {"rows": len(made.rows), "ranking": made.ranking[:top]}
    return canonical_json(body)


def _show(made: Swept, top: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(
        title=f"前 {min(top, len(made.ranking))} 名（按 q 值，{made.distinct:,} 个不同的因子一起校正）",
        title_justify="left",
    )
    table.add_column("行", justify="right", no_wrap=True)
    table.add_column("因子", overflow="ellipsis", no_wrap=True, ratio=1, min_width=16)
    for words in ("Rank IC", "t（HAC）", "q", "方向外 Rank IC", "多空年化（净）", "换手"):
        table.add_column(words, justify="right", min_width=7)
    for row in made.ranking[:top]:
        name = f"{row['name']}  {row['expression']}" if row["name"] else row["expression"]
        figures = ("rank_ic_mean", "rank_ic_t_hac", "q_value", "out_of_slice_rank_ic")
        cells = [_figure(row[key]) for key in figures]
        shares = [_figure(row[key], percent=True) for key in ("long_short_annual_net", "turnover")]
        table.add_row(str(row["row"]), escape(name), *cells, *shares)
    if top and made.ranking:
        console.print(table)
    for row in [row for row in made.rows if row["error"] and row["error_start"] is not None][:5]:
        console.print(f"[yellow]第 {row['row']} 行[/yellow] 第 {row['error_start'] + 1} 个字符：{escape(row['error'])}")
    again = f"，其中 {made.resumed:,} 行是上次的" if made.resumed else ""
    console.print(
        f"{len(made.rows):,} 行{again}：{made.distinct:,} 个不同的因子，{made.failed:,} 行没有结果；用时 {made.seconds:.1f} 秒"
    )
    console.print(f"同一股票池与区间至今共试验 {made.trials:,} 次；试得越多，最好的一个越可能只是运气")
    if made.sealed:
        console.print(f"{made.sealed['first_day']} 至 {made.sealed['last_day']} 留作封存段，没有参与扫描")
    console.print(f"结果表：{escape(made.out)}", soft_wrap=True)


def _figure(value: Any, percent: bool = False) -> str:
    if value is None:
        return "—"
    return f"{100 * value:.1f}%" if percent else f"{value:.4f}"
