"""A run directory as it is read; `writer` writes it.

    run.json         recipe, data set, versions, machine      written first, by its starter
    status.json      pid, epoch, speed, error, reason         replaced atomically by the worker
    metrics.jsonl    one line a moment and one an epoch       appended; a torn last line is dropped
    checkpoint/      what `resume` needs                      replaced as a whole each epoch
    stop             asks the worker to end after its batch
    model.keras      the trained model, for plain Keras
    model.tflite     the model that predicts and is measured; `complete` makes it where TensorFlow is
    predictions.npz  its predictions for the test images
    result.json      accuracy, loss, seconds, layers          written last: it means "usable"
    result.old.json  that of a stopped run which is resumed   put back if nothing newer comes

    access.json      whose it is, and whether others may see it; none of whoever sits at this computer
    .worker.lock     held by the worker that trains           a run has one

Otherwise nothing is locked: readers cope with a file that is not there yet.
"""

import contextlib
import dataclasses
import time
from pathlib import Path

import numpy as np

from fmnist.data.dataset import DataSet
from fmnist.machine import folders
from fmnist.recipes.recipe import Recipe

from . import checkpoints, files
from .fields import Description, Imported, InSweep, Machine, Received, Result, Row, Status
from .files import RunError, is_file, is_folder, is_there
from .states import USABLE, State, has_worker, state_of

FINISHED_FILES = ("model.keras", "predictions.npz")
LOG = 100_000  # bytes at the end of log.txt that are shown


@dataclasses.dataclass(frozen=True)
class Run:
    """A run directory, read from the disk at each look.

    Whatever stands in the directory, reading raises nothing but a RunError.
    """

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def argument(self) -> str:
        """What names it on the command line: its name, or its directory where that is elsewhere."""
        listed = self.path.parent in (folders.SHIPPED, folders.home())
        return self.name if listed else str(self.path)

    @property
    def shipped(self) -> bool:
        """Whether it came with the project, rather than from the user."""
        return self.path.parent == folders.SHIPPED

    # Files.

    @property
    def description(self) -> Description:
        """Content of run.json: recipe, data set, versions, machine, created_at."""
        return files.read(self.path / "run.json", Description)

    @property
    def recipe(self) -> Recipe:
        """What the run trains.

        Raises:
            RunError: run.json is missing or contains no recipe.
        """
        return files.read_recipe(self.path / "run.json")

    @property
    def dataset(self) -> DataSet:
        """What it learns from and is tested with, as it was when the run was made."""
        return self.description["data"]

    @property
    def machine(self) -> Machine:
        """On which it was trained, or is to be; {} where nobody knows."""
        result = self.result
        elsewhere = result.get("machine") if result else None
        return elsewhere or self.description.get("machine", {})

    @property
    def imported(self) -> Imported | None:
        """The model file that the run was made of; None where it was trained here."""
        return self.description.get("imported")

    @property
    def received(self) -> Received | None:
        """The file in which the run came from another copy; None where it was made here."""
        return self.description.get("received")

    @property
    def sweep(self) -> InSweep | None:
        """The sweep that it belongs to, as which of its trials; None of a run by itself."""
        return self.description.get("sweep")

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self.description["created_at"]

    @property
    def status(self) -> Status:
        """Content of status.json; `{}` while there is none."""
        path = self.path / "status.json"
        return files.read(path, Status) if is_there(path) else {}

    @property
    def result(self) -> Result | None:
        """Content of result.json; None while the run has no trained model."""
        path = self.path / "result.json"
        return files.read(path, Result) if is_there(path) else None

    @property
    def figures(self) -> Result:
        """Content of result.json of a run that has a trained model.

        Raises:
            RunError: it has none.
        """
        result = self.result
        if result is None:
            raise RunError(f"{self.name} has no trained model.")
        return result

    @property
    def complete(self) -> bool:
        """Whether model.tflite is there; a worker without TensorFlow cannot write it."""
        return is_file(self.path / "model.tflite")

    @property
    def checkpoint(self) -> Path | None:
        """The folder of the last checkpoint that was written as a whole, if there is one."""
        return checkpoints.find(self.path)

    def metrics(self) -> list[Row]:
        """The curve so far, oldest first: a dict a line of metrics.jsonl."""
        path = self.path / "metrics.jsonl"
        with contextlib.suppress(RunError):  # a curve that cannot be read is none
            return files.read_rows(path) if is_there(path) else []
        return []

    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """The model's predictions for the test images.

        Returns:
            Probabilities, (N, C) float16, and predicted classes, (N,) uint8. (Rounding to
            float16 can make two classes equal, so the classes are kept beside.)

        Raises:
            RunError: the file is damaged.
        """
        return files.read_predictions(self.path / "predictions.npz", self.dataset)

    def log(self) -> str:
        """The end of what the worker printed."""
        return files.read_end(self.path / "log.txt", LOG)

    # State.

    @property
    def state(self) -> State:
        """The state, from all the files together; see `states`."""
        try:
            status, result = self._look()
            alive = result is None and has_worker(self.path, status)
            if result is None and not alive:
                # The worker may have begun or ended since that was read: its last word counts.
                status, result = self._look()
                alive = has_worker(self.path, status)
        except RunError:
            return "broken"
        state = state_of(status, result, self.stop_requested, alive, time.time())
        # What is missing may be so because the run was renamed or deleted meanwhile.
        return state if is_folder(self.path) else "broken"

    @property
    def stop_requested(self) -> bool:
        return is_there(self.path / "stop")

    @property
    def problem(self) -> str | None:
        """What is broken about the directory, in a sentence; None where nothing is."""
        try:
            self._look()
        except RunError as error:
            return str(error)
        return None

    def described(self, state: str) -> str:
        """The run and its state in a few words, with what is wrong where it is broken."""
        why = f" ({problem})" if state == "broken" and (problem := self.problem) else ""
        return f"{self.name} is {state}{why}"

    @property
    def usable(self) -> bool:
        """Whether there is a trained model that can predict."""
        with contextlib.suppress(RunError):
            return self.state in USABLE and self.result is not None and self.complete
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

    def _look(self) -> tuple[Status, Result | None]:
        """Status and result.

        Raises:
            RunError: the directory is broken.
        """
        _ = self.recipe
        status, result = self.status, self.result
        missing = [file for file in FINISHED_FILES if not is_file(self.path / file)]
        if result is not None and missing:
            raise RunError(f"{self.path} has a result but no {' and no '.join(missing)}.")
        return status, result
