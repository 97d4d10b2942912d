"""A trained network -> model.tflite, for the server; only TensorFlow can."""

import math
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from fmnist.machine import quiet_stderr
from fmnist.machine.disk import replacing

from .export import PREPROCESSING, core

SIGNATURES = ["answer", "everything"]
RESERVED = ("embedding", "probabilities")  # the other outputs of the signatures
MOST_VALUES = 500_000  # of all feature maps of one image, for an imported network


def save_litert(model: keras.Model, path: Path, quantize: bool = False) -> None:
    """Save a network for the server, with two LiteRT signatures.

    `answer` outputs only `probabilities` (N, C). `everything` also outputs `embedding` (N, D), the
    input of the last layer, and the feature maps (N, H, W, C) of each convolution under the layer's
    name. All are float32, for `images` (N, *shape) float32. Embedding and feature maps are those of
    the network without test-time augmentation and ensemble member.

    Args:
        model: the network, also after `with_flip_tta` and `with_ensemble_member`.
        path: the file to write.
        quantize: dynamic range quantization: weights, and activations while it predicts, are rounded to
            eight bits. A sixth of the size and about three times as fast; probabilities change by a
            thousandth, on average.
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
    images = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, "images")
    for signature in (answer, everything):
        archive.add_endpoint(signature.__name__, signature, [images])
    with tempfile.TemporaryDirectory() as folder, quiet_stderr():  # the converter prints messages
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, SIGNATURES)
        converter.optimizations = [tf.lite.Optimize.DEFAULT] if quantize else []
        content = converter.convert()
    with replacing(path) as new:  # a server that has opened the old file can still read it
        new.write_bytes(content)


def _embedding(network: keras.Model) -> keras.KerasTensor:
    """The input of the last dense layer, (N, D); the output of a network without one."""
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    seen = dense[-1].input if dense else network.output
    return (
        seen if len(seen.shape) == 2 else keras.ops.reshape(seen, (-1, math.prod(seen.shape[1:])))
    )


def _maps(network: keras.Model, most: float) -> dict[str, keras.KerasTensor]:
    """The outputs of the first convolutions by name, up to `most` values together."""
    found, values = {}, 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.name not in RESERVED:
            values += math.prod(layer.output.shape[1:])
            if values <= most:
                found[layer.name] = layer.output
    return found
