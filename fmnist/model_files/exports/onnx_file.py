"""The format `onnx`: one file for ONNX Runtime and the many programs that read ONNX."""

import functools
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.runs.run import Run

from . import network, saved_model
from .saved_model import BATCH, INPUT, OUTPUT

OPSET = 18  # of 2022, which current runtimes and browsers read


def write(run: Run, path: Path) -> None:
    """Write a model that takes any number of images."""
    import onnx
    import tf2onnx

    _add_erfc()
    function = saved_model.function(run)
    model, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=OPSET)
    unknown = {
        node.op_type for node in model.graph.node if not onnx.defs.has(node.op_type, node.domain)
    }
    if unknown:
        raise network.lacking(run, "ONNX", unknown)
    onnx.save(model, path)


@functools.cache
def _add_erfc() -> None:
    """Teach tf2onnx the complementary error function, of which Keras' gelu is made."""
    from tf2onnx import utils
    from tf2onnx.handler import tf_op

    @tf_op("Erfc")
    class Erfc:
        @classmethod
        def version_9(cls, context: Any, node: Any, **_: Any) -> None:
            """1 - erf(x)."""
            taken, given = node.input[0], node.output[0]
            shape, dtype = context.get_shape(given), context.get_dtype(given)
            context.remove_node(node.name)
            one = context.make_const(utils.make_name("one"), np.float32(1)).output[0]
            erf = context.make_node("Erf", [taken], shapes=[shape], dtypes=[dtype]).output[0]
            context.make_node("Sub", [one, erf], outputs=[given], shapes=[shape], dtypes=[dtype])


def predict(path: Path, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8, by ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    parts = [
        session.run([OUTPUT], {INPUT: images[start : start + BATCH].astype(np.float32)})[0]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)
