"""What the page asks beside the documented interface: what there is, bars for charts, a look at a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest
from quantgpt.services._base import App
from quantgpt.services.signed import config, jobs, market
from quantgpt.services.signed.candles import DataUnavailable, NoPairs, covering, crypto_market, funding, instruments
from quantgpt.services.signed.faults import Fault, InvalidParameter
from quantgpt.services.signed.literals import read_moment
from quantgpt.services.signed.series import TIMEFRAMES

if TYPE_CHECKING:
    from quantgpt.market import Market
    from quantgpt.records import Job


def market_facts(app: App) -> dict[str, Any]:
    """The market that a new job would use, and its pairs; without a name and without pairs where no market has any."""
    try:
        found = crypto_market(app)
    except NoPairs:
        return {"market": "", "snapshot": "", "synthetic": False, "symbols": []}
    return {
        "market": found.name,
        "snapshot": found.snapshot,
        "synthetic": found.synthetic,
        "symbols": market.symbols_known(found),
    }


def bars_now(app: App, symbol: str, venue: str, timeframe: str, from_ms: int, to_ms: int, most: int) -> dict[str, Any]:
    """At most `most` bars of a pair with from ≤ open time ≤ to, of `timeframe` or a whole multiple of it.

    Raises: BadRequest for a pair or a timeframe that there is not, and for a span that ends before it begins.
    """
    if timeframe not in TIMEFRAMES:
        known = ", ".join(TIMEFRAMES)
        raise BadRequest(f"timeframe 应为 {known} 之一", en=f"timeframe takes one of {known}", field="timeframe")
    return _bars(crypto_market(app), symbol, venue, timeframe, from_ms, to_ms, most)


def bars_of_job(
    app: App, job: Job, symbol: str | None, from_ms: int | None, to_ms: int | None, most: int
) -> dict[str, Any]:
    """The same of the data that a job was run on; of today's for one that was not run yet, or whose data was cleared away
    since: `pinned` is False then.

    Without a symbol its first one, without a span its window.  Raises: BadRequest for a symbol that it has not.
    """
    asked = jobs.job_object(job, brief=True)["config"]
    wanted = symbol or asked["symbols"][0]
    if wanted not in asked["symbols"]:
        known = ", ".join(asked["symbols"])
        raise BadRequest(
            f"这个任务没有 {wanted}，有：{known}",
            en=f"this job has no {wanted}; it has: {known}",
            field="symbol",
            nearest=asked["symbols"][0],
        )
    pinned = jobs.pinned(job)
    held = config.market_of(app, *pinned) if pinned else crypto_market(app)
    start, end = _window(asked)
    span = (start if from_ms is None else from_ms, end if to_ms is None else to_ms)
    bars = _bars(held, wanted, asked.get("market", "perp"), asked["timeframe"], *span, most)
    return {**bars, "pinned": pinned == (held.name, held.snapshot)}


def _window(asked: Mapping[str, Any]) -> tuple[int, int]:
    """Start and end of a configuration in milliseconds since 1970, UTC."""
    start, end = (int(read_moment(asked[name]).timestamp() * 1000) for name in ("start", "end"))
    return start, end


def _bars(held: Market, symbol: str, venue: str, timeframe: str, from_ms: int, to_ms: int, most: int) -> dict[str, Any]:
    known = instruments(held)
    if (symbol, venue) not in known:
        raise BadRequest(
            f"行情库 {held.name} 没有 {symbol}（{venue}）",
            en=f"the market {held.name} has no {symbol} ({venue})",
            field="symbol",
        )
    if to_ms < from_ms:
        raise BadRequest("to 不能早于 from", en="to must not lie before from", field="to", nearest=from_ms)
    return market.chart_bars(held, symbol, venue, timeframe, from_ms, to_ms, most=most)


def check(app: App, owner_id: str, raw: bytes) -> dict[str, Any]:
    """What would be said of a configuration: every fault, else its warnings. Nothing is started.

    Bars that are not there are a fault as well, though a job of such a range is taken and fails.
    """
    try:
        found = config.resolve(app, owner_id, config.parse(raw))
    except InvalidParameter as error:
        return {"ok": False, "faults": [_fault(one) for one in error.faults], "warnings": []}
    faults = _absent(app, found)
    warnings = [{"zh": zh, "en": en} for zh, en in found.warnings]
    return {"ok": not faults, "faults": faults, "warnings": warnings}


def _fault(fault: Fault) -> dict[str, Any]:
    return {"field": fault.field, "zh": fault.reason_zh or fault.reason, "en": fault.reason, "nearest": fault.nearest}


def _absent(app: App, found: config.Config) -> list[dict[str, Any]]:
    """The first pair whose bars, or funding where it is asked for, do not cover the window."""
    asked = found.echo
    held = crypto_market(app, found.market, found.snapshot)
    known = instruments(held)
    start, end = _window(asked)
    length = asked.get("detail_timeframe") or asked["timeframe"]
    now = int(app.clock.now().timestamp() * 1000)
    for symbol in asked["symbols"]:
        instrument = known[(symbol, asked.get("market", "perp"))]
        try:
            covering(held, instrument, length, start, end, now)
            if asked.get("funding") == "historical":
                funding(held, instrument, start, min(end, now))
        except DataUnavailable as error:
            where = {"field": error.field or "start", "nearest": error.nearest}
            return [{**where, "zh": error.message, "en": error.en or error.message}]
    return []
