"""What takes the training steps: the `Stepper` of this backend, with the recipe's optimizer."""

from typing import Any

import keras

from fmnist.recipes.recipe import Recipe

if keras.config.backend() == "jax":
    from .jax_stepper import JaxStepper as Stepper
else:
    from .tf_stepper import Stepper

__all__ = ["Stepper", "make_optimizer", "make_stepper"]


def make_stepper(model: keras.Model, recipe: Recipe) -> Stepper:
    """What trains the network as the recipe says."""
    return Stepper(model, make_optimizer(recipe), recipe.precision)


def make_optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, new; its weight decay spares biases and normalisation.

    With `ema_momentum`, it keeps an exponential moving average of the weights: averaged weights may
    generalise better (arXiv 1803.05407).
    """
    options: dict[str, Any] = {
        "learning_rate": float(recipe.learning_rate),
        "weight_decay": float(recipe.weight_decay) or None,
    }
    if recipe.ema_momentum:
        options |= {"use_ema": True, "ema_momentum": recipe.ema_momentum}
    optimizers = keras.optimizers
    make = {
        "adam": lambda: optimizers.Adam(**options),
        "rmsprop": lambda: optimizers.RMSprop(**options),
        "sgd": lambda: optimizers.SGD(**options),
        "nesterov": lambda: optimizers.SGD(momentum=0.9, nesterov=True, **options),
    }
    optimizer = make[recipe.optimizer]()
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
