"""The waiting times of the app: predicting, preprocessing a photo, starting the server."""

import functools
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from urllib.error import URLError

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders
from fmnist.preprocessing import preprocess
from fmnist.preprocessing.examples import examples
from fmnist.runs import listing

from .measuring import Row, row, timed

PATIENCE = 60  # seconds that the server's start may take


def inference(batches: Iterable[tuple[str, int]], times: int) -> list[Row]:
    """Predictions of shipped models, in ms.

    Args:
        batches: pairs of a model and the number of images to predict at once.
        times: how often each is measured; 20 times as often for a single image.
    """
    images, _ = fashion_mnist.load("test")
    rows = []
    for name, count in batches:
        classifier = Classifier(listing.find(name).path)
        some = images[:count]
        repeats = 20 * times if count == 1 else times
        seconds = timed(functools.partial(classifier.probabilities, some), repeats)
        what = f"{name}: {count:,} image{'s' if count > 1 else ''}"
        rows.append(row("prediction", what, "ms", [1000 * second for second in seconds]))
    return rows


def preparing(times: int) -> list[Row]:
    """All preprocessing steps of an example drawing and an example photo, in ms."""
    rows = []
    for what, name in (("a drawing", "T-shirt, drawn"), ("a photo", "Sneaker, photo")):
        image = examples()[name]
        seconds = timed(
            functools.partial(preprocess.prepare, image, fashion_mnist.DATASET.form), 5 * times
        )
        milliseconds = [1000 * second for second in seconds]
        rows.append(row("prediction", f"{what}, prepared", "ms", milliseconds))
    return rows


def server_start(times: int) -> Row:
    """From the command until the server is ready for a browser, in s."""
    return row("prediction", "start of the server", "s", timed(_start_server, times))


def _start_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(
        command, cwd=folders.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    try:
        while not _is_ready(f"http://127.0.0.1:{port}/_stcore/health"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise OSError(
                    "The Streamlit server did not start; try: streamlit run streamlit_app.py"
                )
            time.sleep(0.01)
    finally:
        server.terminate()
        server.wait()


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return bool(response.read() == b"ok")
    except (URLError, OSError):
        return False
