"""The register of networks: each builder once, with its exact parameter count."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

Builder = Callable[[], "keras.Model"]


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network that can be built: its name, what it is, and how many weights it has."""

    name: str
    build: Builder
    parameters: int

    @property
    def summary(self) -> str:
        """The builder's docstring, on one line."""
        return " ".join((self.build.__doc__ or "").split())


ARCHITECTURES: dict[str, Architecture] = {}


def register(name: str, *, parameters: int) -> Callable[[Builder], Builder]:
    """Add the decorated builder, a function without arguments that returns a Keras model."""

    def add(build: Builder) -> Builder:
        ARCHITECTURES[name] = Architecture(name, build, parameters)
        return build

    return add
