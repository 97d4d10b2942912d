"""A trained network -> model.tflite, for the server; only TensorFlow can."""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from .exporting import core
from .machine import quiet_stderr
from .runs import replacing

SIGNATURES = ["answer", "everything"]


def save_litert(model: keras.Model, path: Path, quantize: bool = False) -> None:
    """Save a network for the server, to be asked in two ways, its LiteRT signatures.

    `answer` gives `probabilities` (N, 10) alone. `everything` gives beside them `embedding` (N, D),
    what the last layer sees, and for each convolution its feature maps (N, H, W, C) by the layer's
    name. All are float32, for `images` (N, 28, 28) float32. Those beside the probabilities are of
    the network itself and of the picture itself, whatever mirrored view or companion has a say.

    Args:
        model: the network, or what `with_mirror` and `with_companion` made of it.
        path: the file to write.
        quantize: round the weights to eight bits, and while it answers each picture's activations,
            too ("dynamic range"): a sixth of the size and about three times as fast, for
            probabilities that differ by a thousandth, on average.
    """
    network = core(model)
    maps = {
        layer.name: layer.output
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D)
    }
    inside = keras.Model(network.inputs, {"embedding": network.layers[-1].input, **maps})

    def answer(images: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": model(images)}

    def everything(images: tf.Tensor) -> dict[str, tf.Tensor]:
        return inside(images) | answer(images)

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
