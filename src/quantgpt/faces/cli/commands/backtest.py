"""quantgpt backtest EXPR"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def install(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("backtest")(backtest)


def backtest(
    expression: Annotated[
        str, typer.Argument(help="因子表达式，如 'rank(close/ts_mean(close, 20))'，或一句话，如 20日动量")
    ],
    universe: Annotated[str, typer.Option(help="股票池")] = "hs300",
    start: Annotated[str, typer.Option(help="起始日期 YYYY-MM-DD")] = "2023-01-01",
    end: Annotated[str, typer.Option(help="结束日期 YYYY-MM-DD")] = "2025-12-31",
    groups: Annotated[int, typer.Option(help="分组数量 2~20")] = 5,
    holding: Annotated[int, typer.Option(help="持仓周期 1~60 交易日")] = 5,
    benchmark: Annotated[str, typer.Option(help="基准 hs300 / zz500 / sz50")] = "hs300",
    report: Annotated[Path | None, typer.Option(help="把 HTML 报告写到这个文件")] = None,
    market: Annotated[str | None, typer.Option(help="行情库；默认为当前行情库")] = None,
    costs: Annotated[str, typer.Option(help="费用模型 flat / itemised")] = "flat",
    execution: Annotated[str, typer.Option(help="成交方式 next_open / next_close / same_close")] = "next_open",
    direction: Annotated[int | None, typer.Option(help="因子方向 1 / -1；默认由校准段决定")] = None,
    neutralize_industry: Annotated[bool, typer.Option(help="按行业中性化")] = False,
    seal: Annotated[bool, typer.Option(help="不看区间末尾的封存段")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON 结果")] = False,
) -> None:
    """回测一个因子 · Test one factor expression."""
    import time

    from quantgpt.bootstrap import build_app
    from quantgpt.faces.cli.showing import progress_bar, show_result
    from quantgpt.foundations.errors import BadRequest
    from quantgpt.records import LOCAL_ADMIN
    from quantgpt.services.factor_tests import TestFactor, usual_left_out

    if report is not None and not _can_hold(report):
        raise BadRequest(
            f"不能写入报告文件 {report}", field="report", hint="give a regular file in a folder that exists"
        )
    ask = TestFactor(
        prompt=expression,
        universe=universe,
        start_date=start,
        end_date=end,
        n_groups=groups,
        holding_period=holding,
        benchmark=benchmark,
        market=market,
        costs=costs,  # type: ignore[arg-type]
        execution=execution,  # type: ignore[arg-type]
        direction=direction,
        neutralize_industry=neutralize_industry,
        seal=seal,
    )
    app = build_app()
    began = time.perf_counter()
    with progress_bar(quiet=as_json) as progress:
        run = app.run(usual_left_out(ask), progress, owner_id=LOCAL_ADMIN)
        if report is not None:
            _write_report(report, run, progress)
    if as_json:
        from quantgpt.foundations.hashing import canonical_json

        typer.echo(canonical_json(run.result))
        return
    show_result(run.result, time.perf_counter() - began)
    if report is not None:
        typer.echo(f"报告：{report.resolve()}")


def _can_hold(path: Path) -> bool:
    """A report may be written there: a new file, or a regular one that is replaced; never a device or a folder."""
    try:
        return path.is_file() if path.exists() else path.resolve().parent.is_dir()
    except OSError:
        return False


def _write_report(path: Path, run: object, progress: object) -> None:
    from quantgpt.foundations.files import write_whole
    from quantgpt.services.factor_tests import FactorTestRun
    from quantgpt.services.reports import render

    assert isinstance(run, FactorTestRun)
    progress("generating_report", 0.92)  # type: ignore[operator]
    body = render(run.result, run.series)
    write_whole(path.resolve(), lambda handle: handle.write(body), mode=0o644)
