"""The train step on GPUs, when Keras runs on JAX; `tf_stepper` is its counterpart for processors.

Keras' JAX backend trains without side effects: a step takes the variables and returns new ones. JAX
dispatches asynchronously: the device does not wait for Python between the steps of a call.

Several devices train by data parallelism, as Keras' `DataParallel` lays it out: each has all variables and
a part of each batch. Every mean over the batch, of the loss, its gradient and batch normalisation, is
over all parts, and random numbers are drawn for the whole batch. So a step is that of one device but for
rounding. A batch that cannot be divided evenly, as the last of an epoch, is computed whole by each.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import keras
import numpy as np
from keras import distribution

from .resumable import Resumable

EVALUATION_BATCH = 2_000


def data_parallel(batch_size: int) -> distribution.DataParallel:
    """Over the most devices that JAX sees and that a batch of this size can be divided among evenly."""
    devices = distribution.list_devices()
    count = max(n for n in range(1, len(devices) + 1) if batch_size % n == 0)
    return distribution.DataParallel(devices=devices[:count])


def division(batch_size: int) -> str:
    """How the devices share batches of this size, in a sentence; empty where there is only one."""
    used, there = data_parallel(batch_size).num_model_replicas, len(distribution.list_devices())
    if there == 1:
        return ""
    if used == there:
        return f"Each batch of {batch_size} images is divided among {there} devices."
    return (
        f"Only {used} of {there} devices train, because a batch of {batch_size} images cannot be divided evenly "
        f"among more. Choose a batch size that is a multiple of {there} to use all."
    )


def gpu() -> str:
    """The name of the GPU that JAX computes on, and how many there are; empty where it has none."""
    if jax.default_backend() != "gpu":
        return ""
    there = jax.devices()
    return f"{len(there)} x {there[0].device_kind}" if len(there) > 1 else there[0].device_kind


class JaxStepper(Resumable):
    """Trains a network by calls of many batches; a `Stepper`."""

    def __init__(
        self, model: keras.Model, optimizer: keras.optimizers.Optimizer, precision: str = "auto"
    ):
        """Make the clone, in the scope of the distribution, of which `optimizer` must be too.

        Arguments as for `TfStepper`; "auto" is bfloat16 on a GPU.
        """
        low = precision == "auto" and jax.default_backend() == "gpu"
        self.clone = clone(model, "mixed_bfloat16" if low else "float32")
        self.optimizer = optimizer
        optimizer.build(self.clone.trainable_variables)
        self.distribution = distribution.distribution()
        self._whole = distribution.TensorLayout((), self.distribution.device_mesh)
        self._rate = [id(v) for v in optimizer.variables].index(id(optimizer.learning_rate))
        self._variables = self._read()
        # One batch per call: XLA compiles for each shape, and the number of batches varies. Without
        # `out_shardings` it might divide variables as well.
        whole = self._whole.backend_layout
        self._step = jax.jit(self._take_step, donate_argnums=0, out_shardings=whole)
        self._predict = jax.jit(self._evaluate, out_shardings=whole)

    def train(
        self, images: np.ndarray, targets: np.ndarray, rates: np.ndarray
    ) -> tuple[float, float]:
        """As `Stepper.train`."""
        loss, right = 0.0, 0
        for batch, wanted, rate in zip(images, targets, rates, strict=True):
            arrays = (self._placed(array) for array in (batch, wanted))
            self._variables, its_loss, its_right = self._step(self._variables, *arrays, rate)
            loss, right = loss + its_loss, right + its_right
        return float(loss) / len(images), float(right) / targets[..., 0].size

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """As `Stepper.probabilities`, from the clone."""
        count = self.distribution.num_model_replicas
        size = EVALUATION_BATCH // count * count
        with self._averaged():
            variables = self._read()
        parts = (images[at : at + size] for at in range(0, len(images), size))
        return np.concatenate([self._predict(variables, self._placed(part)) for part in parts])

    def weights(self) -> list[np.ndarray]:
        """As `Stepper.weights`."""
        with self._averaged():
            return self._own_weights()

    def state(self) -> list[np.ndarray]:
        """As `Stepper.state`."""
        self._write()
        return super().state()

    def restore(self, state: list[np.ndarray]) -> None:
        """As `Stepper.restore`, on any number of devices."""
        super().restore(state)
        self._variables = self._read()

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """In the block, the clone has the moving average of its weights, if the optimizer keeps one."""
        self._write()
        if self.optimizer.use_ema and int(self.optimizer.iterations.numpy()):
            self.optimizer.finalize_variable_values(self.clone.trainable_variables)
        yield
        self._write()

    def _placed(self, batch: np.ndarray) -> Any:
        """The batch divided among the devices, or whole on each if it cannot be divided evenly."""
        even = len(batch) % self.distribution.num_model_replicas == 0
        layout = self.distribution.get_data_layout(batch.shape) if even else self._whole
        return distribution.distribute_tensor(batch, layout)

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

    def _take_step(self, variables: Any, images: Any, targets: Any, rate: Any) -> Any:
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

    def _evaluate(self, variables: Any, images: Any) -> Any:
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
