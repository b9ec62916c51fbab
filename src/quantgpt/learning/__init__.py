"""Learning: handlers that turn features into the matrices of models, their processors, and datasets cut by time.

Importing this package costs nothing; its classes are loaded on first use.
"""

import importlib
from typing import Any

_HOMES = {
    "Alpha158": "alphas",
    "Alpha158vwap": "alphas",
    "Alpha360": "alphas",
    "Alpha360vwap": "alphas",
    "DataHandler": "handlers",
    "Dataset": "datasets",
    "TSDataset": "datasets",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a class of the package when it is first asked for."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"quantgpt.learning.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'quantgpt.learning' has no attribute {name!r}")
