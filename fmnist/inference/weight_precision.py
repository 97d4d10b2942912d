"""Weights of eight or 32 bits, whichever is faster on this machine's processor.

With AVX-512, a network with weights of eight bits predicts three times as fast as in float32; without
it, up to 1.4 times slower. The float32 network has the same rounded weights, but its activations are not
rounded: probabilities differ by a thousandth on average, the class in about one of a thousand images. It
is used only for repeated predictions of the whole test set: a photo gets the same figures on every
machine, in the app and at the command line.
"""

import re
import time
from collections.abc import Callable

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from fmnist import machine
from fmnist.runs import cache
from fmnist.runs.run import Run

from .classifier import Classifier

TRIAL = 16  # images of a trial
TURNS = 3  # repetitions of a trial; the fastest counts
MARGIN = (
    0.9  # float32 must take less than this share of the time: results were measured in eight bits
)


def fitting(
    run: Run, threads: int = 2, seconds: Callable[[Classifier], float] | None = None
) -> Classifier:
    """The run's classifier with the faster weights, measured once per model and processor.

    Args:
        run: whose model to load.
        threads: how many to compute with.
        seconds: measures the time of a classifier; by default `seconds_of`.

    Raises:
        RunError: the run's model cannot be loaded.
    """
    classifier = Classifier(run.path, threads)  # first, because it names errors in the file
    content = (run.path / "model.tflite").read_bytes()
    if (rewritten := with_float_weights(content)) is None:
        return classifier
    other, measure = Classifier(run.path, threads, rewritten), seconds or seconds_of
    processor = re.sub(r"\W+", "_", machine.description()["processor"])

    def try_both() -> cache.Arrays:
        return {"float": np.array(measure(other) < MARGIN * measure(classifier))}

    kept = cache.kept(run, f"weights-{processor}", try_both)
    return other if kept.get("float") else classifier


def seconds_of(classifier: Classifier) -> float:
    """The shortest time to predict `TRIAL` images, in seconds."""
    shape, times = (TRIAL, *classifier.dataset.form.shape), []
    images = np.random.default_rng(0).integers(
        0, 256, shape, np.uint8
    )  # their content costs nothing
    classifier.probabilities(images)  # warm-up
    for _ in range(TURNS):
        start = time.perf_counter()
        classifier.probabilities(images)
        times.append(time.perf_counter() - start)
    return min(times)


def with_float_weights(content: bytes) -> bytes | None:
    """Convert the eight-bit weights of a LiteRT model to float32.

    Args:
        content: a model.tflite from `litert.save_litert` (dynamic range quantization:
            https://ai.google.dev/edge/litert/models/post_training_quant).

    Returns:
        The converted model; None if it has no such weights.
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    places: dict[tuple[int, bytes], int] = {}  # of the new numbers, by the old ones and their scale
    for tensor in (tensor for graph in model.subgraphs for tensor in graph.tensors):
        data = model.buffers[tensor.buffer].data
        if tensor.type != schema.TensorType.INT8 or data is None or not len(data):
            continue
        # If a normalisation is merged into the convolution, tensors share bits, but not the scale.
        key = tensor.buffer, np.asarray(tensor.quantization.scale).tobytes()
        if key not in places:
            places[key] = len(model.buffers)
            numbers = np.frombuffer(_numbers(tensor, data).tobytes(), np.uint8)
            model.buffers.append(schema.BufferT(data=numbers))
        tensor.buffer, tensor.type = places[key], schema.TensorType.FLOAT32
        tensor.quantization = None
    if not places:
        return None
    for old, _ in places:
        model.buffers[old].data = None
    builder = flatbuffers.Builder(4 * len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _numbers(tensor: schema.TensorT, data: np.ndarray) -> np.ndarray:
    """Dequantized weights: scale x (number - zero point), with one scale per channel."""
    shape = [1] * len(tensor.shape)
    shape[tensor.quantization.quantizedDimension] = -1
    whole = np.asarray(data, np.uint8).view(np.int8).reshape(tensor.shape).astype(np.float32)
    scale, zero = (
        np.asarray(part, np.float32).reshape(shape)
        for part in (tensor.quantization.scale, tensor.quantization.zeroPoint)
    )
    return (whole - zero) * scale
