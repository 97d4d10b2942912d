"""The register of networks: each builder once, with its exact parameter count."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

# Of the shape of an image, (side, side) for grey or (side, side, 3) for colour, and the number of classes.
Builder = Callable[[tuple[int, ...], int], "keras.Model"]


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network that can be built for any form of images and number of classes."""

    name: str
    build: Builder
    parameters: int  # weights, for the images and classes of Fashion-MNIST

    @property
    def summary(self) -> str:
        """The builder's docstring, on one line."""
        return " ".join((self.build.__doc__ or "").split())


ARCHITECTURES: dict[str, Architecture] = {}


def register(name: str, *, parameters: int) -> Callable[[Builder], Builder]:
    """Add the decorated builder, which takes an image's shape and the number of classes.

    Args:
        name: what recipes call it.
        parameters: weights of the network for the images and classes of Fashion-MNIST.
    """

    def add(build: Builder) -> Builder:
        ARCHITECTURES[name] = Architecture(name, build, parameters)
        return build

    return add
