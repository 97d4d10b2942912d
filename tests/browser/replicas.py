"""Two replicas of the app on one folder of runs behind a real nginx: `deploy/nginx.conf`, but for names and ports.

Each replica is a machine of its own (`tests/cluster/machines.py`): network, processes, host name and /tmp. Nothing here
knows pytest.
"""

import functools
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from ..cluster.machines import Machine, Network, isolated, wait_until
from .serving import responds

ROOT = Path(__file__).parents[2]
NAMES = ("replica-a", "replica-b")
PORT = 8501  # of each replica
ANSWERED = "add_header x-replica $upstream_addr always;"  # a header that says which one answers
MAIN = """
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    include {folder}/fmnist.conf;
}}
"""


def possible() -> bool:
    """Whether namespaces can be made here, and nginx is installed."""
    return isolated() and shutil.which("nginx") is not None


class Replicas:
    """Replicas of the app and what leads to them."""

    def __init__(self, folder: Path, network: Network):
        """Start them; all has its files in `folder`, which no /tmp may hide."""
        self.runs, self._folder, self._network = folder / "runs", folder, network
        self.runs.mkdir()
        self.machines = {name: self._start(name) for name in NAMES}
        self._nginx = self._start_nginx()

    def _start(self, name: str) -> Machine:
        app = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py")]
        options = f"--server.headless true --server.address 0.0.0.0 --server.port {PORT}"
        return Machine(
            self._network,
            NAMES.index(name) + 1,
            name,
            self._folder / name,
            ["env", "-C", str(ROOT), *app, *options.split()],
            FMNIST_RUNS=str(self.runs),
            FMNIST_WARM="0",
        )

    def _start_nginx(self) -> "subprocess.Popen[bytes]":
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        written = (ROOT / "deploy" / "nginx.conf").read_text()
        written = written.replace("listen 80;", f"listen {port}; {ANSWERED}")
        for name, machine in self.machines.items():
            written = written.replace(f"{name}:", f"{machine.address}:")
        (self._folder / "fmnist.conf").write_text(written)
        (self._folder / "nginx.conf").write_text(MAIN.format(folder=self._folder))
        return subprocess.Popen(["nginx", "-c", str(self._folder / "nginx.conf")])

    def open(self, page: Page, place: str = "") -> str:
        """Open a page of the app in a tab; the name of the replica that answers."""
        response = page.goto(f"{self.url}/{place}")
        tried = response.headers["x-replica"] if response else ""
        return next(
            name
            for name, each in self.machines.items()
            if tried.endswith(f"{each.address}:{PORT}")  # after one that did not answer
        )

    def wait(self) -> None:
        """Until all answer, and nginx."""
        addresses = [f"http://{each.address}:{PORT}" for each in self.machines.values()]
        for address in (*addresses, self.url):
            wait_until(functools.partial(responds, address), address)

    def end(self) -> None:
        """Kill all."""
        self._nginx.terminate()
        self._nginx.wait()
        for machine in self.machines.values():
            machine.kill()


@contextmanager
def running_replicas() -> Iterator[Replicas]:
    """Two replicas behind nginx; they and their trainings end with the block."""
    network = Network()
    try:
        with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="fmnist-replicas-") as folder:
            replicas = Replicas(Path(folder), network)
            try:
                replicas.wait()
                yield replicas
            finally:
                replicas.end()
    finally:
        network.remove()
