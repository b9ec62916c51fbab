"""What is stored of a finished job, read in pieces.

A result may be tens of megabytes long. One step over all of it would hold the interpreter, and nobody else would be
answered meanwhile; so would many such results that are read at once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PIECE = 1 << 18
"""characters that are read in one step"""
LARGE = 1 << 20
"""characters from which on only a few results are read at once"""
MANY_TRADES = 5_000
"""trades from which on a result is large"""
AT_ONCE = 2
_HEAD, _MARK, _TAIL = '{"details":', ',"result":"', '"}'

_large = threading.BoundedSemaphore(AT_ONCE)
_sent = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def few(trades: int) -> Iterator[None]:
    """Around everything that is done with the text of a result of so many trades: only some large ones go on at once."""
    if trades <= MANY_TRADES:
        yield
        return
    with _sent:
        yield


def result_of(outcome: str) -> str:
    """The printed result in a stored outcome, which is `{"details":{…},"result":"…"}`.

    >>> result_of('{"details":{"fills":2},"result":"{\\\\"trades\\\\":[]}"}')
    '{"trades":[]}'
    """
    begins = outcome.find(_MARK) + len(_MARK)
    if not outcome.startswith(_HEAD) or begins < len(_MARK) or not outcome.endswith(_TAIL):
        return str(json.loads(outcome)["result"])
    if len(outcome) < LARGE:
        return _plain(outcome, begins)
    with _large:
        return _plain(outcome, begins)


def details_of(outcome: str) -> dict[str, Any]:
    """What is stored beside the result."""
    ends = outcome.find(_MARK)
    whole = ends < 0 or not outcome.startswith(_HEAD)
    found: dict[str, Any] = json.loads(outcome)["details"] if whole else json.loads(outcome[len(_HEAD) : ends])
    return found


def _plain(outcome: str, begins: int) -> str:
    """The text of a JSON string that ends with the outcome. It is cut behind commas, which no escape holds."""
    ends, parts = len(outcome) - len(_TAIL), []
    while begins < ends:
        cut = ends if ends - begins <= PIECE else outcome.rfind(",", begins, begins + PIECE) + 1 or ends
        parts.append(json.loads(f'"{outcome[begins:cut]}"'))
        begins = cut
    return "".join(parts)
