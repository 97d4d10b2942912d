"""What an answer costs: the arithmetic of a network, from its table of layers."""

from collections.abc import Mapping, Sequence
from typing import Any


def megaflops(layers: Sequence[Mapping[str, Any]], views: int = 1) -> float:
    """Millions of floating-point operations an image; a multiplication and an addition are two.

    Args:
        layers: as `export.layer_table` gives them.
        views: how often the network looks: 2 where it answers with the mean over an image and
            its mirror image.
    """
    return 2 * views * float(sum(layer["multiply_adds"] for layer in layers)) / 1e6
