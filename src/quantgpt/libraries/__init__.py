"""Factor libraries as plain data: names, expressions, meaning. Importing the package reads none of them."""

from quantgpt.libraries._base import (
    CATEGORIES,
    LIBRARIES,
    LeftOut,
    Library,
    LibraryFactor,
    left_out_report,
    library,
)

__all__ = [
    "CATEGORIES",
    "LIBRARIES",
    "LeftOut",
    "Library",
    "LibraryFactor",
    "left_out_report",
    "library",
]
