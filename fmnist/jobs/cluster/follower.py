"""The process that trains a folder's queue on a cluster: one, started where a run waits, and it outlives the server."""

import os
import time
from contextlib import suppress

import filelock

from fmnist.runs import cluster, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import connection
from .handshake import ClusterError
from .pool import Pool

LINGER = 180.0  # seconds without work after which it ends
LOOK = 0.25  # seconds between two looks at the queue
TELL = 1.0  # seconds between two reports of what the cluster has
AGAIN = 5.0  # seconds until a cluster that cannot be used is tried again


class FromQueue:
    """The runs that pages have left to any worker."""

    def waiting(self) -> int:
        """How many there are."""
        return queue.left()

    def take(self) -> Run | None:
        """The one whose turn it is."""
        return queue.take(elsewhere=True)

    def put_back(self, run: Run) -> None:
        """It waits again, and is stopped if somebody wants that."""
        queue.leave(run)
        if run.stop_requested:
            queue.request_stop(run)

    def busy(self, run: Run, error: str) -> None:
        """Whoever trained it has its lock for another moment: it was resumed just now."""
        self.put_back(run)

    def ended(self, run: Run, error: str | None) -> None:
        """Its files have it."""


def follow() -> None:
    """Train what waits, until nothing has waited for `LINGER`; at once over where another such process lives.

    Raises:
        RunError: FMNIST_CLUSTER, FMNIST_CLUSTER_GPUS or FMNIST_WORKERS is wrong.
        OSError: the folder of the runs cannot be written to.
    """
    address = cluster.address()
    if address is None:
        raise RunError(f"{cluster.VARIABLE} names no cluster.")
    cluster.place()  # raises, or each place would
    with suppress(filelock.Timeout):
        while True:
            with cluster.alone():
                _Follower(address).work()
            if not queue.left():
                return
            # The cluster is lost, or a run was left while this was about to end. Meanwhile a process
            # that was started with other settings may take over.
            time.sleep(AGAIN)


class _Follower:
    def __init__(self, address: str):
        self._address = address
        self._worked_at = time.monotonic()

    def work(self) -> None:
        """Connect and train until there is no more work, or the cluster is lost."""
        self._tell(self._told_lately())
        try:
            with connection.connected(self._address) as here:
                pool = Pool(FromQueue(), here)
                try:
                    self._train(pool)
                finally:
                    pool.close()
        except ClusterError as error:
            self._tell(str(error))

    def _told_lately(self) -> str:
        """What was wrong a moment ago: it is until it is known to be over."""
        found = cluster.read()
        lately = found and time.time() - found.updated_at < cluster.STALE
        return found.problem if found and lately and found.address == self._address else ""

    def _train(self, pool: Pool) -> None:
        written = 0.0
        while self._has_work(pool.busy):
            nodes = pool.step()
            if time.monotonic() > written + TELL:
                written = time.monotonic()
                self._write(pool.describe(self._address, nodes))
            time.sleep(LOOK)

    def _has_work(self, busy: bool = False) -> bool:
        if busy or queue.left():
            self._worked_at = time.monotonic()
        return time.monotonic() < self._worked_at + LINGER

    def _tell(self, problem: str) -> None:
        self._write(cluster.Cluster(self._address, time.time(), os.getpid(), problem=problem))

    def _write(self, seen: cluster.Cluster) -> None:
        with suppress(OSError):  # the disk is full: what trains does so all the same
            cluster.write(seen)
