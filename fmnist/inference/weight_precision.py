"""Weights of eight bits or of 32: whichever this machine's processor computes faster.

With AVX-512 a network whose weights were rounded to eight bits predicts three times as fast as in
float32; without, up to 1.4 times slower. The float32 network has the same rounded weights; it differs as
the activations are not rounded: by a thousandth of probability on average, in about one class of a thousand.
Only what takes the whole test set many times is computed with it: a photo gets the same figures on every
machine, in the app and at a shell.
"""

import re
import time
from collections.abc import Callable

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from fmnist import machine
from fmnist.data import fashion_mnist
from fmnist.runs import cache
from fmnist.runs.run import Run

from .classifier import Classifier

TRIAL = 16  # images of a trial
TURNS = 3  # of a trial; the quickest counts
MARGIN = 0.9  # of the time: float32 must be clearly faster, as eight bits are what was measured


def fitting(
    run: Run, threads: int = 2, seconds: Callable[[Classifier], float] | None = None
) -> Classifier:
    """The run's classifier with the weights that are faster here; tried once a model and processor, and kept.

    Args:
        run: whose model.
        threads: that it computes with.
        seconds: takes the time of a classifier, in seconds; without, `seconds_of` does.

    Raises:
        RunError: the run has no model that can be loaded.
    """
    classifier = Classifier(run.path, threads)  # first, as it says what is wrong with the file
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
    """How long some images take, at best."""
    images, times = fashion_mnist.load("test")[0][:TRIAL], []
    classifier.probabilities(images)  # the first time more is done
    for _ in range(TURNS):
        start = time.perf_counter()
        classifier.probabilities(images)
        times.append(time.perf_counter() - start)
    return min(times)


def with_float_weights(content: bytes) -> bytes | None:
    """A LiteRT model with its weights of eight bits written as float32, which they stand for.

    Args:
        content: a model.tflite, as `litert.save_litert` writes it (dynamic range quantization:
            https://ai.google.dev/edge/litert/models/post_training_quant).

    Returns:
        Another one; None where there are no such weights.
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    places: dict[tuple[int, bytes], int] = {}  # of the new numbers, by the old ones and their scale
    for tensor in (tensor for graph in model.subgraphs for tensor in graph.tensors):
        data = model.buffers[tensor.buffer].data
        if tensor.type != schema.TensorType.INT8 or data is None or not len(data):
            continue
        # The same bits stand for other numbers where a normalisation is part of the convolution.
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
    """What the eight bits stand for: scale times (number - zero point), a scale a channel."""
    shape = [1] * len(tensor.shape)
    shape[tensor.quantization.quantizedDimension] = -1
    whole = np.asarray(data, np.uint8).view(np.int8).reshape(tensor.shape).astype(np.float32)
    scale, zero = (
        np.asarray(part, np.float32).reshape(shape)
        for part in (tensor.quantization.scale, tensor.quantization.zeroPoint)
    )
    return (whole - zero) * scale
