"""The train step on GPUs, when Keras runs on JAX; `tf_stepper` is its counterpart for processors.

Keras' JAX backend trains without side effects: a step takes the variables and returns new ones. JAX
dispatches asynchronously: the device does not wait for Python between the steps of a call. A batch is
divided among the devices if its size is a multiple of their number; otherwise each computes it whole.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import jax
import keras
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

EVALUATION_BATCH = 2_000


class JaxStepper:
    """Trains a network by calls of many batches; a `Stepper`."""

    def __init__(
        self, model: keras.Model, optimizer: keras.optimizers.Optimizer, precision: str = "auto"
    ):
        """Make the clone. Arguments as for `TfStepper`; "auto" is bfloat16 on a GPU."""
        low = precision == "auto" and jax.default_backend() == "gpu"
        self.clone = clone(model, "mixed_bfloat16" if low else "float32")
        self.optimizer = optimizer
        optimizer.build(self.clone.trainable_variables)
        devices = Mesh(np.array(jax.devices()), ("batch",))
        self._divided = NamedSharding(devices, PartitionSpec("batch"))
        self._copied = NamedSharding(devices, PartitionSpec())
        self._rate = [id(v) for v in optimizer.variables].index(id(optimizer.learning_rate))
        self._variables = jax.device_put(self._read(), self._copied)

    def train(
        self, images: np.ndarray, targets: np.ndarray, rates: np.ndarray
    ) -> tuple[float, float]:
        """As `Stepper.train`."""
        loss, right = 0.0, 0
        for batch, wanted, rate in zip(images, targets, rates, strict=True):
            arrays = (self._on_devices(array) for array in (batch, wanted))
            self._variables, its_loss, its_right = self._step(self._variables, *arrays, rate)
            loss, right = loss + its_loss, right + its_right
        return float(loss) / len(images), float(right) / targets[..., 0].size

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """As `Stepper.probabilities`, from the clone."""
        parts = range(0, len(images), EVALUATION_BATCH)
        with self._averaged():
            variables = jax.device_put(self._read(), self._copied)
        return np.concatenate(
            [self._predict(variables, images[at : at + EVALUATION_BATCH]) for at in parts]
        )

    def weights(self) -> list[np.ndarray]:
        """As `Stepper.weights`."""
        with self._averaged():
            return self._own_weights()

    def state(self) -> list[np.ndarray]:
        """As `Stepper.state`."""
        self._write()
        return self._own_weights() + [np.asarray(variable) for variable in self.optimizer.variables]

    def restore(self, state: list[np.ndarray]) -> None:
        """As `Stepper.restore`."""
        count = len(self.clone.weights)
        self.clone.set_weights(state[:count])
        for variable, value in zip(self.optimizer.variables, state[count:], strict=True):
            variable.assign(value)
        self._variables = jax.device_put(self._read(), self._copied)

    def _own_weights(self) -> list[np.ndarray]:
        weights: list[np.ndarray] = self.clone.get_weights()
        return weights

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """In the block, the clone has the moving average of its weights, if the optimizer keeps one."""
        self._write()
        if self.optimizer.use_ema and int(self.optimizer.iterations.numpy()):
            self.optimizer.finalize_variable_values(self.clone.trainable_variables)
        yield
        self._write()

    def _on_devices(self, array: np.ndarray) -> Any:
        """The array divided among the devices, or whole on each if it cannot be divided evenly."""
        even = len(array) % jax.device_count() == 0
        return jax.device_put(array, self._divided if even else self._copied)

    def _read(self) -> list[list[Any]]:
        return [[variable.value for variable in group] for group in self._groups()]

    def _write(self) -> None:
        for group, values in zip(self._groups(), self._variables, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)

    def _groups(self) -> tuple[list[keras.Variable], ...]:
        return (
            self.clone.trainable_variables,
            self.clone.non_trainable_variables,
            self.optimizer.variables,
        )

    # One batch per call: XLA compiles for each shape, and the number of batches varies.
    @functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
    def _step(self, variables: Any, images: Any, targets: Any, rate: Any) -> Any:
        weights, others, slots = variables
        (loss, (right, others)), gradients = jax.value_and_grad(self._loss, has_aux=True)(
            weights, others, images, targets
        )
        slots = [rate if i == self._rate else slot for i, slot in enumerate(slots)]
        weights, slots = self.optimizer.stateless_apply(slots, gradients, weights)
        return [weights, others, slots], loss, right

    def _loss(self, weights: Any, others: Any, images: Any, targets: Any) -> Any:
        logits, others = self.clone.stateless_call(weights, others, images, training=True)
        loss = -(targets * jax.nn.log_softmax(logits)).sum(axis=-1).mean()
        right = (logits.argmax(axis=-1) == targets.argmax(axis=-1)).sum()
        return loss, (right, others)

    @functools.partial(jax.jit, static_argnums=0)
    def _predict(self, variables: Any, images: Any) -> Any:
        weights, others, _ = variables
        logits, _ = self.clone.stateless_call(weights, others, images, training=False)
        return jax.nn.softmax(logits)


def clone(model: keras.Model, policy: str) -> keras.Model:
    """A copy of `model` that computes with a dtype policy and outputs logits."""

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config() | {"dtype": policy}
        if layer is model.layers[-1]:
            config |= {"activation": None, "dtype": "float32"}
        return type(layer).from_config(config)

    made = keras.models.clone_model(model, clone_function=copy)
    made.set_weights(model.get_weights())
    return made
