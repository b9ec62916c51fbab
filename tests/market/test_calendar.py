"""Sessions: official ones from the table, later ones computed and marked so."""

from datetime import date

import numpy as np
import pytest

from quantgpt.market.calendar import TradeDays, official, review_days, review_monday, sessions_since


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def test_known_holidays_are_no_sessions() -> None:
    days = official().between(day("2024-02-05"), day("2024-02-20"))
    assert [str(d) for d in days] == [
        "2024-02-05",
        "2024-02-06",
        "2024-02-07",
        "2024-02-08",
        "2024-02-19",
        "2024-02-20",
    ]


def test_a_year_has_about_243_sessions() -> None:
    years = official().days.astype("datetime64[Y]")
    _, counts = np.unique(years, return_counts=True)
    assert counts.min() >= 238
    assert counts.max() <= 245


def test_the_calendar_does_not_end_with_the_table() -> None:
    carried = official().through(day("2028-03-31"))
    later = carried.between(day("2027-01-01"), day("2027-12-31"))
    assert 238 <= later.size <= 250
    assert day("2027-01-01") not in later
    assert day("2027-02-08") not in later
    assert carried.is_provisional(later[0])
    assert not carried.is_provisional(day("2026-12-31"))


def test_a_source_extends_and_corrects_the_table() -> None:
    known = TradeDays(np.array(["2026-12-30", "2026-12-31"], dtype="datetime64[D]"), day("2026-12-31"))
    more = known.extended(np.array(["2026-12-31", "2027-01-04", "2027-01-06"], dtype="datetime64[D]"))
    assert [str(d) for d in more.days] == ["2026-12-30", "2026-12-31", "2027-01-04", "2027-01-06"]
    assert not more.contains(np.array(["2027-01-05"], dtype="datetime64[D]"))[0]
    assert not more.is_provisional(day("2027-01-06"))


def test_sessions_since_listing_count_from_zero_and_reach_before_the_table() -> None:
    days = official().between(day("2024-01-02"), day("2024-01-05"))
    start = np.array(["2024-01-03", "1999-11-10", "NaT"], dtype="datetime64[D]")
    age = sessions_since(days, start, official().days)
    assert age[:, 0].tolist() == [-1, 0, 1, 2]
    assert (age[:, 1] > 5000).all()
    assert (age[:, 2] == -1).all()


def test_index_reviews_take_effect_on_the_monday_after_the_second_friday() -> None:
    assert review_monday(2024, 6) == date(2024, 6, 17)
    assert review_monday(2024, 12) == date(2024, 12, 16)
    days = official().between(day("2024-01-02"), day("2025-06-30")).tolist()
    assert review_days(days) == [date(2024, 6, 17), date(2024, 12, 16), date(2025, 6, 16)]
    assert review_days([]) == []


@pytest.mark.realdata
def test_the_table_in_the_package_equals_the_real_sessions(real_data) -> None:  # type: ignore[no-untyped-def]
    import pyarrow.parquet as pq

    real = pq.read_table(real_data / "trade_calendar.parquet")["date"].to_numpy().astype("datetime64[D]")
    assert np.array_equal(official().between(real[0], real[-1]), real)
