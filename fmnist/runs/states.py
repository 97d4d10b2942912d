"""The states of a run, from what its directory holds and whether its worker lives."""

from typing import Literal

from .fields import Result, Status

State = Literal[
    "queued", "running", "stopping", "stopped", "failed", "finished", "interrupted", "broken"
]
ACTIVE: tuple[State, ...] = ("queued", "running", "stopping")
USABLE: tuple[State, ...] = ("finished", "stopped")
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "interrupted")

START_LIMIT = 30.0  # seconds that a started worker may take to report itself


def state_of(status: Status, result: Result | None, stop: bool, alive: bool, now: float) -> State:
    """The state of a run that is not broken.

    Args:
        status: content of status.json, `{}` while there is none.
        result: content of result.json, None while there is none.
        stop: whether the file `stop` is there.
        alive: whether the process that `status` names is running.
        now: seconds since the epoch.

    Returns:
        "interrupted" where the worker ended without reporting why: the machine was shut down, say.
    """
    if result is not None:
        return "stopped" if result.get("stopped") else "finished"
    written = status.get("state")
    if written not in ("queued", "running"):
        return written or "interrupted"
    starting = status.get("pid") is None and abs(now - status.get("updated_at", 0)) < START_LIMIT
    if not alive and not starting:
        return "interrupted"
    return "stopping" if stop else written
