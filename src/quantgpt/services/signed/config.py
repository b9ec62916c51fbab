"""The configuration of a signed job: every field checked, defaults filled in, before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from quantgpt.foundations.errors import NotFound
from quantgpt.services._base import App
from quantgpt.services.signed import literals
from quantgpt.services.signed.faults import Fault, fault, unknown_symbol_fault
from quantgpt.services.signed.fields import EXTENSIONS, READERS, TIMEFRAME_MINUTES, Fields, read_fields
from quantgpt.services.signed.literals import parse, read_moment, written

if TYPE_CHECKING:
    from quantgpt.bars.instrument import Instrument, Venue
    from quantgpt.market import Market
    from quantgpt.templates import Checked, Context, Template

__all__ = ["Config", "parse", "resolve"]

FROM_STRATEGY = ("template_id", "params", "symbols", "timeframe", "capital", "leverage")
"""Fields that a stored strategy gives."""
_REQUIRED = ("template_id", "params", "symbols", "timeframe", "start", "end", "capital")
_CONTEXT = ("symbols", "timeframe", "capital", "leverage")


@dataclass(frozen=True, kw_only=True)
class Config:
    """A configuration that can be carried out. `echo` is how it is shown: effective values, decimals as text."""

    echo: dict[str, Any]
    market: str
    snapshot: str
    synthetic: bool
    warnings: tuple[tuple[str, str], ...] = ()
    """sentences for people, Chinese and English"""


def resolve(app: App, owner_id: str, body: Mapping[str, Any]) -> Config:
    """Check a request for a job; bare numbers in it are `Number` or int.

    Raises: InvalidParameter with everything that is wrong, UnknownSymbol, NotYours for a strategy that is not theirs,
    NoPairs where no market has bars of pairs.
    """
    from quantgpt.services.signed import candles

    given = {name: value for name, value in body.items() if value is not None}
    now = app.clock.now()
    found = read_fields(body, given, now)
    if "strategy_id" in given:
        found.refuse()
        given = {**_stored(app, owner_id, found.values["strategy_id"]), **given}
        found = read_fields(body, given, now)
    window = {name for name, other in (("start", "from"), ("end", "to")) if other in given}
    found.missing(given, [name for name in _REQUIRED if name not in window])
    market = candles.crypto_market(app)
    checked = _together(found, given, candles.instruments(market))
    found.refuse()
    assert checked is not None
    return Config(
        echo=_echo(found.values, checked.echo),
        market=market.name,
        snapshot=market.snapshot,
        synthetic=market.synthetic,
        warnings=checked.warnings,
    )


# -- fields together ------------------------------------------------------------------------------------------------


def _stored(app: App, owner_id: str, strategy_id: str) -> dict[str, Any]:
    """What a stored strategy gives.  Raises: NotYours."""
    from quantgpt.services.signed import strategies

    return {
        name: value for name, value in strategies.base_of(app, owner_id, strategy_id).items() if name in FROM_STRATEGY
    }


def _together(found: Fields, given: Mapping[str, Any], known: Mapping[Any, Instrument]) -> Checked | None:
    """What several fields must agree on, the template's parameters last; None where they could not be looked at."""
    values = found.values
    venue = values.get("market", "perp")
    values.setdefault("leverage", 1)
    if "fee_model" not in given:
        values["fee_model"] = "fixed_bps"
    if values.get("fee_model") == "fixed_bps" and "fee_bps" not in given:
        values["fee_bps"] = Decimal(5)
    _check_symbols(values.get("symbols", ()), venue, known, found)
    _check_details(values, found)
    if values.get("funding") == "historical" and venue == "spot":
        found.faults.append(fault("funding", "must be none on the spot market", "现货没有资金费率", "none"))
    template = find_template(values.get("template_id"), found.faults)
    if template is None:
        return None
    check_template(template, values, found.faults)
    if "params" not in values:
        return None
    if venue == "spot" and values["leverage"] > 1:
        found.faults.append(fault("leverage", "must be 1 on the spot market", "现货没有杠杆，应为 1", 1))
    if any(name not in values for name in (*_CONTEXT, "fee_model")) or found.faults or found.unknown_symbols:
        return check_params(template, values["params"], None, found.faults)
    checked = check_params(template, values["params"], context_of(values, known), found.faults)
    if checked is not None and venue == "spot":
        found.faults += _sells_first(checked.values)
    return checked


def _check_symbols(symbols: tuple[str, ...], venue: str, known: Mapping[Any, Instrument], found: Fields) -> None:
    there = [symbol for symbol, of in known if of == venue]
    for number, symbol in enumerate(symbols):
        if (symbol, venue) not in known:
            found.unknown_symbols.append(unknown_symbol_fault(symbol, there, f"symbols[{number}]"))


def _check_details(values: Mapping[str, Any], found: Fields) -> None:
    detail, timeframe = values.get("detail_timeframe"), values.get("timeframe")
    if detail is None or timeframe is None:
        return
    fine, whole = TIMEFRAME_MINUTES[detail], TIMEFRAME_MINUTES[timeframe]
    if fine >= whole or whole % fine:
        en, zh = f"must be finer than timeframe {timeframe}", f"必须比 timeframe {timeframe} 更细"
        found.faults.append(fault("detail_timeframe", en, zh))


def _sells_first(params: Mapping[str, Any]) -> list[Fault]:
    """Parameters that sell what nobody owns, which the spot market does not know."""
    return [
        fault(f"params.{name}", "must be long on the spot market", "现货不能做空，应为 long", "long")
        for name in ("direction", "mode")
        if params.get(name, "long") != "long"
    ]


def find_template(template_id: str | None, faults: list[Fault]) -> Template | None:
    """The template of that id, or a fault."""
    from quantgpt.templates import template_of

    if template_id is None:
        return None
    try:
        return template_of(template_id)
    except NotFound as error:
        also = (f"; did you mean {error.nearest}?", f"，是否想写 {error.nearest}？") if error.nearest else ("", "")
        faults.append(fault("template_id", f"is unknown{also[0]}", f"没有这个模板{also[1]}", error.nearest))
        return None


def check_template(template: Template, values: Mapping[str, Any], faults: list[Fault]) -> None:
    """What a template asks of symbols and capital."""
    if len(values.get("symbols", ())) > 1 and not template.supports_multi_symbol:
        faults.append(fault("symbols", f"must be one symbol for {template.id}", f"{template.id} 只能用一个交易品种"))
    capital = values.get("capital")
    if capital is not None and capital < template.min_capital:
        least = f"{template.min_capital:.2f}"
        faults.append(fault("capital", f"must be at least {least}", f"不能小于 {least}", least))


def check_params(template: Template, raw: object, context: Context | None, faults: list[Fault]) -> Checked | None:
    """The parameters of a template, each alone where the rest of the job is not known."""
    from quantgpt.templates._params import BadParams, read_params

    try:
        if context is not None:
            return template.read(raw, context)
        read_params(template.params, raw, lambda found: [])
    except BadParams as error:
        faults.extend(error.faults)
    return None


def context_of(values: Mapping[str, Any], known: Mapping[Any, Instrument]) -> Context:
    """What a template may know of the job. `values` are the fields as they were read."""
    from quantgpt.bars.fees import schedule
    from quantgpt.bars.instrument import SCALE
    from quantgpt.templates import Context

    symbols, venue = values["symbols"], cast("Venue", values.get("market", "perp"))
    fees = schedule(values["fee_model"], values.get("fee_bps"), venue)
    return Context(
        timeframe_ms=TIMEFRAME_MINUTES[values["timeframe"]] * 60_000,
        symbols=symbols,
        capital=Decimal(split(values["capital"], len(symbols))[-1]) / SCALE,
        leverage=values["leverage"],
        maker_rate=Decimal(fees.maker[0]) / SCALE,
        ticks={symbol: known[(symbol, venue)].tick for symbol in symbols},
        min_notionals={symbol: known[(symbol, venue)].min_notional for symbol in symbols},
        step_worths={symbol: known[(symbol, venue)].step * known[(symbol, venue)].max_price for symbol in symbols},
    )


def split(capital: Decimal, books: int) -> list[int]:
    """The capital of each book in 1e-8; the first ones get what does not divide.

    >>> split(Decimal("100"), 3)
    [3333333334, 3333333333, 3333333333]
    """
    each, over = divmod(int(capital * 100_000_000), books)
    return [each + (number < over) for number in range(books)]


def _echo(values: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration in the order in which it is documented."""
    shown: dict[str, Any] = {
        "template_id": values["template_id"],
        "params": dict(params),
        "symbols": list(values["symbols"]),
        "timeframe": values["timeframe"],
        "start": literals.printed(values["start"]),
        "end": literals.printed(values["end"]),
        "capital": written(values["capital"]),
        "leverage": values["leverage"],
        "fee_model": values["fee_model"],
    }
    if values["fee_model"] == "fixed_bps":
        shown["fee_bps"] = written(values["fee_bps"])
    for name in ("strategy_id", *EXTENSIONS):
        if name in values:
            shown[name] = written(values[name]) if isinstance(values[name], Decimal) else values[name]
    return shown


def reread(echo: Mapping[str, Any], known: Mapping[Any, Instrument]) -> tuple[dict[str, Any], Template, Checked]:
    """A configuration as it was echoed, read again where the job runs: fields, template, parameters.

    Raises: InvalidParameter where it no longer can be, e.g. of a symbol that is gone; BadParams.
    """
    found = Fields()
    for name, read in READERS.items():
        if name in echo:
            found.values[name] = read(echo[name])
    found.values |= {name: read_moment(echo[name]) for name in ("start", "end")}
    venue = found.values.get("market", "perp")
    _check_symbols(found.values["symbols"], venue, known, found)
    template = find_template(found.values["template_id"], found.faults)
    found.refuse()
    assert template is not None
    return found.values, template, template.read(found.values["params"], context_of(found.values, known))


def market_of(app: App, name: str, snapshot: str) -> Market:
    """The market at the snapshot that a job was accepted on; where that was cleared away, as it is now."""
    from quantgpt.services.signed import candles

    try:
        return candles.crypto_market(app, name, snapshot)
    except NotFound:
        return candles.crypto_market(app)
