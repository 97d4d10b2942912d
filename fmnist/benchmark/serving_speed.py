"""Predictions a second that `python -m fmnist serve` gives to clients on the same machine."""

import concurrent.futures
import contextlib
import functools
import http.client
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from fmnist.data import fashion_mnist
from fmnist.machine import folders
from fmnist.preprocessing.examples import examples

from .measuring import Row, row, timed

CLIENTS = 4  # connections: two that the cores work for, two whose next batch is there by then
PHOTO = "Sneaker, photo"
Body = tuple[str, str, bytes]  # path, media type, content


def measure(model: str, batch: int, turns: int, seconds: float) -> list[Row]:
    """Start a server of a model, and measure it.

    Args:
        model: a run's name.
        batch: images in a request.
        turns: how often each is measured.
        seconds: of each turn.

    Returns:
        Images a second, in batches from several clients; milliseconds of one batch, one image and one
        photo from one client.

    Raises:
        OSError: the server did not start.
    """
    images, _ = fashion_mnist.load("test")
    photo = io.BytesIO()
    examples()[PHOTO].save(photo, "JPEG", quality=90)
    many: Body = ("/predict/images", "application/octet-stream", images[:batch].tobytes())
    one: Body = ("/predict/images", "application/octet-stream", images[:1].tobytes())
    alone = {
        f"{batch} images": many,
        "1 image": one,
        "a photo": ("/predict", "image/jpeg", photo.getvalue()),
    }
    with _serving(model) as port:
        rates = [_rate(port, many, batch, seconds) for _ in range(turns + 1)][1:]
        what = f"{model}: batches of {batch}, {CLIENTS} clients"
        rows = [row("serving", what, "images/s", rates)]
        for name, body in alone.items():
            with _client(port) as post:
                found = timed(functools.partial(post, body), 20 * turns)
            milliseconds = [1000 * second for second in found]
            rows.append(row("serving", f"{model}: {name}", "ms", milliseconds))
    return rows


@contextlib.contextmanager
def _serving(model: str) -> Iterator[int]:
    """A server as a process of its own; its port."""
    command = [sys.executable, "-m", "fmnist", "serve", "--model", model, "--port", "0"]
    with subprocess.Popen(command, cwd=folders.ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = (server.stdout.readline() if server.stdout else "").split()
            if not address:
                raise OSError(
                    f"The server did not start; try: python -m fmnist serve --model {model}"
                )
            yield urlsplit(address[-1]).port or 0
        finally:
            server.terminate()


@contextlib.contextmanager
def _client(port: int) -> Iterator[Callable[[Body], None]]:
    """What sends a body over one connection and reads the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(body: Body) -> None:
        path, kind, content = body
        connection.request("POST", path, content, {"Content-Type": kind})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise OSError(f"The server refused a request: {answer['error']}")

    with contextlib.closing(connection):
        yield post


def _rate(port: int, body: Body, batch: int, seconds: float) -> float:
    """Images a second that several clients get together."""
    until = time.perf_counter() + seconds

    def client(_: int) -> int:
        sent = 0
        with _client(port) as post:
            while time.perf_counter() < until:
                post(body)
                sent += batch
        return sent

    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as threads:
        sent = sum(threads.map(client, range(CLIENTS)))
    return sent / (time.perf_counter() - began)
