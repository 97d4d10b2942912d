"""Writes a run directory: for the worker that trains it, or an import that fills it with a model."""

import contextlib
import dataclasses
import errno
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Unpack

import numpy as np

from fmnist.machine.disk import replacing

from . import cache, checkpoints, files
from .fields import OperatingPoint, Result, Row, Status
from .files import is_file, is_there
from .run import Run


@dataclasses.dataclass(frozen=True)
class RunWriter:
    """Writes the files of a run, each as a whole or by appending.

    Every method raises OSError where a file cannot be written.
    """

    run: Run

    @property
    def path(self) -> Path:
        return self.run.path

    def open_log(self) -> BinaryIO:
        """log.txt, to append to."""
        path = self.path / "log.txt"
        if is_there(path) and not is_file(path):  # opening a pipe would wait for its reader
            raise FileExistsError(
                errno.EEXIST, "Something else than a file is in its place", str(path)
            )
        return open(path, "ab")

    def update_status(self, **fields: Unpack[Status]) -> None:
        """Replace status.json by the fields and the time."""
        files.write(self.path / "status.json", {**fields, "updated_at": time.time()})

    def add_metrics(self, **row: Unpack[Row]) -> None:
        """Append a line to metrics.jsonl."""
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write(json.dumps(row) + "\n")

    def keep_metrics(self, wanted: Callable[[Row], bool]) -> None:
        """Drop the lines of metrics.jsonl that are not wanted (those after a checkpoint)."""
        lines = [json.dumps(row) + "\n" for row in self.run.metrics() if wanted(row)]
        with replacing(self.path / "metrics.jsonl") as path:
            path.write_text("".join(lines))

    def save_checkpoint(self, fill: Callable[[Path], None]) -> None:
        """Replace checkpoint/ by a folder that `fill` puts its files in."""
        checkpoints.save(self.path, fill)

    def set_result_aside(self) -> None:
        """The run is trained further: it has no result until there is a new one."""
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.path / "result.json", self.path / "result.old.json")

    def restore_result(self) -> None:
        """Put back the result that was set aside, as its model is still there."""
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.path / "result.old.json", self.path / "result.json")

    def drop_old_result(self) -> None:
        """Forget the result that was set aside, before its model is replaced."""
        (self.path / "result.old.json").unlink(missing_ok=True)

    def keep_operating_point(self, point: OperatingPoint) -> None:
        """Add to the result how much evidence the model's predictions need.

        Raises:
            RunError: the run has no trained model.
        """
        result = self.run.figures
        files.write(self.path / "result.json", result | {"operating_point": point})

    def finish(self, result: Result, probabilities: np.ndarray, model: Path | None = None) -> None:
        """Write the test predictions and, last, the result: the run can be used now.

        Args:
            result: content of result.json.
            probabilities: (N, C) float32, of the test images.
            model: a model.tflite that takes the place of the run's after this; None for the run's.
        """
        predicted = probabilities.argmax(axis=1).astype(np.uint8)
        with replacing(self.path / "predictions.npz") as path, open(path, "wb") as file:
            np.savez_compressed(
                file, probabilities=probabilities.astype(np.float16), predicted=predicted
            )
        if model or self.run.complete:  # what was measured
            digest = cache.digest_of(model or self.path / "model.tflite")
            result = result | {"model_digest": digest}
        files.write(self.path / "result.json", result)
        if not result.get("stopped"):  # a stopped run can be resumed
            checkpoints.remove(self.path)
            (self.path / "changes.json").unlink(missing_ok=True)
