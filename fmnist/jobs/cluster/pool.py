"""The places that runs have on a cluster: as many as wait, each with a thread that follows one run after the other."""

import os
import time
from contextlib import suppress
from typing import Any, Protocol

from fmnist.runs import cluster, files, places
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import connection
from .following import end, until_written
from .handshake import ClusterError
from .place_thread import PlaceThread, names_of

MOST_ASKED = (
    8  # places that may be asked for beyond what the cluster has room for: an autoscaler sees them
)
LOOK = 1.0  # seconds between two looks at the cluster, whose answers cost more than a run's news
TRIES = 3  # places that may be lost to a run without a new checkpoint
LATELY = 30.0  # seconds for which the loss of places that could not train yet is reported
EXCLUDED = 300.0  # seconds until a node that does not fit is tried again


class Source(Protocol):
    """Where runs come from: the queue, or a command."""

    def waiting(self) -> int:
        """How many runs there are to take."""

    def take(self) -> Run | None:
        """The next run, for a place that is ready."""

    def put_back(self, run: Run) -> None:
        """Its place was lost: it waits for another one."""

    def busy(self, run: Run, error: str) -> None:
        """Another process trains it."""

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
        self.waits = 0  # runs, at the last step: looking is costly where there are many
        self._warm = 1  # places that are asked for although no run waits yet, until one is there
        self._threads: list[PlaceThread] = []
        self._nodes: list[dict[str, Any]] = []  # as they were at the last look at the cluster
        self._looked_at = -LOOK
        self._unsuitable: dict[str, tuple[float, str]] = {}  # since when and why, by node
        self._lost: dict[Run, tuple[bytes, int]] = {}  # at which checkpoint, how often
        self._stillborn = 0  # places in a row that were lost before they could train,
        self._stillborn_at, self._stillborn_why = 0.0, ""  # the last one when and why

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
        self.waits = self.source.waiting()
        hurry = self.wanted and not self._threads
        if hurry or time.monotonic() >= self._looked_at + LOOK:
            self._looked_at = time.monotonic()
            self._nodes = connection.nodes()
            self._ask_for_places()
        return self._nodes

    def _ask_for_places(self) -> None:
        without_run = sum(not (each.training or each.leaving) for each in self._threads)
        missing = self.wanted - without_run
        if missing <= 0 or self.hopeless(self._nodes):
            return
        room = connection.room() + MOST_ASKED - self.asked
        for _ in range(min(missing, room)):
            thread = PlaceThread(self)
            self._threads.append(thread)
            thread.start()

    @property
    def wanted(self) -> int:
        """Places without a run that there should be."""
        return max(self.waits, self._warm)

    @property
    def asked(self) -> int:
        """Places that were asked for and are not there yet."""
        return sum(thread.node is None and not thread.leaving for thread in self._threads)

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
        used = [each for each in self._threads if each.node is not None and not each.leaving]
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
        lately = time.monotonic() < self._stillborn_at + LATELY
        if self._stillborn >= TRIES and lately:
            return f"Places on the cluster end before they can train: {self._stillborn_why}."
        return self.trouble or self.hopeless(nodes)

    def note_stillborn(self, why: str) -> None:
        """A place was lost before it could train; that of a node which has just died may be."""
        self._stillborn += 1
        self._stillborn_at, self._stillborn_why = time.monotonic(), why.rstrip(".")

    def note_born(self) -> None:
        """A place can train."""
        self._stillborn = self._warm = 0

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
            self.put_back(run)
            return
        del self._lost[run]  # somebody may resume it
        error = (
            f"The training lost its place {count} times without finishing an epoch in between; the last time, {why.rstrip('.')}. "
            "Press Resume to try again."
        )
        self.fail(run, error)

    def put_back(self, run: Run) -> None:
        """A run waits for another place."""
        until_written(run, lambda: self.source.put_back(run))
        if not files.is_folder(run.path):
            self.source.ended(run, f"{run.name} was deleted.")

    def fail(self, run: Run, error: str) -> None:
        """A run has failed."""
        until_written(run, lambda: end(run, {"state": "failed", "error": error}))
        self.source.ended(run, error)


def _is_large(node: dict[str, Any]) -> bool:
    """Whether a node has what a place needs."""
    return all(node["Resources"].get(name, 0) >= count for name, count in cluster.place().items())


def _in_words(needs: dict[str, int]) -> str:
    return " and ".join(f"{count} {name}{'s' * (count > 1)}" for name, count in needs.items())
