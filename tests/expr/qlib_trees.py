"""Random texts in Qlib's dialect that Qlib accepts, from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

FIELDS = ("open", "high", "low", "close", "volume", "vwap", "factor", "change")
CODES = ("SH600000", "SH000300", "000905.SH")
WINDOWS = (1, 2, 3, 5, 10, 20, 60)
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "1e-12", "1.5", "100", "-2.25", "(1/3)", "0.1")
SHARES = ("0.3", "0.05", "0.9")
ONE_SERIES = ("Mean", "Sum", "Std", "Var", "Max", "Min", "Med", "Mad", "Count", "Rank", "Slope", "Rsquare", "Resi")
PLACED = ("IdxMax", "IdxMin", "WMA", "EMA", "Delta")
SHARED = ("Mean", "Sum", "Std", "Var", "Max", "Min", "Med", "Count", "EMA")
EVER = (*ONE_SERIES, "IdxMax", "IdxMin", "Skew", "Kurt", "Ref")
ONLY_QLIB = ("WMA", "EMA", "IdxMax", "IdxMin", "Delta")
WEIGHTS: Mapping[str, float] = {
    "field": 1.0,
    "arithmetic": 4.0,
    "power": 0.3,
    "function": 1.0,
    "extreme": 0.6,
    "choice": 0.5,
    "flagged": 0.5,
    "ref": 1.5,
    "lead": 0.2,
    "window": 3.0,
    "placed": 1.0,
    "long": 0.4,
    "quantile": 0.4,
    "pair": 0.6,
    "ever": 0.3,
    "share": 0.2,
    "other": 0.2,
    "own": 1.0,
}
"""how often each form is taken; 0 leaves it out: `lead` looks ahead, `ever` and `share` depend on the start of the
question, `other` reads one other name, `own` are words that only the extended table has"""


def random_qlib_text(
    rng: random.Random,
    depth: int = 4,
    compat: str = "qlib",
    fields: Sequence[str] = FIELDS,
    weights: Mapping[str, float] | None = None,
) -> str:
    """A text that the reader of Qlib's dialect accepts under `compat`, of at most `depth` levels."""
    return _Writer(rng, compat, fields, {**WEIGHTS, **(weights or {})}).series(depth)


class _Writer:
    def __init__(self, rng: random.Random, compat: str, fields: Sequence[str], weights: Mapping[str, float]) -> None:
        self.rng, self.compat, self.fields, self.weights = rng, compat, fields, weights
        self.lent = 0
        self.forms = [name for name in weights if name != "own" or compat == "extended"]

    def pick(self, options: Sequence[str]) -> str:
        return self.rng.choice(options)

    def series(self, depth: int) -> str:
        """A number of each day; no condition, of today or another day, which not all arithmetic takes."""
        if depth <= 0:
            return f"${self.pick(self.fields)}"
        form = self.rng.choices(self.forms, [self.weights[name] for name in self.forms])[0]
        text: str = getattr(self, f"_{form}")(depth - 1)
        return text if self.rng.random() < 0.95 else f"({text})"

    def value(self, depth: int) -> str:
        return self.pick(NUMBERS) if self.rng.random() < 0.25 else self.series(depth)

    def flag(self, depth: int) -> str:
        """A condition."""
        shape = self.rng.random()
        if shape < 0.65 or depth <= 0:
            symbol = self.pick((">", "<", ">=", "<=", "==", "!="))
            left, right = self.series(depth - 1), self.value(depth - 1)
            if self.rng.random() < 0.2:
                word = {">": "Gt", "<": "Lt", ">=": "Ge", "<=": "Le", "==": "Eq", "!=": "Ne"}[symbol]
                return f"{word}({left},{right})"
            sides = (left, right) if self.rng.random() < 0.8 else (right, left)
            return f"(({sides[0]}){symbol}({sides[1]}))"
        if shape < 0.75:
            return f"Not({self.flag(depth - 1)})"
        left, right = self.flag(depth - 1), self.flag(depth - 1)
        return self.pick((f"({left}&{right})", f"({left}|{right})", f"And({left},{right})", f"Or({left},{right})"))

    def loose(self, depth: int) -> str:
        """What may enter a window: a number or a condition."""
        return self.flag(depth) if self.rng.random() < 0.15 else self.series(depth)

    def _field(self, depth: int) -> str:
        return f"${self.pick(self.fields)}"

    def _arithmetic(self, depth: int) -> str:
        symbol = self.pick(("+", "-", "*", "/"))
        left, right = self.series(depth), self.value(depth)
        if self.rng.random() < 0.2:
            left, right = right, left
        if self.rng.random() < 0.2:
            word = {"+": "Add", "-": "Sub", "*": "Mul", "/": "Div"}[symbol]
            return f"{word}({left},{right})"
        if self.rng.random() < 0.3:
            return f"(({left}) {symbol} ({right}))"
        return f"({left}){symbol}({right})"

    def _power(self, depth: int) -> str:
        exponent = self.pick(("2", "0.5", "3", "-1", "0"))
        return self.pick((f"({self.series(depth)})**{exponent}", f"Power({self.series(depth)},{exponent})"))

    def _function(self, depth: int) -> str:
        return f"{self.pick(('Abs', 'Log', 'Sign'))}({self.series(depth)})"

    def _extreme(self, depth: int) -> str:
        return f"{self.pick(('Greater', 'Less'))}({self.series(depth)},{self.value(depth)})"

    def _choice(self, depth: int) -> str:
        return f"If({self.flag(depth)},{self.value(depth)},{self.value(depth)})"

    def _flagged(self, depth: int) -> str:
        """Arithmetic on conditions, of today and of another day."""
        flag, other = self.flag(depth), self.flag(depth)
        if self.compat == "strict":
            return f"({flag}*({self.series(depth)}))"
        lagged = f"Ref({flag},{self.pick(('1', '3'))})"
        return self.pick(
            (
                f"({flag}*({self.series(depth)}))",
                f"({flag}+{self.pick(('1', '0.5'))})",
                f"(1-{flag})",
                f"({flag}+{other})*1",
                f"({flag}*{other})*1",
                f"Greater({flag},{self.series(depth)})",
                f"If({flag},{other},{self.value(depth)})",
                f"If({self.series(depth)},{flag},{self.series(depth)})",
                f"Mean({lagged}*({self.series(depth)}),2)",
                f"Sum(({lagged}+0.1)*({self.series(depth)}),3)",
                f"({lagged}&{other})*1",
                f"Mean({lagged},5)",
                f"Abs(Max(Delta({flag},2),3))",
                f"Sign({flag})",
                f"Ref(Abs({flag}),0)*1",
            )
        )

    def _ref(self, depth: int) -> str:
        return f"Ref({self.series(depth)},{self.pick(('1', '2', '5', '20'))})"

    def _lead(self, depth: int) -> str:
        return f"Ref({self.series(depth)},{self.pick(('-1', '-2', '-5'))})"

    def _window(self, depth: int) -> str:
        return f"{self.pick(ONE_SERIES)}({self.loose(depth)},{self.rng.choice(WINDOWS)})"

    def _placed(self, depth: int) -> str:
        return f"{self.pick(PLACED)}({self.series(depth)},{self.rng.choice(WINDOWS)})"

    def _long(self, depth: int) -> str:
        return f"{self.pick(('Skew', 'Kurt'))}({self.loose(depth)},{self.rng.choice((4, 5, 20))})"

    def _quantile(self, depth: int) -> str:
        window = self.rng.choice((*WINDOWS, 0)) if self.weights["ever"] else self.rng.choice(WINDOWS)
        return f"Quantile({self.loose(depth)},{window},{self.pick(('0.8', '0.2', '0', '1', '0.5'))})"

    def _pair(self, depth: int) -> str:
        return f"{self.pick(('Corr', 'Cov'))}({self.series(depth)},{self.series(depth)},{self.rng.choice(WINDOWS)})"

    def _ever(self, depth: int) -> str:
        words = [word for word in EVER if self.compat != "strict" or word not in ONLY_QLIB]
        return f"{self.pick(words)}({self.series(depth)},0)"

    def _share(self, depth: int) -> str:
        words = SHARED if self.compat != "strict" else ("Mean", "EMA")
        return f"{self.pick(words)}({self.series(depth)},{self.pick(SHARES)})"

    def _other(self, depth: int) -> str:
        self.lent += 1
        own = self.weights
        self.weights = {**own, "own": 0.0}
        text = f"Mask({self.series(depth)},'{self.pick(CODES)}')"
        self.weights = own
        return text if self.rng.random() < 0.5 else f"({text} / ({self.series(depth)}))"

    def _own(self, depth: int) -> str:
        x = self.series(depth)
        return self.pick(
            (
                f"-({x})",
                f"CSRank({x})",
                f"Rank({x})",
                f"CSZScore({x})",
                f"Zscore({x})",
                f"Neutralize({x})",
                f"Neutralize({x},$industry)",
                f"Sqrt({x})",
                f"Sigmoid({x})",
                f"Clip({x},-3,3)",
                "RSI(14)",
                f"RSI({x},6)",
                "MACD()",
                "BOLL(10)",
                f"ts_mean({x},5)",
                f"delay({x},3)",
                f"correlation({x},$volume,10)",
                f"decay_linear({x},5)",
                f"TS_RANK({x},5)",
            )
        )


JUNK = (
    *("(", ")", ",", "$", "$$", "$$roe", "$nope", "&", "|", "~", "-", "+", "**", "***", "<", ">", "==", "=", "!", "!=", "%", "//", "^", "@"),
    *("'", '"', "'SH600000'", "''", "''", "and", " or ", "not", "if", "lambda", "None", "True", "nan", "inf", "1e999", "1e-999", "0x10"),
    *("007", "1_000", "9**9**9", "1/0", "(-1)**0.5", "5.0", "0", "-5", "1001", "Ref", "Ref(", "Mean($close,5.0)", "Mean($close,0)"),
    *("Skew($close,2)", "Mask($close,SH1)", "P($$x)", "TResample($close,'W','last')", "__import__('os')", "\x00", "\ud800", "，", "（", "　"),
    *("\n", "\t", "[", "]", "{", "}", ".", ";", "\\", "(" * 60, "-" * 60, "$close" * 3, "RSI(" * 9, "😀", "中", "$中文", "1" * 400),
)  # fmt: skip


def mutated(rng: random.Random, text: str) -> str:
    """`text` with a few pieces lost, doubled or replaced by junk."""
    for _ in range(rng.randint(1, 3)):
        at, width = rng.randint(0, len(text)), rng.randint(0, 6)
        kind = rng.randint(0, 4)
        if kind == 0:
            text = text[:at] + text[at + width :]
        elif kind < 3:
            text = text[:at] + rng.choice(JUNK) + text[at + width * (kind - 1) :]
        elif kind == 3:
            text = text[:at] + text[at : at + width] * rng.choice((2, 3, 50)) + text[at:]
        else:
            text = text[:at] + chr(rng.choice((rng.randint(0, 127), rng.randint(128, 0x10FFFF)))) + text[at:]
    return text


def sample(seed: int, compat: str) -> str:
    """One text: a right one, a broken one, or noise."""
    rng = random.Random(seed)
    kind = rng.random()
    if kind < 0.2:
        return random_qlib_text(rng, rng.randint(0, 7), compat)
    if kind < 0.85:
        return mutated(rng, random_qlib_text(rng, rng.randint(0, 4), compat))
    return "".join(rng.choice((*JUNK, "$close", "Mean", "(", ")", ",", "5", "+")) for _ in range(rng.randint(0, 60)))
