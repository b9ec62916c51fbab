"""Markets over the interface: every figure against the store or against a computation of its own."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient
from tests._rig import make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.market import Market
from quantgpt.services._base import App
from quantgpt.trading.boards import board_of
from quantgpt.trading.kernels import read_only
from quantgpt.trading.limits import limit_prices

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"


@pytest.fixture(scope="module")
def market(served: App) -> Market:
    """The demo market in the store itself."""
    return served.markets.open("demo")


def get(client: TestClient, path: str, status: int = 200, **query: Any) -> Any:
    """An answer of the interface."""
    answer = client.get(f"{API}/markets{path}", params=query)
    assert answer.status_code == status, answer.text
    assert "NaN" not in answer.text
    return answer.json()


def bars(client: TestClient, code: str, **query: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    """Bars of a name, and their columns as a frame by day."""
    found = get(client, f"/demo/bars/{code}", **query)
    columns = found["columns"]
    assert {len(column) for column in columns.values()} == {found["count"]}
    return found, pd.DataFrame(columns).set_index("day")


def test_the_list_says_what_the_store_holds(client: TestClient, market: Market) -> None:
    found = get(client, "")
    assert (found["default"], [row["name"] for row in found["markets"]]) == ("demo", ["demo"])
    row = found["markets"][0]
    assert (row["snapshot"], row["names"], row["sessions"]) == (market.snapshot, len(market.assets), market.days.size)
    assert (row["first_day"], row["last_day"]) == (str(market.days[0]), str(market.days[-1]))
    assert (row["synthetic"], row["can_import"], row["is_default"], row["broken"]) == (True, False, True, None)
    assert row["size_bytes"] > 10_000_000


def test_snapshots_and_what_cannot_be_rolled_back(client: TestClient, market: Market) -> None:
    found = get(client, "/demo/snapshots")
    assert [row["id"] for row in found["snapshots"]] == [market.snapshot]
    assert (found["can_roll_back"], found["current"]) == (False, market.snapshot)
    answer = client.post(f"{API}/markets/demo/rollback", json={"current": market.snapshot})
    assert answer.status_code == 409
    stale = client.post(f"{API}/markets/demo/rollback", json={"current": "000000000000"})
    assert (stale.status_code, stale.json()["code"], stale.json()["nearest"]) == (409, "changed", market.snapshot)


def test_coverage_and_health_speak_of_the_open_snapshot(client: TestClient, market: Market) -> None:
    coverage, health = get(client, "/demo/coverage"), get(client, "/demo/health")
    assert coverage["snapshot"] == health["snapshot"] == market.snapshot
    assert all(len(row["cells"]) == len(coverage["years"]) for row in coverage["rows"])
    volume = next(row for row in coverage["rows"] if row["field"] == "volume")["cells"][0]
    first_year = market.days.astype("datetime64[Y]") == market.days[0].astype("datetime64[Y]")
    traded = market.panel_rows("traded", slice(0, None))[first_year]
    assert (volume["of"], volume["known"]) == (int(traded.sum()), int(traded.sum()))
    assert health["ok"]
    assert {check["level"] for check in health["checks"]} == {"ok"}
    assert get(client, "")["markets"][0]["warnings"] == len(coverage["warnings"])
    assert not get(client, "/demo/health", files="true")["files_checked"]


def test_files_are_read_once_for_all_who_ask(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import quantgpt.market.health as health
    from quantgpt.foundations.hashing import hash_file
    from quantgpt.services import markets

    read: list[Any] = []
    monkeypatch.setattr(markets, "_files_read", {})
    monkeypatch.setattr(health, "hash_file", lambda path: (read.append(path), hash_file(path))[1])
    first = client.post(f"{API}/markets/demo/health")
    assert (first.status_code, first.json()["files_checked"]) == (200, True)
    assert len(read) == first.json()["objects"] > 0
    assert client.post(f"{API}/markets/demo/health").json() == first.json()
    assert get(client, "/demo/health") == first.json()
    assert len(read) == first.json()["objects"]


def test_a_check_of_files_holds_up_nobody(client: TestClient) -> None:
    from quantgpt.services import markets

    with markets._reading_files:
        answer = client.post(f"{API}/markets/demo/health")
        assert (answer.status_code, answer.json()["code"]) == (409, "busy")
        assert get(client, "")["markets"]
        assert get(client, "/demo/coverage")["rows"]
        assert get(client, "/demo/health")["checks"]


@pytest.mark.parametrize(
    ("query", "first"),
    [("600000.SH", "600000.SH"), ("600000", "600000.SH"), ("sh600000", "600000.SH"), ("sh.600000", "600000.SH"),
     ("演示银行", None), ("000300.sh", "000300.SH"), ("0003", None)],
)  # fmt: skip
def test_names_are_found_by_code_and_word(client: TestClient, market: Market, query: str, first: str | None) -> None:
    found = get(client, "/demo/instruments", query=query, limit=5)
    rows = found["instruments"]
    assert len(rows) == min(5, found["total"])
    if first:
        assert rows[0]["code"] == first
    plain = query.casefold()
    pairs = [*zip(market.assets, market.facts.names.tolist(), strict=True)]
    pairs += [*zip(market.facts.index_codes.tolist(), market.facts.index_names.tolist(), strict=True)]
    fits = sum(plain in code.casefold() or plain in name.casefold() for code, name in pairs)
    assert found["total"] == (1 if query.startswith("sh") else fits)


def test_nothing_fits_a_strange_word(client: TestClient) -> None:
    for query in ("zzz", "<script>", "%", "' or 1=1"):
        assert get(client, "/demo/instruments", query=query)["instruments"] == []
    assert get(client, "/demo/instruments", 400, query="x" * 65)["field"] == "query"
    assert get(client, "/demo/instruments", 400, limit=0)["field"] == "limit"


def test_every_fact_of_a_name_is_that_of_the_store(client: TestClient, market: Market) -> None:
    facts = market.facts
    for column in (0, 700, len(market.assets) - 1):
        row = get(client, "/demo/instruments", query=market.assets[column])["instruments"][0]
        assert row["name"] == str(facts.names[column])
        assert row["first_day"] == str(market.days[facts.first_row[column]])
        assert row["delisted"] == bool(facts.last_row[column] < market.days.size - 1)
        assert row["board"] == board_of(market.assets[column]).name.lower()


def test_bars_are_the_stored_panels(client: TestClient, market: Market) -> None:
    column = market.assets.index("600000.SH")
    found, frame = bars(client, "600000", start="2024-01-01", end="2024-12-31")
    rows = (market.days >= np.datetime64("2024-01-01")) & (market.days <= np.datetime64("2024-12-31"))
    assert (found["count"], found["start"], found["end"]) == (int(rows.sum()), "2024-01-01", "2024-12-31")
    for name in ("open", "high", "low", "close", "volume", "amount", "pre_close"):
        np.testing.assert_allclose(
            frame[name].astype(float), market.raw(name)[rows, column], atol=1e-2 if name == "amount" else 1e-6
        )
    np.testing.assert_array_equal(frame["suspended"], market.panel_rows("traded", slice(0, None))[rows, column] == 0)
    assert frame.loc[frame["suspended"], ["open", "high", "low", "close", "volume"]].isna().all().all()


def test_limits_are_those_of_the_rulebook(client: TestClient, market: Market) -> None:
    """Against the kernel that the simulation uses, for a name of each board and one listed in the middle."""
    facts = market.facts
    young = np.flatnonzero((facts.first_row > 50) & (facts.last_row > facts.first_row + 300))[:3].tolist()
    boards = [int(np.flatnonzero(facts.board == board)[0]) for board in np.unique(facts.board)]
    from quantgpt.market.calendar import sessions_since

    for column in (*boards, *young):
        own = np.array([column])
        _, frame = bars(client, market.assets[column], start=str(market.days[0]), end=str(market.days[-1]))
        rows = slice(int(facts.first_row[column]), int(facts.last_row[column]) + 1)
        age = sessions_since(market.days[rows], facts.list_day[own], facts.calendar)
        up, down = limit_prices(
            read_only(market.raw("pre_close")[rows, own], np.float64), facts.board[own], market.part("st", rows, own), age,
            market.days[rows],
        )  # fmt: skip
        np.testing.assert_allclose(frame["limit_up"].astype(float), up[:, 0], atol=1e-9)
        np.testing.assert_allclose(frame["limit_down"].astype(float), down[:, 0], atol=1e-9)
        close = market.raw("close")[rows, column]
        expected = np.where(
            np.isclose(close, up[:, 0], atol=1e-6), 1, np.where(np.isclose(close, down[:, 0], atol=1e-6), -1, 0)
        )
        assert frame["at_limit"].tolist() == expected.tolist()


def test_forward_adjusted_bars_keep_returns_and_the_last_price(client: TestClient, market: Market) -> None:
    column = next(
        c for c in range(len(market.assets)) if market.raw("factor")[-1, c] > 1.2 * market.raw("factor")[0, c]
    )
    code = market.assets[column]
    span = {"start": str(market.days[0]), "end": str(market.days[-1])}
    plain, scaled = bars(client, code, **span)[1], bars(client, code, adjust="forward", **span)[1]
    factor = pd.Series(market.raw("factor")[:, column], index=plain.index)
    for name in ("open", "high", "low", "close", "pre_close", "limit_up", "limit_down"):
        np.testing.assert_allclose(
            scaled[name].astype(float), plain[name].astype(float) * factor / factor.iloc[-1], rtol=1e-4, atol=1e-6
        )
    np.testing.assert_array_equal(scaled["at_limit"], plain["at_limit"])
    np.testing.assert_array_equal(scaled["volume"].astype(float), plain["volume"].astype(float))
    returns = scaled["close"].astype(float).ffill().pct_change()
    traded = ~plain["suspended"]
    np.testing.assert_allclose(returns[traded].iloc[1:], plain["change"].astype(float)[traded].iloc[1:], atol=2e-3)


@pytest.mark.parametrize(("freq", "rule"), [("1w", "W-SUN"), ("1mo", "ME")])
def test_a_part_of_a_year_in_periods_is_whole(client: TestClient, freq: str, rule: str) -> None:
    """A range that begins and ends within a period gives whole ones, the same as of all history."""
    _, frame = bars(client, "000300.SH", freq=freq, start="2024-03-06", end="2024-06-12")
    _, daily = bars(client, "000300.SH", start="2024-01-01", end="2024-07-31")
    daily.index = pd.to_datetime(daily.index)
    expected = daily["close"].astype(float).resample(rule).last().dropna()
    for day, close in frame["close"].items():
        matching = expected[expected.index >= pd.Timestamp(str(day))].iloc[0]
        assert close == matching
    assert len(frame) == (15 if freq == "1w" else 4)


def test_an_index_of_the_demo_market_has_a_close_only(client: TestClient, market: Market) -> None:
    found, frame = bars(client, "sh000300")
    assert (found["kind"], found["count"], [n["code"] for n in found["notices"]]) == ("index", 250, ["close_only"])
    np.testing.assert_allclose(frame["close"], market.index_close("000300.SH")[-250:], atol=1e-6)
    assert frame["open"].isna().all()


@pytest.mark.parametrize(
    ("path", "query", "field", "nearest"),
    [
        ("/demo/bars/600000", {"start": "2024-13-01"}, "start", None),
        ("/demo/bars/600000", {"start": "2024-02-30"}, "start", "2024-02-29"),
        ("/demo/bars/600000", {"start": "2024-02-02", "end": "2024-01-01"}, "start", "2024-01-01"),
        ("/demo/bars/600000", {"end": "2001-01-01"}, "end", "2015-01-05"),
        ("/demo/bars/600000", {"start": "2040-01-01", "end": "2041-01-01"}, "start", "2026-09-30"),
        ("/demo/bars/600000", {"freq": "1m"}, "freq", "1mo"),
        ("/demo/bars/600000", {"adjust": "back"}, "adjust", None),
        ("/demo/universes/hs300/members", {"date": "2001-01-01"}, "date", "2015-01-05"),
        ("/demo/universes/hs300/members", {"date": "soon"}, "date", None),
    ],
)
def test_a_bad_field_is_named(client: TestClient, path: str, query: Any, field: str, nearest: str | None) -> None:
    body = get(client, path, 400, **query)
    assert body["field"] == field
    if nearest:
        assert body["nearest"] == nearest


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/demo/bars/600000.SX", "600000.SH"),
        ("/demo/bars/..%2F..%2Fetc", None),
        ("/dem/coverage", "demo"),
        ("/demo/universes/hs30/members", "hs300"),
        ("/demo/universes/hs30/history", "hs300"),
        ("/main/snapshots", None),
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str, nearest: str | None) -> None:
    body = get(client, path, 404)
    if nearest:
        assert body["nearest"] == nearest


@pytest.mark.parametrize("name", ["..", "%2e%2e", "A", "a" * 40, "demo%00", "demo/..", ".lock"])
def test_a_name_that_can_be_none_leads_nowhere(client: TestClient, name: str) -> None:
    answer = client.get(f"{API}/markets/{name}/coverage")
    assert answer.status_code in (400, 404), answer.text
    assert "Traceback" not in answer.text


def test_members_of_a_day_off_are_those_of_the_session_before(client: TestClient, market: Market) -> None:
    found = get(client, "/demo/universes/hs300/members", date="2024-06-16")
    assert (found["date"], found["asked"]) == ("2024-06-14", "2024-06-16")
    spells, day = market.facts.spells["hs300"], np.datetime64("2024-06-14")
    inside = (spells.first <= day) & (np.isnat(spells.last) | (spells.last >= day))
    assert {row["code"] for row in found["members"]} == set(spells.codes[inside].tolist())
    assert found["count"] == len(found["members"]) == 300
    after = get(client, "/demo/universes/hs300/members", date="2024-06-17")
    left = {row["code"] for row in found["members"]} - {row["code"] for row in after["members"]}
    history = get(client, "/demo/universes/hs300/history")
    step = next(step for step in history["steps"] if step["day"] == "2024-06-17")
    assert {row["code"] for row in step["removed"]} == left
    assert all(row["until"] == "2024-06-14" for row in found["members"] if row["code"] in left)


def test_without_any_market_there_is_an_empty_list(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = make_app(tmp_path_factory.mktemp("bare") / "home")
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as opened:
        assert opened.get(f"{API}/markets").json() == {"default": None, "markets": []}
        assert opened.get(f"{API}/markets/demo/coverage").status_code == 404
    app.records.close()


def test_a_damaged_market_is_named_with_its_damage(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = make_app(tmp_path_factory.mktemp("broken") / "home")
    folder = app.settings.market_folder / "main"
    folder.mkdir(parents=True)
    (folder / "CURRENT").write_text("{")
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as opened:
        row = opened.get(f"{API}/markets").json()["markets"][0]
    app.records.close()
    assert (row["name"], row["snapshot"], row["names"]) == ("main", None, 0)
    assert "CURRENT" in row["broken"]


def test_prices_are_written_as_they_are(client: TestClient) -> None:
    """No binary noise in what a person reads."""
    text = client.get(f"{API}/markets/demo/bars/600000", params={"adjust": "forward"}).text
    numbers = [value for value in json.loads(text)["columns"]["close"] if value is not None]
    assert all(Decimal(str(value)) == round(Decimal(str(value)), 6) for value in numbers)
