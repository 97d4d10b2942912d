"""The same training in PyTorch, for comparison; PyTorch is not required for anything else."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fmnist import machine
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes.recipe import Recipe


class Unavailable(Exception):
    """PyTorch can't train a network here; the message says why."""


def pytorch_epoch(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray, precision: str, compiled: bool
) -> Callable[[], None]:
    """A function that trains one epoch with PyTorch's fastest settings: channels last, fused optimizer.

    Args:
        recipe: to train.
        images: (N, *shape) uint8.
        labels: (N,) uint8.
        precision: "float32" or "bfloat16" (autocast).
        compiled: whether by `torch.compile`, which needs a C++ compiler.

    Raises:
        Unavailable: the network has a layer that is not supported here, or cannot be compiled.
    """
    # By default its threads busy-wait, and are 20 to 60 times slower beside another job.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    torch.set_num_threads(machine.cores())
    model = ARCHITECTURES[recipe.architecture].build(images.shape[1:], int(labels.max()) + 1)
    network = _torch_network(model)
    inputs, targets = torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))
    network(inputs[: recipe.batch_size].float())  # lazy layers learn their sizes
    network.to(memory_format=torch.channels_last)
    optimizer = _torch_optimizer(recipe, network.parameters())

    def loss_of(some: Any, wanted: Any) -> Any:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            return torch.nn.functional.cross_entropy(
                network(some.float()), wanted, label_smoothing=recipe.label_smoothing
            )

    forward = torch.compile(loss_of, dynamic=False) if compiled else loss_of

    def train(batches: Iterable[Any]) -> None:
        for some in batches:
            loss = forward(inputs[some], targets[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    if compiled:
        try:
            train([torch.arange(recipe.batch_size)])
        except Exception as error:  # whatever a missing compiler, or one that fails, leads to
            raise Unavailable(f"torch.compile fails: {_first_line(error)}") from error
    return lambda: train(torch.randperm(len(targets)).split(recipe.batch_size))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _torch_optimizer(recipe: Recipe, weights: Any) -> Any:
    from torch import optim

    options = {"lr": recipe.learning_rate, "weight_decay": recipe.weight_decay}
    return {
        "adam": lambda: optim.AdamW(weights, **options, fused=True),
        "rmsprop": lambda: optim.RMSprop(weights, **options),
        "sgd": lambda: optim.SGD(weights, **options, fused=True),
        "nesterov": lambda: optim.SGD(weights, **options, momentum=0.9, nesterov=True, fused=True),
    }[recipe.optimizer]()


def _torch_network(model: Any) -> Any:
    """The PyTorch counterpart of a Keras network, without the softmax, which the loss applies.

    Raises:
        Unavailable: the network has a layer that is not supported here.
    """
    from torch import nn

    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    modules = nn.ModuleList(_with_activation(layer, layer is layers[-1]) for layer in layers)
    # Where each layer's inputs come from: a sequential network is a graph, too.
    (entrance,) = model.inputs
    sources = [[id(tensor) for tensor in _inputs(layer)] for layer in layers]
    targets = [id(layer.output) for layer in layers]

    class Graph(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.steps = modules

        def forward(self, images: Any) -> Any:
            values = {id(entrance): images}
            for step, source, target in zip(self.steps, sources, targets, strict=True):
                values[target] = step(*(values[name] for name in source))
            return values[targets[-1]]

    return Graph()


def _inputs(layer: Any) -> list[Any]:
    return layer.input if isinstance(layer.input, list) else [layer.input]


def _with_activation(layer: Any, last: bool) -> Any:
    """The PyTorch counterpart of a Keras layer."""
    from torch import nn

    activation = layer.get_config().get("activation", "linear")
    if activation == "relu" or type(layer).__name__ == "ReLU":
        return nn.Sequential(_torch_layer(layer), nn.ReLU(inplace=True))
    if activation != "linear" and not last:
        raise Unavailable(f"skipped, because the network has {activation}")
    return _torch_layer(layer)


def _torch_layer(layer: Any) -> Any:
    """The PyTorch counterpart of a Keras layer, without its activation."""
    from torch import nn

    module = nn.Identity()
    kind, config = type(layer).__name__, layer.get_config()
    match kind:
        case "Rescaling":
            module.forward = lambda x: x * config["scale"] + config["offset"]
            return module
        case "Reshape" if len(config["target_shape"]) == 3:
            shape = config["target_shape"]
            module.forward = lambda x: x.reshape(-1, *shape).permute(0, 3, 1, 2)
            return module
        case "Conv2D" if config["groups"] == 1 and set(config["dilation_rate"]) == {1}:
            size, steps = config["kernel_size"], config["strides"]
            edge = [side // 2 if config["padding"] == "same" else 0 for side in size]
            return nn.LazyConv2d(config["filters"], size, steps, edge, bias=config["use_bias"])
        case "MaxPooling2D":
            rounded_up = config["padding"] == "same"
            return nn.MaxPool2d(config["pool_size"], config["strides"], ceil_mode=rounded_up)
        case "BatchNormalization":
            flat = len(layer.output.shape) == 2
            make = nn.LazyBatchNorm1d if flat else nn.LazyBatchNorm2d
            return make(config["epsilon"], 1 - config["momentum"])
        case "Dropout":
            return nn.Dropout(config["rate"])
        case "Flatten":
            return nn.Flatten()
        case "Dense":
            return nn.LazyLinear(config["units"], bias=config["use_bias"])
        case "Add":
            module.forward = lambda one, other: one + other
            return module
        case "Activation" | "ReLU":
            return module
    raise Unavailable(f"skipped, because the network has a layer {kind}")
