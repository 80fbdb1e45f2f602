"""An address of this machine to listen on, and the server that answers there."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

from rag.errors import CitewellError


def listening(host: str, port: int, *, command: str) -> socket.socket:
    """A bound socket, so that what is announced is true. Raises CitewellError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise CitewellError(
                f"Port {port} of {host} is taken, perhaps by a Citewell that is still running.",
                remedy=f"Choose another one: --port {port % 65535 + 1}",
            ) from error
        raise CitewellError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}.",
            remedy="Name an address of this machine and a port above 1023: "
            f"{command} --host 127.0.0.1 --port 7860",
        ) from error
    return sock


def run(make_app: Callable[[], Any], sock: socket.socket) -> None:
    """Serve the app (made in the server's own event loop) until Ctrl-C, quietly."""
    import uvicorn

    config = uvicorn.Config(
        make_app,
        factory=True,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # ui/access/proxy.py believes those that are trusted
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[sock])
