"""What is written into a run directory, by its worker but for the wish that it stops."""

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from . import checkpoints, files
from .files import is_file, is_there, replacing
from .reader import RunReader


class RunWriter(RunReader):
    """The writing part of a run."""

    def request_stop(self) -> None:
        """Ask the worker to end after its batch and keep what it has learned."""
        (self.path / "stop").touch()

    def restore_result(self) -> None:
        """Put the result back that was set aside, as its model is still there."""
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.path / "result.old.json", self.path / "result.json")

    def drop_old_result(self) -> None:
        """Forget the result that was set aside, before its model is replaced."""
        (self.path / "result.old.json").unlink(missing_ok=True)

    def open_log(self) -> BinaryIO:
        """log.txt, to append to.

        Raises:
            OSError: it cannot be written.
        """
        path = self.path / "log.txt"
        if is_there(path) and not is_file(path):  # opening a pipe would wait for its reader
            raise FileExistsError(
                errno.EEXIST, "Something else than a file is in its place", str(path)
            )
        return open(path, "ab")

    def update_status(self, **fields: Any) -> None:
        """Replace status.json by the fields and the time."""
        files.write(self.path / "status.json", fields | {"updated_at": time.time()})

    def add_metrics(self, **fields: Any) -> None:
        """Append a line to metrics.jsonl."""
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write(json.dumps(fields) + "\n")

    def keep_metrics(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        """Drop the lines of metrics.jsonl that are not wanted (those after a checkpoint)."""
        lines = [json.dumps(row) + "\n" for row in self.metrics() if wanted(row)]
        with replacing(self.path / "metrics.jsonl") as path:
            path.write_text("".join(lines))

    def save_checkpoint(self, fill: Callable[[Path], None]) -> None:
        """Replace checkpoint/ by a folder that `fill` puts its files in."""
        checkpoints.save(self.path, fill)

    @property
    def checkpoint(self) -> Path | None:
        """The folder of the last checkpoint that was written as a whole, if there is one."""
        return checkpoints.find(self.path)

    def finish(self, result: dict[str, Any], probabilities: np.ndarray) -> None:
        """Write the test predictions and, last, the result: the run can be used now.

        Args:
            result: what result.json says.
            probabilities: (10000, 10) float32.
        """
        predicted = probabilities.argmax(axis=1).astype(np.uint8)
        with replacing(self.path / "predictions.npz") as path, open(path, "wb") as file:
            np.savez_compressed(
                file, probabilities=probabilities.astype(np.float16), predicted=predicted
            )
        files.write(self.path / "result.json", result)
        if not result.get("stopped"):  # a stopped run can be resumed
            checkpoints.remove(self.path)
