"""Real Ray clusters of several machines (`machines.py`), to add, kill and unplug nodes. Nothing here knows pytest.

with nodes.cluster(3) as cluster:
    os.environ |= cluster.environment  # as of a person who has the token
    cluster.nodes[0].kill()
"""

import contextlib
import functools
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .machines import ROOT, Machine, Network, isolated, wait_until

STORE = 200_000_000  # bytes of a node's object store
STARTED = "Ray runtime started."


class NodeError(Exception):
    """A node has not started; the message has what it printed last."""


class Cluster:
    """A head, which trains nothing, and nodes."""

    def __init__(self, folder: Path, network: Network):
        """Start the head. The files of all nodes go to `folder`."""
        self.folder, self.network, self.nodes = folder, network, list[Machine]()
        self.token = secrets.token_hex(32)
        self.ports = (6379, 10001) if isolated() else (_free_port(), _free_port())
        self.head = self._start_head()

    def _start_head(self) -> Machine:
        ports = [f"--port={self.ports[0]}", f"--ray-client-server-port={self.ports[1]}"]
        return self._start(
            "head", 1, ["--head", "--include-dashboard=false", "--num-cpus=0", *ports]
        )

    @property
    def address(self) -> str:
        """For FMNIST_CLUSTER."""
        return f"ray://{self.head.address}:{self.ports[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a person who trains there."""
        return {"FMNIST_CLUSTER": self.address, **self._authentication}

    @property
    def _authentication(self) -> dict[str, str]:
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}

    def add(self, cpus: int = 2, **how: Any) -> Machine:
        """Start one more node; see `ready`.

        Args:
            cpus: that Ray may use there.
            how: arguments of `_start`.
        """
        number = len(self.nodes) + 1
        options = [f"--address={self.head.address}:{self.ports[0]}", f"--num-cpus={cpus}"]
        self.nodes.append(self._start(f"node-{number}", number + 1, options, **how))
        return self.nodes[-1]

    def end(self) -> None:
        """Kill all."""
        for node in (*self.nodes, self.head):
            node.kill()

    def answers(self) -> bool:
        """Whether somebody listens at its address."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((self.head.address, self.ports[1]), 1),
        ):
            return True
        return False

    def _start(
        self,
        name: str,
        number: int,
        options: list[str],
        *,
        python: str = sys.executable,
        fmnist: bool = True,
        token: str | None = None,
        store: int = STORE,
        **setting: str,
    ) -> Machine:
        """A machine where `ray start` begins to run.

        Args:
            name: of the machine.
            number: of its address.
            options: of `ray start`.
            python: an interpreter with Ray.
            fmnist: whether this package is there.
            token: that it has; by default the cluster's.
            store: bytes of its object store.
            setting: environment variables.
        """
        command = [python, "-m", "ray.scripts.scripts", "start", "--block", "--log-style=record"]
        command += [f"--node-ip-address={self.network.address(number)}", *options]
        command += [f"--object-store-memory={store}", "--include-log-monitor=false"]
        setting = {
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_worker_niceness": "0",  # or the machine's other processes go first
            **self._authentication,
            **({"RAY_AUTH_TOKEN": token} if token else {}),
            **({"PYTHONPATH": str(ROOT)} if fmnist else {}),
            **({} if isolated() else {"RAY_TMPDIR": str(self.folder)}),
            **setting,
        }
        return Machine(self.network, number, name, self.folder / name, command, **setting)


def ready(*nodes: Machine) -> None:
    """Wait until Ray runs there.

    Raises:
        NodeError: it does not.
    """

    def decided(node: Machine) -> bool:
        return STARTED in node.printed() or not node.lives

    for node in nodes:
        with contextlib.suppress(TimeoutError):
            wait_until(functools.partial(decided, node), node.name)
        if not node.lives or STARTED not in node.printed():
            raise NodeError(f"{node.name} has not started: {node.printed()[-2000:]}")


@contextlib.contextmanager
def cluster(nodes: int = 3, cpus: int = 2) -> Iterator[Cluster]:
    """A head and so many nodes that have joined it; all end with the block, and their files are deleted.

    Raises:
        NodeError: one has not started.
    """
    folder = Path(tempfile.mkdtemp(prefix="fmn-", dir="/tmp"))  # the names of sockets must be short
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        network = Network()
        ends.callback(network.remove)
        made = Cluster(folder, network)
        ends.callback(made.end)
        ready(made.head)
        wait_until(made.answers, "the head's port for ray://")
        for _ in range(nodes):
            made.add(cpus)
            if not isolated():
                ready(
                    made.nodes[-1]
                )  # two that start at once take the same names for their sockets
        ready(*made.nodes)
        yield made


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
