"""The signed interface of a store without bars of pairs."""

from __future__ import annotations

from pathlib import Path

from tests._rig import make_app
from tests.signed._door import JOBS, STRATEGIES, door, job_body, refused


def test_without_bars_of_pairs_no_symbol_is_known_and_nobody_is_told_to_wait(tmp_path: Path) -> None:
    with door(make_app(tmp_path / "home")) as bare:
        strategy = {name: job_body()[name] for name in ("template_id", "params", "symbols", "timeframe", "capital")}
        for answer in (
            bare.post(JOBS, job_body()),
            bare.post(STRATEGIES, {**strategy, "name": "no market"}),
            bare.get("/v1/market/klines?symbol=BTCUSDT&interval=1h"),
            bare.get("/v1/market/exchange-info?symbol=BTCUSDT"),
        ):
            error = refused(answer, 400, "UNKNOWN_SYMBOL")
            assert "Retry-After" not in answer.headers
            for cure in ("quantgpt data demo", "quantgpt data crypto BTCUSDT", "quantgpt data import PATH"):
                assert cure in error["message"]
        told = bare.get("/v1/market/exchange-info").json()
        assert told["symbols"] == []
        assert abs(told["serverTime"] - int(bare.now())) < 60_000
