"""Every address of the signed interface as it is documented, over a server and a worker."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests._rig import lend_demo, make_app, working
from tests.signed._door import JOBS, STRATEGIES, Signed, door, job_body, refused

pytestmark = pytest.mark.xdist_group("signed contract")

KEYS = ["id", "status", "config", "submitted_at", "started_at", "finished_at", "progress", "result", "error"]
METRICS = [
    "sharpe", "sortino", "calmar", "max_drawdown", "win_rate", "profit_factor", "cagr", "expected_value", "total_trades",
    "avg_trade_duration_seconds",
]  # fmt: skip
TRADE = ["id", "side", "symbol", "entry_time", "entry_price", "exit_time", "exit_price", "qty", "pnl", "fee"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PLAIN = re.compile(r"-?\d+(\.\d+)?")
SEED = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-12-31T23:59:59Z",
    "capital": "10000.00",
}
BY_TEMPLATE: dict[str, dict[str, Any]] = {
    "tpl_grid": SEED["params"],  # type: ignore[dict-item]
    "tpl_dca": {"interval": "1d", "buy_amount": "100"},
    "tpl_breakout": {"lookback": 24},
    "tpl_momentum": {},
    "tpl_meanrev": {},
    "tpl_ma_cross": {"fast": 5, "slow": 20, "ma_type": "sma", "direction": "both"},
    "tpl_rsi": {"period": 7},
}


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """A server and a worker on the demo market; jobs may be looked at as often as wanted."""
    settings = {"signed_weight": 10_000_000, "signed_poll_rule": False}
    app = lend_demo(make_app(tmp_path_factory.mktemp("contract") / "home", **settings))
    with working(app, warm=True), door(app) as opened:
        yield opened
    app.records.close()


@pytest.fixture(scope="module")
def seed(us: Signed) -> dict[str, Any]:
    """The job of the documented example, done."""
    return done(us, SEED)


def done(us: Signed, body: dict[str, Any]) -> dict[str, Any]:
    """The job, once it is finished; what it shows on the way is checked."""
    made = us.post(JOBS, body)
    assert made.status_code == 200, made.text
    deadline, before = time.monotonic() + 60, 0.0
    while True:
        job: dict[str, Any] = us.get(made.headers["Location"]).json()
        assert list(job) == KEYS
        assert before <= job["progress"] <= 1
        before = job["progress"]
        if job["status"] not in ("queued", "running"):
            return job
        assert job["result"] is job["error"] is job["finished_at"] is None
        assert before < 1
        assert time.monotonic() < deadline
        time.sleep(0.02)


# -- the job object --------------------------------------------------------------------------------------------------


def test_a_fresh_job(us: Signed) -> None:
    answer = us.post(JOBS, SEED)
    job = answer.json()
    assert list(job) == KEYS
    assert re.fullmatch(r"bt_[0-9a-f]{8}", job["id"])
    assert job["status"] == "queued"
    assert job["progress"] == 0
    assert [job[name] for name in ("started_at", "finished_at", "result", "error")] == [None] * 4
    assert job["config"] == {**SEED, "leverage": 1, "fee_model": "fixed_bps", "fee_bps": "5"}
    assert MOMENT.fullmatch(job["submitted_at"])
    us.post(f"{JOBS}/{job['id']}/cancel")


def test_the_example_of_the_documentation_runs(seed: dict[str, Any]) -> None:
    assert (seed["status"], seed["progress"], seed["error"]) == ("done", 1.0, None)
    assert all(MOMENT.fullmatch(seed[name]) for name in ("submitted_at", "started_at", "finished_at"))
    assert seed["submitted_at"] <= seed["started_at"] <= seed["finished_at"]
    result = seed["result"]
    assert list(result) == ["metrics", "equity_curve", "trades"]
    assert list(result["metrics"]) == METRICS
    for name, value in result["metrics"].items():
        if name in ("total_trades", "avg_trade_duration_seconds"):
            assert type(value) is int
        else:
            assert value is None or PLAIN.fullmatch(value), name


def test_the_curve_has_a_sample_a_day_and_adds_up(seed: dict[str, Any]) -> None:
    curve, trades = seed["result"]["equity_curve"], seed["result"]["trades"]
    moments = [moment for moment, _ in curve]
    first = datetime(2025, 1, 1, tzinfo=UTC)
    days = [(first + timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(365)]
    assert moments == [*days, "2025-12-31T23:59:59Z"]
    assert curve[0][1] == "10000.00"
    assert all(PLAIN.fullmatch(equity) and 2 <= len(equity.partition(".")[2]) <= 8 for _, equity in curve)
    total = sum((Decimal(trade["pnl"]) for trade in trades), Decimal(0))
    assert total == Decimal(curve[-1][1]) - Decimal(curve[0][1])
    assert seed["result"]["metrics"]["total_trades"] == len(trades) > 0


def test_trades_are_numbered_in_their_order(seed: dict[str, Any]) -> None:
    trades = seed["result"]["trades"]
    assert all(list(trade) == TRADE for trade in trades)
    assert [trade["id"] for trade in trades] == list(range(1, len(trades) + 1))
    order = [(trade["exit_time"], trade["entry_time"], trade["symbol"]) for trade in trades]
    assert order == sorted(order)
    for trade in trades:
        assert trade["side"] in ("buy", "sell")
        assert all(MOMENT.fullmatch(trade[name]) for name in ("entry_time", "exit_time"))
        assert all(PLAIN.fullmatch(trade[name]) for name in TRADE[4:] if name.endswith(("price", "qty", "pnl", "fee")))


@pytest.mark.parametrize("template_id", BY_TEMPLATE)
def test_every_template_and_alias_runs(us: Signed, template_id: str) -> None:
    job = done(us, job_body(template_id=template_id, params=BY_TEMPLATE[template_id], end="2025-02-28T23:59:59Z"))
    assert job["status"] == "done", job["error"]
    assert job["config"]["template_id"] == template_id
    assert job["config"]["params"] == BY_TEMPLATE[template_id]
    curve = job["result"]["equity_curve"]
    total = sum((Decimal(trade["pnl"]) for trade in job["result"]["trades"]), Decimal(0))
    assert total == Decimal(curve[-1][1]) - Decimal(curve[0][1])


def test_the_same_job_again_gives_the_same_bytes(us: Signed, seed: dict[str, Any]) -> None:
    again = us.get(f"{JOBS}/{done(us, SEED)['id']}").text
    assert (
        again[again.index('"result":') :] == (first := us.get(f"{JOBS}/{seed['id']}").text)[first.index('"result":') :]
    )


def test_what_is_sent_is_echoed_as_it_counts(us: Signed) -> None:
    body = job_body(
        start=..., end=..., **{"from": "2025-01-01T08:00:00+08:00", "to": "2025-01-10T00:00:00.75Z"},
        capital=5000, fee_model="tiered_maker_taker", fee_bps="7", leverage=3, symbols=["BTCUSDT", "ETHUSDT"],
        slippage_bps="1.5", funding="historical", intrabar="pessimistic", strict_touch=True,
    )  # fmt: skip
    answer = us.post(JOBS, body)
    config = answer.json()["config"]
    assert config == {
        "template_id": "tpl_momentum", "params": {"fast": 10, "slow": 30}, "symbols": ["BTCUSDT", "ETHUSDT"],
        "timeframe": "1h", "start": "2025-01-01T00:00:00Z", "end": "2025-01-10T00:00:00Z", "capital": "5000", "leverage": 3,
        "fee_model": "tiered_maker_taker", "slippage_bps": "1.5", "funding": "historical", "intrabar": "pessimistic",
        "strict_touch": True,
    }  # fmt: skip
    assert us.post(f"{JOBS}/{answer.json()['id']}/cancel").status_code in (200, 409)


def test_a_window_without_bars_fails_and_names_the_first_bar(us: Signed) -> None:
    job = done(us, job_body(start="2018-01-01T00:00:00Z", end="2018-02-01T00:00:00Z"))
    assert (job["status"], job["result"]) == ("failed", None)
    assert list(job["error"]) == ["code", "message"]
    assert job["error"]["code"] == "DATA_UNAVAILABLE"
    assert "2021-01-01" in job["error"]["message"]
    assert job["finished_at"]
    refused(us.post(f"{JOBS}/{job['id']}/cancel"), 409, "INVALID_STATE")


def test_a_job_that_is_done_cannot_be_cancelled(us: Signed, seed: dict[str, Any]) -> None:
    error = refused(us.post(f"{JOBS}/{seed['id']}/cancel"), 409, "INVALID_STATE")
    assert "done" in error["message"]
    assert us.get(f"{JOBS}/{seed['id']}").json() == seed


def test_the_details_say_what_the_object_has_no_place_for(us: Signed, seed: dict[str, Any]) -> None:
    found = us.get(f"{JOBS}/{seed['id']}/details").json()
    assert found["id"] == seed["id"]
    assert (found["market"], found["synthetic"]) == ("demo", True)
    assert found["snapshot"]
    assert found["engine_version"]
    assert found["counts"]["bars"] == 365 * 24
    assert len(found["causes"]) == len(found["funding"]) == len(seed["result"]["trades"])
    assert Decimal(found["totals"]["fees"]) == sum(Decimal(trade["fee"]) for trade in seed["result"]["trades"])


# -- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_is_newest_first_in_pages_with_metrics_only(us: Signed, seed: dict[str, Any]) -> None:
    for _ in range(3):
        us.post(f"{JOBS}/{us.post(JOBS, job_body()).json()['id']}/cancel")
    whole = us.get(f"{JOBS}?limit=100").json()
    assert list(whole) == ["data", "next_cursor"]
    assert whole["next_cursor"] is None
    ids = [job["id"] for job in whole["data"]]
    assert [job["submitted_at"] for job in whole["data"]] == sorted(
        (job["submitted_at"] for job in whole["data"]), reverse=True
    )
    mine = next(job for job in whole["data"] if job["id"] == seed["id"])
    assert mine == {**seed, "result": {"metrics": seed["result"]["metrics"]}}
    paged, cursor = [], ""
    while True:
        page = us.get(f"{JOBS}?limit=2{cursor}").json()
        paged += [job["id"] for job in page["data"]]
        if page["next_cursor"] is None:
            break
        assert len(page["data"]) == 2
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == ids


def test_a_list_by_status_template_and_time(us: Signed, seed: dict[str, Any]) -> None:
    for query, fits in (
        ("status=done", lambda job: job["status"] == "done"),
        ("status=cancelled", lambda job: job["status"] == "cancelled"),
        ("template_id=tpl_grid", lambda job: job["config"]["template_id"] == "tpl_grid"),
        ("status=done&template_id=tpl_dca", lambda job: job["config"]["template_id"] == "tpl_dca"),
    ):
        found = us.get(f"{JOBS}?limit=100&{query}").json()["data"]
        assert found
        assert all(fits(job) for job in found)
    at = seed["submitted_at"]
    later = datetime.fromisoformat(at) + timedelta(seconds=1)
    assert seed["id"] in [job["id"] for job in us.get(f"{JOBS}?limit=100&from={at}").json()["data"]]
    assert seed["id"] not in [job["id"] for job in us.get(f"{JOBS}?limit=100&to={at}").json()["data"]]
    span = f"from={at}&to={later.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    assert seed["id"] in [job["id"] for job in us.get(f"{JOBS}?limit=100&{span}").json()["data"]]
    assert us.get(f"{JOBS}?template_id=tpl_none").json() == {"data": [], "next_cursor": None}


# -- templates and market data ---------------------------------------------------------------------------------------


def test_the_catalogue(us: Signed) -> None:
    page = us.without_credentials("GET", "/v1/templates").json()
    assert page["next_cursor"] is None
    ids = [template["id"] for template in page["data"]]
    assert ids == ["tpl_breakout", "tpl_dca", "tpl_grid", "tpl_meanrev", "tpl_momentum"]
    for template in page["data"]:
        one = us.without_credentials("GET", f"/v1/templates/{template['id']}").json()
        assert one == template
        assert template["supports_multi_symbol"] is (template["id"] != "tpl_grid")
        assert template["min_capital"] == "100.00"
        assert template["params"]["$schema"].endswith("2020-12/schema")
        assert template["params"]["additionalProperties"] is False
        for alias in template["aliases"]:
            assert us.without_credentials("GET", f"/v1/templates/{alias}").json() == template
    assert {alias for template in page["data"] for alias in template["aliases"]} == {"tpl_ma_cross", "tpl_rsi"}
    error = refused(us.without_credentials("GET", "/v1/templates/tpl_gird"), 404, "NOT_FOUND")
    assert error["details"][0]["nearest"] == "tpl_grid"


def test_exchange_info(us: Signed) -> None:
    found = us.without_credentials("GET", "/v1/market/exchange-info").json()
    assert list(found) == ["serverTime", "symbols"]
    assert abs(found["serverTime"] - time.time() * 1000) < 5_000
    assert {"BTCUSDT", "ETHUSDT", "SOLUSDT"} <= {symbol["symbol"] for symbol in found["symbols"]}
    one = us.get("/v1/market/exchange-info?symbol=BTCUSDT").json()["symbols"]
    assert len(one) == 1
    assert {"symbol", "status", "baseAsset", "quoteAsset", "pricePrecision", "quantityPrecision", "filters"} == set(
        one[0]
    )
    kinds = [limit["filterType"] for limit in one[0]["filters"]]
    assert kinds == ["PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MIN_NOTIONAL", "MAX_NUM_ORDERS"]
    assert us.get("/v1/market/exchange-info?symbol=BTCUSDT&market=spot").status_code == 200
    refused(us.get("/v1/market/exchange-info?symbol=NOPE"), 400, "UNKNOWN_SYMBOL")
    refused(us.get("/v1/market/exchange-info?market=margin"), 400, "INVALID_PARAMETER")


def test_klines(us: Signed) -> None:
    start = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp() * 1000)
    path = f"/v1/market/klines?symbol=BTCUSDT&interval=4h&startTime={start}&limit=5"
    rows = us.without_credentials("GET", path).json()
    assert len(rows) == 5
    for number, row in enumerate(rows):
        assert len(row) == 11
        assert row[0] == start + number * 4 * 3_600_000
        assert row[6] == row[0] + 4 * 3_600_000 - 1
        opened, high, low, closed = (Decimal(text) for text in row[1:5])
        assert low <= min(opened, closed) <= max(opened, closed) <= high
    ends = us.get(f"/v1/market/klines?symbol=BTCUSDT&interval=1h&startTime={start}&endTime={start + 3_600_000}").json()
    assert [row[0] for row in ends] == [start, start + 3_600_000]
    assert len(us.get("/v1/market/klines?symbol=BTCUSDT&interval=1h").json()) == 500


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("interval=1h", "INVALID_PARAMETER", "symbol"), ("symbol=BTCUSDT", "INVALID_PARAMETER", "interval"),
        ("symbol=NOPE&interval=1h", "UNKNOWN_SYMBOL", "symbol"), ("symbol=BTCUSDT&interval=7m", "INVALID_PARAMETER", "interval"),
        ("symbol=BTCUSDT&interval=1h&limit=0", "INVALID_PARAMETER", "limit"),
        ("symbol=BTCUSDT&interval=1h&limit=1501", "INVALID_PARAMETER", "limit"),
        ("symbol=BTCUSDT&interval=1h&startTime=-1", "INVALID_PARAMETER", "startTime"),
        ("symbol=BTCUSDT&interval=1h&startTime=2025-01-01", "INVALID_PARAMETER", "startTime"),
        ("symbol=BTCUSDT&interval=1h&startTime=2&endTime=1", "INVALID_PARAMETER", "startTime"),
        ("symbol=BTCUSDT&interval=1h&market=x", "INVALID_PARAMETER", "market"),
        ("symbol=BTCUSDT&symbol=ETHUSDT&interval=1h", "INVALID_PARAMETER", "symbol"),
    ],
)  # fmt: skip
def test_bars_that_cannot_be_had(us: Signed, query: str, code: str, field: str) -> None:
    error = refused(us.without_credentials("GET", f"/v1/market/klines?{query}"), 400, code)
    assert error["details"][0]["field"] == field


# -- strategies ------------------------------------------------------------------------------------------------------

PLAN = {
    "name": "BTC 网格", "template_id": "tpl_grid", "params": SEED["params"], "symbols": ["BTCUSDT"], "timeframe": "1h",
    "capital": "500.00",
}  # fmt: skip


def test_a_strategy_is_kept_changed_used_and_forgotten(us: Signed) -> None:
    made = us.post(STRATEGIES, PLAN)
    strategy = made.json()
    assert made.status_code == 200
    assert re.fullmatch(r"strat_[0-9a-f]{8}", strategy["id"])
    path = made.headers["Location"]
    assert path == f"{STRATEGIES}/{strategy['id']}"
    assert {**strategy, **PLAN, "leverage": 1, "status": "draft", "deployed_at": None} == strategy
    assert set(strategy["stats"]) == {"open_positions", "total_pnl", "total_trades", "win_rate"}
    assert us.get(path).json() == strategy
    assert strategy in us.get(STRATEGIES).json()["data"]
    refused(us.post(STRATEGIES, PLAN), 409, "DUPLICATE_NAME")

    window = {"from": "2025-01-01T00:00:00Z", "to": "2025-01-31T23:59:59Z"}
    job = us.post(JOBS, {"strategy_id": strategy["id"], **window}).json()
    assert job["config"]["strategy_id"] == strategy["id"]
    assert job["config"]["params"] == SEED["params"]
    assert job["config"]["capital"] == "500.00"
    assert (job["config"]["start"], job["config"]["end"]) == tuple(window.values())

    changed = us.send("PATCH", path, {"params": {**PLAN["params"], "grid_levels": 5}, "leverage": 2})  # type: ignore[dict-item]
    assert changed.json()["params"]["grid_levels"] == 5
    assert changed.json()["leverage"] == 2
    refused(us.send("PATCH", path, {"leverage": 21}), 400, "INVALID_PARAMETER")
    refused(us.send("PATCH", path, {"template_id": "tpl_dca"}), 400, "INVALID_PARAMETER")
    refused(us.send("PATCH", path, b"[]"), 400, "INVALID_PARAMETER")
    for action in ("deploy", "pause"):
        refused(us.post(f"{path}/{action}", {"dry_run": True}), 501, "NOT_IMPLEMENTED")
        refused(us.post(f"{STRATEGIES}/strat_00000000/{action}"), 404, "NOT_FOUND")

    assert us.get(f"{JOBS}/{job['id']}").json()["config"] == job["config"]
    assert us.send("DELETE", path).json() == {"deleted": True, "id": strategy["id"]}
    for method in ("GET", "DELETE"):
        refused(us.send(method, path), 404, "NOT_FOUND")
    refused(us.post(JOBS, {"strategy_id": strategy["id"], **window}), 404, "NOT_FOUND")
    assert us.get(f"{JOBS}/{job['id']}").json()["config"] == job["config"]


def test_strategies_in_pages(us: Signed) -> None:
    ids = [us.post(STRATEGIES, {**PLAN, "name": f"plan {number}"}).json()["id"] for number in range(3)]
    first = us.get(f"{STRATEGIES}?limit=2").json()
    assert [row["id"] for row in first["data"]] == ids[:0:-1]
    rest = us.get(f"{STRATEGIES}?limit=2&cursor={first['next_cursor']}").json()
    assert (rest["data"][0]["id"], rest["next_cursor"]) == (ids[0], None)
    refused(us.get(f"{STRATEGIES}?limit=0"), 400, "INVALID_PARAMETER")
    for name in ("", "x" * 65, 5, None):
        refused(us.post(STRATEGIES, {**PLAN, "name": name}), 400, "INVALID_PARAMETER")


def test_scopes_open_what_they_name(us: Signed) -> None:
    job_id = us.get(f"{JOBS}?limit=1").json()["data"][0]["id"]
    wanted = {
        "backtest:read": [("GET", JOBS), ("GET", f"{JOBS}/{job_id}"), ("GET", f"{JOBS}/{job_id}/details")],
        "backtest:write": [("POST", JOBS), ("POST", f"{JOBS}/{job_id}/cancel")],
        "strategies:read": [("GET", STRATEGIES), ("GET", f"{STRATEGIES}/strat_00000000")],
        "strategies:write": [("POST", STRATEGIES), ("PATCH", f"{STRATEGIES}/strat_00000000"), ("DELETE", f"{STRATEGIES}/strat_00000000")],
    }  # fmt: skip
    for scope in wanted:
        kept = us.other(scopes=[scope])
        for other, requests in wanted.items():
            for method, path in requests:
                answer = kept.send(method, path, b"{}" if method in ("POST", "PATCH") else None)
                assert (answer.status_code == 403) is (other != scope), (scope, method, path, answer.text)
        assert kept.get("/v1/templates").status_code == 200


def test_a_strategy_is_read_through_a_job_by_those_who_may_read_it_only(us: Signed) -> None:
    body = {"strategy_id": "strat_00000000", "start": "2025-01-01T00:00:00Z", "end": "2025-01-02T00:00:00Z"}
    refused(us.other(scopes=["backtest:write"]).post(JOBS, body), 403, "INSUFFICIENT_PERMISSION")
    refused(us.other(scopes=["backtest:write", "strategies:read"]).post(JOBS, body), 404, "NOT_FOUND")


def test_what_one_key_started_the_other_keys_of_the_account_see(us: Signed, seed: dict[str, Any]) -> None:
    assert us.other().get(f"{JOBS}/{seed['id']}").json() == seed
    assert json.dumps(seed)
