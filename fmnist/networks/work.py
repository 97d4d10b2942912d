"""What training a network takes of a processor, counted from its table of layers.

Times of many networks are sums of five parts, each in proportion to one count: arithmetic in convolutions and in dense
layers, numbers that layers hand on, weights that each step updates, and what each convolution costs however small it is.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

UNSEEN = {"InputLayer", "Rescaling", "Reshape", "Flatten"}  # take next to no time
MOMENTS = {"sgd": 0, "nesterov": 1, "rmsprop": 1, "adam": 2}  # an optimizer keeps for each weight

_Count = Annotated[float, Meta(ge=0, le=1e15)]


class Work(NamedTuple):
    """What training on one image takes, as counts; or seconds for one of each."""

    convolution: _Count  # floating-point operations
    dense: _Count  # likewise
    values: _Count  # that layers hand on
    weights: _Count  # read and written by the optimizer
    calls: _Count  # of convolutions

    def times(self, other: "Work") -> float:
        """The sum of the products: seconds, of counts and the seconds for one of each."""
        return sum(one * each for one, each in zip(self, other, strict=True))

    def scaled(self, factor: float) -> "Work":
        """So many times as much."""
        return Work(*(factor * each for each in self))


class Counts(NamedTuple):
    """What of a network's work depends on no setting."""

    convolution: float  # floating-point operations, forward and backward, for an image
    dense: float
    values: float
    weights: float  # parameters
    convolutions: float

    def larger(self, factor: float) -> "Counts":
        """For images of so many times as many pixels: about, as channels of colour are not counted."""
        return self._replace(
            convolution=factor * self.convolution,
            dense=factor * self.dense,
            values=factor * self.values,
        )

    def work(self, batch_size: int, optimizer: str) -> Work:
        """Of each image of a batch, which shares the step's cost."""
        touched = self.weights * (3 + MOMENTS.get(optimizer, 2))  # read, gradient, written; moments
        each = touched / batch_size, self.convolutions / batch_size
        return Work(self.convolution, self.dense, self.values, *each)


def of_layers(layers: Sequence[Mapping[str, Any]]) -> Counts:
    """Count a network's work.

    Args:
        layers: rows of `export.layer_table` or `layer_list.plan`, in order.
    """
    convolution = dense = values = weights = convolutions = 0.0
    for layer in layers:
        operations, kind = 2.0 * layer.get("multiply_adds", 0), layer["type"]
        weights += layer["parameters"]
        if kind not in UNSEEN:
            values += math.prod(layer["output_shape"])
        if kind == "Dense":
            dense += 3 * operations  # forward, and gradients of weights and inputs
        elif operations:
            convolution += (3 if convolutions else 2) * operations  # images need no gradient
            convolutions += 1
    return Counts(convolution, dense, values, weights, convolutions)


# Of the architectures that no run which ships has, for Fashion-MNIST; a test counts them again.
UNSHIPPED = {
    "tiny": Counts(48_672, 17_280, 1_650, 2_970, 1),
    "wide-resnet": Counts(5_963_768_832, 15_360, 3_813_642, 8_959_706, 40),
}
