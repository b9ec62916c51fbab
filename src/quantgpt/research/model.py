"""The port through which the research loop asks a language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from quantgpt.foundations.chat import Answer, Message


class ChatModel(Protocol):
    """A language model behind a chat interface. It is given words and gives words; it is offered no tools."""

    @property
    def name(self) -> str:
        """The name of the model as the server knows it."""
        ...

    def ask(self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seconds: float) -> Answer:
        """One answer within `seconds`, connection and reading together; asked once, never retried.

        Raises: ModelFault.
        """
        ...
