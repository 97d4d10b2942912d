"""The connection to a Ray cluster: the only module that imports Ray."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fmnist.runs import cluster, places

from . import handshake, place
from .handshake import ClusterError, first_line

HERE = "127.0.0.1"
LITTLE = (
    256 * 1024**2
)  # bytes of the object store of a cluster of this machine: files pass through it
ENVIRONMENT = {
    "RAY_ENABLE_AUTO_CONNECT": "0",  # or a call without a connection starts a cluster here
    "RAY_USAGE_STATS_ENABLED": "0",  # or Ray reports to its makers
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or Ray warns of what it will change one day
    "RAY_worker_niceness": "0",  # a cluster that is started here trains as fast as without one
}
ANSWER = 60.0  # seconds a place has for a call, beside what it waits
TRIES = 3  # to connect to a head that has no process for this client in time


class PlaceLost(Exception):
    """A place is gone: its process or its node has ended."""


def _ray() -> Any:
    """Ray, most of whose functions have no types."""
    import ray

    return ray


@contextlib.contextmanager
def connected(address: str) -> Iterator[bool]:
    """Be connected to the cluster meanwhile; "auto" starts one of this machine where none runs.

    Yields:
        Whether it was started, so that its trainings take what others here could use.

    Raises:
        ClusterError: nobody answers, or the two ends do not fit together.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    handshake.use_token()
    try:
        yield _connect(address)
    finally:
        with contextlib.suppress(Exception):  # the cluster may be gone
            _ray().shutdown()


def _connect(address: str) -> bool:
    """Connect; whether a cluster was started for that."""
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    if address != "auto":
        handshake.see_that_it_answers(address)
    elif found := _running_here():
        address = found
    try:
        if address == "auto":
            cpus = places.CORES_PER_WORKER * places.count()
            quiet |= {"num_cpus": cpus, "object_store_memory": LITTLE, "_node_ip_address": HERE}
            _ray().init("local", include_dashboard=False, **quiet)
        else:
            _init(address, **quiet)
    except Exception as error:  # Ray raises anything
        raise ClusterError(handshake.in_words(address, error)) from None
    _ray().cloudpickle.register_pickle_by_value(place)
    return address == "auto"


def _init(address: str, **options: Any) -> None:
    for left in reversed(range(TRIES)):
        try:
            _ray().init(address, **options)
            return
        except Exception as error:  # Ray raises anything
            if not (left and handshake.is_of_overload(error)):
                raise


def _running_here() -> str | None:
    """The address of the cluster that `ray start --head` has started on this machine, if it runs."""
    folder = Path(os.environ.get("RAY_TMPDIR") or "/tmp") / "ray"
    with contextlib.suppress(OSError, ValueError):
        address = (folder / "ray_current_cluster").read_text().strip()
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=1):
            return address
    return None


@contextlib.contextmanager
def losses_of_cluster() -> Iterator[None]:
    """What Ray raises where the cluster is lost."""
    try:
        yield
    except (PlaceLost, ClusterError):
        raise
    except Exception as error:  # Ray raises anything
        raise ClusterError(
            "The cluster no longer answers; see that its head runs and can be reached from here. Ray's reason: "
            f"{first_line(error)}"
        ) from None


@contextlib.contextmanager
def losses_of_place() -> Iterator[None]:
    """What Ray raises where a place or the cluster is lost."""
    ray = _ray().exceptions
    of_cluster = (ray.LocalRayletDiedError, ray.RaySystemError, ray.RpcError)
    with losses_of_cluster():
        try:
            yield
        except ray.RayActorError as error:
            why = "its process or its node has ended"
            if "creation task" in str(
                error
            ):  # it could not be made there, which ends what Ray says
                why = str(error).strip().splitlines()[-1][:300]
            raise PlaceLost(why) from None
        except ray.RayTaskError as error:  # the place itself raised it
            raise PlaceLost(first_line(error.cause)) from None
        except of_cluster:
            raise
        except ray.RayError as error:  # what it had sent is gone with its node, say
            raise PlaceLost(first_line(error)) from None


class RemotePlace:
    """A place on a node, as it is asked for and used from here."""

    def __init__(self, without: tuple[str, ...] = ()):
        """Ask for one, on other nodes than those with these ids.

        Raises:
            RunError: FMNIST_CLUSTER_GPUS is no whole number above 0.
            ClusterError: the cluster is lost.
        """
        needs = cluster.place()
        options: dict[str, Any] = {"num_cpus": needs["CPU"], "max_restarts": 0}
        backend = os.environ.get("KERAS_BACKEND")
        if "GPU" in needs:
            options["num_gpus"] = needs["GPU"]
            backend = "jax"  # which computes on all GPUs that it sees
        if without:
            options["label_selector"] = {"ray.io/node-id": f"!in({','.join(without)})"}
        with losses_of_place():
            actor = _ray().remote(place.Place).options(**options)
            self._actor = actor.remote(needs["CPU"], {"KERAS_BACKEND": backend} if backend else {})
            self._about = self._actor.describe.remote()

    def about(self, timeout: float) -> dict[str, Any] | None:
        """What the place describes of its node; None while the cluster has no room for it.

        Raises:
            PlaceLost, ClusterError: it or the cluster is lost.
        """
        ray = _ray()
        with losses_of_place():
            if not ray.wait([self._about], timeout=timeout)[0]:
                return None
            about: dict[str, Any] = ray.get(self._about)
            return about

    def send(self, method: str, *arguments: Any, files: place.Files) -> Any:
        """As `call`, with files as its last argument, which may be large.

        Raises:
            PlaceLost, ClusterError: it or the cluster is lost.
        """
        with losses_of_place():
            return self.call(method, *arguments, _ray().put(files))

    def call(self, method: str, *arguments: Any) -> Any:
        """What a method of the place returns.

        Raises:
            PlaceLost, ClusterError: it or the cluster is lost.
        """
        with losses_of_place():
            return _ray().get(getattr(self._actor, method).remote(*arguments))

    def end(self) -> None:
        """Give the place back."""
        ray = _ray()
        with contextlib.suppress(Exception):  # it is gone, or never was there
            if ray.wait([self._about], timeout=0)[0]:
                ray.get(self._actor.end.remote(), timeout=ANSWER)
        with contextlib.suppress(Exception):
            ray.kill(self._actor)


def nodes() -> list[dict[str, Any]]:
    """The nodes that live, as `ray.nodes` describes them.

    Raises:
        ClusterError: the cluster is lost.
    """
    with losses_of_cluster():
        return [node for node in _ray().nodes() if node["Alive"]]


def room() -> int:
    """How many more places the cluster has room for now, as if it were one node.

    Raises:
        ClusterError: the cluster is lost.
    """
    with losses_of_cluster():
        free = _ray().available_resources()
    return min(int(free.get(name, 0.0) // count) for name, count in cluster.place().items())
