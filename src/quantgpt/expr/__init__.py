"""Expressions: text → tokens → typed tree → canonical form → plan → panels. Reading one imports no compiler."""

from quantgpt.expr.analysis import Notice
from quantgpt.expr.catalogue import CATEGORIES, operator_catalogue
from quantgpt.expr.colouring import colour_tokens
from quantgpt.expr.dialects.printing import print_tree
from quantgpt.expr.dialects.translation import Difference, Translation, translate
from quantgpt.expr.evaluation import EvalInputs, evaluate, warm_up
from quantgpt.expr.expression import Expression, compile_expression, read_expression
from quantgpt.expr.tokens import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, Token, TokenKind

__all__ = [
    "CATEGORIES",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_NODES",
    "Difference",
    "EvalInputs",
    "Expression",
    "Notice",
    "Token",
    "TokenKind",
    "Translation",
    "colour_tokens",
    "compile_expression",
    "evaluate",
    "operator_catalogue",
    "print_tree",
    "read_expression",
    "translate",
    "warm_up",
]
