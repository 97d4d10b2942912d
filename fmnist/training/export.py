"""A trained network -> a file for Keras, and its table of layers."""

import math
from pathlib import Path

import keras

from fmnist.inference.forward.saved import MEMBER, NETWORK
from fmnist.runs.fields import Layer

PREPROCESSING = "preprocessing"  # the name of what an imported model does before its network


def save_keras(model: keras.Model, path: Path) -> None:
    """Save a model for plain Keras, ready to be evaluated."""
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(path)


def with_flip_tta(model: keras.Model) -> keras.Model:
    """A network that predicts the mean over an image and its mirror image."""
    images = keras.Input(model.input_shape[1:])
    mirrored = keras.ops.flip(images, axis=2)
    return keras.Model(images, keras.layers.Average()([model(images), model(mirrored)]))


def with_ensemble_member(model: keras.Model, member: keras.Model, share: float) -> keras.Model:
    """A network that predicts the weighted mean of two; `share` is the member's weight."""
    images = keras.Input(model.input_shape[1:])
    member = keras.Model(member.inputs[0], member.outputs[0], name=MEMBER)
    own, other = (
        keras.layers.Rescaling(weight)(network(images))
        for network, weight in ((model, 1 - share), (member, share))
    )
    return keras.Model(images, keras.layers.Add()([own, other]))


def core(model: keras.Model) -> keras.Model:
    """The network inside of a model made by `with_flip_tta`, `with_ensemble_member` or `conversion`."""
    if imported := next((layer for layer in model.layers if layer.name == NETWORK), None):
        return imported
    while not isinstance(model.layers[-1], keras.layers.Dense):
        networks = [layer for layer in model.layers if isinstance(layer, keras.Model)]
        model = next(network for network in networks if network.name != MEMBER)
    return model


def scale_logits(model: keras.Model, factor: float) -> None:
    """Multiply what goes into the softmax; the last layer is a dense one with softmax."""
    last = model.layers[-1]
    last.set_weights([weights * factor for weights in last.get_weights()])


def layer_table(model: keras.Model) -> list[Layer]:
    """Name, type, output shape without the batch, parameters and multiply-adds of each layer.

    Multiply-adds are those of one image. A convolution takes height x width x kernel height x kernel
    width x channels in x channels out, a dense layer inputs x outputs. Everything else (biases,
    pooling, normalisation, activations) is usually not counted, and neither is it here. `inputs` are
    the names of a layer's inputs, given unless the only one is the layer before.
    """
    layers = [
        layer
        for layer in getattr(model, "operations", model.layers)
        if hasattr(layer.output, "shape")
    ]
    before = [None, *layers[:-1]]
    return [_row(*pair, layers) for pair in zip(layers, before, strict=True)]


def _row(layer: keras.Layer, before: keras.Layer | None, layers: list[keras.Layer]) -> Layer:
    row: Layer = {
        "name": layer.name,
        "type": type(layer).__name__,
        "output_shape": list(layer.output.shape[1:]) or [1],
        "parameters": sum(math.prod(weight.shape) for weight in _weights(layer)),
        "multiply_adds": _multiply_adds(layer),
    }
    taken = [id(tensor) for tensor in keras.tree.flatten(layer.input)]
    inputs = [other.name for other in layers if other is not layer and id(other.output) in taken]
    if inputs and (before is None or inputs != [before.name]):
        row["inputs"] = inputs
    return row


def _multiply_adds(layer: keras.Layer) -> int:
    # A kernel has more than one dimension, a bias or a normalisation's factor one.
    kernels = sum(math.prod(weight.shape) for weight in _weights(layer) if len(weight.shape) > 1)
    return int(math.prod(layer.output.shape[1:-1]) * kernels)


def _weights(layer: keras.Layer) -> list[keras.Variable]:
    """The weights of a layer; [] for an operation such as a division."""
    weights: list[keras.Variable] = getattr(layer, "weights", [])
    return weights
