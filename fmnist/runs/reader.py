"""What a run directory holds, read from the disk each time it is asked."""

import contextlib
from pathlib import Path

import numpy as np

from fmnist.recipes.recipe import Recipe

from . import files
from .fields import Description, Imported, Result, Row, Status
from .files import RunError, is_file, is_there

FINISHED_FILES = ("model.keras", "predictions.npz")
LOG = 100_000  # bytes at the end of log.txt that are shown


class RunReader:
    """The reading part of a run; whatever stands in the directory, it raises nothing but a RunError."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def problem(self) -> str | None:
        """What is broken about the directory, in a sentence; None where nothing is."""
        try:
            self._look()
        except RunError as error:
            return str(error)
        return None

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

    @property
    def exported(self) -> bool:
        """Whether there is the file that answers; where TensorFlow is not installed, there is none."""
        return is_file(self.path / "model.tflite")

    @property
    def description(self) -> Description:
        """Content of run.json: recipe, dataset, versions, machine, created_at."""
        return files.read(self.path / "run.json", Description)

    @property
    def recipe(self) -> Recipe:
        """What the run trains.

        Raises:
            RunError: run.json is missing or is no recipe.
        """
        return files.read_recipe(self.path / "run.json")

    @property
    def imported(self) -> Imported | None:
        """The model file that the run was made of; None where it was trained here."""
        return self.description.get("imported")

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
        """Content of result.json; None while the run has nothing to show."""
        path = self.path / "result.json"
        return files.read(path, Result) if is_there(path) else None

    @property
    def stop_requested(self) -> bool:
        return is_there(self.path / "stop")

    def metrics(self) -> list[Row]:
        """The curve so far, oldest first: a dict a line of metrics.jsonl."""
        path = self.path / "metrics.jsonl"
        with contextlib.suppress(RunError):  # a curve that cannot be read is none
            return files.read_rows(path) if is_there(path) else []
        return []

    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """What the run says of the test images.

        Returns:
            Probabilities, (10000, 10) float16, and predicted classes, (10000,) uint8. (Rounding to
            float16 can make two classes equal, so the classes are kept beside.)

        Raises:
            RunError: the file is damaged.
        """
        return files.read_predictions(self.path / "predictions.npz")

    def log(self) -> str:
        """The end of what the worker printed."""
        return files.read_end(self.path / "log.txt", LOG)
