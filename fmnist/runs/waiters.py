"""Who waits in the queue, as the runs' folders say; `queue` gives them their turns."""

import time
from collections.abc import Iterator
from contextlib import suppress

from fmnist.people import access

from . import listing
from .fields import Status
from .files import RunError, is_there
from .run import Run
from .states import has_worker, state_of, waits_for_any
from .turns import Waiting

A_DAY = 86_400.0  # seconds


def entries() -> list[Waiting]:
    """Who waits, in no order: two files are read of each, and none of what is finished."""
    found = _queued()
    return [entry(run, status) for run, status in found if _has_worker(run, status)]


def _queued() -> Iterator[tuple[Run, Status]]:
    """The runs that were put in the queue and have not begun, with their status."""
    for run in listing.own_folders():
        with suppress(RunError):
            if is_there(run.path / "result.json"):
                continue
            status = run.status
            if status.get("state") in ("queued", "starting") and "node" not in status:
                yield run, status


def entry(run: Run, status: Status) -> Waiting:
    """A run as one that waits."""
    starting = status.get("state") == "starting"
    by_itself = not (starting or waits_for_any(status))
    return Waiting(run, access.read(run.path).owner, queued_at(run), starting, by_itself)


def _has_worker(run: Run, status: Status) -> bool:
    """Whether a process waits with the run, or any may take it."""
    alive = has_worker(run.path, status)
    return state_of(status, None, run.stop_requested, alive, time.time()) == "queued"


def later_than_all() -> float:
    """The time; or, where the clock was set back, what is later than that of all who wait."""
    now = time.time()
    times = [now, *(status.get("queued_at", 0.0) + 1e-3 for _, status in _queued())]
    return max(moment for moment in times if moment < now + A_DAY)  # more is a damaged value


def queued_at(run: Run) -> float:
    """When it was put in the queue, in seconds since the epoch; 0 where that cannot be read."""
    try:
        return run.status.get("queued_at", run.created_at)
    except RunError:
        return 0.0
