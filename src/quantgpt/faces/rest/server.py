"""Running the server: pid and port files, a stop that does not wait for open streams."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Sequence
from contextlib import suppress

import uvicorn

from quantgpt.faces.rest.app import Attach, create_api
from quantgpt.faces.rest.bounded import BoundedProtocol
from quantgpt.faces.rest.redaction import hide_tokens
from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.files import write_text
from quantgpt.services._base import App

STOP_SECONDS = 4


class Server(uvicorn.Server):
    """Ends the event streams as soon as it is told to stop; otherwise it would wait for their clients."""

    def handle_exit(self, sig: int, frame: object) -> None:
        """Begin to stop. The signal is not raised again afterwards: a stop that was asked for is a success."""
        state = self.config.app.state  # type: ignore[union-attr]
        for part in (state.rest.watcher, *state.attached):
            part.stop()
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(app: App, attach: Sequence[Attach] = ()) -> None:
    """Serve until SIGTERM or SIGINT. Raises Unavailable when the port is taken."""
    settings = app.settings
    with _listening(settings.host, settings.port) as door:
        app.records.migrate()
        api = create_api(app, attach)
        hide_tokens()
        config = uvicorn.Config(
            api,
            http=BoundedProtocol,
            log_config=None,
            access_log=settings.log_level == "DEBUG",
            timeout_graceful_shutdown=STOP_SECONDS,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=20,
        )
        write_text(settings.run_folder / "server.pid", f"{os.getpid()}\n")
        write_text(settings.run_folder / "server.port", f"{door.getsockname()[1]}\n")
        gc.freeze()
        gc.enable()
        try:
            Server(config).run(sockets=[door])
        finally:
            for name in ("server.pid", "server.port"):
                with suppress(OSError):
                    (settings.run_folder / name).unlink()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise Unavailable(
            f"无法监听 {host}:{port}：{error.strerror}", hint="another program uses the port; set QUANTGPT_PORT"
        ) from error
    door.listen(2048)
    return door
