"""A trained network -> model.tflite, for the server; only TensorFlow can."""

import math
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from fmnist.machine import quiet_stderr
from fmnist.runs.files import replacing

from .export import PREPROCESSING, core

SIGNATURES = ["answer", "everything"]
RESERVED = ("embedding", "probabilities")  # what else the signatures give
MOST_VALUES = 500_000  # of all feature maps of one image, where anybody has made the network


def save_litert(model: keras.Model, path: Path, quantize: bool = False) -> None:
    """Save a network for the server, with two LiteRT signatures.

    `answer` gives `probabilities` (N, 10) alone. `everything` gives beside them `embedding` (N, D),
    what the last layer sees, and for each convolution its feature maps (N, H, W, C) by the layer's
    name. All are float32, for `images` (N, 28, 28) float32. Those beside the probabilities are of
    the network itself and of the image itself, without test-time augmentation and ensemble member.

    Args:
        model: the network, or what `with_flip_tta` and `with_ensemble_member` made of it.
        path: the file to write.
        quantize: round the weights to eight bits, and while it predicts each image's activations,
            too ("dynamic range"): a sixth of the size and about three times as fast, for
            probabilities that differ by a thousandth, on average.
    """
    network = core(model)
    front = next((layer for layer in model.layers if layer.name == PREPROCESSING), None)
    maps = _maps(network, MOST_VALUES if front else math.inf)
    inside = keras.Model(network.inputs, {"embedding": _embedding(network)} | maps)

    def answer(images: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": model(images)}

    def everything(images: tf.Tensor) -> dict[str, tf.Tensor]:
        inner: dict[str, tf.Tensor] = inside(front(images) if front else images)
        return inner | answer(images)

    archive = keras.export.ExportArchive()
    archive.track(model)
    images = tf.TensorSpec((None, 28, 28), tf.float32, "images")
    for signature in (answer, everything):
        archive.add_endpoint(signature.__name__, signature, [images])
    with tempfile.TemporaryDirectory() as folder, quiet_stderr():  # the converter talks
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, SIGNATURES)
        converter.optimizations = [tf.lite.Optimize.DEFAULT] if quantize else []
        content = converter.convert()
    with replacing(path) as new:  # a server that has the old one open goes on with that
        new.write_bytes(content)


def _embedding(network: keras.Model) -> keras.KerasTensor:
    """What the last dense layer sees, (N, D); the output of a network without one."""
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    seen = dense[-1].input if dense else network.output
    return (
        seen if len(seen.shape) == 2 else keras.ops.reshape(seen, (-1, math.prod(seen.shape[1:])))
    )


def _maps(network: keras.Model, most: float) -> dict[str, keras.KerasTensor]:
    """The output of each convolution by its name, as far as there is room for them."""
    found, values = {}, 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.name not in RESERVED:
            values += math.prod(layer.output.shape[1:])
            if values <= most:
                found[layer.name] = layer.output
    return found
