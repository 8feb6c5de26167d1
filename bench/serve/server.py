"""The server: sockets, processes, and an orderly end."""

import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess

from ..errors import RequestError
from .counters import FOLDER_OF_ALL

if TYPE_CHECKING:
    from starlette.applications import Starlette


def bound(host: str, port: int) -> socket.socket:
    """Bind a socket.

    Parameters
    ----------
    host : str
        A name or an address, of IPv4 or IPv6.
    port : int
        0 takes one that is free.

    Raises
    ------
    RequestError
        If that cannot be done.
    """
    made: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(socket.SOMAXCONN)
    except (OSError, OverflowError, UnicodeError) as error:
        if made is not None:
            made.close()
        why = getattr(error, "strerror", None) or error
        raise RequestError(
            f"{host} port {port} cannot be listened at: {why}.  Is something else there?  "
            "Name another with --port, or --port 0 for one that is free."
        ) from None
    made.setblocking(False)
    return made


def run_server(
    make_app: Callable[[], "Starlette"], listening: socket.socket, workers: int, grace: float
) -> None:
    """Serve until a signal asks to stop; then answer what was asked, and end.

    Parameters
    ----------
    make_app : callable
        Of a module, with arguments that can be sent to another process; called in each.
    listening : socket
    workers : int
        Processes.
    grace : float
        Seconds for the last requests.
    """
    config = uvicorn.Config(
        make_app, factory=True, workers=workers, log_level="warning", access_log=False,
        server_header=False, date_header=False, lifespan="on", ws="none",
        timeout_graceful_shutdown=max(1, round(grace)),
    )  # fmt: skip
    # The signal is raised once more at the end, to whom it reached before.
    with suppress(KeyboardInterrupt):
        if workers == 1:
            uvicorn.Server(config).run([listening])
        else:
            with tempfile.TemporaryDirectory(prefix="intentbench-counts-") as folder:
                os.environ[FOLDER_OF_ALL] = folder
                Multiprocess(config, [listening]).run()
