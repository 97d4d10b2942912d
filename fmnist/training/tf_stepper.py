"""The train step on processors, by TensorFlow: many batches per call, bfloat16 if it is faster.

Keras' own `fit` spends much of a small network's time between the batches, and computes in
float32. A `TfStepper` trains a *fast clone* of the network: layers with the same weights in the same
order, but

- all batches of a call run in one compiled loop, without Python between them;
- the halves of a batch are computed beside each other, each on half of the cores: threads that share an operation
  wait for each other at its end. Batch normalisation then takes its mean and variance from half a batch, on
  every machine (ghost batch normalisation, arXiv 1705.08741), and the gradients are the whole batch's;
- in bfloat16 with float32 weights (mixed precision), where the processor multiplies bfloat16
  natively: twice the arithmetic, half the memory traffic;
- with max-pooling before relu instead of after it: both are monotonic, so the function is the same,
  and relu has a quarter of the work;
- with dropout that draws eight random bits per value instead of a float;
- with TensorFlow's fused batch normalisation;
- with the softmax inside of the loss, which is exact where the network is nearly certain.
"""

import contextlib
import functools
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from fmnist.machine.instructions import has_bfloat16

from .resumable import Resumable

EVALUATION_BATCH = 500
SMALLEST = 16  # images of a batch that is halved


class _Part(NamedTuple):
    """What a part of a batch adds to that of the whole one."""

    loss: Any  # in nats
    right: Any  # images
    gradients: list[Any]  # of each variable; None where the loss does not depend on it


def _parts(images: np.ndarray) -> int:
    """In how many parts a batch is computed."""
    return 2 if len(images) >= SMALLEST else 1


def _divided(batch: Any, parts: int) -> list[Any]:
    """The parts of a batch, along its first axis."""
    size = tf.shape(batch)[0]
    bounds = [size * part // parts for part in range(parts + 1)]
    return [batch[start:end] for start, end in itertools.pairwise(bounds)]


def _sum(gradients: tuple[Any, ...]) -> Any:
    """The sum of the gradients of all parts; None where there is none."""
    return None if gradients[0] is None else tf.add_n(gradients)


class TfStepper(Resumable):
    """Trains a network by calls of many batches."""

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        precision: str = "auto",
    ):
        """Make the clone.

        Args:
            model: float32, taking (N, *shape), its last layer a dense one with softmax.
            optimizer: a new one; its learning rate is set at each step.
            precision: "auto" for this processor, or "float32".
        """
        low = precision == "auto" and has_bfloat16()
        self.clone = fast_clone(model, "mixed_bfloat16" if low else "float32")
        self.optimizer = optimizer
        optimizer.build(self.clone.trainable_variables)
        images = tf.TensorSpec(model.input_shape, tf.uint8)
        targets = tf.TensorSpec(model.output_shape, tf.float32)
        calls = [tf.TensorSpec((None, *spec.shape), spec.dtype) for spec in (images, targets)]
        rates = tf.TensorSpec((None,), tf.float32)
        # By the number of parts of a batch; built when first called.
        self._train, self._logits = (
            {
                parts: tf.function(functools.partial(each, parts), input_signature=signature)
                for parts in (1, 2)
            }
            for each, signature in (
                (self._train_batches, [*calls, rates]),
                (self._evaluate_batch, [images]),
            )
        )

    def train(
        self, images: np.ndarray, targets: np.ndarray, rates: np.ndarray
    ) -> tuple[float, float]:
        """As `Stepper.train`."""
        loss, right = self._train[_parts(images[0])](images, targets, rates)
        return float(loss) / len(images), float(right) / targets[..., 0].size

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """As `Stepper.probabilities`, from the clone."""
        starts = range(0, len(images), EVALUATION_BATCH)
        batches = (images[at : at + EVALUATION_BATCH] for at in starts)
        with self._averaged():
            logits = [self._logits[_parts(batch)](batch).numpy() for batch in batches]
        probabilities: np.ndarray = tf.nn.softmax(np.concatenate(logits)).numpy()
        return probabilities

    def weights(self) -> list[np.ndarray]:
        """As `Stepper.weights`."""
        with self._averaged():
            return self._own_weights()

    def _random_states(self) -> list[Any]:
        dropouts = (each for each in self.clone.layers if isinstance(each, FastDropout))
        return super()._random_states() + [each.generator.state for each in dropouts]

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """In the block, the clone has the moving average of its weights, if the optimizer keeps one."""
        if not self.optimizer.use_ema or not int(self.optimizer.iterations.numpy()):
            yield
            return
        kept = self.clone.get_weights()
        self.optimizer.finalize_variable_values(self.clone.trainable_variables)
        try:
            yield
        finally:
            self.clone.set_weights(kept)

    def _train_batches(self, parts: int, images: Any, targets: Any, rates: Any) -> tuple[Any, Any]:
        loss, right = tf.constant(0.0), tf.constant(0)
        for step in tf.range(tf.shape(images)[0]):
            divided = zip(
                _divided(images[step], parts), _divided(targets[step], parts), strict=True
            )
            found = [self._gradients(*part, tf.shape(images)[1]) for part in divided]
            self.optimizer.learning_rate.assign(rates[step])
            gradients = [
                _sum(each) for each in zip(*(part.gradients for part in found), strict=True)
            ]
            self.optimizer.apply(gradients, self.clone.trainable_variables)
            for part in found:
                loss += part.loss
                right += part.right
        return loss, right

    def _gradients(self, images: Any, wanted: Any, whole: Any) -> _Part:
        """Of a part of a batch of `whole` images."""
        with tf.GradientTape() as tape:
            logits = self.clone(images, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_sum(losses) / tf.cast(whole, losses.dtype)
        is_right = tf.argmax(logits, -1) == tf.argmax(wanted, -1)
        return _Part(
            loss,
            tf.math.count_nonzero(is_right, dtype=tf.int32),
            tape.gradient(loss, self.clone.trainable_variables),
        )

    def _evaluate_batch(self, parts: int, images: Any) -> Any:
        return tf.concat([self.clone(part, training=False) for part in _divided(images, parts)], 0)


def fast_clone(model: keras.Model, policy: str) -> keras.Model:
    """A copy of `model` that computes faster and outputs logits.

    Args:
        model: see `make_stepper`.
        policy: "mixed_bfloat16" or "float32".
    """
    pools = _pools_after_relu(model)

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config() | {"dtype": policy}
        if layer is model.layers[-1]:
            return type(layer).from_config(config | {"activation": None, "dtype": "float32"})
        if layer.name in pools:
            return type(layer).from_config(config | {"activation": None})
        if layer.name in pools.values():
            return PoolThenRelu.from_config(config)
        if _can_be_fused(layer):
            return FusedBatchNormalization.from_config(config)
        if type(layer) is keras.layers.Dropout and layer.noise_shape is None:
            return FastDropout(layer.rate, dtype=policy)
        return type(layer).from_config(config)

    clone = keras.models.clone_model(model, clone_function=copy)
    clone.set_weights(model.get_weights())
    return clone


def _can_be_fused(layer: keras.layers.Layer) -> bool:
    """Whether a layer is a normalisation that TensorFlow's kernel computes: of feature maps, with all its weights."""
    return (
        type(layer) is keras.layers.BatchNormalization
        and len(layer.output.shape) == 4
        and layer.axis in (-1, 3)
        and layer.scale
        and layer.center
    )


def _pools_after_relu(model: keras.Model) -> dict[str, str]:
    """The names of convolutions with relu directly before a max-pooling, and of that pooling."""
    pairs = zip(model.layers, model.layers[1:], strict=False)
    return {
        layer.name: after.name
        for layer, after in pairs
        if isinstance(model, keras.Sequential)
        and isinstance(layer, keras.layers.Conv2D)
        and layer.activation is keras.activations.relu
        and isinstance(after, keras.layers.MaxPooling2D)
    }


class PoolThenRelu(keras.layers.MaxPooling2D):
    """Max-pooling, then relu."""

    def call(self, inputs: Any) -> Any:
        return tf.nn.relu(super().call(inputs))


class FastDropout(keras.layers.Layer):
    """Dropout by eight random bits per value: the rate is rounded to 1/256, and the scale fits it."""

    def __init__(self, rate: float, **options: Any):
        super().__init__(**options)
        self.threshold = round(rate * 256)
        # The generator's state must not count as a weight: a clone has only its network's weights.
        self.generator = tf.random.Generator.from_seed(
            keras.random.randint((), 0, 2**31 - 1).numpy()
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or not self.threshold:
            return inputs
        count = tf.size(inputs)
        words = self.generator.uniform_full_int([(count + 7) // 8], tf.uint64)
        bits = tf.reshape(tf.bitcast(words, tf.uint8), [-1])[:count]
        kept = tf.cast(bits >= self.threshold, inputs.dtype) * (256 / (256 - self.threshold))
        return inputs * tf.reshape(kept, tf.shape(inputs))


class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation over the channels by TensorFlow's fused kernel."""

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        training = training and self.trainable  # frozen, it normalises as it does when it predicts
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs,
            self.gamma,
            self.beta,
            None if training else tf.convert_to_tensor(self.moving_mean),
            None if training else tf.convert_to_tensor(self.moving_variance),
            epsilon=self.epsilon,
            is_training=training,
        )
        if training:
            for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(moving * self.momentum + new * (1 - self.momentum))
        return outputs
