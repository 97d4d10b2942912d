"""One value of a step as arithmetic: a window times a kernel, the largest of a window, features times weights."""

import dataclasses

import numpy as np

from . import operations
from .operations import Windows
from .steps import ForwardPass, Step


@dataclasses.dataclass(frozen=True)
class Source:
    """What the values of one feature map are made of: windows on N of the maps before."""

    maps: np.ndarray  # (N, H, W) float32
    channels: tuple[int, ...]  # which they are
    windows: Windows
    kernels: np.ndarray | None = None  # (N, kh, kw); None for a maximum or a mean
    bias: float = 0.0


@dataclasses.dataclass(frozen=True)
class Value:
    """One value of a feature map, and the numbers that it is made of."""

    window: np.ndarray  # (N, kh, kw): of each map; beyond its edge 0, for a maximum or a mean NaN
    source: Source
    before: float  # the sum with the bias, the maximum or the mean
    stages: tuple[tuple[str, float], ...]  # what is done to it then, and what it is after that
    value: float  # of the feature map

    @property
    def products(self) -> np.ndarray:
        """Window times kernel, (N, kh, kw); of a maximum or a mean the window."""
        kernels = self.source.kernels
        return self.window if kernels is None else self.window * kernels


@dataclasses.dataclass(frozen=True)
class Contributions:
    """What adds up to one unit of a dense layer."""

    features: np.ndarray  # (D,): what the layer takes
    weights: np.ndarray  # (D,)
    bias: float
    flattened: tuple[int, ...] | None  # the shape of the maps that the features were

    @property
    def products(self) -> np.ndarray:
        """(D,): they and the bias add up to the unit's value before its activation, of a class its logit."""
        return np.asarray(self.features * self.weights)

    @property
    def by_place(self) -> np.ndarray | None:
        """(H, W): summed over channels, where the features were maps."""
        return None if self.flattened is None else self._maps().sum(axis=2)

    @property
    def by_channel(self) -> np.ndarray:
        """(channels,): summed over places where the features were maps; else the products."""
        return self.products if self.flattened is None else self._maps().sum(axis=(0, 1))

    def _maps(self) -> np.ndarray:
        assert self.flattened is not None
        return as_maps(self.products.reshape(self.flattened))


def as_maps(values: np.ndarray) -> np.ndarray:
    """Values as maps, (H, W, channels): a grey image has one channel, a row of numbers one place."""
    if values.ndim == 1:
        return values[None, None]
    return values[..., None] if values.ndim == 2 else values


def source(step: Step, channel: int) -> Source:
    """What one feature map of a step is made of.

    Args:
        step: of any kind but "moved" and "dense".
        channel: which of its feature maps, from 0.
    """
    inputs = [as_maps(one) for one in step.inputs]
    if step.kind == "convolution":
        return _convolution(step, inputs[0], channel)
    chosen = np.stack([maps[..., channel] for maps in inputs])
    factor = 1 / len(chosen) if step.layer.type == "Average" else 1.0
    kernels = None
    if step.kind not in ("max", "mean"):
        kernels = np.full((len(chosen), 1, 1), factor, np.float32)
    return Source(chosen, (channel,) * len(chosen), _pooling(step, inputs[0].shape), kernels)


def _pooling(step: Step, shape: tuple[int, ...]) -> Windows:
    if step.layer.type.startswith("Global"):
        return Windows((shape[0], shape[1]), places=(1, 1))
    if step.kind in ("max", "mean"):
        return operations.windows(step.layer, shape)
    return Windows((1, 1), places=(shape[0], shape[1]))


def _convolution(step: Step, maps: np.ndarray, channel: int) -> Source:
    layer, kernels = step.layer, step.layer.weights[0]
    windows, bias = operations.windows(layer, maps.shape), operations.bias(layer)
    own_bias = float(bias[channel % len(bias)])
    if layer.type == "DepthwiseConv2D":
        seen, which = divmod(channel, kernels.shape[3])
        kernel = kernels[:, :, seen, which][None]
        return Source(maps[None, ..., seen], (seen,), windows, kernel, own_bias)
    count = kernels.shape[2]  # channels in each group
    first = channel // (kernels.shape[3] // layer.config.get("groups", 1)) * count
    seen_maps = maps[..., first : first + count].transpose(2, 0, 1)
    kernel = kernels[..., channel].transpose(2, 0, 1)
    return Source(seen_maps, tuple(range(first, first + count)), windows, kernel, own_bias)


def value(step: Step, row: int, column: int, channel: int) -> Value:
    """One value of a feature map, and what it is made of.

    Args:
        step: of any kind but "moved" and "dense".
        row, column: the place on the feature map, from 0.
        channel: which feature map, from 0.

    Raises:
        IndexError: there is no such place.
    """
    of, place = source(step, channel), (row, column, channel)
    beyond = np.nan if of.kernels is None else 0.0
    seen = of.windows.seen(of.maps.transpose(1, 2, 0), beyond)
    window = np.stack([values[row, column] for _, _, values in seen], axis=1)
    window = window.reshape(-1, *of.windows.size)
    stages = tuple((stage.name, float(as_maps(stage.values)[place])) for stage in step.stages)
    before = float(as_maps(step.values)[place])
    return Value(window, of, before, stages, stages[-1][1] if stages else before)


def contributions(step: Step, unit: int) -> Contributions:
    """What adds up to one unit of a dense layer.

    Args:
        step: of the kind "dense".
        unit: from 0; of the last layer the class.
    """
    layer = step.layer
    bias = operations.bias(layer)
    features, weights = step.inputs[0], layer.weights[0][:, unit]
    return Contributions(features, weights, float(bias[unit % len(bias)]), step.flattened)


def by_pixel(passed: ForwardPass, label: int) -> Contributions | None:
    """What each pixel adds to the logit of a class in a network of dense layers alone.

    With relu such a network is linear around an image: each unit that is above zero passes its sum on, the others
    pass nothing. So a pixel has one weight, the sum over all ways through the units above zero of their products.

    Returns:
        None for any other network.
    """
    if not passed.last:
        return None
    weights, bias = np.zeros(len(passed.last.output), np.float32), 0.0
    weights[label] = 1
    for step in reversed(passed.steps):
        if step.kind != "dense":
            is_pixels = step.kind == "moved" and step is passed.steps[1]
            flattened = step.inputs[0].shape
            return Contributions(step.output, weights, bias, flattened) if is_pixels else None
        if step is not passed.last and any(stage.name != "relu" for stage in step.stages):
            return None
        if step is not passed.last and step.stages:
            weights = weights * (step.output > 0)
        bias += float((weights * operations.bias(step.layer)).sum())
        weights = step.layer.weights[0] @ weights
    return None
