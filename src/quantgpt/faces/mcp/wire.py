"""The protocol's own way in and out: private descriptors, so that nothing else can write into it."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from typing import BinaryIO

LONGEST_LINE = 4 << 20
"""bytes of one message; a longer one is answered with an error and never held whole"""


@dataclass(frozen=True)
class Wire:
    """Where messages come from and where answers go."""

    incoming: BinaryIO
    outgoing: BinaryIO


def claim_wire() -> Wire:
    """Take the standard streams for the protocol. From now on whatever this process and its children print goes to
    standard error, and whoever reads standard input finds it empty. Call this before anything else is imported."""
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Wire(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
