"""The HTTP server of the web chat: uvicorn inside our own loop, stopped by us."""

import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from starlette.types import ASGIApp

# Below the 1,024 files that a process may open by default: an event stream holds one.
_CONNECTIONS = 800


class CannotListen(Exception):
    """The address is in use, or is not one of this machine's; the text says which."""

    # The text is for whoever runs the bot.
    for_people = True


class Server(uvicorn.Server):
    """Serves until `stop()`. Cancelling `serve()` instead would leave connections open."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket, on_stop: Callable[[], None]):
        super().__init__(config)
        self._bound = bound
        self._on_stop = on_stop

    @property
    def port(self) -> int:
        """The port that is listened on, also where 0 was asked for."""
        port: int = self._bound.getsockname()[1]
        return port

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Answer requests until `stop()` is called."""
        await super().serve([self._bound])

    def stop(self) -> None:
        """End the open event streams and make `serve()` return, two seconds later at most."""
        self._on_stop()
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals alone."""
        # uvicorn would raise the signal again after it has stopped and kill the process before
        # the engine has settled: signals belong to whoever runs both.
        yield


def make_server(app: ASGIApp, host: str, port: int, on_stop: Callable[[], None]) -> Server:
    """Make a server that already holds its port. Raises `CannotListen`.

    `on_stop` ends the app's event streams: uvicorn waits for open answers and these never end.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        # The host process decides how logs look and where they go.
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        # Given here, or uvicorn would read them from the environment.
        workers=1,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=2,
    )
    return Server(config, _bind(host, port), on_stop)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}, port {port}: {error}") from error


def is_free(host: str, port: int) -> bool:
    """Whether the address could be listened on now."""
    try:
        _bind(host, port).close()
    except CannotListen:
        return False
    return True
