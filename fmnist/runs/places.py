"""Places to train: one for two cores, each a file lock, which the system lets go of when its worker dies."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import filelock

from fmnist import machine
from fmnist.machine import folders

from .files import RunError

CORES_PER_WORKER = 2


def count() -> int:
    """How many workers may train at once: one for two cores, or FMNIST_WORKERS.

    Raises:
        RunError: FMNIST_WORKERS is no whole number above 0.
    """
    return setting("FMNIST_WORKERS", max(1, machine.cores() // CORES_PER_WORKER))


@contextmanager
def one() -> Iterator[bool]:
    """Hold a place meanwhile, if one is free; yields whether.

    Raises:
        RunError: see `count`.
        OSError: the folder of the runs cannot be written to.
    """
    with ExitStack() as held:
        yield any(_take(number, held) for number in range(count()))


def free() -> int:
    """How many places are free.

    Raises:
        RunError, OSError: see `one`.
    """
    with ExitStack() as held:
        return sum(_take(number, held) for number in range(count()))


def _take(number: int, held: ExitStack) -> bool:
    lock = filelock.FileLock(folders.home() / f".place-{number}.lock")
    try:
        held.enter_context(lock.acquire(blocking=False))
    except filelock.Timeout:
        return False
    return True


def setting(name: str, default: int) -> int:
    """A whole number above 0 that the environment names.

    Raises:
        RunError: it names something else.
    """
    wanted = os.environ.get(name)
    if wanted is None:
        return default
    if not (wanted.isdecimal() and len(wanted) < 10 and int(wanted)):
        raise RunError(f"{name} must be a whole number from 1, not {wanted[:40]!r}.")
    return int(wanted)
