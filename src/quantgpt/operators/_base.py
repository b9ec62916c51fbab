"""What an operator is, the registry of all of them, and the decorators that put one in."""

from __future__ import annotations

import inspect
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest, Broken
from quantgpt.foundations.registry import Registry
from quantgpt.operators._lazy import compile_function, compile_ufunc

Array: TypeAlias = NDArray[np.float64]
Either: TypeAlias = Array
"""a panel argument in whose place a bare number may be written"""
Mask: TypeAlias = NDArray[np.bool_]
Order: TypeAlias = NDArray[np.int64]
Groups: TypeAlias = NDArray[np.int16]

MAX_WINDOW = 1000
MIN_SHARE_PERCENT = 90
TINY_DIVISOR = 1e-12
UNBOUNDED = 1 << 30
"""the history of an operator that remembers every row since its origin"""


class Axis(StrEnum):
    """Along what an operator looks."""

    CELL = "cell"
    """one cell at a time"""
    TIME = "time"
    """the last sessions of one name"""
    DAY = "day"
    """the eligible names of one session"""
    MACRO = "macro"
    """a combination of other operators"""


class Takes(StrEnum):
    """What may stand in one place of an operator's brackets."""

    SERIES = "series"
    """an expression that varies: not a bare number"""
    VALUE = "value"
    """an expression or a number"""
    WINDOW = "window"
    """a literal integer from 1 to 1,000"""
    NUMBER = "number"
    """a literal number"""


@dataclass(frozen=True)
class Place:
    """One argument: the name it is documented under and what it takes."""

    name: str
    takes: Takes


class UnitRule(StrEnum):
    """How the unit of a result follows from the units of the inputs; read by the expression checker."""

    SAME = "same"
    RATIO = "ratio"
    FLAG = "flag"
    PRODUCT = "product"
    QUOTIENT = "quotient"
    ALIKE = "alike"
    BRANCH = "branch"
    COVARIANCE = "covariance"
    ANY = "any"


def needed(window: int) -> int:
    """How many of `window` sessions must be valid: at least 90 % of them.

    >>> [needed(n) for n in (1, 9, 10, 20, 252)]
    [1, 9, 9, 18, 227]
    """
    return (window * MIN_SHARE_PERCENT + 99) // 100


def no_history(*windows: float) -> int:
    """Today is enough."""
    return 0


def whole_window(*windows: float) -> int:
    """Rows before today of the longest window that contains today."""
    return int(max(windows)) - 1


def lag(*windows: float) -> int:
    """Rows before today of a look at the session that many sessions ago."""
    return int(max(windows))


def unbounded(*windows: float) -> int:
    """Every row there is: the value depends on where the data begin."""
    return UNBOUNDED


@dataclass(frozen=True, eq=False)
class Operator:
    """One word of the vocabulary.

    Shape:  called with panels (days × assets) it returns a panel of the same shape; the compiled form fills rows of
            an output from rows of its inputs and never looks past the row it fills.
    """

    name: str
    axis: Axis
    places: tuple[Place, ...]
    category: str
    zh: str
    en: str
    say_zh: str
    say_en: str
    doc: str
    example: str
    aliases: tuple[str, ...] = ()
    symbol: str = ""
    commutative: bool = False
    grouped: bool = False
    unit: UnitRule = UnitRule.SAME
    history: Callable[..., int] = no_history
    body: str = ""
    function: Callable[..., Any] | None = None
    check: Callable[..., tuple[str, str, object] | None] | None = None
    """`check(*numbers)` says why literal numbers are refused: message, Chinese hint and nearest valid value, or None"""
    vocabulary: str = "quantgpt"
    """whose numbers these are: `quantgpt` for ours, `qlib` for those that repeat Qlib's"""
    ready: bool = False
    """the function already takes whole panels and `out=`, as numpy's do: it is not compiled"""
    single: bool = False
    """a `ready` function that computes in float32: results are float32, and whole panels may be handed to it as such"""
    from_origin: bool = False
    """the value depends on the first row that is loaded, which the operator reads from a panel of bars"""
    _cache: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def signature(self) -> str:
        """The call as a person writes it."""
        return f"{self.name}({', '.join(place.name for place in self.places)})"

    def lower(self, *numbers: float) -> Callable[..., Any] | None:
        """`lower(lanes, *inputs, *numbers)` writes the operator in lanes, for fused code; None: it runs unfused."""
        OPERATORS.words()
        function, longest = _LOWERS.get(self.name, (None, 0.0))
        return function if max(numbers, default=0.0) <= longest else None

    @property
    def inputs(self) -> int:
        """How many panels it reads."""
        return sum(place.takes in (Takes.SERIES, Takes.VALUE) for place in self.places)

    def compiled(self) -> Any:
        """The compiled form: a ufunc for cells, `kernel(out, at, *panels, *numbers)` for time,
        `kernel(out, panel, eligible[, groups])` for a day. Compiled or read from disk on first use."""
        with _COMPILING:
            if "compiled" not in self._cache:
                self._cache["compiled"] = self._compile()
            return self._cache["compiled"]

    def _compile(self) -> Any:
        if self.function is None:
            raise Broken(f"{self.name} has no kernel of its own: it is rewritten before an expression runs")
        if self.ready:
            return self.function
        if self.axis is Axis.CELL:
            return compile_ufunc(self.function, len(self.places))
        return compile_function(self.function, f"void({', '.join(self._numba_types())})")

    def _numba_types(self) -> list[str]:
        panel = "Array(float64, 2, 'C', readonly=True)"
        types = ["float64[:,::1]"]
        if self.axis is Axis.TIME:
            types.append("int64")
        for place in self.places:
            types.append({Takes.WINDOW: "int64", Takes.NUMBER: "float64"}.get(place.takes, panel))
        if self.axis is Axis.DAY:
            types.append("Array(bool_, 2, 'C', readonly=True)")
            if self.grouped:
                types.append("Array(int16, 1, 'C', readonly=True)")
        return types

    def __call__(self, *arguments: Any, eligible: Mask | None = None, groups: Groups | None = None) -> Array:
        """Apply the compiled operator to whole panels.

        Raises: Broken for a combination of operators, BadRequest for a wrong number of arguments.
        """
        if len(arguments) != len(self.places):
            raise BadRequest(f"{self.name} requires exactly {len(self.places)} arguments")
        kernel = self.compiled()
        if self.axis is Axis.CELL:
            with np.errstate(all="ignore"):
                result: Array = kernel(*(np.asarray(a, dtype=np.float64) for a in arguments))
            return result
        panels = [np.ascontiguousarray(a, dtype=np.float64) for a in arguments[: self.inputs]]
        out = np.empty_like(panels[0])
        sealed = [read_only(panel) for panel in panels]
        if self.axis is Axis.TIME:
            kernel(out, 0, *sealed, *arguments[self.inputs :])
            return out
        mask = np.ones(out.shape, dtype=np.bool_) if eligible is None else np.ascontiguousarray(eligible)
        extra = []
        if self.grouped:
            codes = np.zeros(out.shape[1], dtype=np.int16) if groups is None else np.ascontiguousarray(groups, np.int16)
            extra.append(read_only(codes))
        kernel(out, *sealed, read_only(mask), *extra)
        return out


_COMPILING = threading.RLock()


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that refuses writes; kernels are compiled for such inputs."""
    view = array.view()
    view.flags.writeable = False
    return view


class _Vocabulary(Registry[Operator]):
    """The registry of operators, which also knows their aliases and loads itself when first asked."""

    def __init__(self) -> None:
        super().__init__("operator")
        self._spoken: dict[str, Operator] = {}

    def __getitem__(self, name: str) -> Operator:
        self._names()
        return super().__getitem__(name)

    def find(self, word: str) -> Operator | None:
        """The operator of that name or alias, in any case; None where there is none."""
        return self._names().get(word.lower())

    def words(self, vocabulary: str = "quantgpt") -> list[str]:
        """Every name and alias of one vocabulary that may be written before brackets."""
        return sorted(word for word, operator in self._names().items() if operator.vocabulary == vocabulary)

    def all(self, vocabulary: str = "quantgpt") -> list[Operator]:
        """Every operator of one vocabulary, in name order."""
        self._names()
        return [operator for _, operator in self.items() if operator.vocabulary == vocabulary]

    def _names(self) -> dict[str, Operator]:
        if not self._spoken:
            self.load("quantgpt.operators")
            spoken: dict[str, Operator] = {}
            for _, operator in self.items():
                for word in (operator.name, *operator.aliases):
                    if word in spoken:
                        raise Broken(f"two operators answer to {word!r}")
                    spoken[word] = operator
            self._spoken = spoken
        return self._spoken


OPERATORS = _Vocabulary()

_LOWERS: dict[str, tuple[Callable[..., Any], float]] = {}


def lowers(name: str, longest: float = math.inf) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register how the operator `name` is written in lanes (`codegen.lanes`); its numbers are those of the kernel.

    With a literal above `longest` it runs unfused.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _LOWERS[name] = (function, longest)
        return function

    return register


_SKIPPED = {"out", "at", "eligible", "groups"}


def _places(function: Callable[..., Any], axis: Axis) -> tuple[Place, ...]:
    places = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name in _SKIPPED:
            continue
        kind = str(parameter.annotation)
        if axis is Axis.CELL:
            takes = Takes.VALUE
        elif kind == "Array":
            takes = Takes.SERIES
        elif kind == "Either":
            takes = Takes.VALUE
        else:
            takes = Takes.WINDOW if kind == "int" else Takes.NUMBER
        places.append(Place(name.replace("window", "n"), takes))
    return tuple(places)


def operator(
    axis: Axis,
    *,
    category: str,
    zh: str,
    say: tuple[str, str],
    example: str,
    aliases: tuple[str, ...] = (),
    symbol: str = "",
    commutative: bool = False,
    grouped: bool = False,
    unit: UnitRule = UnitRule.SAME,
    history: Callable[..., int] | None = None,
    check: Callable[..., tuple[str, str, object] | None] | None = None,
    vocabulary: str = "quantgpt",
    ready: bool = False,
    single: bool = False,
    from_origin: bool = False,
    rewritten: bool = False,
) -> Callable[[Callable[..., Any]], Operator]:
    """Register a kernel as an operator; it is compiled when first used, not when imported.

    `say` holds the Chinese and English phrase with `{0}`, `{1}` … for the arguments. A `ready` function is called as it
    is, with `out=`; a `rewritten` one is never called: no expression that runs still holds it.
    """
    default = whole_window if axis is Axis.TIME else no_history

    def register(function: Callable[..., Any]) -> Operator:
        doc = inspect.getdoc(function) or ""
        made = Operator(
            name=function.__name__.rstrip("_"),
            axis=axis,
            places=_places(function, axis),
            category=category,
            zh=zh,
            en=doc.split("\n", 1)[0],
            say_zh=say[0],
            say_en=say[1],
            doc=doc,
            example=example,
            aliases=aliases,
            symbol=symbol,
            commutative=commutative,
            grouped=grouped,
            unit=unit,
            history=history or default,
            function=None if rewritten else function,
            check=check,
            vocabulary=vocabulary,
            ready=ready,
            single=single,
            from_origin=from_origin,
        )
        OPERATORS.add(made.name, made)
        return made

    return register


def define(
    head: str,
    body: str,
    *,
    category: str,
    zh: str,
    en: str,
    say: tuple[str, str],
    example: str,
    aliases: tuple[str, ...] = (),
    unit: UnitRule = UnitRule.SAME,
) -> Operator:
    """Register a combination of operators: `head` is its call, `body` the expression it stands for.

    In `head`, `n`, `fast`, `slow` and `span` are windows, `k` is a literal number, every other name is a series.
    """
    name, _, rest = head.partition("(")
    kinds = {"n": Takes.WINDOW, "fast": Takes.WINDOW, "slow": Takes.WINDOW, "span": Takes.WINDOW, "k": Takes.NUMBER}
    words = [word.strip() for word in rest.rstrip(")").split(",") if word.strip()]
    made = Operator(
        name=name,
        axis=Axis.MACRO,
        places=tuple(Place(word, kinds.get(word, Takes.SERIES)) for word in words),
        category=category,
        zh=zh,
        en=en,
        say_zh=say[0],
        say_en=say[1],
        doc=f"{en}\n\nStands for `{body}`.",
        example=example,
        aliases=aliases,
        unit=unit,
        body=body,
    )
    OPERATORS.add(name, made)
    return made
