"""The register of networks: each builder once, with its exact parameter count."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from .layer_kinds import Shape
from .source_code import builder_source
from .work import Counts

if TYPE_CHECKING:
    import keras

# Of the shape of an image, (side, side) for grey or (side, side, 3) for colour, and the number of classes.
Builder = Callable[[Shape, int], "keras.Model"]


class Network(Protocol):
    """What a recipe's network is: an architecture of this package, a list of layers, or somebody's Python file."""

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""

    @property
    def source(self) -> str:
        """The Python source that builds it, complete in itself."""

    def call(self, shape: str, classes: str) -> str:
        """The Python expression that builds it after its source; the arguments are expressions, too."""

    def check(self, shape: Shape, classes: int) -> None:
        """See that it can be built, as far as that is known without Keras.

        Raises:
            NetworkError: it cannot, in a sentence.
        """

    def build(self, shape: Shape, classes: int) -> "keras.Model":
        """The network, with new weights.

        Args:
            shape: of an image: (height, width), or (height, width, 3).
            classes: how many there are.

        Raises:
            NetworkError: it cannot be built, in a sentence.
        """


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network that can be built for any form of images and number of classes."""

    name: str
    build: Builder
    parameters: int  # weights, for the images and classes of Fashion-MNIST
    counts: Counts | None  # its work for these, where no run that ships has its layers

    @property
    def summary(self) -> str:
        """The builder's docstring, on one line."""
        return " ".join((self.build.__doc__ or "").split())

    @property
    def source(self) -> str:
        """The builder's source."""
        return builder_source(self.build)

    def call(self, shape: str, classes: str) -> str:
        """As `Network.call`."""
        return f"{self.build.__name__}({shape}, {classes})"

    def check(self, shape: Shape, classes: int) -> None:
        """Nothing: these networks are built for every form."""


ARCHITECTURES: dict[str, Architecture] = {}


def register(
    name: str, *, parameters: int, counts: Counts | None = None
) -> Callable[[Builder], Builder]:
    """Add the decorated builder, which takes an image's shape and the number of classes.

    Args:
        name: what recipes call it.
        parameters: weights of the network for the images and classes of Fashion-MNIST.
        counts: as `work.of_layers` counts it for these, where no run that ships has its table of layers.
    """

    def add(build: Builder) -> Builder:
        ARCHITECTURES[name] = Architecture(name, build, parameters, counts)
        return build

    return add
