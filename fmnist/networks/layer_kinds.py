"""The kinds of layers that a network can be composed of, in plain Python, without Keras.

Each kind is one class: the options of a layer, what it takes and gives, its weights and multiply-adds, and the Keras
source that makes it. A new kind is one class here and its place in `KINDS`; the notation, the Train page's editor and
the limits follow.

A shape is that of one image's values: (height, width, channels) of feature maps, or (numbers,) of a row of numbers.
"""

import dataclasses
import math
from typing import Any, ClassVar, NamedTuple

Shape = tuple[int, ...]
ACTIVATIONS = ("relu", "gelu", "tanh", "sigmoid", "linear")


class NetworkError(ValueError):
    """A network that cannot be built; the message says which layer, and what was expected."""


class Misfit(NamedTuple):
    """Why a layer cannot take what the one before gives."""

    needs: str
    advice: str


@dataclasses.dataclass(frozen=True)
class Option:
    """An option of a kind: a number within bounds, or one of some words."""

    name: str
    label: str
    default: Any
    low: float = 0
    high: float = 0
    step: float = 1
    choices: tuple[str, ...] = ()

    @property
    def kind(self) -> type:
        """int, float or str."""
        return type(self.default)

    @property
    def expected(self) -> str:
        """What it may be, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        kind = "whole number" if self.kind is int else "number"
        return f"a {kind} from {self.low:g} to {self.high:g}"

    def read(self, word: str) -> Any:
        """The value that a word stands for; None for a word that is meant for another option.

        Raises:
            NetworkError: a number that is not possible.
        """
        if self.choices:
            return word if word in self.choices else None
        try:
            value = float(word)
        except ValueError:
            return None
        if not self.low <= value <= self.high or (self.kind is int and not value.is_integer()):
            raise NetworkError(f"its {self.label.lower()} must be {self.expected}, not {word}")
        return self.kind(value)


def _number(default: float, label: str, low: float, high: float, step: float = 1) -> Any:
    about = {"label": label, "low": low, "high": high, "step": step}
    return dataclasses.field(default=default, metadata=about)


def _choice(label: str, choices: tuple[str, ...]) -> Any:
    return dataclasses.field(default=choices[0], metadata={"label": label, "choices": choices})


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer of a network: its kind is the class, its options are the fields."""

    word: ClassVar[str]  # its name in the notation
    label: ClassVar[str]  # where people read it
    help: ClassVar[str]  # what it does, in a sentence
    type: ClassVar[str]  # Keras' class

    @classmethod
    def options(cls) -> tuple[Option, ...]:
        """What can be chosen of this kind, in the order of the notation."""
        return tuple(
            Option(field.name, default=field.default, **field.metadata)
            for field in dataclasses.fields(cls)
        )

    @property
    def text(self) -> str:
        """The layer in the notation, all of its options written out."""
        values = (f"{getattr(self, option.name)}" for option in self.options())
        return " ".join((self.word, *values))

    def misfit(self, shape: Shape) -> Misfit | None:
        """Why the layer cannot take values of that shape; None where it can."""
        return None

    def output(self, shape: Shape) -> Shape:
        """What it gives for a shape that fits."""
        return shape

    def kernel(self, shape: Shape) -> int:
        """Weights that are multiplied, at each place of the output."""
        return 0

    def parameters(self, shape: Shape, bias: bool) -> int:
        """All weights; `bias` is whether there is one."""
        return self.kernel(shape) + (self.output(shape)[-1] if bias and self.kernel(shape) else 0)

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications, each with its addition, for one image."""
        return math.prod(self.output(shape)[:-1]) * self.kernel(shape)

    def arguments(self, bias: bool) -> list[str]:
        """Those of Keras' class, as source."""
        return []

    def source(self, bias: bool) -> str:
        """The Keras source that makes the layer, after `from keras import layers`."""
        return f"layers.{self.type}({', '.join(self.arguments(bias))})"


class _OnMaps(Layer):
    """A layer that takes feature maps."""

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) == 3:
            return None
        return Misfit("takes feature maps", "put it before flatten or average")

    def too_small(self, shape: Shape, size: int, advice: str) -> Misfit | None:
        """Why a window of that size finds no place on the maps."""
        if size <= min(shape[:2]):
            return None
        return Misfit(f"needs maps of {size} x {size} or more", advice)


@dataclasses.dataclass(frozen=True)
class Convolution(_OnMaps):
    word, label, type = "conv", "Convolution", "Conv2D"
    help = "Looks for small patterns: each kernel slides over the maps and makes a map of its own."

    kernels: int = _number(32, "Kernels", 1, 512, step=8)
    size: int = _number(3, "Size", 1, 11)
    padding: str = _choice("Padding", ("same", "valid"))
    activation: str = _choice("Activation", ACTIVATIONS)

    def misfit(self, shape: Shape) -> Misfit | None:
        if (other := super().misfit(shape)) or self.padding == "same":
            return other
        return self.too_small(
            shape, self.size, "use the padding same, a smaller size or fewer poolings"
        )

    def output(self, shape: Shape) -> Shape:
        lost = self.size - 1 if self.padding == "valid" else 0
        return shape[0] - lost, shape[1] - lost, self.kernels

    def kernel(self, shape: Shape) -> int:
        return self.size**2 * shape[-1] * self.kernels

    def arguments(self, bias: bool) -> list[str]:
        padding = ['padding="same"'] if self.padding == "same" else []
        return [f"{self.kernels}", f"{self.size}", *padding, *_activation(self, bias)]


@dataclasses.dataclass(frozen=True)
class MaxPooling(_OnMaps):
    word, label, type = "pool", "Max pooling", "MaxPooling2D"
    help = "Keeps the largest value of each square of that size: smaller maps, less to compute."

    size: int = _number(2, "Size", 2, 8)

    def misfit(self, shape: Shape) -> Misfit | None:
        advice = "use a smaller size or fewer poolings"
        return super().misfit(shape) or self.too_small(shape, self.size, advice)

    def output(self, shape: Shape) -> Shape:
        return shape[0] // self.size, shape[1] // self.size, shape[2]

    def arguments(self, bias: bool) -> list[str]:
        return [] if self.size == 2 else [f"{self.size}"]


@dataclasses.dataclass(frozen=True)
class BatchNormalisation(Layer):
    word, label, type = "norm", "Batch normalisation", "BatchNormalization"
    help = (
        "Brings each channel to mean 0 and variance 1 over the batch: deeper networks learn faster."
    )

    def parameters(self, shape: Shape, bias: bool) -> int:
        return 4 * shape[-1]  # gamma, beta, moving mean and variance

    def arguments(self, bias: bool) -> list[str]:
        return ["momentum=0.9"]  # Keras' 0.99 needs thousands of steps to follow


@dataclasses.dataclass(frozen=True)
class Activation(Layer):
    word, label, type = "activation", "Activation", "Activation"
    help = "A function of each number, for after a normalisation; other layers have their own."

    function: str = _choice("Function", ACTIVATIONS[:-1])

    def arguments(self, bias: bool) -> list[str]:
        return [f'"{self.function}"']


@dataclasses.dataclass(frozen=True)
class Dropout(Layer):
    word, label, type = "dropout", "Dropout", "Dropout"
    help = "In training sets that fraction of the numbers to 0, new ones each time, against memorising."

    rate: float = _number(0.25, "Rate", 0.01, 0.9, step=0.05)

    def arguments(self, bias: bool) -> list[str]:
        return [f"{self.rate}"]


@dataclasses.dataclass(frozen=True)
class Flatten(Layer):
    word, label, type = "flatten", "Flatten", "Flatten"
    help = "Puts all numbers of all maps in one row, as dense layers need it."

    def output(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


@dataclasses.dataclass(frozen=True)
class GlobalAveragePooling(_OnMaps):
    word, label, type = "average", "Global average pooling", "GlobalAveragePooling2D"
    help = "Takes the mean of each map: a row of as many numbers as there are channels."

    def output(self, shape: Shape) -> Shape:
        return shape[-1:]


@dataclasses.dataclass(frozen=True)
class Dense(Layer):
    word, label, type = "dense", "Dense", "Dense"
    help = "Each unit sees all numbers of the row, each with a weight of its own."

    units: int = _number(128, "Units", 1, 4096, step=16)
    activation: str = _choice("Activation", ACTIVATIONS)

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) == 1:
            return None
        return Misfit("takes a row of numbers", "add flatten or average between them")

    def output(self, shape: Shape) -> Shape:
        return (self.units,)

    def kernel(self, shape: Shape) -> int:
        return shape[0] * self.units

    def arguments(self, bias: bool) -> list[str]:
        return [f"{self.units}", *_activation(self, bias)]


def _activation(layer: Convolution | Dense, bias: bool) -> list[str]:
    """What a layer with weights does after its products, as arguments."""
    own = [] if layer.activation == "linear" else [f'activation="{layer.activation}"']
    return own + ([] if bias else ["use_bias=False"])


KINDS: dict[str, type[Layer]] = {
    kind.word: kind
    for kind in (
        Convolution,
        MaxPooling,
        BatchNormalisation,
        Activation,
        Dropout,
        Flatten,
        GlobalAveragePooling,
        Dense,
    )
}
