"""Runs the application on a loopback port until it is told to end."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

import uvicorn

from oip_reference.http.protocol import Protocol

HOST: Final = "127.0.0.1"
_LAST_WORDS_SECONDS: Final = 0.3


class PortInUse(Exception):
    """The port cannot be listened on."""


def listening_socket(port: int) -> socket.socket:
    """A listening socket on the loopback; port 0 takes a free one. Raises `PortInUse`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortInUse(f"cannot listen on {HOST}:{port}: {error}") from None
    return listener


class _Server(uvicorn.Server):
    """Ends in a moment whatever its clients do, and says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        if counter % 50 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Protocol):
                    connection.close_if_stalled(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_LAST_WORDS_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()
        self._captured_signals.clear()  # the signal has done its work: the process ends with 0
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()


def run(application: Any, listener: socket.socket, on_ready: Callable[[], None], *, until_stdin_closes: bool) -> None:
    """Serves until SIGTERM, SIGINT or (if asked for) the end of standard input."""
    config = uvicorn.Config(
        application,
        http=Protocol,
        ws="none",
        lifespan="off",
        loop="uvloop",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        backlog=2048,
    )
    server = _Server(config, on_ready)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return


def _end_with_stdin(server: uvicorn.Server) -> None:
    while os.read(0, 4096):
        continue
    server.should_exit = True
