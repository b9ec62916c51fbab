"""Bars by day, week and month, as traded and forward-adjusted, against pandas that knows nothing of our code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.market import Market, MarketStore
from quantgpt.market.bars import Freq, NameBars, by_period, daily_bars, forward_adjusted, index_bars, period_of

Frame = Callable[..., pd.DataFrame]
PRICES = ["open", "high", "low", "close"]


def bent(frame: Frame) -> pd.DataFrame:
    """The small market with a suspension of two weeks, single days without trades, missing rows and an ex-dividend day."""
    bars = frame()
    one = bars["code"] == "600000.SH"
    closed = one & (
        bars["date"].between("2024-01-15", "2024-01-26")
        | bars["date"].isin(pd.to_datetime(["2024-02-05", "2024-03-01"]))
    )
    bars.loc[closed, ["volume", "amount"]] = 0
    bars.loc[closed, "turn"] = np.nan
    held = bars.loc[one, "close"].where(~closed).ffill()
    for name in PRICES:
        bars.loc[closed, name] = held[closed]
    bars.loc[closed, "pre_close"] = held.shift(1)[closed]
    ex = one & (bars["date"] >= "2024-02-20")
    bars.loc[ex, "factor"] *= 1.07
    gone = one & bars["date"].isin(pd.to_datetime(["2024-03-12", "2024-03-13"]))
    return bars[~gone]


@pytest.fixture
def market(store: MarketStore, folder: Path, frame: Frame) -> Market:
    """That market, imported."""
    bent(frame).to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    return store.open()


def of(market: Market, code: str) -> NameBars:
    """All daily bars of one name."""
    at = market.assets.index(code)
    return daily_bars(market, at, slice(int(market.facts.first_row[at]), int(market.facts.last_row[at]) + 1))


def table(bars: NameBars) -> pd.DataFrame:
    """Bars as a frame by day."""
    return pd.DataFrame(
        {name: column for name, column in vars(bars).items() if name != "day"}, index=pd.to_datetime(bars.day)
    )


def truth(frame: Frame, market: Market) -> pd.DataFrame:
    """The file's rows of the bent name on every session; suspended ones without prices."""
    rows = bent(frame)
    rows = rows[rows["code"] == "600000.SH"].set_index("date").reindex(pd.to_datetime(market.days))
    rows.loc[rows["volume"] == 0, [*PRICES, "volume", "amount", "turn"]] = np.nan
    return rows


def test_days_are_the_rows_of_the_file(market: Market, frame: Frame) -> None:
    ours, file = table(of(market, "600000.SH")), truth(frame, market)
    for name in [*PRICES, "volume", "amount", "turn", "pre_close"]:
        np.testing.assert_allclose(ours[name], file[name], rtol=1e-12, err_msg=name)
    missing = pd.to_datetime(["2024-03-12", "2024-03-13"])
    assert list(ours.index[ours["missing"]]) == list(missing)
    assert list(ours.index[ours["suspended"]]) == [
        day for day in file.index[file["close"].isna()] if day not in missing
    ]
    np.testing.assert_allclose(ours["change"], file["close"] / file["pre_close"] - 1, rtol=1e-9)


def resampled(file: pd.DataFrame, rule: str) -> pd.DataFrame:
    """What pandas makes of daily rows."""
    how = {"open": "first", "high": "max", "low": "min", "close": "last"}
    out = file.resample(rule).agg(how).astype(float)  # type: ignore[arg-type]
    for name in ("volume", "amount", "turn"):
        out[name] = file[name].resample(rule).sum(min_count=1)
    sessions = file["factor"].resample(rule).size()
    return out[sessions > 0]


@pytest.mark.parametrize(("freq", "rule"), [("1w", "W-SUN"), ("1mo", "ME")])
@pytest.mark.parametrize("forward", [False, True])
def test_weeks_and_months_are_those_of_pandas(
    market: Market, frame: Frame, freq: Freq, rule: str, forward: bool
) -> None:
    daily, file = of(market, "600000.SH"), truth(frame, market)
    factor = file["factor"].ffill()
    if forward:
        daily = forward_adjusted(daily, float(daily.factor[-1]))
        file[PRICES] = file[PRICES].mul(factor / factor.iloc[-1], axis=0)
    ours, theirs = by_period(daily, freq), resampled(file, rule)
    assert ours.day.size == len(theirs)
    for name in [*PRICES, "volume", "amount", "turn"]:
        np.testing.assert_allclose(getattr(ours, name), theirs[name], rtol=1e-12, err_msg=name)
    lasts = pd.Series(file.index, index=file.index).resample(rule).last().dropna()
    assert [str(day) for day in ours.day] == [str(day.date()) for day in lasts]
    assert int(ours.sessions.sum()) == len(file)
    whole_weeks_off = [str(day) for day in ours.day[ours.suspended]]
    assert whole_weeks_off == (["2024-01-19", "2024-01-26"] if freq == "1w" else [])


@pytest.mark.parametrize(("freq", "rule"), [("1w", "W-SUN"), ("1mo", "ME")])
def test_the_change_of_a_period_is_adjusted_and_over_the_last_trade(
    market: Market, frame: Frame, freq: Freq, rule: str
) -> None:
    file = truth(frame, market)
    level = (file["close"] * file["factor"].ffill()).resample(rule).last()
    carried = level.ffill()
    expected = (level / carried.shift(1) - 1).reindex(resampled(file, rule).index)
    np.testing.assert_allclose(by_period(of(market, "600000.SH"), freq).change, expected, rtol=1e-9)


def test_forward_prices_end_at_the_traded_price_and_keep_official_returns(market: Market) -> None:
    plain = of(market, "600000.SH")
    scaled = forward_adjusted(plain, float(plain.factor[-1]))
    assert scaled.close[-1] == plain.close[-1]
    before, after = plain.day < np.datetime64("2024-02-20"), plain.day >= np.datetime64("2024-02-20")
    np.testing.assert_allclose(scaled.close[before], plain.close[before] / 1.07)
    np.testing.assert_allclose(scaled.close[after], plain.close[after])
    np.testing.assert_array_equal(scaled.volume, plain.volume)
    np.testing.assert_allclose(scaled.change, plain.change)


@pytest.mark.parametrize("freq", ["1w", "1mo"])
def test_random_histories_agree_with_pandas(freq: Freq) -> None:
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2019-12-20", "2021-02-10")
    for _ in range(20):
        kept = days[np.sort(rng.choice(days.size, size=200, replace=False))]
        close = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, kept.size)))
        high, low = close * 1.02, close * 0.97
        frame = pd.DataFrame({"open": close, "high": high, "low": low, "close": close}, index=kept)
        off = rng.random(kept.size) < 0.3
        frame[off] = np.nan
        volume = np.where(off, np.nan, rng.integers(1, 1000, kept.size).astype(float))
        zero, flags = np.zeros(kept.size), np.zeros(kept.size, dtype=bool)
        bars = NameBars(
            day=kept.to_numpy().astype("datetime64[D]"), **{n: frame[n].to_numpy() for n in PRICES}, volume=volume,
            amount=volume, turn=volume, pre_close=zero, factor=zero + 1, change=zero, suspended=off, missing=flags,
            st=zero.astype(np.int8), sessions=zero.astype(np.int64) + 1,
        )  # fmt: skip
        frame["volume"] = frame["amount"] = frame["turn"] = volume
        frame["factor"] = 1.0
        theirs, ours = resampled(frame, "W-SUN" if freq == "1w" else "ME"), by_period(bars, freq)
        for name in [*PRICES, "volume"]:
            np.testing.assert_allclose(getattr(ours, name), theirs[name], rtol=1e-12)


def test_a_week_begins_on_monday_and_knows_no_year() -> None:
    days = np.array(["2020-12-27", "2020-12-28", "2021-01-01", "2021-01-03", "2021-01-04"], dtype="datetime64[D]")
    assert np.diff(period_of(days, "1w")).tolist() == [1, 0, 0, 1]
    assert np.diff(period_of(days, "1mo")).tolist() == [0, 1, 0, 0]


def test_an_index_has_its_own_prices(market: Market) -> None:
    bars = index_bars(market, "000300.SH")
    np.testing.assert_allclose(bars.close, np.linspace(3400.0, 3500.0, bars.day.size).round(2))
    np.testing.assert_allclose(bars.change[1:], bars.close[1:] / bars.close[:-1] - 1)
    assert np.isnan(bars.change[0])
