"""What a training tells its run directory, and where it hears that it should stop."""

import json
import math
import time
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from .machine import this_process
from .runs import Run

POINT_INTERVAL = 0.5  # seconds between two points of a curve inside an epoch
DIVERGED = 1e3  # a mean loss that no network which learns has: guessing costs ln 10 = 2.3
USUAL_RATES = {"adam": 0.001, "rmsprop": 0.001, "sgd": 0.01, "nesterov": 0.01}


class TrainingFailed(Exception):
    """The training cannot go on; the message says why and what would help."""


class Progress(NamedTuple):
    """How far a run has come, as its checkpoint keeps it."""

    split: int = 0  # index of the split that is trained on
    epoch: int = 0  # epochs done on this split
    seconds: float = 0.0  # of training, all splits
    best_loss: float = math.inf  # lowest validation loss so far, all splits
    best_split: int = 0  # where it was reached
    best_epoch: int = 0  # and after how many epochs of that split


class Reporter(keras.callbacks.Callback):
    """Writes curve, status and checkpoint of a run while Keras fits, and obeys its `stop`.

    Points of the curve: `epoch` counts the passes done over all splits, with a fraction inside
    an epoch; `loss` and `accuracy` are means over the batches since the point before. After the
    last point of an epoch comes the line that ends it (`"end_of_epoch": true`), with the means
    over the whole epoch, and the validation's.
    """

    def __init__(self, run: Run, progress: Progress = Progress(), best: list | None = None):
        super().__init__()
        self.run, self.recipe, self.progress = run, run.recipe, progress
        self.best = best  # weights at the lowest validation loss
        self.stopped = False
        self.speed: float | None = None  # pictures a second, lately
        self._seconds_before = progress.seconds
        self._started = self._last_point = time.monotonic()
        self._epochs_before = self.epochs_done

    @classmethod
    def load(cls, run: Run) -> tuple["Reporter", keras.Model | None]:
        """Where the run was, and its network with the optimizer's state; None for a new run."""
        folder = run.checkpoint
        if folder is None:
            run.keep_metrics(lambda row: False)
            return cls(run), None
        progress = Progress(**json.loads((folder / "progress.json").read_text()))
        best = None
        if (folder / "best.npz").exists():
            with np.load(folder / "best.npz") as file:
                best = [file[name] for name in file.files]
        reporter = cls(run, progress, best)
        run.keep_metrics(lambda row: row["epoch"] <= reporter.epochs_done)
        return reporter, keras.saving.load_model(folder / "model.keras")

    @property
    def epochs_done(self) -> int:
        """Finished epochs, over all splits."""
        return sum(self.recipe.splits[: self.progress.split]) + self.progress.epoch

    @property
    def seconds(self) -> float:
        """Seconds of training so far, without those between a stop and a resume."""
        return self._seconds_before + time.monotonic() - self._started

    def begin_split(self, number: int) -> None:
        """Tell that training starts anew on the split with that index."""
        self.progress = self.progress._replace(split=number, epoch=0)

    def restore_kept(self, model: keras.Model) -> int:
        """Give the model the weights that the recipe keeps; the index of the split they are from."""
        if self.recipe.keep == "last" or self.best is None:
            return self.progress.split
        model.set_weights(self.best)
        return self.progress.best_split

    def summary(self) -> dict[str, Any]:
        """What the result says of the training: its length and which epoch's weights were kept."""
        kept_last = self.recipe.keep == "last" or self.best is None
        before_best = sum(self.recipe.splits[: self.progress.best_split])
        return {
            "stopped": self.stopped,
            "epochs": self.epochs_done,
            "kept_epoch": self.epochs_done if kept_last else before_best + self.progress.best_epoch,
            "seconds": round(self.progress.seconds, 1),
            "parameters": self.model.count_params(),
        }

    def report(self, phase: str, step: int = 0) -> None:
        """Replace the status.

        Args:
            phase: "preparing", "training" or "finishing".
            step: batches done in this epoch.
        """
        steps = (self.params or {}).get("steps") or 1
        epochs = sum(self.recipe.splits)
        done = self.epochs_done + step / steps
        pace = (time.monotonic() - self._started) / max(done - self._epochs_before, 1e-9)
        self.run.update_status(
            state="running",
            phase=phase,
            **this_process(),
            epoch=min(self.epochs_done + 1, epochs),
            epochs=epochs,
            step=step,
            steps=steps,
            progress=done / epochs,
            images_per_second=self.speed,
            seconds=self.seconds,
            seconds_left=pace * (epochs - done) if done > self._epochs_before else None,
        )

    # Keras calls these.

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._point = (0, 0.0, 0.0)  # batches, and sums of loss and accuracy, at the last point
        self._last_point = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        if not logs["loss"] < DIVERGED:
            self._fail(logs["loss"])
        if self.run.stop_requested:
            self.model.stop_training = self.stopped = True
        waited = time.monotonic() - self._last_point
        has_points = self._point[0] > 0
        # An epoch has at least one point; a last one of a batch or two would only be noise.
        enough = POINT_INTERVAL if batch + 1 < self.params["steps"] else POINT_INTERVAL / 2
        if waited >= enough or (batch + 1 == self.params["steps"] and not has_points):
            self._add_point(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        if not self.stopped:
            self._finish_epoch(epoch, logs)
        self._save_checkpoint()

    def _add_point(self, batches: int, logs: dict[str, float]) -> None:
        """Add the means since the last point; Keras gives means since the epoch began."""
        before, *sums_before = self._point
        seconds = time.monotonic() - self._last_point
        sums = [batches * float(logs[name]) for name in ("loss", "accuracy")]
        loss, accuracy = (
            (now - then) / (batches - before) for now, then in zip(sums, sums_before, strict=True)
        )
        self.run.add_metrics(
            epoch=self.epochs_done + batches / self.params["steps"], loss=loss, accuracy=accuracy
        )
        self.speed = (batches - before) * self.recipe.batch_size / seconds
        self._point = (batches, *sums)
        self._last_point = time.monotonic()
        self.report("training", batches)

    def _finish_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        loss = float(logs.get("val_loss", logs["loss"]))
        if not loss < DIVERGED:
            self._fail(loss)
        self.progress = self.progress._replace(epoch=epoch + 1, seconds=self.seconds)
        if "val_loss" in logs and loss < self.progress.best_loss:
            self.best = self.model.get_weights()
            self.progress = self.progress._replace(
                best_loss=loss, best_split=self.progress.split, best_epoch=epoch + 1
            )
        names = {"val_loss": "validation_loss", "val_accuracy": "validation_accuracy"}
        values = {names.get(name, name): float(value) for name, value in logs.items()}
        self.run.add_metrics(
            epoch=self.epochs_done, end_of_epoch=True, seconds=self.seconds, **values
        )
        self.report("training")

    def _save_checkpoint(self) -> None:
        def fill(folder: Path) -> None:
            self.model.save(folder / "model.keras")
            if self.best is not None:
                np.savez(folder / "best.npz", *self.best)
            (folder / "progress.json").write_text(json.dumps(self.progress._asdict()))

        self.progress = self.progress._replace(seconds=self.seconds)
        self.run.save_checkpoint(fill)

    def _fail(self, loss: float) -> None:
        raise TrainingFailed(
            f"The loss became {float(loss):.3g} in epoch {self.epochs_done + 1}: the training "
            f"diverged. The learning rate {self.recipe.learning_rate:g} is too high; "
            f"{USUAL_RATES[self.recipe.optimizer]:g} is usual for {self.recipe.optimizer}."
        )
