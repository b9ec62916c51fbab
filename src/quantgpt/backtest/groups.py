"""Portfolios of factor groups over days, filled by the rulebook: drifted weights, blocked trades, dated costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.rules import Reason, Words, rule_words
from quantgpt.factors.grouping import MAX_GROUPS, form_groups, rebalance_rows
from quantgpt.foundations.errors import BadRequest, Broken, NoData
from quantgpt.foundations.panel import BoolPanel, FloatPanel, MarketView
from quantgpt.trading.costs import FLAT, CostModel
from quantgpt.trading.tradable import Moment, trade_states

Execution = Literal["next_open", "next_close", "same_close"]
EXECUTIONS: tuple[Execution, ...] = ("next_open", "next_close", "same_close")
_ROOM = 4096


@dataclass(frozen=True, kw_only=True)
class GroupSpec:
    """How groups are held and traded."""

    n_groups: int = 5
    holding: int = 5
    execution: Execution = "next_open"
    costs: CostModel = FLAT
    phase: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.n_groups <= MAX_GROUPS:
            nearest = min(max(self.n_groups, 2), MAX_GROUPS)
            raise BadRequest(
                f"分组数必须在 2 与 {MAX_GROUPS} 之间，收到 {self.n_groups}", field="n_groups", nearest=nearest
            )
        if self.execution not in EXECUTIONS:
            raise BadRequest(
                f"成交方式必须是 {'、'.join(EXECUTIONS)} 之一，收到 {self.execution!r}",
                field="execution",
                nearest="next_open",
            )


@dataclass(frozen=True)
class Tape:
    """What a simulation reads of a market: build it once per view and execution, use it for every phase."""

    view: MarketView
    execution: Execution
    overnight: FloatPanel
    """(T, N): adjusted open over the last price, 1 where the name does not trade"""
    intraday: FloatPanel
    """(T, N): adjusted close over the open, 1 where the name does not trade"""
    states: NDArray[np.int8]
    """(T, N): bits of `trading.tradable.trade_states` at the moment of trading"""

    @classmethod
    def of(cls, view: MarketView, execution: Execution = "next_open") -> Tape:
        """Returns and tradability of one view."""
        from quantgpt.backtest.kernels import legs
        from quantgpt.trading.kernels import GONE, HALTED, read_only

        open_, close = view.fields["open"], view.fields["close"]
        overnight, intraday = legs(
            read_only(open_, np.float64), read_only(close, np.float64), read_only(view.traded, np.bool_)
        )
        moment = _moment(execution)
        states = trade_states(view, moment)
        # A name without an adjusted price cannot be valued at the trade, whatever its traded price says.
        states = np.where(np.isfinite(open_ if moment == "open" else close), states, (states & GONE) | HALTED)
        return cls(view, execution, read_only(overnight, np.float64), read_only(intraday, np.float64), states)


@dataclass(frozen=True)
class Blocked:
    """One order that the market did not let through on its day."""

    day: np.datetime64
    asset: int
    side: Literal["buy", "sell"]
    reason: Reason
    group: int
    weight: float
    """of the starting capital"""
    rule: Words
    """the rule and the prices that decided, in both languages"""


@dataclass(frozen=True)
class Fill:
    """One executed order, in yuan for a stated starting capital."""

    day: np.datetime64
    asset: int
    group: int
    side: Literal["buy", "sell", "cash_out"]
    """`cash_out`: a delisted name became cash at its last price"""
    price: float
    """unadjusted"""
    value_yuan: float
    shares: float
    """value / price; a simulation of weights holds fractions"""
    cost_yuan: float
    rebalance: int
    """index of the rebalance that asked for it"""


class LongShort(NamedTuple):
    """Daily returns of the top group less those of the bottom group; informational, A-shares are hard to borrow."""

    gross: NDArray[np.float64]
    net: NDArray[np.float64]
    """both legs charged"""


@dataclass(frozen=True, kw_only=True)
class GroupRun:
    """What the groups earned, traded and paid. G groups, D days, R rebalances, N names; group 0 holds the lowest values."""

    spec: GroupSpec
    tape: Tape = field(repr=False)
    groups: NDArray[np.int8] = field(repr=False)
    """(R, N)"""
    rows: NDArray[np.int64]
    """(R,): rows at whose close the targets were formed"""
    trade_rows: NDArray[np.int64]
    """(R,): rows on which they were traded"""
    days: NDArray[np.int64]
    """(D,): rows of the view, from the one after the first signal to the last; a net asset value starts at 1 before"""
    returns_gross: NDArray[np.float64]
    """(G, D)"""
    returns_net: NDArray[np.float64]
    """(G, D): (1 + gross) × (1 − cost of the day) − 1"""
    cost_daily: NDArray[np.float64]
    """(G, D): charges as a share of the portfolio"""
    cash: NDArray[np.float64]
    """(G, D): share in cash at the close"""
    halted: NDArray[np.float64]
    """(G, D): share in names that did not trade that day and so earned 0"""
    turnover_target: NDArray[np.float64]
    """(G, R): ½Σ|Δw| between consecutive equal-weight targets; NaN for the first"""
    turnover_traded: NDArray[np.float64]
    """(G, R): ½ Σ value traded / portfolio, from drifted weights, late sales included; the first build counts ½"""
    cost: NDArray[np.float64]
    """(G, R): charges as a share of the portfolio, late sales included"""
    names: NDArray[np.int64]
    """(G, R): names in the target"""
    names_in: NDArray[np.int64]
    names_out: NDArray[np.int64]
    last_weights: NDArray[np.float64]
    """(G, N): weights right after the last rebalance"""
    events: NDArray[np.int64] = field(repr=False)
    amounts: NDArray[np.float64] = field(repr=False)

    @property
    def skipped(self) -> NDArray[np.int64]:
        """Rows on which no groups could be formed, so that the book stayed as it was."""
        return self.rows[~(self.groups >= 0).any(axis=1)]

    @cached_property
    def blocked(self) -> tuple[Blocked, ...]:
        """Orders that could not be filled on the day of their rebalance, in order of day and group, sales first."""
        from quantgpt.backtest.kernels import BLOCKED_BUY, BLOCKED_SELL

        view, at = self.tape.view, "raw_open" if self.spec.execution == "next_open" else "raw_close"
        out = []
        for (kind, row, asset, group, _), (value, _) in zip(self.events, self.amounts, strict=True):
            if kind in (BLOCKED_BUY, BLOCKED_SELL):
                side: Literal["buy", "sell"] = "buy" if kind == BLOCKED_BUY else "sell"
                reason, words = rule_words(view, int(row), int(asset), side, view.fields[at][row, asset])
                out.append(Blocked(view.days[row], int(asset), side, reason, int(group), float(value), words))
        return tuple(out)

    @property
    def delistings(self) -> tuple[tuple[np.datetime64, int, int], ...]:
        """(day, asset, group) of holdings that were delisted and became cash at their last price."""
        from quantgpt.backtest.kernels import DELISTED

        chosen = self.events[self.events[:, 0] == DELISTED]
        return tuple((self.tape.view.days[row], int(asset), int(group)) for _, row, asset, group, _ in chosen)

    def fills(self, group: int | None = None, capital_yuan: float = 1_000_000.0) -> tuple[Fill, ...]:
        """The ledger of one group, or of all, at a starting capital: every executed order by day and group, sales first.

        Orders are sized on the portfolio before that day's charges; the charges then scale the whole portfolio.
        """
        from quantgpt.backtest.kernels import BUY, DELISTED, SELL

        at = self.tape.view.fields["raw_open" if self.spec.execution == "next_open" else "raw_close"]
        last = _last_prices(self.tape.view.fields["raw_close"])
        out = []
        _, event, amount = _run(self.tape, self.groups, self.trade_rows, self.spec, record=True)
        sides: dict[int, Literal["buy", "sell", "cash_out"]] = {BUY: "buy", SELL: "sell", DELISTED: "cash_out"}
        for (kind, row, asset, owner, k), (value, cost) in zip(event, amount, strict=True):
            side = sides.get(int(kind))
            if side is None or (group is not None and owner != group):
                continue
            price = float(last[row, asset] if side == "cash_out" else at[row, asset])
            yuan = float(value) * capital_yuan
            charge = float(cost) * capital_yuan
            day = self.tape.view.days[row]
            out.append(Fill(day, int(asset), int(owner), side, price, yuan, yuan / price, charge, int(k)))
        return tuple(out)

    def holding_return(self) -> NDArray[np.float64]:
        """(N,): growth of each name from the last rebalance's trade to the last close; NaN where it did not trade then."""
        tape, row = self.tape, int(self.trade_rows[-1])
        growth = np.prod(tape.overnight[row + 1 :] * tape.intraday[row + 1 :], axis=0)
        if self.spec.execution == "next_open":
            growth = growth * tape.intraday[row]
        from quantgpt.trading.kernels import HALTED

        return np.where(tape.states[row] & HALTED, np.nan, growth - 1.0)

    def long_short(self, top: int, bottom: int) -> LongShort:
        """Top less bottom, gross, and net of the charges of both legs."""
        gross = self.returns_gross[top] - self.returns_gross[bottom]
        charges = self.returns_gross - self.returns_net
        return LongShort(gross, gross - charges[top] - charges[bottom])


def simulate_groups(
    view: MarketView,
    groups: NDArray[np.int8],
    rows: NDArray[np.int64],
    spec: GroupSpec,
    tape: Tape | None = None,
) -> GroupRun:
    """Hold each group as one portfolio: equal weights at each rebalance, drifting in between.

    Signal at the close of a row; trade at the next open (`next_open`), the next close or, as a comparison, the same
    close. With `next_open` a newcomer earns open to close on its first day and a leaver close to open on its last.

    - Sales come first. A sale that is not possible (no trade, opens at the lower limit) is carried; one of a name that
      has left the group is tried again at each following open until it is done.
    - Each name aims at the portfolio's value / number of names. A purchase that is not possible (no trade, opens at the
      upper limit) is skipped and its money stays in cash, without interest, until the next rebalance. Where carried
      names leave too little money, all purchases shrink by the same factor; there is no borrowing.
    - A name that does not trade earns 0 that day. A delisted name becomes cash at its last price.
    - A row on which no groups were formed leaves every book as it is.
    - Charges are taken from the day's return: net = (1 + gross) × (1 − charges / portfolio) − 1, weights unchanged. With
      `same_close` the first build is charged on the day after it, the first that has a return.

    Shape:  groups (R, N) of -1 … n_groups − 1, rows (R,) increasing.
    Raises: NoData when no row has groups or none leaves a session to trade in; BadRequest for groups that do not fit.
    """
    groups = np.ascontiguousarray(groups, dtype=np.int8)
    rows = np.asarray(rows, dtype=np.int64)
    _check(view, groups, rows, spec)
    if tape is not None and (tape.view is not view or _moment(tape.execution) != _moment(spec.execution)):
        raise Broken("the tape belongs to another view or moment of trading")
    formed = np.flatnonzero((groups >= 0).any(axis=1))
    if formed.size == 0:
        raise NoData("没有任何调仓日能够分组：有因子值的股票太少", hint="放宽股票池或日期区间，或减少分组数")
    groups, rows = groups[formed[0] :], rows[formed[0] :]
    offset = 0 if spec.execution == "same_close" else 1
    tape = tape if tape is not None else Tape.of(view, spec.execution)
    return _book(tape, groups, rows, rows + offset, spec)


def simulate_phases(
    view: MarketView, factor: FloatPanel, eligible: BoolPanel, spec: GroupSpec, tape: Tape | None = None
) -> tuple[GroupRun, ...]:
    """One run for each of the `spec.holding` rebalance phases, `spec.phase` ignored, on one tape.

    A phase without any groups is left out; NoData when that leaves none.
    """
    tape = tape if tape is not None else Tape.of(view, spec.execution)
    runs = []
    for phase in range(spec.holding):
        rows = rebalance_rows(view.first, view.days.size, spec.holding, phase)
        groups = form_groups(factor, eligible, rows, spec.n_groups)
        if (groups >= 0).any():
            of_phase = GroupSpec(
                n_groups=spec.n_groups,
                holding=spec.holding,
                execution=spec.execution,
                costs=spec.costs,
                phase=phase,
            )
            runs.append(simulate_groups(view, groups, rows, of_phase, tape))
    if not runs:
        raise NoData("没有任何调仓日能够分组：有因子值的股票太少", hint="放宽股票池或日期区间，或减少分组数")
    return tuple(runs)


def _moment(execution: Execution) -> Moment:
    return "open" if execution == "next_open" else "close"


def _check(view: MarketView, groups: NDArray[np.int8], rows: NDArray[np.int64], spec: GroupSpec) -> None:
    if rows.size == 0:
        raise NoData("区间太短，没有可用的调仓日", hint="至少需要两个交易日")
    if groups.shape != (rows.size, len(view.assets)):
        raise BadRequest(f"分组表的形状 {groups.shape} 与 {rows.size} 个调仓日、{len(view.assets)} 只股票不符")
    if groups.max(initial=-1) >= spec.n_groups or groups.min(initial=-1) < -1:
        raise BadRequest(f"分组编号必须在 -1 与 {spec.n_groups - 1} 之间", field="n_groups")
    if rows[0] < 0 or rows[-1] > view.days.size - 2 or (np.diff(rows) <= 0).any():
        raise BadRequest("调仓日必须递增，且最后一个之后至少还有一个交易日")


def _run(
    tape: Tape, groups: NDArray[np.int8], trade_rows: NDArray[np.int64], spec: GroupSpec, record: bool
) -> tuple[tuple[NDArray[np.float64], ...], NDArray[np.int64], NDArray[np.float64]]:
    """Run the kernel, with more room for events where the first try had too little."""
    from quantgpt.backtest.kernels import simulate
    from quantgpt.trading.kernels import read_only

    rates = spec.costs.rates(tape.view.days)
    room = _ROOM
    while True:
        *numbers, event, amount, events = simulate(
            tape.overnight,
            tape.intraday,
            read_only(tape.states, np.int8),
            read_only(groups, np.int8),
            read_only(trade_rows, np.int64),
            spec.n_groups,
            spec.execution == "next_open",
            read_only(rates.buy, np.float64),
            read_only(rates.sell, np.float64),
            float(spec.costs.commission_rate),
            float(spec.costs.min_commission_yuan),
            float(spec.costs.capital_yuan),
            record,
            room,
        )
        if events <= room:
            return tuple(numbers), event[:events], amount[:events]
        room = events


def replayed(run: GroupRun, group: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The simulation of one group again with every order written down: events and amounts as in GroupRun with BUY and SELL
    among them, charges of each day from the first trade on.

    Shape: events (E, 5), amounts (E, 2) in units of the starting capital, charges (days,) as shares of the portfolio.
    """
    alone = np.where(run.groups == group, np.int8(0), np.int8(-1))
    alone_spec = GroupSpec(
        n_groups=2, holding=run.spec.holding, execution=run.spec.execution, costs=run.spec.costs, phase=run.spec.phase
    )
    numbers, event, amount = _run(run.tape, alone, run.trade_rows, alone_spec, record=True)
    own = event[:, 3] == 0
    return event[own], amount[own], numbers[1][0]


def _book(
    tape: Tape, groups: NDArray[np.int8], rows: NDArray[np.int64], trade_rows: NDArray[np.int64], spec: GroupSpec
) -> GroupRun:
    from quantgpt.backtest.kernels import target_turnover
    from quantgpt.trading.kernels import read_only

    (gross, cost_daily, cash, halted, traded, cost, weights), event, amount = _run(
        tape, groups, trade_rows, spec, record=False
    )
    if trade_rows[0] == rows[0]:
        # Traded at the signal's own close: the row earns nothing yet, its charges fall on the first row that does.
        cost_daily[:, 1] = 1.0 - (1.0 - cost_daily[:, 0]) * (1.0 - cost_daily[:, 1])
        gross, cost_daily, cash, halted = (np.ascontiguousarray(x[:, 1:]) for x in (gross, cost_daily, cash, halted))
    target, came, went, names = target_turnover(read_only(groups, np.int8), spec.n_groups)
    return GroupRun(
        spec=spec,
        tape=tape,
        groups=groups,
        rows=rows,
        trade_rows=trade_rows,
        days=np.arange(rows[0] + 1, tape.view.days.size),
        returns_gross=gross,
        returns_net=(1.0 + gross) * (1.0 - cost_daily) - 1.0,
        cost_daily=cost_daily,
        cash=cash,
        halted=halted,
        turnover_target=target,
        turnover_traded=traded,
        cost=cost,
        names=names,
        names_in=came,
        names_out=went,
        last_weights=weights,
        events=event.copy(),
        amounts=amount.copy(),
    )


def _last_prices(raw_close: FloatPanel) -> FloatPanel:
    out = np.array(raw_close)
    for t in range(1, out.shape[0]):
        np.copyto(out[t], out[t - 1], where=np.isnan(out[t]))
    return out
