"""Prompts: how a piece of research goes, from the idea to the choice, in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantgpt.faces.mcp.server import QuantServer

_ZH = """\
研究一个 A 股因子。想法：{idea}。股票池 {universe}。

1. 想法：写清经济逻辑、预期方向（值越大越好还是越差）、持有期。先写下来，再看任何数字。
2. 表达式：读 list_operators；写一个短表达式，用 validate_expression 校验，按报错位置与建议修正。说不清时用 generate_factor。
3. 回测：run_backtest。若返回 {{job_id, status}}，用 get_job 等结果。先看 warnings 与 anti_overfit，再看收益。
4. 诊断：diagnose_factor（填入 ic_mean、ic_ir、score），按它给出的策略改一处，而不是到处改。
5. 迭代：iterate_factor 一次产生多个候选。每个候选都记入试验次数；search 一栏给出试验次数与折减后的夏普比率。
6. 选择：只在得分、反过拟合检验与 run_rolling_validation 都站得住时选一个；都站不住就说没有找到。

规则：不为一个好看的数字改日期或股票池；每次改动说明理由；报告时写明试过多少个表达式，缺失的数字写“无”，不编造。
"""
_EN = """\
Research one A-share factor. Idea: {idea}. Universe: {universe}.

1. Idea: write down the economic reason, the expected direction and the holding period before looking at any number.
2. Expression: read list_operators, write a short expression, check it with validate_expression and follow the place and
   the nearest name in its error. If words come easier, use generate_factor.
3. Test: run_backtest. If it answers {{job_id, status}}, call get_job. Read warnings and anti_overfit before returns.
4. Diagnose: diagnose_factor with ic_mean, ic_ir and score; change the one thing that it names.
5. Iterate: iterate_factor makes several candidates. Each counts as a trial; `search` tells how many trials there were and
   what is left of the Sharpe ratio after them.
6. Select: choose one only if its score, the four tests and run_rolling_validation all hold; otherwise say that none was found.

Rules: never change dates or universe to get a better number; give a reason for each change; report how many
expressions were tried; say "none" where a number is missing.
"""


def install(server: QuantServer) -> None:
    """Add all prompts."""
    server.prompt("research_workflow_zh", "因子研究流程", "从想法到选择的一次因子研究")(research_zh)
    server.prompt("research_workflow_en", "Factor research", "One piece of factor research, from idea to choice")(
        research_en
    )


def research_zh(idea: str = "由你提出", universe: str = "hs300") -> str:
    """从想法到选择。"""
    return _ZH.format(idea=idea, universe=universe)


def research_en(idea: str = "yours to propose", universe: str = "hs300") -> str:
    """From idea to choice."""
    return _EN.format(idea=idea, universe=universe)
