"""Processors, one family per module, under Qlib's names; importing the package reads none of them."""

from quantgpt.learning.processors._base import (
    PROCESSORS,
    Description,
    FittedProcessor,
    PlaneProcessor,
    Processor,
    TableProcessor,
    read_processor,
)

__all__ = [
    "PROCESSORS",
    "Description",
    "FittedProcessor",
    "PlaneProcessor",
    "Processor",
    "TableProcessor",
    "read_processor",
]
