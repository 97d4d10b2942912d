"""Reports a training into its run directory: the curve, the status and the checkpoints."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

from fmnist.machine import this_process
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.settings import lower_rate
from fmnist.runs import allowance, changes, learning_curve
from fmnist.runs.fields import Phase, Row
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import progress
from .live import LiveSettings
from .progress import Progress, Weights
from .schedules import Plateau

SETTLED = 15.0  # seconds of training after which its speed is steady enough to predict its end
POINT_INTERVAL = 0.4  # seconds between two points of a curve inside an epoch
SHOWN = ("loss", "accuracy", "validation_loss", "validation_accuracy")  # beside a progress bar
DIVERGED = 1e3  # a mean loss far above that of any network that learns; guessing among 100 classes has ln 100 = 4.6


class Diverged(Exception):
    """The training diverged, and its weights are useless. The message suggests a learning rate."""

    def __init__(self, recipe: Recipe, sign: str):
        """`sign` describes how the divergence showed."""
        super().__init__(
            f"{sign}: the training diverged. The learning rate {recipe.learning_rate:g} is too high; "
            f"try {lower_rate(recipe):g}."
        )


class Validation(NamedTuple):
    """Loss and accuracy on the held-out images."""

    loss: float  # in nats
    accuracy: float


class Reporter:
    """Writes learning curve, status and checkpoint of a run during its training.

    Points of the curve: `epoch` counts the passes over all splits, with a fraction inside an epoch;
    `loss` and `accuracy` are means over the images since the previous point. Each epoch ends with a line
    `"end_of_epoch": true`, which has the means over the whole epoch and the validation's figures.
    """

    def __init__(self, run: Run, verbose: int = 0):
        """Begin, or resume from the run's checkpoint.

        Sets `progress`, and `state` to the checkpoint's state of the `Stepper`, None without one.
        `verbose` is as in `training.train`.

        Raises:
            RunError: the checkpoint is damaged.
        """
        run.check_checkpoint()
        self.run, self.progress, self._splits = run, Progress(), run.recipe.splits
        self.state: Weights | None = None
        self.best: Weights | None = None  # weights at the lowest validation loss
        self.stopped = False
        self.speed: float | None = None  # images a second, lately
        if folder := run.checkpoint:
            self.progress, self.state, self.best = progress.load(folder)
        self._live = LiveSettings(run, self.progress.changes)
        self._step, self._steps = 0, 1  # batches done in this epoch, and in all of it
        self._writer = RunWriter(run)
        self._writer.keep_metrics(lambda row: row["epoch"] <= self.epochs_done)
        self._seconds_before = self.progress.seconds
        self._epochs_before = self.epochs_done
        self._started = time.monotonic()
        self._may_train = allowance.seconds(run)
        self._verbose = verbose
        self._printed_time_left = self._printed_warning = not verbose

    @property
    def recipe(self) -> Recipe:
        """The settings of the next batch."""
        return self._live.at(self.epochs_done, self._step)

    @property
    def epochs_done(self) -> int:
        """Finished epochs, over all splits."""
        return sum(self._splits[: self.progress.split]) + self.progress.epoch

    @property
    def seconds(self) -> float:
        """Seconds of training so far, excluding pauses between stop and resume."""
        return self._seconds_before + time.monotonic() - self._started

    @property
    def kept(self) -> tuple[int, int]:
        """The split and epoch of the weights for the finished model."""
        if not self.recipe.restore_best_weights or self.best is None:
            return self.progress.split, self.progress.epoch
        return self.progress.best_split, self.progress.best_epoch

    def begin_split(self, number: int) -> None:
        """Begin, or resume, training on the split with this index."""
        if number != self.progress.split:
            self._advance(split=number, epoch=0, plateau=Plateau())

    def begin_epoch(self, steps: int) -> None:
        """Begin an epoch with this number of batches."""
        if self._verbose:
            print(f"Epoch {self.epochs_done + 1}/{sum(self._splits)}")
        self._bar = keras.utils.Progbar(steps, verbose=self._verbose, stateful_metrics=SHOWN)
        self._step, self._steps = 0, steps
        # Number of images, and their summed loss and accuracy.
        self._since_point, self._this_epoch = np.zeros(3), np.zeros(3)
        self._last_point = time.monotonic()

    def settings_from(self, batch: int) -> tuple[Recipe, int]:
        """The settings of the batches from this one of the epoch on, and the batch before which they end.

        What somebody has changed meanwhile has effect from this batch on.
        """
        for change in self._live.look(self.epochs_done, batch, self._steps):
            if self._verbose:
                print(f"\n{changes.in_words(change)}.", flush=True)
        end = self._live.next_change(self.epochs_done, batch)
        return self._live.at(self.epochs_done, batch), end or self._steps

    def plateau(self, batch: int) -> Plateau:
        """The state of the schedule "reduce-on-plateau" at a batch of the epoch."""
        is_new = self._live.has_new_rate(self.epochs_done, batch)
        return self.progress.plateau.restarted() if is_new else self.progress.plateau

    @property
    def seconds_left(self) -> float | None:
        """Estimated from the speed so far; None before the first batches."""
        done = self.epochs_done + self._step / self._steps
        trained = done - self._epochs_before
        pace = (time.monotonic() - self._started) / trained if trained else 0
        return pace * (sum(self._splits) - done) if trained else None

    def report(self, phase: Phase) -> None:
        """Replace the status."""
        epochs = sum(self._splits)
        self._writer.update_status(
            state="running",
            phase=phase,
            **this_process(),
            epoch=min(self.epochs_done + 1, epochs),
            epochs=epochs,
            step=self._step,
            steps=self._steps,
            progress=(self.epochs_done + self._step / self._steps) / epochs,
            images_per_second=self.speed,
            seconds=self.seconds,
            seconds_left=self.seconds_left,
        )

    def add_batches(self, batches: int, images: int, loss: float, accuracy: float) -> None:
        """Report some trained batches, and add a point to the curve every `POINT_INTERVAL`.

        Args:
            batches: how many.
            images: the number of images in them.
            loss: their mean loss, in nats.
            accuracy: their accuracy, a fraction.

        Raises:
            Diverged: the loss is `DIVERGED` or more, or NaN.
        """
        if not loss < DIVERGED:
            raise Diverged(
                self.recipe, f"The loss became {loss:.3g} in epoch {self.epochs_done + 1}"
            )
        self._step += batches
        self._since_point += (images, images * loss, images * accuracy)
        self._this_epoch += (images, images * loss, images * accuracy)
        waited = time.monotonic() - self._last_point
        is_first = self._this_epoch[0] == self._since_point[0]
        is_last = self._step == self._steps
        # The first batches get a point at once, as a sign of life, and every epoch has one. A last
        # point of one or two batches after others would only be noise.
        wait = POINT_INTERVAL / 2 if is_last else POINT_INTERVAL
        if waited >= wait or (is_first and (is_last or self.progress == Progress())):
            self._add_point(waited)
        self.stopped = self.run.stop_requested or self.seconds > self._may_train

    def _add_point(self, seconds: float) -> None:
        images, *sums = self._since_point
        loss, accuracy = (float(total / images) for total in sums)
        at = self.epochs_done + self._step / self._steps
        self._writer.add_metrics(epoch=at, loss=loss, accuracy=accuracy)
        self._bar.update(self._step, [("loss", loss), ("accuracy", accuracy)], finalize=False)
        self._since_point, self._last_point = np.zeros(3), time.monotonic()
        self.speed = images / seconds
        self.report("training")
        settled = time.monotonic() - self._started > SETTLED
        if settled and not self._printed_time_left and (left := self.seconds_left) is not None:
            self._printed_time_left = True
            print(f"\nOn this machine about {learning_curve.duration(left)} to go.", flush=True)

    def end_epoch(self, validation: Validation | None, weights: Callable[[], Weights]) -> None:
        """Add the line for the end of an epoch.

        Args:
            validation: None without validation images.
            weights: returns the network's weights; called if they are the best so far and the recipe
                keeps the best.
        """
        images, *sums = self._this_epoch.tolist()
        loss, accuracy = (total / images for total in sums)
        plateau = self.plateau(self._steps)
        self._step = 0
        self._advance(epoch=self.progress.epoch + 1, seconds=self.seconds, plateau=plateau)
        row: Row = {
            "epoch": self.epochs_done,
            "end_of_epoch": True,
            "seconds": self.seconds,
            "loss": loss,
            "accuracy": accuracy,
        }
        if validation:
            row |= {"validation_loss": validation.loss, "validation_accuracy": validation.accuracy}
            self._consider(validation.loss, weights)
        self._writer.add_metrics(**row)
        self.report("training")
        shown = [(name, value) for name, value in row.items() if name in SHOWN]
        self._bar.update(self._steps, shown, finalize=True)
        stuck = learning_curve.stuck([row], self.recipe, self.run.dataset)
        if stuck and not self._printed_warning:
            self._printed_warning = True
            print(stuck, flush=True)

    def _consider(self, loss: float, weights: Callable[[], Weights]) -> None:
        """Keep the best weights, and lower the learning rate on a plateau, as the recipe has it."""
        now = self.progress
        if self.recipe.restore_best_weights and loss < now.best_loss:
            self.best = weights()
            self._advance(best_loss=loss, best_split=now.split, best_epoch=now.epoch)
        if self.recipe.schedule == "reduce-on-plateau":
            self._advance(plateau=now.plateau.after(loss))

    def save_checkpoint(self, state: Weights) -> None:
        """Save the `Stepper`'s state, the best weights and the progress, to resume from."""
        self._advance(seconds=self.seconds, changes=tuple(self._live.placed))
        self._writer.save_checkpoint(
            lambda folder: progress.save(folder, self.progress, state, self.best)
        )

    def _advance(self, **numbers: Any) -> None:
        self.progress = dataclasses.replace(self.progress, **numbers)

    def summary(self) -> dict[str, Any]:
        """The training's part of the result: its length and the epoch of the kept weights."""
        split, epoch = self.kept
        changed = changes.with_effect(self._live.placed)
        return {
            "stopped": self.stopped,
            "epochs": self.epochs_done,
            "kept_epoch": sum(self._splits[:split]) + epoch,
            "seconds": round(self.progress.seconds, 1),
        } | ({"changes": changed} if changed else {})
