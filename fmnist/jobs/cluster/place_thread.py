"""A thread that has one place on a cluster: it waits for it, then follows one run after the other there."""

import threading
import time
import traceback
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from fmnist.machine.disk import explain
from fmnist.runs import places, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import connection, suitable
from .connection import PlaceLost, RemotePlace
from .following import Following
from .handshake import ClusterError

if TYPE_CHECKING:
    from .pool import Pool

IDLE = 20.0  # seconds that a place is kept while nothing waits: others may wait for it
LOOK = 0.1  # seconds between two looks for the next run
PATIENCE = 2.0  # seconds between two looks whether a place is still wanted: each asks Ray
AGAIN = 2.0  # seconds until another place is asked for where one was lost before it could train


class PlaceThread(threading.Thread):
    """A place, from when it is asked for until it is given back."""

    def __init__(self, pool: "Pool"):
        super().__init__(daemon=True)
        self._pool, self._source = pool, pool.source
        self.node: str | None = None  # its id, once the place is there
        self.run_name = ""
        self.leaving = False  # it takes no run; to notice that a place is lost may take a minute

    @property
    def training(self) -> bool:
        return bool(self.run_name)

    def run(self) -> None:
        """Train until nothing waits, or the place is lost."""
        try:
            self._work()
        except PlaceLost as lost:
            if self.node is None:
                self._pool.note_stillborn(str(lost))
                time.sleep(AGAIN)
        except (ClusterError, RunError) as error:
            self._pool.lost = str(error)
        except OSError as error:
            self._pool.lost = explain(error)
        except Exception as error:  # what a node says of itself may be anything
            traceback.print_exc()
            self._pool.note_stillborn(f"{type(error).__name__}: {error}")
            time.sleep(AGAIN)

    def _work(self) -> None:
        place = RemotePlace(tuple(self._pool.excluded()))
        try:
            if about := self._wait_for(place):
                self._train_on(place, about)
        finally:
            self.leaving = self.node is not None
            place.end()

    def _wait_for(self, place: RemotePlace) -> dict[str, Any] | None:
        """What the place describes once it is there; None where it is not needed any more."""
        while (about := place.about(timeout=PATIENCE)) is None:
            if self._pool.closing or self._pool.wanted < self._pool.asked:
                return None
        return about

    def _train_on(self, place: RemotePlace, about: dict[str, Any]) -> None:
        names = names_of(connection.nodes())
        node = names.get(about["node"], about["host"])
        if why := suitable.problem(node, about):
            self._pool.exclude(about["node"], why)
            return
        place.call("warm_up")
        self.node = about["node"]
        self._pool.note_born()
        until, looks = time.monotonic() + IDLE, True
        while not self._pool.closing and time.monotonic() < until:
            run = None
            if looks or self._pool.waits:
                if not looks:
                    self._see_that_it_answers(place)
                with places.one() if self._pool.here else nullcontext(True) as may_train:
                    run = self._take() if may_train else None
                    if run and not self._train(run, place, node):
                        return
            if looks := bool(run):
                until = time.monotonic() + IDLE
            else:
                time.sleep(LOOK)

    def _see_that_it_answers(self, place: RemotePlace) -> None:
        """A place that was lost while it had no run must cost none: each run may lose a few only."""
        self.leaving = True
        place.call("lacks", {})
        self.leaving = False

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
            return self._follow(run, Following(run, place, node))
        except (PlaceLost, ClusterError):
            raise
        except Exception as error:  # its folder cannot be used, say; the others train on
            traceback.print_exc()
            self._pool.fail(run, f"{run.name} cannot be trained on the cluster: {error}")
            return True
        finally:
            self.run_name = ""

    def _follow(self, run: Run, following: Following) -> bool:
        try:
            with queue.alone(run):
                error = following.follow()
        except queue.BusyError as busy:
            self._source.busy(run, str(busy))
            return True
        except (PlaceLost, ClusterError) as lost:
            if following.has_result:  # it only had more to compute
                self._source.ended(run, None)
            elif isinstance(lost, PlaceLost):
                self._pool.lose(run, str(lost))
            else:
                self._pool.put_back(run)
            if isinstance(lost, ClusterError):
                raise
            return False
        self._source.ended(run, error)
        return True


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
