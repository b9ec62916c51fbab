"""Language models behind chat interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantgpt.foundations.settings import Settings
    from quantgpt.research.model import ChatModel


def open_model(settings: Settings) -> ChatModel | None:
    """The language model of these settings; None without a key. Connects to nothing yet.

    Raises: BadRequest where the address or the key cannot be sent.
    """
    key = settings.deepseek_api_key
    if key is None or not key.get_secret_value().strip():
        return None
    from quantgpt.connectors.llms.openai_compatible import OpenAICompatible

    return OpenAICompatible(key.get_secret_value(), settings.deepseek_base_url, settings.deepseek_model)
