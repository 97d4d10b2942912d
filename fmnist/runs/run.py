"""The run directory.

    run.json         recipe, dataset, versions, machine       written first, by whoever starts it
    status.json      pid, epoch, speed, error, reason         replaced atomically by the worker
    metrics.jsonl    one line a moment and one an epoch       appended; a torn last line is dropped
    checkpoint/      what `resume` needs                      replaced as a whole each epoch
    stop             asks the worker to end after its batch
    model.keras      the trained model, for plain Keras
    model.tflite     the one that answers and is measured; `export` makes it where TensorFlow is
    predictions.npz  what it says of the 10,000 test images
    result.json      accuracy, loss, seconds, layers          written last: it means "usable"
    result.old.json  that of a stopped run which is resumed   put back if nothing newer comes

    .worker.lock     held by the worker that trains           a run has one

Otherwise nothing is locked: readers cope with a file that is not there yet.
"""

import contextlib
import dataclasses
import time
from pathlib import Path
from typing import Any

from fmnist import machine

from . import checkpoints, folders
from .files import RunError, is_folder
from .writer import RunWriter

START_LIMIT = 30.0  # seconds that a started worker may take to report itself

ACTIVE = ("queued", "running", "stopping")
USABLE = ("finished", "stopped")


def state_of(
    status: dict[str, Any], result: dict[str, Any] | None, stop: bool, alive: bool, now: float
) -> str:
    """The state of a run, from what was written and whether its worker lives.

    Args:
        status: content of status.json, `{}` while there is none.
        result: content of result.json, None while there is none.
        stop: whether the file `stop` is there.
        alive: whether the process that `status` names is running.
        now: seconds since the epoch.

    Returns:
        "queued", "running", "stopping", "stopped", "failed", "finished" or "lost" (its worker
        ended without a word: the machine was switched off, say).
    """
    if result is not None:
        return "stopped" if result.get("stopped") else "finished"
    word = status.get("state", "lost")
    if word not in ACTIVE:
        return word
    starting = status.get("pid") is None and abs(now - status.get("updated_at", 0)) < START_LIMIT
    if not alive and not starting:
        return "lost"
    return "stopping" if stop else word


@dataclasses.dataclass(frozen=True)
class Run(RunWriter):
    """A run directory, with where it lies among others and what state it is in."""

    path: Path

    @property
    def argument(self) -> str:
        """What names it on the command line: its name, or its directory where that is elsewhere."""
        return (
            self.name if self.path.parent in (folders.SHIPPED, folders.home()) else str(self.path)
        )

    @property
    def shipped(self) -> bool:
        """Whether it came with the project, rather than from the user."""
        return self.path.parent == folders.SHIPPED

    def described(self, state: str) -> str:
        """The run and its state in a few words, with what is wrong where it is broken."""
        why = f" ({problem})" if state == "broken" and (problem := self.problem) else ""
        return f"{self.name} is {state}{why}"

    @property
    def state(self) -> str:
        """One word, as `state_of` gives it, or "broken"."""
        try:
            status, result = self._look()
            alive = machine.is_alive(status)
            if result is None and not alive:
                # The worker may have begun or ended since that was read: its last word counts.
                status, result = self._look()
                alive = machine.is_alive(status)
        except RunError:
            return "broken"
        word = state_of(status, result, self.stop_requested, alive, time.time())
        # What is missing may be so because the run was renamed or deleted meanwhile.
        return word if is_folder(self.path) else "broken"

    @property
    def usable(self) -> bool:
        """Whether there is a trained model that can be asked."""
        with contextlib.suppress(RunError):
            return self.state in USABLE and self.result is not None and self.exported
        return False

    def check_checkpoint(self) -> None:
        """See that the training can be resumed from what was written.

        Raises:
            RunError: the checkpoint is missing, damaged, or of another training.
        """
        try:
            checkpoints.check(self.path)
        except RunError as error:
            raise RunError(
                f"{self.name} cannot be resumed and stays as it is: {error} `python -m fmnist restart "
                f"{self.argument}` trains a new run with the same settings."
            ) from None
