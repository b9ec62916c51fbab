"""One word of a text that has been read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Word:
    """One piece of a text that has been read: its kind, what it stands for, and how it was written.

    `kind` is concept, link, wrap, missing, universe, silent, break, unread, or that of a `Span`.
    """

    kind: str
    value: Any
    text: str = ""
    worded: bool = False
    turned: bool = False
    """it stands under an "avoid": what it says is what is not wanted"""
    joined: bool = False
    """it is said in one form with the word before, and is not to be parted from it"""
    parted: bool = False
    """a 的 stands right before it"""
