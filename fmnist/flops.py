"""What an answer costs: the arithmetic of a network, from its table of layers."""

import itertools
import math
from typing import Any


def multiply_adds(layers: list[dict[str, Any]]) -> list[int]:
    """How often each layer multiplies and adds for one picture.

    A kernel's weights are used once at each place of the layer's output, so that a convolution
    takes height x width x kernel height x kernel width x channels in x channels out, and a dense
    layer inputs x outputs. What is not a product of matrices (biases, pooling, normalisation,
    activations) is left out, as is usual.

    Args:
        layers: as `exporting.layer_table` gives them, in order. A layer without `multiply_adds`
            is counted by its shapes: its kernels are taken for square, its input for the output
            of the layer before.
    """
    before = [{"output_shape": [1]}, *layers]
    return [
        layer.get("multiply_adds", _by_shapes(inputs["output_shape"], layer))
        for inputs, layer in itertools.pairwise(before)
    ]


def megaflops(layers: list[dict[str, Any]], views: int = 1) -> float:
    """Millions of floating-point operations a picture; a multiplication and an addition are two.

    Args:
        layers: as for `multiply_adds`.
        views: how often the network looks: 2 where it answers with the mean over a picture and
            its mirror image.
    """
    return 2 * views * sum(multiply_adds(layers)) / 1e6


def _by_shapes(inputs: list[int], layer: dict[str, Any]) -> int:
    if not (layer["type"].startswith("Conv") or layer["type"] == "Dense"):
        return 0
    *places, units = layer["output_shape"]
    # The root tells the kernel's edge with and without a bias: k² + 1 is never a square.
    edge = math.isqrt(layer["parameters"] // units // inputs[-1])
    return math.prod(places) * edge**2 * inputs[-1] * units
