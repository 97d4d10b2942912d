"""The steps of one image through a network: what each layer gives, and how each value of it comes about."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np

from . import operations, saved
from .operations import NotExplained
from .saved import Layer

Kind = Literal["values", "convolution", "max", "mean", "sum", "moved", "dense"]
KINDS: dict[str, Kind] = {  # of a step, by the layer that it begins with; of all others "values"
    "Conv2D": "convolution",
    "DepthwiseConv2D": "convolution",
    "MaxPooling2D": "max",
    "GlobalMaxPooling2D": "max",
    "AveragePooling2D": "mean",
    "GlobalAveragePooling2D": "mean",
    "Add": "sum",
    "Average": "sum",
    **dict.fromkeys(("Flatten", "Reshape", "Concatenate", "Permute", "ZeroPadding2D"), "moved"),
    "Dense": "dense",
}
# Layers that change each value for itself, and their names; they belong to the step before if nothing else takes
# what that gives.
FOLLOWING = {
    "BatchNormalization": "batch normalisation",
    "Activation": "",  # it has the name of its function
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "Softmax": "softmax",
    "Rescaling": "rescaling",
    **dict.fromkeys(operations.ONLY_IN_TRAINING, ""),
}


@dataclasses.dataclass(frozen=True)
class Stage:
    """What a step does to each value after its first layer."""

    name: str  # "batch normalisation", "relu", ...
    layer: Layer
    values: np.ndarray  # after it


@dataclasses.dataclass(frozen=True)
class Step:
    """A layer with what follows it value by value, and what they give for one image."""

    layer: Layer
    inputs: tuple[np.ndarray, ...]
    values: np.ndarray  # after the layer, before its activation: (H, W, channels) or (D,)
    stages: tuple[Stage, ...]  # in their order
    flattened: tuple[int, ...] | None = None  # the shape of the maps that a row of numbers was

    @property
    def name(self) -> str:
        """The layer's name in the network."""
        return self.layer.name

    @property
    def kind(self) -> Kind:
        """How its values come about, before the stages."""
        return KINDS.get(self.layer.type, "values")

    @property
    def output(self) -> np.ndarray:
        """What the next layers take: (H, W, channels) or (D,) float32."""
        return self.stages[-1].values if self.stages else self.values


@dataclasses.dataclass(frozen=True)
class ForwardPass:
    """One image's way through a network."""

    steps: tuple[Step, ...]
    not_explained: str = (
        ""  # the first layer that is not computed here; its followers are missing, too
    )

    @property
    def last(self) -> Step | None:
        """The layer that gives the classes; None if it is not among the steps."""
        found = self.steps[-1] if self.steps else None
        return found if found and found.kind == "dense" and not self.not_explained else None


class Network:
    """The network of a run, its weights as arrays."""

    def __init__(self, path: Path):
        """Read a run's `model.keras`.

        Raises:
            RunError: the file is missing or damaged.
        """
        self.layers = saved.read(path)
        self._takers = Counter(name for layer in self.layers for name in layer.inputs)

    def forward(self, image: np.ndarray) -> ForwardPass:
        """All steps of an image.

        Args:
            image: (*shape), 0 to 255, in the data set's form; for an imported network preprocessed as it
                expects, in any shape with as many numbers.
        """
        run = _Run(self._takers, image)
        for layer in self.layers:
            run.add(layer)
        return ForwardPass(tuple(run.steps), run.missing)


class _Run:
    """A forward pass on its way."""

    def __init__(self, takers: Counter[str], image: np.ndarray):
        self.takers, self.image = takers, image.astype(np.float32)
        self.steps: list[Step] = []
        self.missing = ""  # the first layer that is not computed here
        self.outputs: dict[str, np.ndarray] = {}  # of each layer
        self.places: dict[str, int] = {}  # of each layer, its step

    def add(self, layer: Layer) -> None:
        """Compute a layer whose inputs are there."""
        inputs = self._inputs(layer)
        if len(inputs) < len(layer.inputs):
            return
        try:
            values = operations.compute(layer, *inputs)
        except NotExplained as error:
            self.missing = self.missing or str(error)
            return
        output = self.outputs[layer.name] = operations.activate(layer, values)
        place = self.places[layer.inputs[0]] if self._follows(layer) else len(self.steps)
        self.places[layer.name] = place
        if place == len(self.steps):
            first = inputs[0] if layer.type in FOLLOWING else values
            self.steps.append(Step(layer, tuple(inputs), first, (), self._flattened(layer)))
        step = self.steps[place]
        stages = (*step.stages, *_stages(layer, values, output))
        self.steps[place] = dataclasses.replace(step, stages=stages)

    def _inputs(self, layer: Layer) -> list[np.ndarray]:
        if layer.type == "InputLayer":
            return [self.image.reshape(layer.config["batch_shape"][1:])]
        return [self.outputs[name] for name in layer.inputs if name in self.outputs]

    def _follows(self, layer: Layer) -> bool:
        """Whether it takes each value of the step before for itself, and nothing else takes them."""
        if not layer.inputs or self.takers[layer.inputs[0]] > 1:
            return False
        if layer.type == "Reshape":  # a grey image gets its one channel, an image in colour stays
            shape, target = self.outputs[layer.inputs[0]].shape, tuple(layer.config["target_shape"])
            return target in (shape, (*shape, 1))
        return layer.type in FOLLOWING

    def _flattened(self, layer: Layer) -> tuple[int, ...] | None:
        """The shape of the maps that a dense layer's row of numbers was."""
        if not layer.inputs or layer.type != "Dense":
            return None
        before = self.steps[self.places[layer.inputs[0]]]
        return before.inputs[0].shape if before.layer.type in ("Flatten", "Reshape") else None


def _stages(layer: Layer, values: np.ndarray, output: np.ndarray) -> list[Stage]:
    """What a layer does to each value: by itself, and by its activation."""
    name, activation = FOLLOWING.get(layer.type), layer.config.get("activation", "linear")
    own = [Stage(name, layer, values)] if name else []
    return own if activation == "linear" else [*own, Stage(activation, layer, output)]
