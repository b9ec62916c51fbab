"""What is said to a language model, what comes back, and how it fails: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["system", "user", "assistant"]
FaultKind: TypeAlias = Literal[
    "timeout", "refused", "unauthorized", "rate_limited", "server", "malformed", "empty", "too_large", "budget"
]

FAULTS_ZH: dict[FaultKind, str] = {
    "timeout": "超时",
    "refused": "请求被拒绝",
    "unauthorized": "密钥无效或账户不可用",
    "rate_limited": "请求过于频繁",
    "server": "服务端错误",
    "malformed": "返回内容无法解析",
    "empty": "返回内容为空",
    "too_large": "返回内容过大",
    "budget": "用量已达上限",
}
"""What each kind of fault is called for a person."""

PASSING: frozenset[FaultKind] = frozenset({"timeout", "rate_limited", "server", "malformed", "empty", "too_large"})
"""Faults that may be gone when the same is asked again."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model said. `requests` counts the requests that the server saw for it."""

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish: str = "stop"
    requests: int = 1


class ModelFault(Exception):
    """A model gave no usable answer. `message` never holds what the server sent, nor a key.

    `retry_after` is the number of seconds the server asked to be left alone, None where it did not say. `requests` counts
    the requests that the server may have seen.
    """

    def __init__(
        self, kind: FaultKind, message: str = "", retry_after: float | None = None, *, requests: int = 1
    ) -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind: FaultKind = kind
        self.message = message
        self.retry_after = retry_after
        self.requests = requests
