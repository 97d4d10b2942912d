"""Whose turn it is to train: as many workers train at once as the machine carries, the others wait.

A place to train is a file lock, which the system lets go of when a worker dies; there is no scheduler to keep
alive. A waiting worker watches the one ahead of it alone, so that many who wait cost next to nothing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import filelock

from fmnist import machine
from fmnist.machine import folders

from . import files, listing
from .files import RunError
from .run import Run
from .states import state_of
from .writer import RunWriter

POLL = 0.5  # seconds between two looks of a waiting worker
CORES_PER_WORKER = 2
A_DAY = 86_400.0  # seconds
MOST_WAITING = 20  # each holds about 60 MB


class BusyError(RunError):
    """Another worker has the run."""


def places() -> int:
    """How many workers may train at once: one for two cores, or FMNIST_WORKERS.

    Raises:
        RunError: FMNIST_WORKERS is no whole number above 0.
    """
    return _setting("FMNIST_WORKERS", max(1, machine.cores() // CORES_PER_WORKER))


def check() -> None:
    """See that one more run may wait: 20 at most, or FMNIST_QUEUE.

    Raises:
        RunError: as many wait already, or FMNIST_QUEUE or FMNIST_WORKERS is no whole number above 0.
    """
    places()  # the worker itself could report it to nobody
    most, count = _setting("FMNIST_QUEUE", MOST_WAITING), len(waiting())
    if count >= most:
        raise RunError(
            f"{count} runs wait to be trained; expected fewer than {most}. Start this one once some have "
            "begun or were stopped, or raise FMNIST_QUEUE."
        )


def waiting() -> list[Run]:
    """The user's runs that wait for a place, the next one first."""
    return sorted(filter(_waits, listing.list_own_runs()), key=_queued_at)


def ahead_of(run: Run) -> list[Run]:
    """The runs that wait for a place and came before this one, the next one first."""
    since = _queued_at(run)
    return [other for other in waiting() if _queued_at(other) < since and other != run]


def add(run: Run) -> None:
    """Make a run ready for a worker, new or to be resumed: no stop, the old result set aside."""
    (run.path / "stop").unlink(missing_ok=True)
    writer = RunWriter(run)
    writer.set_result_aside()
    try:
        writer.update_status(state="queued", pid=None, queued_at=_later_than_all())
    except OSError:
        writer.restore_result()
        raise


def request_stop(run: Run) -> None:
    """Ask the run's worker to end after its batch and keep what was learned, or to wait no longer."""
    (run.path / "stop").touch()


@contextmanager
def alone(run: Run) -> Iterator[None]:
    """Be the run's only worker meanwhile.

    Raises:
        BusyError: another one lives.
    """
    lock = filelock.FileLock(run.path / ".worker.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise BusyError(f"{run.name} is trained by another process already.") from None
    try:
        files.sweep(run.path)
        yield
    finally:
        lock.release()


@contextmanager
def turn(run: Run) -> Iterator[bool]:
    """Wait until it is this worker's turn to train, and hold the place meanwhile.

    Yields:
        Whether to train; False if the run was asked to stop while it waited.
    """
    folders.home().mkdir(parents=True, exist_ok=True)
    RunWriter(run).update_status(
        state="queued", queued_at=_queued_at(run), **machine.this_process()
    )
    before = _before(run)
    while not run.stop_requested:
        if not (before and _waits(before)) and (lock := _free_place()):
            try:
                if not (before := _before(run)):
                    yield True
                    return
            finally:
                lock.release()
        time.sleep(POLL)
    yield False


def _later_than_all() -> float:
    """The time; or, where the clock was set back, what is later than that of all who wait."""
    now = time.time()
    times = [now]
    for run in listing.list_own_runs():
        with suppress(RunError):
            status = run.status
            if status.get("state") == "queued":
                times.append(status.get("queued_at", 0.0) + 1e-3)
    return max(moment for moment in times if moment < now + A_DAY)  # more is a damaged value


def _before(run: Run) -> Run | None:
    return next(reversed(ahead_of(run)), None)


def _waits(run: Run) -> bool:
    """Whether a run's worker waits for a place, or is about to: one file is read."""
    try:
        status = run.status
    except RunError:
        return False
    alive = machine.is_alive(status)
    return state_of(status, None, run.stop_requested, alive, time.time()) == "queued"


def _queued_at(run: Run) -> float:
    try:
        return run.status.get("queued_at", run.created_at)
    except RunError:
        return 0.0


def _free_place() -> filelock.FileLock | None:
    for number in range(places()):
        lock = filelock.FileLock(folders.home() / f".place-{number}.lock")
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            continue
        return lock
    return None


def _setting(name: str, default: int) -> int:
    wanted = os.environ.get(name)
    if wanted is None:
        return default
    if not (wanted.isdecimal() and len(wanted) < 10 and int(wanted)):
        raise RunError(f"{name} must be a whole number from 1, not {wanted[:40]!r}.")
    return int(wanted)
