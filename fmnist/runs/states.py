"""The states of a run, from what its directory holds and whether its worker lives."""

import time
from pathlib import Path
from typing import Literal

from fmnist import machine
from fmnist.machine.disk import is_locked

from .fields import Result, Status

State = Literal[
    "queued", "running", "stopping", "stopped", "failed", "finished", "interrupted", "broken"
]
ACTIVE: tuple[State, ...] = ("queued", "running", "stopping")
USABLE: tuple[State, ...] = ("finished", "stopped")
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "interrupted")

WORKER_LOCK = ".worker.lock"  # in a run's folder, held by whoever trains it or waits to
START_LIMIT = 8.0  # seconds that a worker may take to note its process, or to have the lock


def state_of(status: Status, result: Result | None, stop: bool, alive: bool, now: float) -> State:
    """The state of a run that is not broken.

    Args:
        status: content of status.json, `{}` while there is none.
        result: content of result.json, None while there is none.
        stop: whether the file `stop` is there.
        alive: see `has_worker`.
        now: seconds since the epoch.

    Returns:
        "interrupted" where the worker ended without reporting why: the machine was shut down, say.
    """
    if result is not None:
        return "stopped" if result.get("stopped") else "finished"
    written = status.get("state")
    if written is None or written in ("stopped", "failed"):
        return written or "interrupted"
    starting = status.get("pid") is None and _is_recent(status, now)
    if not alive and not starting:
        return "interrupted"
    if stop:
        return "stopping"
    return "running" if written == "running" else "queued"


def waits_for_any(status: Status) -> bool:
    """Whether the run waits for whichever worker takes it, and has since this start of the system.

    What was left on another system that shares the folder waits, too.
    """
    left = status.get("state") == "queued" and "pid" in status and status["pid"] is None
    return left and not machine.is_from_before(status)


def has_worker(folder: Path, status: Status) -> bool:
    """Whether the worker that a run's status names lives, or any will do.

    A pid counts in one system or container alone. Of a worker elsewhere, the run's lock says whether it lives.
    """
    if waits_for_any(status):
        return True
    if machine.is_here(status):
        return machine.is_alive(status)
    begins = status.get("state") in ("queued", "starting") and _is_recent(status, time.time())
    return begins or is_locked(folder / WORKER_LOCK)


def _is_recent(status: Status, now: float) -> bool:
    return abs(now - status.get("updated_at", 0)) < START_LIMIT
