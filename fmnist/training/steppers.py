"""The train step: a `Stepper` for Keras' backend, with the recipe's optimizer."""

from typing import Any, Protocol

import keras
import numpy as np

from fmnist.recipes.recipe import Recipe


class Stepper(Protocol):
    """Trains a network; each call takes the steps of many batches."""

    def train(
        self, images: np.ndarray, targets: np.ndarray, rates: np.ndarray
    ) -> tuple[float, float]:
        """Take one step of the optimizer per batch.

        Args:
            images: (K, B, *shape) uint8, K batches.
            targets: (K, B, C) float32, C classes, target probabilities.
            rates: (K,) float32, the learning rate of each step.

        Returns:
            Mean loss, in nats, and accuracy of the images, both before each step. The class with the
            highest target counts as correct, also for mixed images and teachers' predictions.
        """
        ...

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, C) float32 for (N, *shape) uint8, in the precision of the training."""
        ...

    def weights(self) -> list[np.ndarray]:
        """The weights for predicting, for `keras.Model.set_weights` of the network."""
        ...

    def state(self) -> list[np.ndarray]:
        """The state to resume from: the weights, the optimizer's variables, and the random generators."""
        ...

    def restore(self, state: list[np.ndarray]) -> None:
        """Restore an earlier `state`.

        Raises:
            ValueError: the state is of another network.
        """
        ...


def make_stepper(model: keras.Model, recipe: Recipe) -> Stepper:
    """Make the stepper of Keras' backend for a network and a recipe.

    Args:
        model: float32, taking (N, *shape), its last layer a dense one with softmax.
        recipe: has the optimizer and the precision.
    """
    if keras.config.backend() == "jax":
        from .jax_stepper import JaxStepper, data_parallel

        with data_parallel(recipe.batch_size).scope():
            return JaxStepper(model, make_optimizer(recipe), recipe.precision)
    from . import fused_optimizers
    from .tf_stepper import TfStepper

    return TfStepper(model, make_optimizer(recipe, fused_optimizers), recipe.precision)


def devices(recipe: Recipe) -> str:
    """How several GPUs share the batches of a recipe, in a sentence; empty where only one device trains."""
    if keras.config.backend() != "jax":  # Keras distributes on JAX alone
        return ""
    from .jax_stepper import division

    return division(recipe.batch_size)


def gpu() -> str:
    """The GPU that trains, by its maker's name, and how many there are; empty where a processor trains."""
    if keras.config.backend() != "jax":
        return ""
    from .jax_stepper import gpu

    return gpu()


def make_optimizer(
    recipe: Recipe, optimizers: Any = keras.optimizers
) -> keras.optimizers.Optimizer:
    """A new optimizer of the recipe; its weight decay excludes biases and normalisation.

    With `ema_momentum`, it keeps an exponential moving average of the weights, which may generalise
    better (arXiv 1803.05407).

    Args:
        recipe: has the optimizer's name and settings.
        optimizers: the module that has the classes `Adam`, `RMSprop` and `SGD`.
    """
    options: dict[str, Any] = {
        "learning_rate": float(recipe.learning_rate),
        "weight_decay": float(recipe.weight_decay) or None,
    }
    if recipe.ema_momentum:
        options |= {"use_ema": True, "ema_momentum": recipe.ema_momentum}
    make = {
        "adam": lambda: optimizers.Adam(**options),
        "rmsprop": lambda: optimizers.RMSprop(**options),
        "sgd": lambda: optimizers.SGD(**options),
        "nesterov": lambda: optimizers.SGD(momentum=0.9, nesterov=True, **options),
    }
    optimizer = make[recipe.optimizer]()
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
