"""diagnose_factor"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from quantgpt.faces.mcp.tools._base import tool


class MutationPrompt(BaseModel):
    """Words for a language model that writes the next expression."""

    system: str = Field(description="Task and vocabulary, at most 500 characters")
    user: str


class DiagnosisAnswer(BaseModel):
    """What to change about a factor."""

    strategy: str = Field(
        description="regenerate_full, mutate_operator, mutate_signal_type, simplify, mutate_normalization, mutate_window"
    )
    reason: str
    details: dict[str, Any]
    mutation_prompt: MutationPrompt


@tool("diagnose_factor", "因子诊断 · Diagnose", reads=True)
def diagnose_factor(
    expression: str,
    ic_mean: float = 0,
    ic_ir: float = 0,
    monotonicity_score: float = 0,
    score: float = 50,
) -> DiagnosisAnswer:
    """Which of six mutations a factor needs, from its figures alone; reads no market data.

    ic_mean is taken in the factor's direction. monotonicity_score is accepted and told to the model, no rule uses it.
    """
    from quantgpt.services.facets import diagnosed

    found = diagnosed(expression, ic_mean=ic_mean, ic_ir=ic_ir, monotonicity_score=monotonicity_score, score=score)
    return DiagnosisAnswer(**found)
