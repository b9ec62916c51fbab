"""Messages from a child to its worker: four bytes of length, then JSON."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

_HEAD = struct.Struct("!I")
LARGEST = 256 << 20


def send_frame(descriptor: int, message: dict[str, Any]) -> None:
    """Write one message whole."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    view = memoryview(_HEAD.pack(len(body)) + body)
    while view:
        view = view[os.write(descriptor, view) :]


class FrameReader:
    """Collects what arrives on a non-blocking descriptor into messages."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.closed = False
        """the other side will send no more"""
        self._buffer = bytearray()

    def drain(self) -> list[dict[str, Any]]:
        """Every message that is complete by now."""
        while True:
            try:
                chunk = os.read(self.descriptor, 1 << 20)
            except BlockingIOError:
                break
            if not chunk:
                self.closed = True
                break
            self._buffer += chunk
        return self._complete()

    def _complete(self) -> list[dict[str, Any]]:
        found = []
        while len(self._buffer) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._buffer)
            if length > LARGEST:
                raise ValueError(f"a message of {length} bytes")
            if len(self._buffer) < _HEAD.size + length:
                break
            found.append(json.loads(bytes(self._buffer[_HEAD.size : _HEAD.size + length])))
            del self._buffer[: _HEAD.size + length]
        return found
