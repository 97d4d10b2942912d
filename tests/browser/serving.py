"""The app's server and a Chromium, as processes of their own.

Nothing here knows pytest, so that measure.py and screenshots.py use it too.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from playwright.sync_api import Browser, expect, sync_playwright

from .browsing import PATIENCE

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# What a server that has nothing to complain of writes to its log.
GREETING = re.compile(
    "Uvicorn server started|You can now view|URL: |Stopping|Created TensorFlow Lite"
)


class Server:
    """The app as `streamlit run` starts it, with runs in a folder of their own.

    A warm worker, which costs seconds of a processor, can be left out where nothing is trained.
    """

    def __init__(self, runs: Path, warm: bool):
        self.runs, self.warm = runs, warm
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start the server's process and wait until it responds."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        options = ["--server.headless", "true", "--server.port", str(self.port)]
        self.runs.mkdir(parents=True, exist_ok=True)
        with open(self.runs / ".server.log", "ab") as log:
            self.process = subprocess.Popen(
                command + options,
                cwd=ROOT,
                env=os.environ
                | {"FMNIST_RUNS": str(self.runs), "FMNIST_WARM": str(int(self.warm))},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 60
        while not responds(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"No server: {(self.runs / '.server.log').read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server's process, and nothing else: trainings go on."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Kill it, as a system does that needs its memory, and start it at the same address."""
        self.process.kill()
        self.process.wait()
        self.start()

    def end_workers(self) -> None:
        """End the trainings that were started here; they outlive the server."""
        workers = [process for process in psutil.process_iter(["cmdline"]) if self._owns(process)]
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        psutil.wait_procs(workers, timeout=10)

    def complaints(self) -> list[str]:
        """The log's lines but the greeting: warnings, and what broke."""
        lines = (self.runs / ".server.log").read_text().splitlines()
        return [line for line in lines if line.strip() and not GREETING.search(line)]

    def memory(self) -> float:
        """Megabytes (10^6 bytes) of memory that the server's process holds."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def _owns(self, process: psutil.Process) -> bool:
        """Whether it is a worker whose run directory is below the server's."""
        return any(
            word.startswith(f"{self.runs}{os.sep}") for word in process.info["cmdline"] or []
        )


def responds(url: str) -> bool:
    """Whether the app answers there."""
    with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
        return True
    return False


@contextmanager
def running_server(runs: Path, warm: bool = True) -> Iterator[Server]:
    """A server with its runs in that folder; it and its trainings end with the block."""
    server = Server(runs.resolve(), warm)
    try:
        yield server
    finally:
        server.stop()
        server.end_workers()


def find_chromium() -> str | None:
    """The path of the system's Chromium or Chrome, if there is one."""
    return next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


@contextmanager
def running_chromium(*more: str) -> Iterator[Browser]:
    """A Chromium without a window that asks the network for nothing on its own.

    Args:
        more: further options of Chromium's command line.
    """
    options = [
        *more,
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--use-fake-device-for-media-stream",  # a camera that shows a test card
    ]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium's sandbox does not run for root
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        try:
            yield browser
        finally:
            browser.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
