"""A network that was chosen layer by layer."""

import dataclasses
from typing import TYPE_CHECKING, Any

from . import layer_list
from .layer_kinds import Layer, Shape

if TYPE_CHECKING:
    import keras


@dataclasses.dataclass(frozen=True)
class ComposedNetwork:
    """The network of a list of layers, in the notation of `layer_list`."""

    texts: tuple[str, ...]

    @property
    def layers(self) -> list[Layer]:
        """The layers themselves."""
        return [layer_list.read(text) for text in self.texts]

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""
        return "A network of your own, chosen layer by layer."

    @property
    def source(self) -> str:
        """The Python source that builds it."""
        return layer_list.source(self.layers)

    def call(self, shape: str, classes: str) -> str:
        """As `Network.call`."""
        return f"build({shape}, {classes})"

    def check(self, shape: Shape, classes: int) -> None:
        """See that its layers fit and that it is small enough to be trained.

        Args:
            shape: of an image: (height, width), or (height, width, 3).
            classes: how many there are.

        Raises:
            NetworkError: it cannot be built, in a sentence.
        """
        layer_list.check(self.layers, shape, classes)

    def build(self, shape: Shape, classes: int) -> "keras.Model":
        """Run the source that the Train page shows: what one sees is what is trained.

        Raises:
            NetworkError: as `check`.
        """
        self.check(shape, classes)
        names: dict[str, Any] = {}
        exec(self.source, names)  # of words and numbers that `layer_list` knows
        return names["build"](shape, classes)
