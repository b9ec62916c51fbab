"""Coverage by item and year, counted again slowly out of the panels; and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from quantgpt.market import Market, MarketStore
from quantgpt.market.coverage import Coverage, coverage

Frame = Callable[..., pd.DataFrame]


@pytest.fixture
def holes(store: MarketStore, folder: Path, frame: Frame) -> Market:
    """Two years; amounts and ST flags are missing in the first, rows of one name, valuations only in the second."""
    bars = frame("2023-11-01", "2024-03-29")
    early = bars["date"] < "2024-01-01"
    third = bars["code"] == "300001.SZ"
    bars.loc[early & third, "amount"] = np.nan
    bars["is_st"] = bars["is_st"].astype(float)
    bars.loc[early, "is_st"] = np.nan
    bars.loc[bars["date"] == "2024-02-05", ["volume", "amount"]] = 0
    bars = bars[~(third & bars["date"].between("2023-11-15", "2023-12-05"))]
    bars.to_parquet(folder / "bars.parquet")
    late = bars[(bars["date"] >= "2024-01-01") & (bars["code"] != "000001.SZ")]
    late[["date", "code"]].assign(pe_ttm=9.5, pb_mrq=1.1).to_parquet(folder / "valuation.parquet")
    store.import_path(folder)
    return store.open()


def row(found: Coverage, name: str) -> list[tuple[int, int, int] | None]:
    """(known, of, names with gaps) of one item by year."""
    cells = next(cells for item, cells in found.rows if item.field == name)
    return [None if cell is None else (cell.known, cell.of, cell.names) for cell in cells]


def slow(market: Market, year: int, of: str, *fields: str) -> tuple[int, int, int] | None:
    """The same, one cell after the other."""
    facts, known, total, gaps = market.facts, 0, 0, set()
    panels = {name: market.panel_rows(name, slice(0, None)) for name in (*fields, "traded", "pre_close", "close")}
    for i, day in enumerate(market.days.tolist()):
        for j, code in enumerate(market.assets):
            if day.year != year or not facts.first_row[j] <= i <= facts.last_row[j]:
                continue
            traded = bool(panels["traded"][i, j])
            there = traded or bool(np.isfinite(panels["pre_close"][i, j])) or bool(np.isfinite(panels["close"][i, j]))
            if not {"listed": True, "traded": traded, "bars": there}[of]:
                continue
            total += 1
            values = [float(panels[name][i, j]) for name in fields]
            good = (
                there
                if not fields
                else all(v >= 0 if f == "st" else np.isfinite(v) for v, f in zip(values, fields, strict=True))
            )
            known += good
            if not good:
                gaps.add(code)
    return (known, total, len(gaps)) if total else None


@pytest.mark.parametrize(
    ("item", "of", "fields"),
    [
        ("bars", "listed", ()),
        ("ohlc", "traded", ("open", "high", "low", "close")),
        ("volume", "traded", ("volume",)),
        ("amount", "traded", ("amount",)),
        ("turn", "traded", ("turn",)),
        ("factor", "traded", ("factor",)),
        ("pre_close", "traded", ("pre_close",)),
        ("st", "bars", ("st",)),
    ],
)
def test_counts_are_those_of_a_slow_count(holes: Market, item: str, of: str, fields: tuple[str, ...]) -> None:
    found = coverage(holes)
    assert found.years == (2023, 2024)
    assert row(found, item) == [slow(holes, year, of, *fields) for year in found.years]


def test_the_holes_are_where_they_were_made(holes: Market) -> None:
    found = coverage(holes)
    bars, amount, st = row(found, "bars"), row(found, "amount"), row(found, "st")
    assert bars[0] is not None
    assert bars[0][1] - bars[0][0] == 15
    assert bars[0][2] == 1
    assert bars[1] is not None
    assert bars[1][0] == bars[1][1]
    assert amount[0] is not None
    assert amount[0][2] == 1
    assert st[0] is not None
    assert (st[0][0], st[0][2]) == (0, 3)
    assert row(found, "pe_ttm")[0] is None
    assert row(found, "pe_ttm")[1] is not None
    assert row(found, "ps_ttm") == [None, None]


def test_member_days_are_counted_by_the_lists(holes: Market) -> None:
    """600000 all the time, 000001 until 15 January and again from 1 February, 600999 without prices."""
    days = [str(day) for day in holes.days]
    first = [day for day in days if day < "2024-01-01"]
    second = [day for day in days if day >= "2024-01-01"]
    again = [day for day in second if day <= "2024-01-15" or day >= "2024-02-01"]
    assert row(coverage(holes), "members.hs300") == [
        (2 * len(first), 3 * len(first), 1),
        (len(second) + len(again), 2 * len(second) + len(again), 1),
    ]


def test_unknown_st_leaves_limits_open_on_the_main_board_only(holes: Market) -> None:
    limits, traded = row(coverage(holes), "limits")[0], row(coverage(holes), "volume")[0]
    assert limits is not None
    assert traded is not None
    chinext = int(
        np.isfinite(holes.raw("close")[holes.days < np.datetime64("2024-01-01"), holes.assets.index("300001.SZ")]).sum()
    )
    assert limits == (chinext, traded[1], 2)


def test_warnings_name_years_and_what_they_touch(holes: Market) -> None:
    warnings: dict[tuple[str, str], Any] = {(w["code"], w["field"]): w for w in coverage(holes).warnings}
    st = warnings["st_unknown", "st"]
    assert (st["args"]["years"], st["metrics"]) == ([2023], ["fills", "universe"])
    assert "2023 年" in st["zh"]
    low = warnings["low_coverage", "amount"]
    assert (low["args"]["years"], low["metrics"]) == ([2023], ["factor_values"])
    assert warnings["absent_years", "pe_ttm"]["args"]["years"] == [2023]
    assert warnings["industry_snapshot", "industry"]["metrics"] == ["neutral"]
    assert warnings["members_without_prices", "members.hs300"]["metrics"] == ["universe"]
    assert not [key for key in warnings if key[1] in ("ohlc", "volume", "ps_ttm")]


def test_an_empty_market_has_an_empty_table(store: MarketStore, folder: Path) -> None:
    (folder / "bars.parquet").unlink()
    store.import_path(folder)
    assert coverage(store.open()) == Coverage(years=(), rows=(), warnings=())


def test_checks_say_where(store: MarketStore, folder: Path, frame: Frame) -> None:
    """A step beyond any band, rows that are missing, amounts that are missing: each with its places."""
    bars = frame()
    one = bars["code"] == "600000.SH"
    jump = one & (bars["date"] >= "2024-03-04")
    bars.loc[jump, ["open", "high", "low", "close", "amount"]] *= 1.6
    bars.loc[one & (bars["date"] > "2024-03-04"), "pre_close"] *= 1.6
    bars.loc[(bars["code"] == "000001.SZ") & (bars["date"] == "2024-03-05"), "amount"] = np.nan
    bars = bars[~((bars["code"] == "300001.SZ") & bars["date"].isin(pd.to_datetime(["2024-02-06", "2024-02-07"])))]
    bars.to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    found = {finding.code: finding for finding in store.health().findings}
    places = {code: [(e.code, e.day) for e in finding.examples] for code, finding in found.items()}
    assert places["large_steps"] == [("600000.SH", "2024-03-04")]
    assert "change=60" in found["large_steps"].examples[0].text or "change=59" in found["large_steps"].examples[0].text
    assert places["missing_rows"] == [("300001.SZ", "2024-02-06"), ("300001.SZ", "2024-02-07")]
    assert (found["missing_rows"].count, found["missing_amount"].count) == (2, 1)
    assert places["missing_amount"] == [("000001.SZ", "2024-03-05")]
    assert places["industry_unknown"] == [("300001.SZ", "")]
