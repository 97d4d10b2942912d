"""The same training in PyTorch, for comparison; PyTorch is not required for anything else."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from fmnist import machine
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes.recipe import Recipe


class Untranslatable(Exception):
    """A network without a PyTorch counterpart here; the message names the reason."""


def pytorch_epoch(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray, precision: str
) -> Callable[[], None]:
    """A function that trains one epoch with PyTorch's fastest settings: channels last, fused optimizer.

    Args:
        recipe: to train.
        images: (N, *shape) uint8.
        labels: (N,) uint8.
        precision: "float32" or "bfloat16" (autocast).

    Raises:
        Untranslatable: the network is not sequential, or has a layer that is not supported here.
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

    def epoch() -> None:
        for some in torch.randperm(len(targets)).split(recipe.batch_size):
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
                outputs = network(inputs[some].float())
                loss = torch.nn.functional.cross_entropy(
                    outputs, targets[some], label_smoothing=recipe.label_smoothing
                )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


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
        Untranslatable: the network is not sequential, or has a layer that is not supported here.
    """
    from torch import nn

    if type(model).__name__ != "Sequential":
        raise Untranslatable(f"skipped, because the network is {type(model).__name__}")
    modules = []
    for layer in model.layers:
        modules.append(_torch_layer(layer))
        activation = layer.get_config().get("activation", "linear")
        if activation == "relu" or type(layer).__name__ == "ReLU":
            modules.append(nn.ReLU(inplace=True))
        elif activation != "linear" and layer is not model.layers[-1]:
            raise Untranslatable(f"skipped, because the network has {activation}")
    return nn.Sequential(*modules)


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
        case "Activation" | "ReLU":
            return module
    raise Untranslatable(f"skipped, because the network has a layer {kind}")
