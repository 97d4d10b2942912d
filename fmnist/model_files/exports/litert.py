"""The formats `litert` and `litert-int8`: one file for phones and boards, in float32 or in whole numbers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.runs.run import Run

from . import saved_model
from .saved_model import BATCH, INPUT, OUTPUT

REPRESENTATIVE = 500  # training images whose activations set the ranges of whole numbers


def write(run: Run, path: Path) -> None:
    """Write a float32 model that takes any number of images."""
    import tensorflow as tf

    with saved_model.written(run) as folder:
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


def write_int8(run: Run, path: Path) -> None:
    """Write a model that computes in whole numbers of eight bits alone: pixels in, 1/256ths out.

    Post-training quantization: weights and activations are rounded to int8; the ranges of activations are
    those that training images give.

    Raises:
        DatasetError: the training images cannot be read.
    """
    import tensorflow as tf

    images, _ = run.dataset.load("train")
    chosen = np.random.default_rng(0).permutation(len(images))[:REPRESENTATIVE]
    with saved_model.written(run) as folder:
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = lambda: _one_by_one(images[np.sort(chosen)])
        converter.inference_input_type = converter.inference_output_type = tf.uint8
        path.write_bytes(converter.convert())


def _one_by_one(images: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
    for image in images:
        yield {INPUT: image[None].astype(np.float32)}


def predict(path: Path, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8, by LiteRT without TensorFlow."""
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(model_path=str(path)).get_signature_runner()
    taken, given = run.get_input_details()[INPUT], run.get_output_details()[OUTPUT]
    parts = [
        run(images=_quantized(images[start : start + BATCH], taken))[OUTPUT]
        for start in range(0, len(images), BATCH)
    ]
    return _real(np.concatenate(parts), given)


def _quantized(images: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """Pixels in the numbers that a model takes."""
    scale, zero = details["quantization"]
    numbers = np.clip(np.round(images / scale + zero), 0, 255) if scale else images
    return numbers.astype(np.dtype(details["dtype"]))


def _real(outputs: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """Probabilities from the numbers that a model gives."""
    scale, zero = details["quantization"]
    return np.asarray((outputs.astype(np.float32) - zero) * (scale or 1), np.float32)
