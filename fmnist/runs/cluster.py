"""The Ray cluster that trains instead of this machine, if FMNIST_CLUSTER names one; read without Ray.

One process of each folder of runs, `jobs/cluster/follower.py`, is connected to the cluster. It writes what it sees
to `.cluster.json` there, for pages and commands.
"""

import contextlib
import importlib.util
import os
import re
import socket
import time
from collections.abc import Iterator

import filelock
import msgspec

from fmnist import machine
from fmnist.machine import folders
from fmnist.machine.disk import is_locked, replacing

from . import places
from .files import RunError

VARIABLE = "FMNIST_CLUSTER"
GPUS = "FMNIST_CLUSTER_GPUS"  # that each place gets
FILE = ".cluster.json"
LOCK = ".cluster.lock"
LARGEST = 1_000_000  # bytes
PATIENCE = 3.0  # seconds for the head to take a connection
STALE = 30.0  # seconds; the follower writes much more often
_ADDRESS = re.compile(r"ray://(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})")


class Node(msgspec.Struct, frozen=True):
    """A machine of the cluster."""

    name: str
    cpus: float
    gpus: float = 0.0
    free: float = 0.0  # CPUs that no training of this folder has
    problem: str = ""  # why nothing is trained there, in a sentence


class Training(msgspec.Struct, frozen=True):
    """A place to train on a node."""

    node: str
    run: str = ""  # the name of the run that trains there; "" while it waits for one


class Cluster(msgspec.Struct, frozen=True):
    """What the follower sees: content of .cluster.json."""

    address: str
    updated_at: float  # seconds since the epoch
    pid: int = 0  # of the follower
    nodes: list[Node] = []
    trainings: list[Training] = []  # places that this folder's runs have
    asked: int = 0  # places that were asked for, and for which the cluster has no room yet
    room: int = 0  # more places that the cluster could give now
    problem: str = ""  # why nothing can be trained there now, in a sentence


def address() -> str | None:
    """Where trainings go: "auto" (a cluster of this machine), "ray://HOST:PORT", or None for no cluster.

    Raises:
        RunError: FMNIST_CLUSTER is something else.
    """
    wanted = os.environ.get(VARIABLE, "").strip()
    if not wanted or wanted == "auto":
        return wanted or None
    found = _ADDRESS.fullmatch(wanted)
    if not found or not 0 < int(found[2]) < 65_536:
        raise RunError(
            f'{VARIABLE} is {wanted[:80]!r}; expected "auto" for a cluster of this machine, ray://HOST:PORT (of its '
            "head, port 10001 as a rule), or nothing to train without a cluster."
        )
    return wanted


def is_used() -> bool:
    """Whether trainings go to a cluster, as far as the address can be read."""
    with contextlib.suppress(RunError):
        return address() is not None
    return False


def place() -> dict[str, int]:
    """What a place to train has of its node, by Ray's names: CPUs, and GPUs where FMNIST_CLUSTER_GPUS wants some.

    Raises:
        RunError: that is no whole number above 0.
    """
    gpus = {"GPU": places.setting(GPUS, 0)} if os.environ.get(GPUS) else {}
    return {"CPU": places.CORES_PER_WORKER} | gpus


def check() -> None:
    """See that somebody is there to train, before a run is made.

    Raises:
        RunError: Ray is not installed, the address or the number of GPUs cannot be, or nobody listens there.
    """
    wanted = address()
    if wanted:
        place()
    if wanted and importlib.util.find_spec("ray") is None:
        raise RunError(machine.to_install("ray"))
    if wanted and (found := _ADDRESS.fullmatch(wanted)):
        _knock(found[1].strip("[]"), int(found[2]), wanted)


def _knock(host: str, port: int, wanted: str) -> None:
    try:
        with socket.create_connection((host, port), timeout=PATIENCE):
            pass
    except OSError as error:
        why = str(error.strerror or error).rstrip(".").lower()
        raise RunError(
            f"No Ray cluster answers at {wanted} ({why}). Start its head there with `ray start --head "
            f"--ray-client-server-port={port}`, or unset {VARIABLE} to train on this machine."
        ) from None


def read() -> Cluster | None:
    """What the follower of this folder of runs sees; None where no such process lives."""
    return _told() if is_locked(folders.home() / LOCK) else None


def _told() -> Cluster | None:
    """What a follower has written last."""
    with (
        contextlib.suppress(OSError, ValueError),
        open(folders.home() / FILE, "rb") as file,
    ):
        return msgspec.json.decode(file.read(LARGEST), type=Cluster)
    return None


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Be the only process that follows this folder's runs.

    Raises:
        filelock.Timeout: another one does.
        OSError: the folder of the runs cannot be written to.
    """
    folders.home().mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folders.home() / LOCK, timeout=0.2):  # who looks holds it for an instant
        yield


def write(cluster: Cluster) -> None:
    """Let pages and commands know.

    Raises:
        OSError: the folder of the runs cannot be written to.
    """
    with replacing(folders.home() / FILE) as path:
        path.write_bytes(msgspec.json.encode(cluster))


def problem() -> str | None:
    """Why nothing can be trained on the cluster now, in a sentence; None where it can, or none is used."""
    try:
        wanted, found = address(), _told()
    except RunError as error:
        return str(error)
    if not wanted or not found or found.address != wanted:
        return None
    age, lives = time.time() - found.updated_at, is_locked(folders.home() / LOCK)
    if lives and age > STALE:
        return f"The cluster at {wanted} has not answered for {STALE:.0f} seconds."
    # A follower that cannot connect lets go of its lock between two tries.
    return found.problem or None if lives or age < STALE else None


def count() -> int:
    """How many runs of this folder train at once, on the cluster as it is or on this machine.

    Raises:
        RunError: FMNIST_WORKERS is no whole number above 0.
    """
    found = read() if is_used() else None
    return max(1, len(found.trainings) + found.room) if found else places.count()
