"""Words to factor: an expression is taken as it is, a description goes to the language model, or to the offline engine without one."""

from __future__ import annotations

import difflib
import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.chat import FAULTS_ZH, ModelFault
from quantgpt.foundations.errors import BadExpression, BadRequest, QuantError, RateLimited, Unavailable
from quantgpt.foundations.fields import FIELDS
from quantgpt.foundations.progress import Note, Progress, tell
from quantgpt.services._base import OPERATIONS, App
from quantgpt.services.expressions import compiled

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.foundations.chat import Message
    from quantgpt.market.market import Market
    from quantgpt.research.answers import Proposed
    from quantgpt.research.asking import Asking
    from quantgpt.research.model import ChatModel

log = logging.getLogger(__name__)

MOST_CALLS = 4
MOST_SECONDS = 120.0
NO_KEY = "未配置 DEEPSEEK_API_KEY"
EXAMPLE = "rank(close/ts_mean(close, 20))"
DAY_SECONDS = 86_400.0

_PATH = f"也可以直接输入因子表达式，例如 {EXAMPLE}"

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff01-\uff5e]")
_CALL = re.compile(r"\w\(")
_PAIR = re.compile(r"(?=(?:^|[^\w.])(\w+)\s+([A-Za-z]\w*))")
_AFTERWORD = re.compile(r"\)\s+([A-Za-z]{3,})(?![\w(])")
_NAME = re.compile(r"[A-Za-z]{4,}(?:-[A-Za-z]+)*")
_KEYWORDS = frozenset({"and", "or", "not", "if", "else", "lambda", "import", "yield"})
_SAME_NAME = 0.75


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a prompt became: the text of an expression, the same compiled, and who said so (the block `llm` of a result)."""

    expression_text: str
    expression: Expression
    llm: dict[str, Any]


class ModelDown(Unavailable):
    """The language model did not answer; `code` says why, as `model_timeout`."""

    def __init__(self, fault: ModelFault) -> None:
        super().__init__(
            f"大模型服务暂不可用：{FAULTS_ZH[fault.kind]}",
            retry_after_seconds=fault.retry_after,
            hint=f"reason: {fault.kind}；{_PATH}",
        )
        self.code = f"model_{fault.kind}"


class NotUnderstood(BadRequest):
    """Nothing in the words can be tested; `suggestions` are words that can be."""

    def __init__(self, message: str, suggestions: Sequence[str] = (), *, hint: str = "", code: str) -> None:
        tried = f"可以试试：{'；'.join(suggestions)}" if suggestions else _PATH
        super().__init__(
            message,
            field="prompt",
            hint=f"{hint}；{tried}" if hint else tried,
            nearest=suggestions[0] if suggestions else EXAMPLE,
        )
        self.suggestions = tuple(suggestions)
        self.code = code


def is_wording(text: str) -> bool:
    """A text that is no expression is a description rather than a slip: Chinese, words side by side, a name of nothing.

    >>> [is_wording(text) for text in ("20日动量", "20-day momentum", "reversal", "low P/E", "RSI(14) oversold")]
    [True, True, True, True, True]
    >>> [is_wording(text) for text in ("rank(clos)", "clos / open", "clsoe", "close and opn", "rank(x) if y else 1")]
    [False, False, False, False, False]
    """
    if _CHINESE.search(text):
        return True
    if _CALL.search(text):
        return any(word.lower() not in _KEYWORDS for word in _AFTERWORD.findall(text))
    if any(not {left.lower(), right.lower()} & _KEYWORDS for left, right in _PAIR.findall(text)):
        return True
    return bool(_NAME.fullmatch(text.strip())) and not any(_is_field(part) for part in text.strip().split("-"))


def worded(app: App, text: str, market: Market | None, progress: Progress, briefing: Mapping[str, Any]) -> Wording:
    """The expression that a prompt means on this market. The expression is told as a fact as soon as it is chosen.

    An expression is taken as it is; one that was typed in full-width characters is read as if it had not been.
    `briefing` may hold `model_calls_left`, the calls of the model that the user has left today.

    Raises: BadExpression for a wrong expression, the user's or the model's after its repairs; BadRequest where nothing in
    the words can be tested; RateLimited where no call is left; Unavailable where the model does not answer.
    """
    try:
        return _verbatim(text, text, market, progress)
    except BadExpression:
        if not is_wording(text):
            tell(progress, Note(facts={"expression": text}))
            raise
    with suppress(BadExpression):
        return _verbatim(text, unicodedata.normalize("NFKC", text), market, progress)
    model = app.plugs.model(app.settings)
    if model is None:
        return _offline(text, market, progress)
    return _by_model(model, text, market, progress, briefing)


def calls_left(app: App, owner_id: str) -> int:
    """How often a job of a user that begins now may call the model; for its briefing's `model_calls_left`.

    Other running jobs of the user that may ask a model keep what they may still need, so that all together stay within
    the day's allowance.
    """
    asking = [name for name, how in OPERATIONS.items() if "deepseek_api_key" in how.secrets]
    others = max(app.records.jobs.running_of(owner_id, asking) - 1, 0)
    used = app.records.model_calls.lately(owner_id)
    return max(app.settings.model_daily_calls - used - others * MOST_CALLS, 0)


def model_block(asking: Asking, proposed: Proposed, *, prompt: str) -> dict[str, Any]:
    """The block `llm` of a result whose expression a model proposed."""
    return {
        "prompt": prompt,
        "generated_expression": proposed.expression,
        "engine": "llm",
        "model": asking.model.name,
        "used_llm": True,
        "attempts": asking.used,
        "tokens": asking.prompt_tokens + asking.completion_tokens,
        "hypothesis": proposed.hypothesis,
        "direction": proposed.direction,
        "horizon": proposed.horizon,
        "prompt_hash": asking.prompt_hash,
        "answer_hash": asking.answer_hash,
    }


def outage(fault: ModelFault) -> QuantError:
    """The error that a fault of a model becomes for a person."""
    if fault.kind == "refused" and fault.message and not fault.message.startswith("HTTP"):
        said = fault.message if _CHINESE.search(fault.message) else "回答中没有因子表达式"
        return NotUnderstood(f"大模型没有给出因子：{said}", code="model_declined")
    return ModelDown(fault)


def _verbatim(prompt: str, text: str, market: Market | None, progress: Progress) -> Wording:
    expression = compiled(text, market)
    tell(progress, Note(facts={"expression": text}))
    llm = {**_BLANK, "prompt": prompt, "generated_expression": text, "engine": "expression"}
    return Wording(expression_text=text, expression=expression, llm=llm)


def _offline(text: str, market: Market | None, progress: Progress) -> Wording:
    from quantgpt.research.offline import Refusal, propose

    fields, has_industry = offered(market)
    found = propose(text, fields=fields, has_industry=has_industry)
    if isinstance(found, Refusal):
        raise NotUnderstood(
            f"没有从描述中识别出可检验的因子：{found.reason}", found.suggestions, hint=NO_KEY, code="not_understood"
        )
    tell(progress, Note(facts={"expression": found.expression}))
    llm = {
        **_BLANK,
        "prompt": text,
        "generated_expression": found.expression,
        "engine": "offline",
        "hypothesis": found.hypothesis,
        "direction": found.direction,
        "horizon": found.horizon,
        "idea": found.idea,
        "parameters": dict(found.parameters),
    }
    return Wording(expression_text=found.expression, expression=compiled(found.expression, market), llm=llm)


def _by_model(
    model: ChatModel, text: str, market: Market | None, progress: Progress, briefing: Mapping[str, Any]
) -> Wording:
    from quantgpt.research.asking import Asking
    from quantgpt.research.prompts import wording_messages

    left = briefing.get("model_calls_left")
    if left is not None and left <= 0:
        raise RateLimited(
            "今日的大模型调用次数已用完，请明天再试",
            retry_after_seconds=DAY_SECONDS,
            hint=f"QUANTGPT_MODEL_DAILY_CALLS；{_PATH}",
        )
    asking = Asking(
        model=model,
        purpose="wording",
        receipt=lambda row: tell(progress, Note(model_calls=(row,))),
        calls=MOST_CALLS if left is None else min(MOST_CALLS, int(left)),
        seconds=MOST_SECONDS,
    )
    fields, has_industry = offered(market)
    proposed, expression = _conversation(
        asking, wording_messages(text, fields=fields, has_industry=has_industry), market, progress
    )
    return Wording(
        expression_text=proposed.expression,
        expression=expression,
        llm=model_block(asking, proposed, prompt=text),
    )


def _conversation(
    asking: Asking, asked: list[Message], market: Market | None, progress: Progress
) -> tuple[Proposed, Expression]:
    """Ask, and have wrong expressions corrected as long as there is a call left."""
    from quantgpt.research.answers import read_proposal
    from quantgpt.research.prompts import repair_messages, unreadable_messages

    messages, wrong = asked, None
    while True:
        try:
            answer = asking.ask(messages)
        except ModelFault as fault:
            if wrong is not None and fault.kind == "budget":
                raise wrong from None
            log.info("the language model gave no answer: %s", fault)
            raise outage(fault) from None
        try:
            proposed = read_proposal(answer.text)
        except ModelFault as fault:
            log.info("the answer of the language model was of no use: %s", fault.kind)
            if not asking.forgives(fault):
                raise outage(fault) from None
            messages = unreadable_messages(asked)
            continue
        tell(progress, Note(facts={"expression": proposed.expression}))
        try:
            return proposed, compiled(proposed.expression, market)
        except BadExpression as error:
            wrong = error
            messages = repair_messages(asked, proposed.expression, error)


def has_model(app: App) -> bool:
    """Whether words go to a language model."""
    key = app.settings.deepseek_api_key
    return key is not None and bool(key.get_secret_value().strip())


def offered(market: Market | None) -> tuple[frozenset[str], bool]:
    """Fields that an expression may name on this market, and whether it knows industries."""
    if market is not None:
        return market.expression_fields(), market.has_industry
    return frozenset(name for name, spec in FIELDS.items() if spec.in_expressions), True


def _is_field(name: str) -> bool:
    """The name is that of a field, or a slip of one."""
    from quantgpt.expr.suggestions import COLUMN_SUGGESTIONS

    known = [*FIELDS, *COLUMN_SUGGESTIONS]
    return bool(difflib.get_close_matches(name.lower(), known, n=1, cutoff=_SAME_NAME))


_BLANK: dict[str, Any] = {
    "model": None,
    "used_llm": False,
    "attempts": 0,
    "tokens": 0,
    "hypothesis": None,
    "direction": None,
    "horizon": None,
    "prompt_hash": None,
    "answer_hash": None,
}
