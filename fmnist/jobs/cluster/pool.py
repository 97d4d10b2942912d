"""The places that runs have on a cluster: as many as wait, each with a thread that follows one run after the other."""

import os
import threading
import time
from contextlib import nullcontext, suppress
from typing import Any, Protocol

from fmnist.machine.disk import explain
from fmnist.runs import cluster, files, places, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import connection, suitable
from .connection import PlaceLost, RemotePlace
from .following import Following
from .handshake import ClusterError

IDLE = 60.0  # seconds that a place is kept while nothing waits
MOST_ASKED = (
    8  # places that may be asked for beyond what the cluster has room for: an autoscaler sees them
)
TRIES = 3  # places that may be lost to a run without a new checkpoint
LOOK = 0.1  # seconds between two looks for the next run
EXCLUDED = 300.0  # seconds until a node that does not fit is tried again


class Source(Protocol):
    """Where runs come from: the queue, or a command."""

    def waiting(self) -> int:
        """How many runs there are to take."""

    def take(self) -> Run | None:
        """The next run, for a place that is ready."""

    def put_back(self, run: Run) -> None:
        """Its place was lost: it waits for another one."""

    def ended(self, run: Run, error: str | None) -> None:
        """It trains no longer; what went wrong, in a sentence."""


class Pool:
    """All places of one connection."""

    def __init__(self, source: Source, here: bool):
        """`here`: the cluster is this machine, so that each training takes one of its places, too."""
        self.source, self.here = source, here
        self.lost = ""  # the cluster is, and how, in a sentence
        self.trouble = ""  # why no run can be taken, in a sentence
        self.closing = False
        self._threads: list[_Place] = []
        self._unsuitable: dict[str, tuple[float, str]] = {}  # since when and why, by node
        self._lost: dict[Run, tuple[bytes, int]] = {}  # at which checkpoint, how often

    @property
    def busy(self) -> bool:
        """Whether a run is followed."""
        return any(thread.training for thread in self._threads)

    def step(self) -> list[dict[str, Any]]:
        """Ask for as many more places as runs wait for; the nodes that live.

        Raises:
            ClusterError: the cluster is lost.
        """
        if self.lost:
            raise ClusterError(self.lost)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        nodes = connection.nodes()
        if not self.hopeless(nodes):
            without_run = sum(not thread.training for thread in self._threads)
            room = connection.room() + MOST_ASKED - self.asked
            for _ in range(min(self.source.waiting() - without_run, room)):
                thread = _Place(self)
                self._threads.append(thread)
                thread.start()
        return nodes

    @property
    def asked(self) -> int:
        """Places that were asked for and are not there yet."""
        return sum(thread.node is None for thread in self._threads)

    def close(self) -> None:
        """Give all places back; their runs wait for others."""
        self.closing = True
        for thread in self._threads:
            thread.join()

    def excluded(self) -> dict[str, str]:
        """Why nothing is trained on some nodes, by their ids."""
        now = time.monotonic()
        return {
            node: why for node, (since, why) in self._unsuitable.items() if now < since + EXCLUDED
        }

    def exclude(self, node: str, why: str) -> None:
        """Train nothing on a node for now."""
        self._unsuitable[node] = time.monotonic(), why

    def hopeless(self, nodes: list[dict[str, Any]]) -> str:
        """Why none of the nodes can train, in a sentence; "" where one can, or there is none that is large enough."""
        excluded = self.excluded()
        reasons = [excluded.get(node["NodeID"], "") for node in nodes if _is_large(node)]
        return reasons[0] if reasons and all(reasons) else ""

    def describe(self, address: str, nodes: list[dict[str, Any]]) -> cluster.Cluster:
        """What readers see of the cluster."""
        excluded, names = self.excluded(), names_of(nodes)
        used = [thread for thread in self._threads if thread.node is not None]
        found = []
        for node in nodes:
            has = node["Resources"]
            mine = sum(thread.node == node["NodeID"] for thread in used)
            cpus, why = has.get("CPU", 0.0), excluded.get(node["NodeID"], "")
            free = max(0.0, cpus - mine * places.CORES_PER_WORKER)
            found.append(cluster.Node(names[node["NodeID"]], cpus, has.get("GPU", 0.0), free, why))
        trainings = [
            cluster.Training(names.get(thread.node or "", "?"), thread.run_name) for thread in used
        ]
        return cluster.Cluster(
            address=address,
            updated_at=time.time(),
            pid=os.getpid(),
            nodes=found,
            trainings=trainings,
            asked=self.asked,
            room=connection.room(),
            problem=self.problem(nodes),
        )

    def problem(self, nodes: list[dict[str, Any]]) -> str:
        """Why nothing can be trained now, in a sentence."""
        if not any(map(_is_large, nodes)):
            return (
                f"No node of the cluster has the {_in_words(cluster.place())} that a training needs; add one with "
                "`ray start --address=HEAD:6379`."
            )
        return self.trouble or self.hopeless(nodes)

    def lose(self, run: Run, why: str) -> None:
        """A run has lost its place: it waits for another one, or has failed."""
        checkpoint = b""
        if folder := run.checkpoint:
            with suppress(RunError):
                checkpoint = files.read_bytes(folder / "manifest.json")
        before, count = self._lost.get(run, (b"", 0))
        count = count + 1 if before == checkpoint else 1
        self._lost[run] = checkpoint, count
        if count < TRIES:
            self.source.put_back(run)
            return
        error = (
            f"The training lost its place {count} times without finishing an epoch in between; the last time, {why}. "
            "Press Resume to try again."
        )
        RunWriter(run).update_status(state="failed", error=error)
        self.source.ended(run, error)


def _is_large(node: dict[str, Any]) -> bool:
    """Whether a node has what a place needs."""
    return all(node["Resources"].get(name, 0) >= count for name, count in cluster.place().items())


def _in_words(needs: dict[str, int]) -> str:
    return " and ".join(f"{count} {name}{'s' * (count > 1)}" for name, count in needs.items())


def names_of(nodes: list[dict[str, Any]]) -> dict[str, str]:
    """A name for each node by its id: its own, else its host's, with the address where two have one name."""
    found = {}
    for node in nodes:
        own, address = node["NodeName"], node["NodeManagerAddress"]
        found[node["NodeID"]] = own if own and own != address else node["NodeManagerHostname"]
    many = [*found.values()]
    return {
        node["NodeID"]: f"{name} ({node['NodeManagerAddress']})" if many.count(name) > 1 else name
        for node in nodes
        if (name := found[node["NodeID"]])
    }


class _Place(threading.Thread):
    """A place, from when it is asked for until it is given back."""

    def __init__(self, pool: Pool):
        super().__init__(daemon=True)
        self._pool, self._source = pool, pool.source
        self.node: str | None = None  # its id, once the place is there
        self.run_name = ""

    @property
    def training(self) -> bool:
        return bool(self.run_name)

    def run(self) -> None:
        """Train until nothing waits, or the place is lost."""
        try:
            place = RemotePlace(tuple(self._pool.excluded()))
            try:
                if about := self._wait_for(place):
                    self._train_on(place, about)
            finally:
                self.node = None
                place.end()
        except PlaceLost:
            return
        except (ClusterError, RunError) as error:
            self._pool.lost = str(error)
        except OSError as error:
            self._pool.lost = explain(error)

    def _wait_for(self, place: RemotePlace) -> dict[str, Any] | None:
        """What the place describes once it is there; None where it is not needed any more."""
        while (about := place.about(timeout=0.5)) is None:
            if self._pool.closing or self._source.waiting() < self._pool.asked:
                return None
        return about

    def _train_on(self, place: RemotePlace, about: dict[str, Any]) -> None:
        names = names_of(connection.nodes())
        node = names.get(about["node"], about["host"])
        if why := suitable.problem(node, about):
            self._pool.exclude(about["node"], why)
            return
        self.node = about["node"]
        place.call("warm_up")
        until = time.monotonic() + IDLE
        while not self._pool.closing and time.monotonic() < until:
            with places.one() if self._pool.here else nullcontext(True) as may_train:
                run = self._take() if may_train else None
                if run and not self._train(run, place, node):
                    return
            if run:
                until = time.monotonic() + IDLE
            else:
                time.sleep(LOOK)

    def _take(self) -> Run | None:
        try:
            run = self._source.take()
        except (RunError, OSError) as error:  # the folder of the runs cannot be written to
            self._pool.trouble = explain(error) if isinstance(error, OSError) else str(error)
            return None
        self._pool.trouble = ""
        return run

    def _train(self, run: Run, place: RemotePlace, node: str) -> bool:
        """Train a run; whether the place is there still."""
        self.run_name = run.name
        try:
            with queue.alone(run):
                error = Following(run, place, node).follow()
            self._source.ended(run, error)
        except queue.BusyError:  # write nothing
            return True
        except (PlaceLost, ClusterError) as lost:
            if run.result:  # it only had more to compute
                self._source.ended(run, None)
            elif isinstance(lost, PlaceLost):
                self._pool.lose(run, str(lost))
            else:
                self._source.put_back(run)
            if isinstance(lost, ClusterError):
                raise
            return False
        finally:
            self.run_name = ""
        return True
