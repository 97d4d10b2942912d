"""The server's process: it listens, answers, and ends when told to, with the answers that are under way."""

import concurrent.futures
import ipaddress
import os
import socket
from collections.abc import Sequence
from typing import Any

import threadpoolctl
import uvicorn

from fmnist import machine
from fmnist.runs.files import RunError

from .application import application
from .endpoints import Endpoints
from .limits import Gate, Limits
from .models import Models

BACKLOG = 128  # connections that wait to be accepted
MOST_THREADS = (
    8  # more would wait for Python, which runs one of them at a time between two networks
)
PATIENCE = 10  # seconds that answers under way have when the server is to end


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        RunError: the address cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        return _listening(*found[0])
    except OSError as error:
        reason = error.strerror or error
        raise RunError(
            f"The server can't listen at {host}, port {port}: {reason}; choose others with --host and --port."
        ) from None


def _listening(family: int, kind: int, protocol: int, _: str, place: Any) -> socket.socket:
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named.
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # a port is free again at once when its server has ended
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def address(listening: socket.socket) -> str:
    """What to open in a browser on this computer."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def endpoints(names: Sequence[str], limits: Limits) -> Endpoints:
    """Load the models, and start a thread for each core, up to `MOST_THREADS`.

    Raises:
        RunError: one cannot be loaded.
    """
    count = min(machine.cores(), MOST_THREADS)
    threads = concurrent.futures.ThreadPoolExecutor(count, "predict")
    return Endpoints(Models(names, count), limits, Gate(limits), threads)


def run(served: Endpoints, listening: socket.socket, origins: Sequence[str], log: bool) -> None:
    """Answer until a signal ends this process; see `server`."""
    # Each thread that predicts would start as many of NumPy's, which wait for each other: a fifth of the speed.
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        server(served, origins, log).run(sockets=[listening])


def server(served: Endpoints, origins: Sequence[str] = (), log: bool = False) -> uvicorn.Server:
    """A server of them; `run(sockets=[...])` answers until a signal or `should_exit`.

    Args:
        served: what answers.
        origins: see `application`.
        log: whether to print a line for each request.
    """
    config = uvicorn.Config(
        application(served, origins),
        log_level="info" if log else "warning",
        access_log=log,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws="none",
        loop="asyncio",
        http="h11",
    )
    return uvicorn.Server(config)
