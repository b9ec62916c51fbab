"""QuantGPT: from an idea to a factor, and every number on the way is true.

Importing this package costs nothing; the Python API (`quantgpt.backtest`, ...) is loaded on first use.
"""

import importlib
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load a public name of `quantgpt.api` when it is first asked for."""
    if not name.startswith("_") and name != "api":
        api = importlib.import_module("quantgpt.api")
        if name in api.__all__:
            return getattr(api, name)
    raise AttributeError(f"module 'quantgpt' has no attribute {name!r}")
