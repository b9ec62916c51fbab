"""The tree of a Qlib word on given parts: where Qlib rounds to float32, and where a value counts only if there is a bar."""

from __future__ import annotations

import functools

from quantgpt.expr.dialects.kinds import FactBook, Kind, as_single, joined
from quantgpt.expr.dialects.table import Rule
from quantgpt.expr.syntax import Syntax, parse
from quantgpt.expr.tree import BAR, LISTED, Node, apply, market_field, number
from quantgpt.foundations.errors import Broken
from quantgpt.operators._base import OPERATORS, Axis

_MIRRORED = {"qlib_gt": "qlib_lt", "qlib_lt": "qlib_gt", "qlib_ge": "qlib_le", "qlib_le": "qlib_ge"}


class Refused(Exception):
    """Why Qlib would refuse: a sentence, a Chinese hint and what to write instead."""

    def __init__(self, message: str, hint: str, nearest: object = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.nearest = message, hint, nearest


@functools.cache
def _template(text: str) -> Syntax:
    return parse(text)[0]


def _call(name: str, *parts: Node, numbers: tuple[float, ...] = ()) -> Node:
    return apply(OPERATORS[name], parts, numbers)


class Ladder:
    """Builds trees by the rules of Qlib's kinds; with `climbed` False there are none, and templates stand as they are."""

    def __init__(self, climbed: bool = True) -> None:
        self.climbed = climbed
        self.facts = FactBook()

    def build(self, rule: Rule, template: str, given: dict[str, Node | float]) -> Node:
        """The tree of `template` with the arguments `given`, by `rule`.

        Raises: Refused where Qlib or pandas would raise.
        """
        match rule:
            case Rule.ARITHMETIC:
                return self.arithmetic(template, given)
            case Rule.POWER:
                return self.power(template, given)
            case Rule.EXTREME:
                self.no_objects(given)
                return self.fill(template, self.rounded(given, ("x", "y"))[0])
            case Rule.COMPARISON:
                return self.comparison(template, given)
            case Rule.LOGIC:
                return self.fill(template, {name: self.boolean(_node(part)) for name, part in given.items()})
            case Rule.NEGATION:
                if self.kind(given["x"]) is not Kind.BOOL:
                    raise Refused("Not takes a condition", "Not 只接受比较或逻辑表达式", "Not($close>$open)")
                return self.fill(template, given)
            case Rule.CHOICE:
                return self.choice(template, given)
            case Rule.LOGARITHM:
                return self.logarithm(template, given)
            case Rule.MAGNITUDE:
                return self.fill(template, given)
            case Rule.PLAIN:
                return self.plain(template, given)
            case Rule.SIGN:
                x = _node(given["x"])
                wide = self.kind(x) not in (Kind.F32, Kind.BOOL)
                return self.fill(template, {"x": _call("single", x) if wide else x})
            case Rule.SHIFT:
                ahead = template.startswith("qlib_lead")
                return self.fill(template, {**given, "x": self.on_bars(_node(given["x"]), ahead)})
            case Rule.CHANGE:
                return self.change(template, given)
            case Rule.WINDOW:
                cut = {name: self.on_bars(part) if isinstance(part, Node) else part for name, part in given.items()}
                return self.fill(template, cut)
        raise Broken(f"no rule {rule}")

    def kind(self, part: Node | float) -> Kind:
        """The kind of a part."""
        return self.facts.kind(part) if isinstance(part, Node) else Kind.NUMBER

    def fill(self, template: str, given: dict[str, Node | float]) -> Node:
        """The tree of `template` as it stands."""
        node = _filled(_template(template), given)
        return _node(node)

    def plain(self, template: str, given: dict[str, Node | float]) -> Node:
        """An operator of ours on Qlib's values: over time and across names it sees only those where there is a bar."""
        operator = OPERATORS.find(template.partition("(")[0]) if self.climbed else None
        if operator is None or operator.axis is Axis.CELL:
            return self.fill(template, given)
        cut = self.on_bars if operator.axis is not Axis.DAY else self.rows_of
        return self.fill(
            template, {name: cut(part) if isinstance(part, Node) else part for name, part in given.items()}
        )

    def rows_of(self, part: Node) -> Node:
        """A part without any value where there is no bar."""
        facts = self.facts.of(part)
        return _call("on_bars", part, market_field(BAR)) if facts.before or facts.after else part

    def on_bars(self, part: Node, ahead: bool = False) -> Node:
        """A part that enters something over time: without the values it has before the first bar, or after the last."""
        facts = self.facts.of(part)
        return _call("on_bars", part, market_field(BAR)) if (facts.after if ahead else facts.before) else part

    def rounded(self, given: dict[str, Node | float], names: tuple[str, ...]) -> tuple[dict[str, Node | float], Kind]:
        """`given` with the literals among `names` in the width of the result, and the kind of the result."""
        kind = joined(self.kind(given[name]) for name in names)
        if kind is not Kind.F32:
            return given, kind
        done = dict(given)
        for name in names:
            part = given[name]
            if not isinstance(part, Node):
                single = as_single(part)
                if single is None:
                    raise Refused(f"{part:g} is beyond single precision", "单精度最大约 3.4e38", 3.4e38)
                done[name] = single
        return done, kind

    def no_objects(self, given: dict[str, Node | float]) -> None:
        """Refuse a shifted condition where Python objects have no such function."""
        if any(self.kind(part) in (Kind.LAGGED, Kind.OBJECT) for part in given.values()):
            why = "A condition of another day is no number here"
            raise Refused(why, "先用 If 把条件变成数，再取历史值", "Ref(If($close>$open,1,0),1)")

    def arithmetic(self, template: str, given: dict[str, Node | float]) -> Node:
        """Sum, difference, product or quotient, rounded where Qlib has float32; of two conditions numpy's `or` and `and`."""
        if "y" not in given:
            template, given = "qlib_sub(x, y)", {"x": 0.0, "y": given["x"]}
        kinds = {self.kind(part) for part in given.values()}
        name = template.partition("(")[0]
        if kinds == {Kind.BOOL}:
            if name in ("qlib_sub", "qlib_div"):
                what = "subtract" if name == "qlib_sub" else "divide"
                raise Refused(f"Conditions do not {what}", "先用 If 把条件变成 1 和 0", "If($close>$open,1,0)")
            return self.fill("qlib_or(x, y)" if name == "qlib_add" else "qlib_and(x, y)", given)
        if name == "qlib_div" and not (isinstance(given["y"], float | int) and given["y"] != 0):
            self.no_objects(given)
        rounded, kind = self.rounded(given, ("x", "y"))
        node = self.fill(template, rounded)
        return _call("single", node) if kind is Kind.F32 else node

    def power(self, template: str, given: dict[str, Node | float]) -> Node:
        """A power, numpy's float32 one where Qlib has float32."""
        self.no_objects(given)
        if self.kind(given["x"]) is Kind.BOOL and self.kind(given["y"]) in (Kind.BOOL, Kind.NUMBER):
            raise Refused("A condition has no power", "先用 If 把条件变成 1 和 0", "If($close>$open,1,0)")
        rounded, kind = self.rounded(given, ("x", "y"))
        return self.fill("qlib_power32(x, y)" if kind is Kind.F32 else template, rounded)

    def comparison(self, template: str, given: dict[str, Node | float]) -> Node:
        """A comparison with its literal in the width of the other side; a literal on the left goes to the right."""
        rounded, _ = self.rounded(given, ("x", "y"))
        if isinstance(given["x"], Node):
            return self.fill(template, rounded)
        name = template.partition("(")[0]
        return self.fill(f"{_MIRRORED.get(name, name)}(y, x)", rounded)

    def boolean(self, part: Node) -> Node:
        """A side of `&` or `|`: a condition as it is, one of another day where it is true.  Raises: Refused for numbers."""
        kind = self.kind(part)
        if kind is Kind.BOOL:
            return part
        if kind is Kind.LAGGED:
            return _call("qlib_gt", part, number(0.0))
        why = "& and | take conditions, not numbers"
        raise Refused(why, "& 和 | 两边都要是加了括号的比较", "($close>$open)&($volume>0)")

    def choice(self, template: str, given: dict[str, Node | float]) -> Node:
        """`If`; a condition that is a number holds where it is not 0, missing ones included."""
        condition = _node(given["cond"])
        if self.kind(condition) is not Kind.BOOL:
            condition = _call("qlib_ne", condition, number(0.0))
        rounded, _ = self.rounded(given, ("x", "y"))
        return self.fill(template, {**rounded, "cond": condition})

    def logarithm(self, template: str, given: dict[str, Node | float]) -> Node:
        """A logarithm, numpy's float32 one where Qlib has float32."""
        self.no_objects(given)
        kind = self.kind(given["x"])
        if kind is Kind.BOOL:
            raise Refused("A condition has no logarithm", "先用 If 把条件变成数", "If($close>$open,2,1)")
        return self.fill("qlib_log32(x)" if kind is Kind.F32 else template, given)

    def change(self, template: str, given: dict[str, Node | float]) -> Node:
        """`Delta`, rounded where Qlib has float32."""
        x = _node(given["x"])
        kind = self.kind(x)
        if kind in (Kind.BOOL, Kind.LAGGED) and "_all" in template:
            raise Refused("Conditions do not subtract", "先用 If 把条件变成 1 和 0", "If($close>$open,1,0)")
        node = self.fill(template, {**given, "x": self.on_bars(x)})
        return _call("single", node) if kind is Kind.F32 else node


def _node(part: Node | float) -> Node:
    return part if isinstance(part, Node) else number(float(part))


def _filled(part: Syntax, given: dict[str, Node | float]) -> Node | float:
    """A template with its letters replaced."""
    if part.kind == "number":
        return part.value
    if part.kind == "name":
        return market_field(part.name) if part.name in (BAR, LISTED) else given[part.name]
    operator = OPERATORS[part.name]
    done = [_filled(child, given) for child in part.parts]
    literals = tuple(float(literal) for literal in done[operator.inputs :] if not isinstance(literal, Node))
    refused = operator.check(*literals) if operator.check else None
    if refused is not None:
        raise Refused(*refused)
    return apply(operator, tuple(_node(one) for one in done[: operator.inputs]), literals)
