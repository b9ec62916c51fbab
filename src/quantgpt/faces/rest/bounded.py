"""HTTP whose head has an end: whoever sends headers without limit is hung up on before they fill the memory."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 65_536
"""bytes of a request before its body; what comes with them in one piece is not counted"""


class BoundedProtocol(HttpToolsProtocol):
    """The usual protocol with a limit on the head of a request."""

    _in_head = True
    _waited = 0

    def data_received(self, data: bytes) -> None:
        """Take what came in."""
        super().data_received(data)
        if not self._in_head:
            return
        self._waited += len(data)
        if self._waited > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._waited = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        super().on_headers_complete()
