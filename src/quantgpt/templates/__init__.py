"""Bar strategies, one per file: parameters in, a plan out that the bar simulator carries out. They never see a book or a fill."""

from quantgpt.templates._base import (
    TEMPLATES,
    Checked,
    Context,
    GridPlan,
    LadderPlan,
    MainBars,
    Plan,
    SignalPlan,
    Signals,
    Template,
    load_templates,
    template_of,
)

__all__ = [
    "TEMPLATES",
    "Checked",
    "Context",
    "GridPlan",
    "LadderPlan",
    "MainBars",
    "Plan",
    "SignalPlan",
    "Signals",
    "Template",
    "load_templates",
    "template_of",
]
