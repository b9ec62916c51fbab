"""What the data page shows of the real market, against the files themselves read with pandas."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.market import Market, MarketStore
from quantgpt.market.bars import by_period, daily_bars, forward_adjusted
from quantgpt.market.coverage import coverage
from quantgpt.market.importing import Terms
from quantgpt.market.members import members_on, membership, steps

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.xdist_group("real pages")]

FILES = ("ashare_daily", "constituents", "index_daily", "instruments", "trade_calendar", "valuation_daily")


@pytest.fixture(scope="module")
def market(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The main files as one market, planned first; a plan of the same again changes nothing."""
    root = tmp_path_factory.mktemp("real pages")
    for name in FILES:
        (root / "files").mkdir(exist_ok=True)
        (root / "files" / f"{name}.parquet").symlink_to(real_data / f"{name}.parquet")
    store = MarketStore(root / "market")
    plan = store.plan_import(root / "files")
    assert not (root / "market").exists()
    days = pd.read_parquet(real_data / "ashare_daily.parquet", columns=["date"])["date"].nunique()
    assert (plan.new_sessions, plan.new_names, plan.refused) == (days, 996, None)
    report = store.import_path(root / "files", terms=Terms(only=plan.usable, skip_bad_rows=bool(plan.bad_rows)))
    assert {f.name: (f.rows, f.added, f.changed) for f in report.files} == {
        f.name: (f.rows, f.added, f.changed) for f in plan.report.files
    }
    yield store.open()
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def daily(real_data: Path) -> pd.DataFrame:
    """The rows of the daily file."""
    frame = pd.read_parquet(real_data / "ashare_daily.parquet")
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_coverage_by_year_is_that_of_the_file(market: Market, daily: pd.DataFrame) -> None:
    table = {item.field: cells for item, cells in coverage(market).rows}
    years = coverage(market).years
    traded = daily[daily["volume"] > 0]
    for name in ("amount", "turn", "volume"):
        known = traded[name].notna().groupby(traded["date"].dt.year).agg(["sum", "size"])
        for year, cell in zip(years, table[name], strict=True):
            assert cell is not None
            assert (cell.known, cell.of) == tuple(int(v) for v in known.loc[year]), (name, year)
    st = daily["is_st"].notna().groupby(daily["date"].dt.year).sum()
    for year, cell in zip(years, table["st"], strict=True):
        assert cell is not None
        assert cell.known == int(st.loc[year])


@pytest.mark.parametrize("code", ["600519.SH", "000001.SZ", "300750.SZ", "most suspended"])
def test_months_and_weeks_of_a_name_are_those_of_the_file(market: Market, daily: pd.DataFrame, code: str) -> None:
    if code == "most suspended":
        code = str(daily[daily["volume"] == 0]["code"].value_counts().index[0])
    column = market.assets.index(code)
    ours = daily_bars(
        market, column, slice(int(market.facts.first_row[column]), int(market.facts.last_row[column]) + 1)
    )
    file = daily[daily["code"] == code].set_index("date").sort_index()
    file.loc[file["volume"] == 0, ["open", "high", "low", "close", "volume", "amount", "turn"]] = np.nan
    scale = file["factor"] / file["factor"].iloc[-1]
    file[["open", "high", "low", "close"]] = file[["open", "high", "low", "close"]].mul(scale, axis=0)
    adjusted = forward_adjusted(ours, float(ours.factor[-1]))
    for freq, rule in (("1w", "W-SUN"), ("1mo", "ME")):
        whole = by_period(adjusted, freq)  # type: ignore[arg-type]
        how = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum", "amount": "sum"}
        theirs = file.resample(rule).agg(how)  # type: ignore[arg-type]
        theirs = theirs[theirs["close"].notna()]
        traded = np.isfinite(whole.close)
        assert int(traded.sum()) == len(theirs)
        for name in how:
            np.testing.assert_allclose(
                getattr(whole, name)[traded], theirs[name].astype(float), rtol=1e-9, err_msg=f"{freq} {name}"
            )


@pytest.mark.parametrize(
    ("universe", "index"), [("hs300", "000300.SH"), ("csi500", "000905.SH"), ("csi1000", "000852.SH")]
)
def test_members_are_those_of_the_lists(market: Market, real_data: Path, universe: str, index: str) -> None:
    lists = pd.read_parquet(real_data / "constituents.parquet")
    lists = lists[lists["index"] == index]
    first, last = pd.to_datetime(lists["in_date"]), pd.to_datetime(lists["out_date"]).fillna(pd.Timestamp("2262-01-01"))
    found = membership(market.facts, universe)
    changes = {step.row: step for step in steps(market.facts, found)}
    before: set[str] = set()
    for row, day in enumerate(pd.to_datetime(market.days)):
        now = set(lists["code"][(first <= day) & (last >= day)])
        if now != before or row % 250 == 0:
            assert {stay.code for stay in members_on(found, row)} == now
        if now != before:
            assert changes.pop(row).count == len(now)
        before = now
    assert not changes
