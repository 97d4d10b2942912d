"""The format `openvino`: a folder with model.xml and model.bin for OpenVINO, which is fast on Intel's chips."""

import re
from pathlib import Path

import numpy as np

from fmnist.runs.run import Run

from . import network, saved_model
from .saved_model import BATCH, INPUT, OUTPUT


def write(run: Run, path: Path) -> None:
    """Write a model that takes any number of images, with weights in float32."""
    import openvino

    with saved_model.written(run) as folder:
        try:
            # Unlike `convert_model`, this reports nothing to OpenVINO's makers.
            model = openvino.Core().read_model(folder)
        except RuntimeError as error:
            unknown = re.findall(r"No conversion rule found for operations: (.*)", str(error))
            if not unknown:
                raise
            raise network.lacking(run, "OpenVINO", unknown) from None
    path.mkdir()
    openvino.save_model(model, path / "model.xml", compress_to_fp16=False)


def predict(path: Path, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8, by OpenVINO in float32, where its own choice may be bfloat16."""
    import openvino

    precision = {"INFERENCE_PRECISION_HINT": "f32"}
    model = openvino.Core().compile_model(path / "model.xml", "CPU", precision)
    parts = [
        model({INPUT: images[start : start + BATCH].astype(np.float32)})[OUTPUT]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)
