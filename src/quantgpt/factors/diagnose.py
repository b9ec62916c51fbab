"""What to change about a weak factor: the first rule that fits, from plain facts about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NORMALISERS = frozenset({"rank", "zscore", "scale", "tanh", "sigmoid"})
REPLACEMENTS: dict[str, tuple[str, ...]] = {
    "ts_mean": ("decay_linear", "ts_sum", "ts_std"),
    "ts_std": ("ts_mean", "ts_rank"),
    "ts_delta": ("ts_shift", "ts_rank"),
    "ts_corr": ("ts_cov", "ts_rank"),
    "ts_rank": ("rank", "zscore"),
    "rank": ("zscore", "scale", "tanh"),
    "decay_linear": ("ts_mean", "ts_sum"),
}
WINDOWS_TO_TRY = (5, 10, 20, 40, 60)
DEEPEST = 8


@dataclass(frozen=True)
class ExpressionFacts:
    """What the caller reads off the expression's tree."""

    nesting_depth: int = 0
    windows: Sequence[int] = ()
    functions: Sequence[str] = ()

    @property
    def has_normalization(self) -> bool:
        """A function that bounds or ranks values occurs."""
        return any(name in NORMALISERS for name in self.functions)


@dataclass(frozen=True)
class Diagnosis:
    """The strategy of the next mutation, the reason and the facts behind it."""

    strategy: str
    reason: str
    details: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The contract's object."""
        return {"strategy": self.strategy, "reason": self.reason, "details": self.details}


def diagnose(
    *,
    score: float = 50.0,
    ic_mean: float = 0.0,
    ic_ir: float = 0.0,
    facts: ExpressionFacts | None = None,
) -> Diagnosis:
    """The first rule that fits; `ic_mean` is taken in the factor's direction.

    >>> diagnose(score=10).strategy, diagnose(score=50, ic_mean=0.0).strategy
    ('regenerate_full', 'mutate_operator')
    """
    facts = facts or ExpressionFacts()
    if score < 20:
        return Diagnosis("regenerate_full", f"评分 {score:.1f} 低于 20，换一个思路重新生成", {"score": score})
    if abs(ic_mean) < 0.005:
        hints = {name: list(REPLACEMENTS[name]) for name in facts.functions if name in REPLACEMENTS}
        return Diagnosis(
            "mutate_operator",
            f"IC 均值 {ic_mean:.4f} 接近 0，换掉核心算子",
            {"ic_mean": ic_mean, "suggested_replacements": hints},
        )
    if ic_mean < -0.01:
        return Diagnosis("mutate_signal_type", f"IC 均值 {ic_mean:.4f} 为负，方向与信号类型不合", {"ic_mean": ic_mean})
    if facts.nesting_depth > DEEPEST:
        return Diagnosis(
            "simplify",
            f"嵌套 {facts.nesting_depth} 层，超过 {DEEPEST} 层，先简化",
            {"nesting_depth": facts.nesting_depth},
        )
    if ic_ir < 0.5 and not facts.has_normalization:
        return Diagnosis(
            "mutate_normalization",
            f"ICIR {ic_ir:.2f} 偏低且没有标准化，加一层 rank 或 zscore",
            {"ic_ir": ic_ir, "has_normalization": False},
        )
    tried = "/".join(str(w) for w in WINDOWS_TO_TRY)
    return Diagnosis(
        "mutate_window",
        f"换一组窗口（{tried}）再试",
        {
            "ic_mean": ic_mean,
            "ic_ir": ic_ir,
            "current_windows": list(facts.windows),
            "windows_to_try": list(WINDOWS_TO_TRY),
        },
    )
