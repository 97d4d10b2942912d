"""Learning-rate schedules: the rate of each step of an epoch."""

import dataclasses
import math

import numpy as np

from fmnist.recipes.recipe import Recipe

PATIENCE = 3  # epochs without improvement before "reduce-on-plateau" halves the rate
BETTER = 1e-4  # smallest improvement of the validation loss that counts, in nats


def learning_rates(recipe: Recipe, epochs: int, epoch: int, steps: int) -> np.ndarray:
    """The learning rate of each step of an epoch: (steps,) float32.

    "one-cycle" rises linearly from 0 over the first quarter of the epochs and falls linearly to 0
    at their end (arXiv 1708.07120); "reduce-on-plateau" is constant here, see `Plateau.factor`.

    Args:
        recipe: has the schedule and the highest rate.
        epochs: of the whole cycle.
        epoch: index of the epoch.
        steps: per epoch.
    """
    if recipe.schedule != "one-cycle":
        return np.full(steps, recipe.learning_rate, np.float32)
    done = (epoch + np.arange(1, steps + 1) / steps) / epochs
    return (recipe.learning_rate * np.minimum(done / 0.25, (1 - done) / 0.75)).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class Plateau:
    """The state of the schedule "reduce-on-plateau" after some epochs.

    The rate is halved after `PATIENCE` epochs in a row that did not improve the lowest validation loss by
    `BETTER`, like Keras' `ReduceLROnPlateau`.
    """

    factor: float = 1.0  # for the learning rate
    best_loss: float = math.inf  # lowest validation loss so far, in nats
    epochs_waited: int = 0  # since that loss, or since the rate was halved

    def restarted(self) -> "Plateau":
        """The state where somebody has set another learning rate: no halvings, the same lowest loss."""
        return Plateau(best_loss=self.best_loss)

    def after(self, loss: float) -> "Plateau":
        """The state after one more epoch with this validation loss."""
        if loss < self.best_loss - BETTER:
            return dataclasses.replace(self, best_loss=loss, epochs_waited=0)
        if self.epochs_waited + 1 < PATIENCE:
            return dataclasses.replace(self, epochs_waited=self.epochs_waited + 1)
        return dataclasses.replace(self, factor=self.factor / 2, epochs_waited=0)
