"""A trained network -> files: for Keras, for the server, and its table of layers."""

import math
from pathlib import Path
from typing import Any

import keras


def save_keras(model: keras.Model, path: Path) -> None:
    """Save a model for plain Keras, ready to be evaluated."""
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(path)


def with_mirror(model: keras.Model) -> keras.Model:
    """A network that answers with the mean over a picture and its mirror image."""
    images = keras.Input((28, 28))
    mirrored = keras.ops.flip(images, axis=2)
    return keras.Model(images, keras.layers.Average()([model(images), model(mirrored)]))


def save_litert(model: keras.Model, path: Path, mirror: bool = False) -> None:
    """Save a network for the server, with more outputs than the answer.

    Outputs: `probabilities` (N, 10), `embedding` (N, D), what the last layer sees, and for
    each convolution its feature maps (N, H, W, C) by the layer's name; all float32. With `mirror`
    the probabilities are those of `with_mirror`.
    """
    maps = {
        layer.name: layer.output for layer in model.layers if isinstance(layer, keras.layers.Conv2D)
    }
    outputs = {"probabilities": model.outputs[0], "embedding": model.layers[-1].input, **maps}
    told = keras.Model(model.inputs, outputs)
    if mirror:
        images = keras.Input((28, 28))
        told_of_images = dict(told(images))
        told_of_images["probabilities"] = with_mirror(model)(images)
        told = keras.Model(images, told_of_images)
    told.export(path, format="litert", verbose=False)


def layer_table(model: keras.Model) -> list[dict[str, Any]]:
    """Name, type, output shape without the batch, parameters and multiply-adds of each layer.

    For multiply-adds, see `flops.multiply_adds`: a kernel has more than one dimension, a bias or
    a normalisation's factor one.
    """
    return [
        {
            "name": layer.name,
            "type": type(layer).__name__,
            "output_shape": list(layer.output.shape[1:]),
            "parameters": layer.count_params(),
            "multiply_adds": _multiply_adds(layer),
        }
        for layer in model.layers
    ]


def _multiply_adds(layer: keras.Layer) -> int:
    kernels = sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) > 1)
    return math.prod(layer.output.shape[1:-1]) * kernels
