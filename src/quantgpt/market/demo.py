"""The demo market: views of it in memory for tests, and factors whose strength is known."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from quantgpt.foundations.errors import BadRequest, UnknownUniverse
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.build import Dense, notes_of, spans, stage_dense, stage_facts
from quantgpt.market.calendar import official, sessions_since
from quantgpt.market.derive import PanelFields
from quantgpt.market.facts import Facts, Spells, text_array
from quantgpt.market.snapshots import Manifest, SnapshotFolder
from quantgpt.market.synthetic import INDEX_SHARES, INDUSTRIES, SyntheticMarket, membership, simulate
from quantgpt.market.synthetic_pairs import PAIRS_SEED, PAIRS_VERSION, stage_pairs

DEMO_VERSION = 1
DEMO_SEED = 20_150_105
DEMO_ASSETS = 1_400
DEMO_FIRST = np.datetime64("2015-01-05")
DEMO_LAST = np.datetime64("2026-09-30")
BENCHMARK_CODES = {"hs300": "000300.SH", "zz500": "000905.SH", "sz50": "000016.SH"}
UNIVERSES = ("small_scale", "hs300", "csi500", "csi1000", "all")


@lru_cache(maxsize=4)
def _simulated(assets: int, rows: int, seed: int, end: str) -> SyntheticMarket:
    days = official().days
    days = days[days <= np.datetime64(end)][-rows:]
    return simulate(days, assets, seed)


def demo_view(
    assets: int = 300,
    sessions: int = 727,
    seed: int = 7,
    universe: str = "all",
    end: str = "2025-12-31",
    *,
    warmup: int = 0,
    benchmark: str = "hs300",
) -> MarketView:
    """A made-up market in memory: `sessions` sessions that end on or before `end`, `warmup` more before them.

    It has every rule feature: limits, one-price days, suspensions, ST (some unknown), listings, delistings, dividends.
    The index universes hold 3/14, 5/14 and 4/14 of the names, from the largest down. Names of the view are those that were
    ever members. The same arguments give the same bits; another length gives another market.

    Raises: UnknownUniverse, BadRequest.
    """
    if universe not in UNIVERSES:
        raise UnknownUniverse(f"没有名为 {universe!r} 的股票池", hint=f"可用：{', '.join(UNIVERSES)}")
    rows = sessions + warmup
    if assets < 5 or sessions < 1 or warmup < 0 or rows > official().days.size:
        raise BadRequest(
            "the demo market needs at least 5 names, 1 session and a span inside the calendar", field="assets"
        )
    made = _simulated(assets, rows, seed, end)
    age = sessions_since(made.days, made.list_day, official().days)
    gone = ~np.isnat(made.delist_day)[None, :] & (made.days[:, None] > made.delist_day[None, :])
    age = np.maximum(np.where(gone, -1, age), -1).astype(np.int32)
    member = age >= 0 if universe == "all" else membership(made.spells, universe, made.days, len(made.assets))
    keep = np.flatnonzero(member.any(axis=0))
    bars = np.isfinite(made.panels["factor"])
    base = made.panels["factor"][bars.argmax(axis=0), np.arange(len(made.assets))]
    st = made.st[:, keep]
    in_universe = np.ascontiguousarray(member[:, keep])
    return MarketView(
        market="demo",
        snapshot=hash_value(["demo_view", assets, rows, seed, end])[:12],
        synthetic=True,
        universe=universe,
        days=made.days,
        first=warmup,
        assets=tuple(made.assets[j] for j in keep),
        fields=PanelFields(
            lambda name: np.ascontiguousarray(made.panels[name][:, keep]), base[keep], made.days, frozenset(made.panels)
        ),
        member=in_universe,
        traded=np.ascontiguousarray(np.isfinite(made.panels["close"][:, keep])),
        st=np.ascontiguousarray(st),
        age=np.ascontiguousarray(age[:, keep]),
        board=made.board[keep],
        names=tuple(made.names[j] for j in keep),
        industry=made.industry[keep],
        industry_names=INDUSTRIES,
        delist_day=made.delist_day[keep],
        benchmark=made.benchmarks[BENCHMARK_CODES[benchmark]],
        benchmark_name=f"演示{benchmark}",
        universe_meta={
            "is_pit": universe != "small_scale",
            "source": "synthetic",
            "as_of": str(made.days[-1]),
            "members_ever": int(keep.size),
            "loaded": int(keep.size),
            "missing": [],
            "size": int(in_universe[-1].sum()),
            "coverage": 1.0,
            "share_unknown_st": float((st[in_universe] == -1).mean()) if in_universe.any() else 0.0,
            "industry_pit": False,
            "industry_source": "synthetic",
            "adjusted_only": 0,
            "notices": [],
        },
    )


def noise_factor(view: MarketView, persistence: float = 0.9, seed: int = 0) -> FloatPanel:
    """A factor that knows nothing: for each name an AR(1) of its own with that day-to-day persistence.

    Shape: (T, N), standard normal on every day, never NaN.
    """
    g = np.random.Generator(np.random.PCG64([seed, *view.member.shape]))
    shocks = g.standard_normal(view.member.shape)
    out = np.empty_like(shocks)
    fresh = np.sqrt(1.0 - persistence**2)
    level = shocks[0]
    for t in range(shocks.shape[0]):
        level = shocks[t] if t == 0 else persistence * level + fresh * shocks[t]
        out[t] = level
    return out


def planted_factor(
    view: MarketView, forward: FloatPanel, rank_ic: float = 0.03, persistence: float = 0.9, seed: int = 0
) -> FloatPanel:
    """A factor whose rank correlation with `forward` is about `rank_ic` on every day, the rest of it `noise_factor`.

    `forward` is (T, N): the returns that it shall foretell, NaN where unknown (the factor is pure noise there). It looks
    ahead by design and serves to test that a true factor of that strength is found.
    """
    noise = noise_factor(view, persistence, seed)
    known = np.isfinite(forward) & view.eligible
    ranks = np.full(forward.shape, np.inf)
    ranks[known] = forward[known]
    order = ranks.argsort(axis=1, kind="stable").argsort(axis=1).astype(np.float64)
    count = known.sum(axis=1, keepdims=True)
    score = np.where(known, (order + 0.5) / np.maximum(count, 1) - 0.5, 0.0) * np.sqrt(12.0)
    out: FloatPanel = rank_ic * score + np.sqrt(1.0 - rank_ic**2) * noise
    return out


def recipe() -> str:
    """What the demo market is made from; one that was made from something else is written anew."""
    stocks = ["demo", DEMO_VERSION, DEMO_SEED, DEMO_ASSETS, str(DEMO_FIRST), str(DEMO_LAST)]
    return hash_value([*stocks, PAIRS_VERSION, PAIRS_SEED])


def write_demo(folder: SnapshotFolder, made_at: str, progress: Progress = silent) -> str:
    """Write the full demo market into a folder; returns the snapshot.

    Writing it again changes nothing but objects that are missing or damaged.
    """
    key = recipe()
    if folder.exists:
        known = folder.manifest()
        if known.notes.get("recipe") == key and not folder.damaged(known):
            return folder.pointer().current
    progress("simulate", 0.0, "演示行情")
    made = simulate(official().between(DEMO_FIRST, DEMO_LAST), DEMO_ASSETS, DEMO_SEED)
    dense = dense_of(made)
    with folder.writing() as stage:
        panels = stage_dense(stage, dense, progress)
        notes = notes_of(dense.facts, {"recipe": key, "industry_source": "synthetic", "provenance": "synthetic"})
        manifest = Manifest(
            market="demo",
            synthetic=True,
            facts=stage_facts(stage, dense.facts),
            panels=panels,
            tables=stage_pairs(stage),
            sources={},
            notes=notes,
        )
        snapshot = stage.commit(manifest, made_at)
    progress("store", 1.0, snapshot)
    return snapshot


def dense_of(made: SyntheticMarket) -> Dense:
    """A made-up market as the store's builder takes it."""
    bars = np.isfinite(made.panels["factor"])
    first, last, base = spans(bars, made.panels["factor"])
    assets = text_array(made.assets)
    spells = {}
    for universe in INDEX_SHARES:
        own = [spell for spell in made.spells if spell.universe == universe]
        end = np.array([spell.last for spell in own], dtype="datetime64[D]")
        end[end == made.days[-1]] = np.datetime64("NaT")
        spells[universe] = Spells(
            codes=assets[[spell.column for spell in own]],
            first=np.array([spell.first for spell in own], dtype="datetime64[D]"),
            last=end,
        )
    facts = Facts(
        days=made.days,
        calendar=official().days,
        assets=assets,
        names=text_array(made.names),
        board=made.board,
        industry=made.industry,
        industry_names=text_array(INDUSTRIES),
        list_day=made.list_day,
        delist_day=made.delist_day,
        first_row=first,
        last_row=last,
        base=base,
        index_codes=text_array(tuple(made.benchmarks)),
        index_names=text_array(tuple(f"演示{code}" for code in made.benchmarks)),
        adjusted_only=text_array(()),
        spells=spells,
    )
    return Dense(
        facts=facts,
        panels=made.panels.items(),
        st=made.st,
        traded=np.isfinite(made.panels["close"]),
        index_close=np.column_stack(list(made.benchmarks.values())),
    )
