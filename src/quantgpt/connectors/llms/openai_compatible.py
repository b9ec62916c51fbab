"""Any server with the chat interface of OpenAI: DeepSeek, a local model, a gateway."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from quantgpt.connectors.llms._bounded import BadStatus, BoundedTransport, Limits
from quantgpt.foundations.chat import Answer, Message, ModelFault
from quantgpt.foundations.errors import BadRequest
from quantgpt.research.answers import read_json

log = logging.getLogger(__name__)

LEAST_TOKENS = 1024
MOST_TOKENS = 1_000_000


@dataclass(frozen=True)
class Served:
    """Under which name a model is served, and whether it thinks aloud unless it is told not to."""

    name: str
    thinks: bool


MODELS = {
    "deepseek-chat": Served("deepseek-flash", thinks=True),
    "deepseek-reasoner": Served("deepseek-flash", thinks=True),
    "deepseek-flash": Served("deepseek-flash", thinks=True),
    "deepseek-v4-flash": Served("deepseek-v4-flash", thinks=True),
    "deepseek-v4-pro": Served("deepseek-v4-pro", thinks=True),
}
"""The vendor's names, the two retired on 2026-07-24 first. Any other name is sent as it is.

Source: the vendor's list of models and prices as of September 2026.
"""


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore")

    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: _Said
    finish_reason: str | None = None


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choices: list[_Choice] = []
    usage: _Usage | None = None


class OpenAICompatible:
    """A model behind the chat interface of OpenAI.

    A server that refuses the first request with optional fields (JSON answers, no thinking) and takes the same without them
    does not know them: they are left out from then on.
    """

    def __init__(self, key: str, base_url: str, model: str, limits: Limits | None = None) -> None:
        self._key = _sendable(key.strip())
        self._base_url = _address(base_url.strip())
        self._served = served(model.strip())
        self._limits = limits or Limits()
        self._optional = True
        self._optional_known = False

    def __repr__(self) -> str:
        return f"OpenAICompatible({self.name!r})"

    @property
    def name(self) -> str:
        """The name that is sent to the server."""
        return self._served.name

    def ask(self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seconds: float) -> Answer:
        """One answer within `seconds`.

        Raises: ModelFault.
        """
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "max_tokens": max(max_tokens, LEAST_TOKENS),
            "temperature": temperature,
        }
        deadline = time.monotonic() + min(seconds, self._limits.total)
        if not self._optional:
            return self._answer(self._posted(body, deadline), requests=1)
        try:
            reply = self._posted(body | self._extras(), deadline)
        except BadStatus as fault:
            if fault.status not in (400, 422) or self._optional_known:
                raise
            return self._plain_again(body, deadline)
        self._optional_known = True
        return self._answer(reply, requests=1)

    def _plain_again(self, body: dict[str, Any], deadline: float) -> Answer:
        try:
            reply = self._posted(body, deadline)
            self._optional = False
            return self._answer(reply, requests=2)
        except ModelFault as fault:
            fault.requests = 2
            raise

    def _extras(self) -> dict[str, Any]:
        extras: dict[str, Any] = {"response_format": {"type": "json_object"}}
        if self._served.thinks:
            extras["extra_body"] = {"thinking": {"type": "disabled"}}
        return extras

    def _posted(self, body: dict[str, Any], deadline: float) -> bytes:
        transport = BoundedTransport(self._limits, deadline)
        with httpx2.Client(transport=transport, trust_env=False, follow_redirects=False) as http:
            client = openai.OpenAI(api_key=self._key, base_url=self._base_url, max_retries=0, http_client=http)
            try:
                return bytes(client.chat.completions.with_raw_response.create(**body).content)
            except openai.OpenAIError as error:
                raise ModelFault("malformed", type(error).__name__) from None

    def _answer(self, body: bytes, *, requests: int) -> Answer:
        try:
            said = _Completion.model_validate(read_json(body.decode("utf-8")))
        except UnicodeDecodeError:
            raise ModelFault("malformed", "the reply is not UTF-8") from None
        except ValidationError:
            raise ModelFault("malformed", "the reply is no chat completion") from None
        except ValueError as error:
            raise ModelFault("malformed", f"the reply is not JSON: {error}") from None
        if not said.choices:
            raise ModelFault("empty", "the reply has no choices")
        choice = said.choices[0]
        text = (choice.message.content or "").strip().replace(self._key, "…")
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise ModelFault("refused", "the model declined")
        if not text:
            raise ModelFault("empty", "the answer has no text")
        usage = said.usage or _Usage()
        return Answer(
            text=text,
            model=self.name,
            prompt_tokens=min(max(usage.prompt_tokens, 0), MOST_TOKENS),
            completion_tokens=min(max(usage.completion_tokens, 0), MOST_TOKENS),
            finish=(choice.finish_reason or "stop")[:32],
            requests=requests,
        )


def served(name: str) -> Served:
    """How the model of that name is asked for today."""
    found = MODELS.get(name, Served(name, thinks=False))
    if found.name != name:
        _say_once(name, found.name)
    return found


@lru_cache(maxsize=16)
def _say_once(old: str, new: str) -> None:
    log.warning("the model name %s is retired; %s is asked instead, with thinking disabled", old, new)


def _sendable(key: str) -> str:
    if not key.isascii() or not key.isprintable() or " " in key:
        raise BadRequest("DEEPSEEK_API_KEY 含有不能发送的字符", hint="the key must be printable ASCII without blanks")
    return key


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right:
        raise BadRequest("DEEPSEEK_BASE_URL 不是有效的地址", hint="e.g. https://api.deepseek.com/v1")
    return url
