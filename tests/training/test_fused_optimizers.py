"""The fused optimizers take the steps that Keras' own take."""

import keras
import numpy as np
import pytest

from fmnist.recipes import registry
from fmnist.training import fused_optimizers
from fmnist.training.steppers import make_optimizer

STEPS = 20


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd", "nesterov"])
@pytest.mark.parametrize("beside", [{}, {"weight_decay": 0.01, "ema_momentum": 0.9}], ids=str)
def test_an_optimizer_takes_the_steps_of_keras(name, beside):
    recipe = registry.find("tiny").changed(optimizer=name, learning_rate=0.05, **beside)
    ours = states(make_optimizer(recipe, fused_optimizers))
    keras_own = states(make_optimizer(recipe))
    assert len(ours) == len(keras_own)
    for mine, its in zip(ours, keras_own, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-3, atol=1e-5)
    assert abs(ours[0] - start()[0]).mean() > 0.1  # so that the comparison means something


def start() -> list[np.ndarray]:
    """The values before the first step: weights and a bias."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(np.float32) for shape in [(30, 20), (20,)]]


def states(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
    """Weights, bias and what the optimizer keeps, after some steps along random gradients, some of them far from 0."""
    variables = [
        keras.Variable(value, name=name)
        for name, value in zip(("kernel", "bias"), start(), strict=True)
    ]
    optimizer.build(variables)
    rng = np.random.default_rng(1)
    for step in range(STEPS):
        gradients = [rng.normal(1, 2, size=each.shape).astype(np.float32) for each in variables]
        optimizer.learning_rate.assign(0.05 / (1 + step / 10))
        optimizer.apply([keras.ops.convert_to_tensor(each) for each in gradients], variables)
    return [np.asarray(each) for each in (*variables, *optimizer.variables)]
