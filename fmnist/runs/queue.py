"""Whose turn it is to train: as many workers train at once as there are places, the others wait.

A run that a page started waits as files alone: a worker that has ended a training takes the next one, and where a
place is free somebody who looks at the queue starts a worker (`jobs/launcher.py`). A run at a shell waits in its own
process. So there is no scheduler to keep alive, and many who wait cost next to nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import filelock
import psutil

from fmnist import machine
from fmnist.machine import folders
from fmnist.people import limits
from fmnist.people.person import OWNER, Person

from . import files, places, turns, waiters
from .files import RunError
from .run import Run
from .states import WORKER_LOCK, waits_for_any
from .turns import Waiting
from .writer import RunWriter

POLL = 0.5  # seconds between two looks of a process that waits
PATIENCE = 10.0  # seconds to wait for the queue's lock, which is held for milliseconds
GLANCE = 0.2  # seconds; who looks on another system whether a run's lock is held has it for less
MOST_WAITING = 100


class BusyError(RunError):
    """Another worker has the run."""


class FullError(RunError):
    """As many runs wait as may."""


def check(person: Person = OWNER) -> None:
    """See that one more run of a person may wait: 100 at most of all, or FMNIST_QUEUE.

    Raises:
        FullError: as many wait already, of all or of that person.
        RunError: FMNIST_QUEUE or FMNIST_WORKERS is no whole number above 0.
    """
    places.count()  # the worker itself could report it to nobody
    most, found = places.setting("FMNIST_QUEUE", MOST_WAITING), waiters.entries()
    if len(found) >= most:
        raise FullError(
            f"{len(found)} runs wait to be trained; expected fewer than {most}. Start this one once some have "
            "begun or were stopped, or raise FMNIST_QUEUE."
        )
    own, allowed = sum(each.owner == person.id for each in found), limits.of(person).waiting
    if allowed is not None and own >= allowed:
        raise FullError(
            f"{own} of your runs wait already; each person may have {allowed} waiting. Start this one once one of them "
            "has begun, or stop one."
        )


def waiting() -> list[Run]:
    """The runs that wait for a place, the next one first."""
    return [each.run for each in in_order()]


def in_order() -> list[Waiting]:
    """Who waits for a place, the next one first."""
    return turns.in_order(waiters.entries(), turns.read())


def ahead_of(run: Run) -> list[Run]:
    """The runs whose turn comes before this one's, the next one first."""
    found = waiting()
    return found[: found.index(run)] if run in found else []


def add(run: Run) -> None:
    """Make a run ready for this process to train, new or to be resumed: no stop, the old result set aside."""
    (run.path / "stop").unlink(missing_ok=True)
    writer = RunWriter(run)
    writer.set_result_aside()
    try:
        writer.update_status(
            state="queued", queued_at=waiters.later_than_all(), **machine.this_process()
        )
    except OSError:
        writer.restore_result()
        raise


def leave(run: Run) -> None:
    """Leave a run that this process has added to whichever worker takes it.

    Raises:
        OSError: it cannot be written to.
    """
    nobody: Any = {"pid": None, **machine.this_system()}
    RunWriter(run).update_status(state="queued", queued_at=waiters.queued_at(run), **nobody)


def take_back(run: Run) -> bool:
    """Have a run that was left to any worker back, for this process to train; whether it was still there.

    Raises:
        OSError: it cannot be written to.
    """
    with _locked():
        if not _is_left(run):
            return False
        _claim(run)
    return True


def request_stop(run: Run) -> None:
    """Ask the run's worker to end after its batch and keep what was learned, or to wait no longer."""
    (run.path / "stop").touch()
    if not _is_left(run):  # a signal may have come while this very process has the lock
        return
    with _locked():
        if _is_left(run):  # there is nobody to ask
            RunWriter(run).restore_result()
            RunWriter(run).update_status(state="stopped")


@contextmanager
def alone(run: Run) -> Iterator[None]:
    """Be the run's only worker meanwhile.

    Raises:
        BusyError: another one lives.
    """
    lock = filelock.FileLock(run.path / WORKER_LOCK)
    try:
        lock.acquire(timeout=GLANCE, poll_interval=GLANCE / 10)
    except filelock.Timeout:
        raise BusyError(f"{run.name} is trained by another process already.") from None
    try:
        files.sweep(run.path)
        yield
    finally:
        lock.release()


def give() -> Run | None:
    """The run whose turn it is while a place is free: a worker must be started for it now.

    Raises:
        RunError: FMNIST_WORKERS is wrong, or the queue's lock cannot be had.
        OSError: the folder of the runs cannot be written to.
    """
    if not folders.home().is_dir():
        return None
    with _locked():
        if not (free := places.free()):
            return None
        found = waiters.entries()
        if sum(each.starting for each in found) >= free:
            return None
        return _begin(found, pid=None)


def note_worker(run: Run, pid: int) -> None:
    """Note the process that was started for a run whose turn it is, so that it is missed where it ends at once.

    Raises:
        RunError, OSError: see `give`.
    """
    with suppress(psutil.Error), _locked():
        status = run.status
        if status.get("state") == "starting" and status.get("pid") is None:
            RunWriter(run).update_status(
                state="starting", queued_at=waiters.queued_at(run), **machine.process(pid)
            )


def take(elsewhere: bool = False) -> Run | None:
    """The next run for this process, which has a place and has ended a training.

    Args:
        elsewhere: the place is on another machine, so that a process which waits for one here is passed over.

    Raises:
        RunError, OSError: see `give`.
    """
    with _locked():
        found = [each for each in waiters.entries() if not (elsewhere and each.by_itself)]
        return _begin(found, **machine.this_process())


def left() -> int:
    """How many runs wait for whichever worker takes them."""
    return sum(not (each.by_itself or each.starting) for each in waiters.entries())


def set_apart(run: Run) -> None:
    """This process trains that run on another machine, without a turn of this queue.

    Raises:
        OSError: it cannot be written to.
    """
    RunWriter(run).update_status(
        state="queued", queued_at=waiters.queued_at(run), node="", **machine.this_process()
    )


@contextmanager
def turn(run: Run, waits: Callable[[], None] = lambda: None) -> Iterator[bool]:
    """Wait until it is this process' turn to train that run, and hold the place meanwhile.

    Args:
        run: to train.
        waits: called again and again while it waits.

    Yields:
        Whether to train; False if the run was asked to stop while it waited.

    Raises:
        RunError, OSError: see `give`.
    """
    with _locked():
        _claim(run)
    while not run.stop_requested:
        with places.one() as has_place:
            if has_place and _is_next(run):
                yield True
                return
        waits()
        time.sleep(POLL)
    yield False


def _is_left(run: Run) -> bool:
    with suppress(RunError):
        return waits_for_any(run.status)
    return False


def _claim(run: Run) -> None:
    """This process trains the run when its turn comes; it may have come already."""
    begun = run.status.get("state") == "starting"
    RunWriter(run).update_status(
        state="starting" if begun else "queued",
        queued_at=waiters.queued_at(run),
        **machine.this_process(),
    )


def _is_next(run: Run) -> bool:
    """Whether a process that has a place, and waits with that run, may begin; its turn is noted then."""
    with _locked():
        found = {each.run: each for each in waiters.entries()}
        own = found.setdefault(run, waiters.entry(run, run.status))  # it may be in another folder
        if own.starting:
            return True
        ordered = turns.in_order(found.values(), turns.read())
        begun = sum(each.starting for each in ordered)
        if begun > places.free() or ordered[begun].run != run:
            return False
        turns.note(own.owner)
        return True


def _begin(found: list[Waiting], **process: Any) -> Run | None:
    """Give the next one its turn, unless a process of its own waits for that."""
    for each in turns.in_order(found, turns.read()):
        if each.by_itself:
            return None
        if each.starting:
            continue
        with suppress(OSError):  # that run cannot be written to: the next one
            RunWriter(each.run).update_status(state="starting", queued_at=each.queued_at, **process)
            turns.note(each.owner)
            return each.run
    return None


@contextmanager
def _locked() -> Iterator[None]:
    """Be the only one who gives or takes a turn meanwhile."""
    folders.home().mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folders.home() / ".queue.lock", timeout=PATIENCE)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise RunError(f"{lock.lock_file} is held by another process; end that one.") from None
    try:
        yield
    finally:
        lock.release()
