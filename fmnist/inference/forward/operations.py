"""What each kind of Keras layer computes for one image, in NumPy.

Feature maps are (H, W, channels) float32, a row of numbers is (D,). A layer does what it does while it predicts:
dropout does nothing.
"""

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from .saved import Layer

Array = np.ndarray
ONLY_IN_TRAINING = ("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Identity")


class NotExplained(Exception):
    """A layer of a kind, or with an option, that is not computed here; the message is its kind."""


class Windows(NamedTuple):
    """Where on its input a layer looks, for each place of its output: the same along height and width, two numbers each."""

    size: tuple[int, int]
    strides: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)  # steps between the values of a window
    before: tuple[int, int] = (0, 0)  # zeros above and to the left of the input
    places: tuple[int, int] = (0, 0)  # of the output

    def seen(self, maps: Array, beyond: float = 0) -> Iterator[tuple[int, int, Array]]:
        """For each place within the window, row and column, the value there of all windows.

        Args:
            maps: (H, W, ...).
            beyond: what stands outside of them.

        Yields:
            row, column, (*places, ...).
        """
        reach = [
            (count - 1) * stride + (size - 1) * step + 1
            for count, stride, size, step in zip(
                self.places, self.strides, self.size, self.dilation, strict=True
            )
        ]
        after = [
            max(0, end - before - length)
            for end, before, length in zip(reach, self.before, maps.shape, strict=False)
        ]
        margins = [*zip(self.before, after, strict=True), *[(0, 0)] * (maps.ndim - 2)]
        padded = np.pad(maps, margins, constant_values=beyond)
        for row in range(self.size[0]):
            for column in range(self.size[1]):
                yield row, column, padded[self._from(0, row), self._from(1, column)]

    def _from(self, axis: int, offset: int) -> slice:
        first, stride = offset * self.dilation[axis], self.strides[axis]
        return slice(first, first + (self.places[axis] - 1) * stride + 1, stride)


def windows(layer: Layer, shape: tuple[int, ...]) -> Windows:
    """The windows of a convolution or a pooling on maps of that shape, (H, W, channels).

    With the padding "same" there are as many places as strides fit, and where the zeros around the input cannot
    be shared evenly the one more is below and to the right, as in TensorFlow.
    """
    config = layer.config
    pair = functools.partial(_pair, config)
    size = pair("pool_size" if "pool_size" in config else "kernel_size")
    strides = pair("strides") if config.get("strides") else size
    dilation = pair("dilation_rate") if "dilation_rate" in config else (1, 1)
    places, before = [], []
    for length, wide, stride, step in zip(shape[:2], size, strides, dilation, strict=True):
        reach = (wide - 1) * step + 1
        if config["padding"] == "same":
            places.append(math.ceil(length / stride))
            before.append(max(0, (places[-1] - 1) * stride + reach - length) // 2)
        else:
            places.append((length - reach) // stride + 1)
            before.append(0)
    return Windows(size, strides, dilation, (before[0], before[1]), (places[0], places[1]))


def _pair(config: dict[str, object], name: str) -> tuple[int, int]:
    value = config[name]
    first, second = value if isinstance(value, list | tuple) else (value, value)
    return int(first), int(second)


def compute(layer: Layer, *inputs: Array) -> Array:
    """What a layer gives for one image, before its own activation.

    Args:
        layer: of `saved.read`.
        inputs: what it takes, without the batch.

    Raises:
        NotExplained: it is of another kind.
    """
    check(layer)
    return COMPUTED[layer.type](layer, *inputs)


def check(layer: Layer) -> None:
    """See that a layer is of a kind, and has options, that are computed here.

    Raises:
        NotExplained: it is not.
    """
    if layer.type not in COMPUTED or layer.config.get("data_format") == "channels_first":
        raise NotExplained(layer.type)
    activation = layer.config.get("activation", "linear")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise NotExplained(f"{layer.type} with the activation {activation}")


def convolve(layer: Layer, maps: Array) -> Array:
    """The cross-correlation of maps with kernels, (kh, kw, channels in, channels out), in groups where there are such."""
    kernels, groups = layer.weights[0], layer.config.get("groups", 1)
    parts = [
        _sum(
            seen @ part[row, column] for row, column, seen in windows(layer, maps.shape).seen(some)
        )
        for some, part in zip(
            np.split(maps, groups, axis=2), np.split(kernels, groups, axis=3), strict=True
        )
    ]
    return np.asarray(np.concatenate(parts, axis=2) + bias(layer))


def _depthwise(layer: Layer, maps: Array) -> Array:
    kernels = layer.weights[0]  # (kh, kw, channels in, kernels for each)
    seen = windows(layer, maps.shape).seen(maps)
    total = _sum(values[..., None] * kernels[row, column] for row, column, values in seen)
    return np.asarray(total.reshape(*total.shape[:2], -1) + bias(layer))


def _sum(arrays: Iterable[Array]) -> Array:
    return functools.reduce(np.add, arrays)


def bias(layer: Layer) -> Array:
    """Of each channel or unit; zeros where the layer has none."""
    if layer.config.get("use_bias"):
        return layer.weights[-1]
    return np.zeros(1, np.float32)


def _max_pooling(layer: Layer, maps: Array) -> Array:
    values = windows(layer, maps.shape).seen(maps, -np.inf)
    return np.asarray(functools.reduce(np.maximum, (seen for _, _, seen in values)))


def _average_pooling(layer: Layer, maps: Array) -> Array:
    """The mean of what the windows see of the input, without zeros around it."""
    found = windows(layer, maps.shape)
    total, count = (
        _sum(seen for _, _, seen in found.seen(values)) for values in (maps, np.ones_like(maps))
    )
    return np.asarray(total / count)


def normalisation(layer: Layer) -> tuple[Array, Array, Array, Array]:
    """Mean, standard deviation, gamma and beta of each channel, (C,) each: (x - mean) / deviation * gamma + beta."""
    *learned, mean, variance = layer.weights
    scaled, centred = layer.config.get("scale", True), layer.config.get("center", True)
    gamma = learned[0] if scaled else np.ones_like(mean)
    beta = learned[-1] if centred else np.zeros_like(mean)
    return mean, np.sqrt(variance + np.float32(layer.config["epsilon"])), gamma, beta


def _batch_normalisation(layer: Layer, values: Array) -> Array:
    if layer.config.get("axis", -1) not in (-1, values.ndim):
        raise NotExplained(f"{layer.type} along axis {layer.config['axis']}")
    mean, deviation, gamma, beta = normalisation(layer)
    return np.asarray((values - mean) / deviation * gamma + beta)


def _dense(layer: Layer, values: Array) -> Array:
    return np.asarray(values @ layer.weights[0] + bias(layer))


def _rescaling(layer: Layer, values: Array) -> Array:
    return np.asarray(
        values * np.float32(layer.config["scale"]) + np.float32(layer.config["offset"])
    )


def _reshape(layer: Layer, values: Array) -> Array:
    return values.reshape(layer.config["target_shape"])


def _padding(layer: Layer, maps: Array) -> Array:
    return np.pad(maps, [*layer.config["padding"], (0, 0)])


def _concatenate(layer: Layer, *inputs: Array) -> Array:
    axis = layer.config["axis"]
    return np.concatenate(inputs, axis=axis if axis < 0 else axis - 1)


def _leaky(values: Array, slope: float) -> Array:
    return np.where(values > 0, values, values * np.float32(slope))


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _gelu(values: Array) -> Array:
    erf = np.vectorize(math.erf, [np.float32])(values / np.float32(math.sqrt(2)))
    return np.asarray(values * (1 + erf) / 2)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda values: values,
    "relu": lambda values: np.maximum(values, 0),
    "relu6": lambda values: np.clip(values, 0, 6),
    "leaky_relu": lambda values: _leaky(values, 0.2),
    "elu": lambda values: np.where(values > 0, values, np.expm1(np.minimum(values, 0))),
    "gelu": _gelu,
    "silu": lambda values: values / (1 + np.exp(-values)),
    "sigmoid": lambda values: 1 / (1 + np.exp(-values)),
    "tanh": np.tanh,
    "softplus": lambda values: np.logaddexp(values, 0),
    "softmax": _softmax,
}


def activate(layer: Layer, values: Array) -> Array:
    """The layer's own activation, of the values that `compute` gave."""
    return ACTIVATIONS[layer.config.get("activation", "linear")](values)


def _same(layer: Layer, values: Array) -> Array:
    return values


def _relu_layer(layer: Layer, values: Array) -> Array:
    if layer.config["max_value"] is not None or layer.config["threshold"]:
        raise NotExplained("ReLU with a threshold or a largest value")
    return _leaky(values, layer.config["negative_slope"])


COMPUTED: dict[str, Callable[..., Array]] = {
    "InputLayer": _same,
    "Conv2D": convolve,
    "DepthwiseConv2D": _depthwise,
    "MaxPooling2D": _max_pooling,
    "AveragePooling2D": _average_pooling,
    "GlobalAveragePooling2D": lambda layer, maps: maps.mean(
        axis=(0, 1), keepdims=layer.config["keepdims"]
    ),
    "GlobalMaxPooling2D": lambda layer, maps: maps.max(
        axis=(0, 1), keepdims=layer.config["keepdims"]
    ),
    "BatchNormalization": _batch_normalisation,
    "Activation": _same,  # what it does is its activation
    "ReLU": _relu_layer,
    "LeakyReLU": lambda layer, values: _leaky(values, layer.config["negative_slope"]),
    "Softmax": lambda layer, values: _softmax(values),
    "Dense": _dense,
    "Add": lambda layer, *inputs: functools.reduce(np.add, inputs),
    "Average": lambda layer, *inputs: functools.reduce(np.add, inputs) / len(inputs),
    "Concatenate": _concatenate,
    "Permute": lambda layer, values: values.transpose(np.array(layer.config["dims"]) - 1),
    "Flatten": lambda layer, values: values.reshape(-1),
    "Reshape": _reshape,
    "Rescaling": _rescaling,
    "ZeroPadding2D": _padding,
    **dict.fromkeys(ONLY_IN_TRAINING, _same),
}
