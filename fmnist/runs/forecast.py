"""When those who wait will train: their places in the queue, and about how long each has to wait."""

import heapq
import itertools
import threading
import time
from contextlib import suppress
from typing import NamedTuple

from fmnist.machine import folders

from . import cluster, estimate, learning_curve, listing, queue
from .files import RunError, is_there
from .run import Run

LATELY = 1.0  # seconds
SOON = 10.0  # seconds; a shorter time is not worth a number


class Place(NamedTuple):
    """Where a run is in the queue."""

    number: int  # from 1, who is next
    of: int  # runs that wait
    seconds: float  # until it trains, about
    at_least: bool  # a run before it may take any time
    forgotten: bool  # a place is free, and no worker takes it

    def __str__(self) -> str:
        """In a sentence."""
        if self.forgotten:
            return "It waits, and no worker is there: the Train page starts one, and so does `python -m fmnist resume`."
        place = f"Waits for its turn: place {self.number} of {self.of}"
        if self.seconds < SOON:
            return place + ("." if self.at_least else ", in a few seconds.")
        how = "at least" if self.at_least else "about"
        return f"{place}, {how} {learning_curve.about(self.seconds)} to wait."


class _Lately:
    """The places as they were found last: many pages look at once, and again and again."""

    def __init__(self) -> None:
        self._lock, self._found = threading.Lock(), dict[Run, Place]()
        self._home, self._until = folders.home(), 0.0

    def places(self) -> dict[Run, Place]:
        """As `of_all`, at most `LATELY` ago."""
        with self._lock:
            if time.monotonic() > self._until or self._home != folders.home():
                self._found, self._home = of_all(), folders.home()
                self._until = time.monotonic() + LATELY
            return self._found


_lately = _Lately()


def of(run: Run) -> Place | None:
    """The place of one run, a second ago or now; None where it does not wait."""
    with suppress(RunError):  # FMNIST_WORKERS is wrong: whoever starts a run reads that
        return _lately.places().get(run)
    return None


def of_all() -> dict[Run, Place]:
    """The places of all runs that wait, the next one first.

    Raises:
        RunError: FMNIST_WORKERS is no whole number above 0.
    """
    waiting = queue.in_order()
    if not waiting:
        return {}
    paces, found = estimate.paces(), {}
    ends = _ends_of_trainings(paces)
    idle = cluster.count() - len(ends)
    begun = ends or cluster.is_used() or any(each.starting or each.by_itself for each in waiting)
    ends += [(0.0, False)] * idle
    heapq.heapify(ends)
    for number, each in enumerate(waiting, 1):
        begins, at_least = heapq.heappop(ends)
        found[each.run] = Place(number, len(waiting), begins, at_least, not begun)
        takes = _seconds(each.run, paces)
        heapq.heappush(ends, (begins + (takes or 0.0), at_least or takes is None))
    return found


def _ends_of_trainings(paces: estimate.Paces) -> list[tuple[float, bool]]:
    """Of each run that trains: the seconds until it has ended, and whether they are the least."""
    found = []
    for run in listing.own_folders():
        with suppress(RunError):
            if is_there(run.path / "result.json") or run.state not in ("running", "stopping"):
                continue
            if (
                "node" in run.status
            ) != cluster.is_used():  # it has a place that nobody here waits for
                continue
            left = run.status.get("seconds_left")
            whole = _seconds(run, paces)
            ends = whole if left is None else left + estimate.AROUND
            found.append((ends or 0.0, ends is None))
    most = cluster.count()
    return list(itertools.islice(sorted(found), most))


def _seconds(run: Run, paces: estimate.Paces) -> float | None:
    with suppress(RunError):
        return estimate.seconds(run.recipe, run.dataset, paces)
    return None
