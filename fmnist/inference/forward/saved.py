"""A `.keras` file -> the layers of its network, with their weights. Neither Keras nor TensorFlow is loaded."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.runs.files import RunError

# Names of networks within saved models: the ensemble member, and what somebody else has trained.
MEMBER = "companion"
NETWORK = "network"
NESTED = ("Functional", "Sequential", "Model")
Config = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer where it is used, with what it takes."""

    name: str  # unique; of a layer in a nested network "outer/inner", of a second use "name:1"
    type: str  # Keras' class
    config: Config  # Keras' arguments
    weights: tuple[np.ndarray, ...]  # in Keras' order, float32
    inputs: tuple[str, ...]  # names of the layers whose outputs it takes


def read(path: Path) -> list[Layer]:
    """The layers of the network that a saved model predicts with, each after those that it takes.

    Of a model with test-time augmentation or an ensemble member it is its own network, on the image as it is; of
    an imported one the network without its preprocessing.

    Raises:
        RunError: the file is missing or damaged.
    """
    import h5py  # here, because only this function needs it

    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weights = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(weights) as file:
            layers = list(_Reader(file).core(config, "").values())
    except Exception as error:  # a damaged file raises anything from zipfile, zlib, JSON or HDF5
        raise RunError(f"{path} is damaged ({type(error).__name__}).") from None
    return layers


class _Reader:
    """Reads networks whose weights are in an HDF5 file, a group a layer, nested as the networks are."""

    def __init__(self, file: Any):
        self.file = file

    def core(self, model: Config, group: str) -> dict[str, Layer]:
        """The layers by name of the network within `with_flip_tta`, `with_ensemble_member` or `conversion`."""
        inner = [layer for layer in model["config"]["layers"] if layer["class_name"] in NESTED]
        named = {layer["config"]["name"]: layer for layer in inner}
        network = named.get(NETWORK)
        if not network and model["config"]["layers"][-1]["class_name"] != "Dense":
            network = next((one for name, one in named.items() if name != MEMBER), None)
        if not network:
            return self.network(model, group, "", ())
        return self.core(network, self.groups(group)[network["config"]["name"]])

    def groups(self, group: str) -> dict[str, str]:
        """Where the layers of a network have their weights, by their names."""
        layers = self.file[f"{group}layers"]
        return {
            str(layers[key]["vars"].attrs["name"]): f"{group}layers/{key}/"
            for key in layers
            if "vars" in layers[key] and "name" in layers[key]["vars"].attrs
        }

    def network(
        self, model: Config, group: str, prefix: str, takes: tuple[str, ...]
    ) -> dict[str, Layer]:
        """All layers of a network; those of a nested one in its place.

        Args:
            model: its configuration.
            group: where its weights are.
            prefix: of its layers' names.
            takes: for a nested network, the names of the layers that its inputs come from.
        """
        groups, found, outputs = self.groups(group), dict[str, Layer](), dict[str, str]()
        sources = iter(takes)
        for config, place, taken in _calls(model):
            own, kind = config["config"]["name"], config["class_name"]
            name = f"{prefix}{own}" + (f":{place}" if place else "")
            inputs = tuple(outputs[one] for one in taken)
            if kind == "InputLayer" and takes:
                outputs[f"{own}:0"] = next(sources)
                continue
            if kind in NESTED:
                inner = self.network(config, groups[own], f"{name}/", inputs)
                found |= inner
                outputs[f"{own}:{place}"] = next(reversed(inner))
                continue
            weights = self.weights(groups[own]) if own in groups else ()
            if config["module"] != "keras.layers":  # an operation may have the name of a layer
                kind = f"{kind} operation"
            layer = Layer(name, kind, config["config"], weights, inputs)
            found |= {part.name: part for part in _parts(layer)}
            outputs[f"{own}:{place}"] = name
        return found

    def weights(self, group: str) -> tuple[np.ndarray, ...]:
        """What a layer has learned."""
        variables = self.file[f"{group}vars"]
        return tuple(variables[key][()].astype(np.float32) for key in sorted(variables, key=int))


def _parts(layer: Layer) -> list[Layer]:
    """The layer; of a separable convolution the two that it consists of."""
    if layer.type != "SeparableConv2D":
        return [layer]
    first, name, depthwise = layer.config, f"{layer.name}/depthwise", layer.weights[:1]
    plain = {"use_bias": False, "activation": "linear"}
    once = {"kernel_size": 1, "strides": 1, "dilation_rate": 1}
    return [
        Layer(name, "DepthwiseConv2D", first | plain, depthwise, layer.inputs),
        Layer(layer.name, "Conv2D", first | once, layer.weights[1:], (name,)),
    ]


def _calls(model: Config) -> Iterator[tuple[Config, int, list[str]]]:
    """Each use of each layer, the inputs first: its configuration, which use it is, and what it takes."""
    layers = model["config"]["layers"]
    if model["class_name"] == "Sequential":
        before: list[str] = []
        for layer in layers:
            yield layer, 0, before
            before = [f"{layer['config']['name']}:0"]
        return
    waiting = [
        (layer, place, list(_tensors(node)))
        for layer in layers
        for place, node in enumerate(layer["inbound_nodes"] or [None])
    ]
    done: set[str] = set()
    while waiting:
        later = []
        for layer, place, inputs in waiting:
            if done.issuperset(inputs):
                done.add(f"{layer['config']['name']}:{place}")
                yield layer, place, inputs
            else:
                later.append((layer, place, inputs))
        if len(later) == len(waiting):
            raise ValueError("The layers take each other's outputs.")
        waiting = later


def _tensors(node: Any) -> Iterator[str]:
    """The tensors in the arguments of a call, as "layer:use"."""
    if isinstance(node, dict) and node.get("class_name") == "__keras_tensor__":
        name, place, _ = node["config"]["keras_history"]
        yield f"{name}:{place}"
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _tensors(part)
