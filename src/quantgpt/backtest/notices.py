"""What a reader must know about the data before believing the figures: codes, words, and the figures touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from quantgpt.backtest.computed import Computed
from quantgpt.factors.grouping import rounded

LEAST_BREADTH = 20
LEAST_COVERAGE = 0.8
MOST_DELAYED = 0.01
MOST_TIED = 0.05

_RETURNS = ("metrics", "group_returns", "score")
_IC = ("ic_mean", "rank_ic_mean", "anti_overfit")
_TOUCHED = {"benchmark_gaps": ("benchmark",), "no_benchmark": ("benchmark",)}


def notice(code: str, zh: str, en: str, metrics: tuple[str, ...] = (), **args: Any) -> dict[str, Any]:
    """One warning in plain values."""
    return {"code": code, "zh": zh, "en": en, "args": args, "metrics": list(metrics)}


def notices(c: Computed) -> list[dict[str, Any]]:
    """All warnings of one test, those of the market first; what the market has said is not said again."""
    market = list(_market(c))
    said = {entry["code"] for entry in market}
    own = (*_universe(c), *_sample(c), *_trading(c))
    return [*market, *(entry for entry in own if entry["code"] not in said)]


def _market(c: Computed) -> Iterator[dict[str, Any]]:
    """What the market store had to say about the view, with codes where it gave them."""
    coded = c.view.universe_meta.get("notices") or ()
    for entry in coded:
        metrics = _TOUCHED.get(entry["code"], _RETURNS + _IC)
        yield notice(entry["code"], entry["zh"], entry["en"], metrics, **entry.get("args", {}))
    known = {entry["zh"] for entry in coded}
    for text in c.view.warnings:
        if text not in known:
            yield notice("market", text, text)


def _universe(c: Computed) -> Iterator[dict[str, Any]]:
    meta = c.view.universe_meta
    missing = meta.get("missing") or ()
    if missing:
        coverage = float(meta.get("coverage") or 0.0)
        yield notice(
            "members_without_prices",
            f"成分股里有 {len(missing)} 只缺行情（覆盖 {coverage:.1%}），它们没有参与分组",
            f"{len(missing)} members have no prices ({coverage:.1%} covered); they were left out of the groups",
            _RETURNS + _IC,
            missing=len(missing),
            coverage=coverage,
        )
    if meta.get("is_pit") is False:
        yield notice(
            "fixed_list",
            "成分股用的不是当日名单，结果可能偏好",
            "Members are not those of the day; results may look too good",
            _RETURNS + _IC,
            as_of=str(meta.get("as_of") or ""),
        )
    inside = c.view.member[c.rows]
    unknown = float((c.view.st[c.rows][inside] == -1).mean()) if inside.any() else 0.0
    if unknown > 0:
        yield notice(
            "unknown_st",
            f"有 {unknown:.1%} 的样本不知道是否 ST，按非 ST 处理",
            f"ST status is unknown for {unknown:.1%} of rows; treated as not ST",
            _RETURNS + _IC,
            share=unknown,
        )
    if (c.by_industry or c.spec.neutralize_industry) and not meta.get("industry_pit", False):
        yield notice(
            "industry_snapshot",
            "行业是一份快照，不是当时的分类",
            "Industries are a snapshot, not those of the day",
            ("by_industry", *(_RETURNS if c.spec.neutralize_industry else ())),
        )


def _sample(c: Computed) -> Iterator[dict[str, Any]]:
    e = c.evidence
    if e.mean_names < LEAST_BREADTH:
        yield notice(
            "breadth",
            f"平均每日只有 {e.mean_names:.0f} 只股票，分组和 IC 的误差很大",
            f"Only {e.mean_names:.0f} names a day on average; groups and IC are very noisy",
            _RETURNS + _IC,
            names=e.mean_names,
        )
    if c.n_groups < c.spec.n_groups:
        yield notice(
            "reduced_groups",
            f"股票不够分 {c.spec.n_groups} 组，改为 {c.n_groups} 组",
            f"Too few names for {c.spec.n_groups} groups; {c.n_groups} were formed",
            _RETURNS,
            asked=c.spec.n_groups,
            used=c.n_groups,
        )
    if e.too_little:
        yield notice("no_tests", e.too_little.zh, e.too_little.en, ("anti_overfit", "score"))
    if e.direction.source == "calibration_half":
        used = int((e.direction.calibration & np.isfinite(e.rank_ic)).sum())
        yield notice(
            "short_calibration",
            f"区间较短，方向由前一半（{used} 日）决定，留给检验的日期更少",
            f"The span is short: the direction comes from its first half ({used} sessions)",
            _IC,
            sessions=used,
        )
    tied = tied_share(c)
    if tied > MOST_TIED:
        yield notice(
            "ties",
            f"有 {tied:.1%} 的股票因子值相同却被分在不同组，组的边界只由代码顺序决定",
            f"{tied:.1%} of names share their value with names of another group: only the code decides between them",
            _RETURNS,
            share=tied,
        )
    eligible = c.view.eligible[c.rows].sum()
    share = float(c.ranked.valid[c.rows].sum() / eligible) if eligible else 0.0
    if share < LEAST_COVERAGE:
        yield notice(
            "low_coverage",
            f"只有 {share:.1%} 的可选股票有因子值",
            f"Only {share:.1%} of eligible rows have a factor value",
            _RETURNS + _IC,
            share=share,
        )
    gaps = int((~np.isfinite(c.benchmark)).sum())
    if gaps == c.benchmark.size:
        yield notice(
            "no_benchmark",
            "没有基准行情，不与基准比较；市场环境按等权收益划分",
            "No benchmark prices: nothing to compare with; regimes use the equal-weight return",
            ("benchmark",),
        )
    elif gaps:
        yield notice(
            "benchmark_gaps",
            f"基准缺 {gaps} 个交易日",
            f"The benchmark lacks {gaps} sessions",
            ("benchmark",),
            sessions=gaps,
        )


def tied_share(c: Computed) -> float:
    """Share of grouped names whose value also stands in another group of that rebalance."""
    tied = total = 0
    for row, groups in zip(c.run.rows.tolist(), c.run.groups, strict=True):
        names = np.flatnonzero(groups >= 0)
        values, place = np.unique(rounded(c.factor[row, names]), return_inverse=True)
        low, high = np.full(values.size, c.n_groups), np.full(values.size, -1)
        np.minimum.at(low, place, groups[names])
        np.maximum.at(high, place, groups[names])
        tied += int((low < high)[place].sum())
        total += names.size
    return tied / total if total else 0.0


def _trading(c: Computed) -> Iterator[dict[str, Any]]:
    if c.spec.execution == "same_close":
        yield notice(
            "same_close",
            "按信号当日收盘价成交，实盘做不到，只供对照",
            "Fills at the signal day's own close cannot be had; for comparison only",
            _RETURNS,
        )
    skipped = int(c.run.skipped.size)
    if skipped:
        yield notice(
            "skipped_rebalances",
            f"有 {skipped} 个调仓日股票太少，没有分组，持仓不变",
            f"{skipped} rebalances had too few names; holdings were left as they were",
            _RETURNS,
            count=skipped,
        )
    gone = sum(group == c.top for _, _, group in c.run.delistings)
    if gone:
        yield notice(
            "delisted_holdings",
            f"持有期间有 {gone} 只股票退市，按最后价格变为现金",
            f"{gone} holdings were delisted and became cash at their last price",
            _RETURNS,
            count=gone,
        )
    if c.delayed_share > MOST_DELAYED:
        yield notice(
            "delayed_exits",
            f"{c.delayed_share:.1%} 的标签因停牌或跌停推迟卖出",
            f"{c.delayed_share:.1%} of labels end later than due: suspended or at the lower limit",
            _IC,
            share=c.delayed_share,
        )
