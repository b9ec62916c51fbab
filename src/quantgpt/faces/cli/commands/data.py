"""quantgpt data …"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from quantgpt.market.importing.report import ImportReport

group = typer.Typer(help="行情数据：导入、更新、状态 · Market data", no_args_is_help=True, rich_markup_mode=None)


def install(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(group, name="data")


@group.command("import")
def import_(
    path: Annotated[str, typer.Argument(help="文件或文件夹；按列识别内容，与文件名无关")],
    market: Annotated[str, typer.Option(help="行情库")] = "main",
    skip_bad_rows: Annotated[bool, typer.Option(help="跳过不可能为真的数据行，而不是拒绝导入")] = False,
) -> None:
    """导入文件或文件夹 · Take in a file or a folder."""
    from quantgpt.bootstrap import build_app
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    with progress_bar(quiet=False) as progress:
        ask = data.DataImport(path=path, market=market, skip_bad_rows=skip_bad_rows)
        made = data.import_data(build_app().markets, ask, progress)
    _show_import(made)


@group.command("update")
def update(
    market: Annotated[str, typer.Option(help="行情库")] = "main",
    source: Annotated[str, typer.Option(help="数据源")] = "baostock",
    start: Annotated[str | None, typer.Option(help="起始日期，仅当行情库为空时需要")] = None,
    end: Annotated[str | None, typer.Option(help="结束日期")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="写入；不加则只显示会改变什么")] = False,
) -> None:
    """从数据源补齐缺少的交易日 · Fetch what is missing."""
    from quantgpt.bootstrap import build_app, build_source
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    app = build_app()
    with progress_bar(quiet=False) as progress:
        ask = data.DataUpdate(market=market, start=start, end=end, apply=apply)
        made = data.update_data(app.markets, build_source(app, source), app.clock, ask, progress)
    _show_import(made)
    if made.changed and not made.applied:
        typer.echo("以上是将要发生的变化；加 --apply 写入。")


@group.command("crypto")
def crypto(
    symbol: Annotated[str, typer.Argument(help="交易对，如 BTCUSDT")],
    venue: Annotated[str, typer.Option("--market", help="perp（永续合约）或 spot（现货）")] = "perp",
    timeframe: Annotated[str, typer.Option(help="1m 5m 15m 30m 1h 4h；更长的由它们合成")] = "1h",
    start: Annotated[str | None, typer.Option(help="起始日期（UTC），默认接着已有的，或一年前")] = None,
    end: Annotated[str | None, typer.Option(help="结束日期（UTC，含），默认到最后一根已收盘的 K 线")] = None,
    store: Annotated[str, typer.Option(help="行情库")] = "main",
    funding: Annotated[bool, typer.Option(help="永续合约同时取资金费率")] = True,
) -> None:
    """从 Binance 取加密货币 K 线与资金费率 · Fetch candles and funding of a pair."""
    from quantgpt.bootstrap import build_app, build_pair_source
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import pairs

    app = build_app()
    ask = pairs.FetchPair(
        symbol=symbol.upper(), venue=venue, timeframe=timeframe, market=store, start=start, end=end, funding=funding
    )
    with progress_bar(quiet=False) as progress:
        made = pairs.fetch_pair(app.markets, build_pair_source(app), app.clock, ask, progress)
    _show_import(made)


@group.command("status")
def status(market: Annotated[str | None, typer.Option(help="行情库")] = None) -> None:
    """各行情库的内容 · What each market holds."""
    from quantgpt.bootstrap import build_app
    from quantgpt.services import data

    rows = data.data_status(build_app().markets, data.DataStatus(market=market))
    if not rows:
        typer.echo("还没有行情数据：quantgpt data demo 生成演示行情，或 quantgpt data import PATH 导入。")
        return
    for row in rows:
        name = f"{row.market}（演示市场 · 合成数据）" if row.synthetic else row.market
        typer.echo(f"{name}  快照 {row.snapshot}  {row.first_day} … {row.last_day}  {row.size_bytes / 2**20:,.0f} MB")
        counts = f"  股票 {row.names:,} 只，指数 {row.indices:,} 个"
        typer.echo(counts + (f"，导入 {row.rows:,} 行" if row.rows and not row.synthetic else ""))
        typer.echo(f"  股票池 {'、'.join(row.universes)}")
        if row.bars:
            words = {"funding": "资金费率"}
            typer.echo("  K 线 " + "、".join(f"{words.get(freq, freq)} {count} 个" for freq, count in row.bars.items()))
        if row.sources:
            typer.echo(f"  来源 {'、'.join(row.sources)}")


@group.command("health")
def health(market: Annotated[str | None, typer.Option(help="行情库")] = None) -> None:
    """检查文件与数字 · Check files and numbers."""
    from quantgpt.bootstrap import build_app
    from quantgpt.services import data

    found = data.data_health(build_app().markets, data.DataHealth(market=market))
    typer.echo(f"{found.market} {found.snapshot}：{found.objects} 个文件，{found.bytes / 2**20:,.0f} MB")
    for finding in found.findings:
        typer.echo(f"  [{finding.level}] {finding.zh}")
    typer.echo("没有发现错误" if found.ok else "发现错误")
    if not found.ok:
        raise typer.Exit(1)


@group.command("demo")
def demo() -> None:
    """生成演示行情库（合成数据）· Write the demo market."""
    from quantgpt.bootstrap import build_app
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    with progress_bar(quiet=False) as progress:
        row = data.make_demo(build_app().markets, data.DataDemo(), progress)
    typer.echo(
        f"演示行情库 {row.market} {row.snapshot}：{row.names:,} 只股票，{row.first_day} 至 {row.last_day}（合成数据）"
    )


@group.command("export-qlib")
def export_qlib(
    path: Annotated[str, typer.Argument(help="要写入的文件夹；必须不存在、为空，或是之前的导出")],
    market: Annotated[str | None, typer.Option(help="行情库")] = None,
    universe: Annotated[str, typer.Option(help="股票池：导出期间曾是成分股的股票")] = "all",
    start: Annotated[str | None, typer.Option(help="起始日期，默认从第一个交易日")] = None,
    end: Annotated[str | None, typer.Option(help="结束日期，默认到最后一个交易日")] = None,
) -> None:
    """导出为 Qlib 数据文件夹 · Write a folder that Qlib opens."""
    from quantgpt.bootstrap import build_app
    from quantgpt.faces.cli.showing import progress_bar
    from quantgpt.services import data

    with progress_bar(quiet=False) as progress:
        ask = data.ExportQlib(path=path, market=market, universe=universe, start=start, end=end)
        made = data.export_qlib(build_app().markets, ask, progress)
    name = f"{made.market}（演示市场 · 合成数据）" if made.synthetic else made.market
    typer.echo(f"{made.path}")
    typer.echo(
        f"  行情库 {name}  快照 {made.snapshot}  {made.first_day} … {made.last_day}（{made.sessions:,} 个交易日）"
    )
    typer.echo(
        f"  股票 {made.stocks:,} 只，指数 {made.indices:,} 个，{made.files:,} 个文件，{made.size_bytes / 2**20:,.0f} MB"
    )
    typer.echo(f"  字段 {'、'.join(made.fields)}；价格按首个有效收盘价缩放为 1，$close/$factor 为成交价")
    typer.echo(f"  股票池文件 {'、'.join(made.universes)}")
    if made.left_out:
        typer.echo(f"  未写 {'、'.join(made.left_out)}：部分成分股不在导出范围内")


@group.command("rollback")
def rollback(market: Annotated[str, typer.Option(help="行情库")] = "main") -> None:
    """回到上一个快照 · Go back one snapshot."""
    from quantgpt.bootstrap import build_app
    from quantgpt.services import data

    done = data.roll_back_data(build_app().markets, data.DataRollback(market=market))
    typer.echo(f"行情库 {done.market} 已回到快照 {done.snapshot}")


def _show_import(made: ImportReport) -> None:
    marks = {"imported": "✓", "unchanged": "=", "unused": "–", "ignored": "–"}
    typer.echo(f"行情库 {made.market}")
    for file in made.files:
        facts = [f"{file.rows:,} 行"] if file.rows else []
        facts += [f"{file.names:,} 个名称"] if file.names else []
        facts += [f"{file.first} … {file.last}"] if file.first else []
        typer.echo(f"  {marks[file.state]} {file.name}")
        typer.echo("      " + " · ".join([*([file.zh] if file.zh else []), *facts]))
        for entry in file.rejected:
            typer.echo(f"      ✕ 拒绝：{entry.sentence()}")
    typer.echo(f"共 {made.rows:,} 行，拒绝 {made.rejected_rows:,} 行")
    typer.echo(f"快照 {made.previous or '无'} → {made.snapshot}" if made.changed else f"没有变化，快照 {made.snapshot}")
