"""The formats that a run can be exported to. To add one, write a module beside this one and an entry here."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.machine import to_install
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import card, keras_file, litert, notebook, onnx_file, openvino_folder, saved_model, script

Write = Callable[[Run, Path], None]  # what it writes does not exist yet: a file or a folder
Predict = Callable[[Path, np.ndarray], np.ndarray]  # (N, *shape) uint8 -> (N, C) float32


class Format(NamedTuple):
    """One format, for the shell and the app."""

    name: str  # at the shell
    title: str
    help: str  # what it is for, in a line
    suffix: str  # of the name that it gets: the run's name and this
    needs: tuple[str, ...]  # packages, as they are imported
    write: Write
    predict: Predict | None = (
        None  # with an independent runtime; None where nothing can be compared
    )
    runtime: str = ""  # the name of that runtime
    exact: bool = True  # whether probabilities stay the same to `comparison.EXACT`
    lacks: Callable[[Run], list[str]] | None = None  # what it leaves out of the run, in sentences

    @property
    def missing(self) -> str | None:
        """Which package to install, in a sentence; None where nothing is missing."""
        absent = (name for name in self.needs if importlib.util.find_spec(name) is None)
        return next(map(to_install, absent), None)


TENSORFLOW = ("keras", "tensorflow")
_ALL = (
    Format(
        "keras",
        "Keras",
        "One file for Keras 3, to predict or to train further.",
        ".keras",
        TENSORFLOW,
        keras_file.write,
        keras_file.predict,
        "Keras",
    ),
    Format(
        "saved-model",
        "TensorFlow SavedModel",
        "A folder for TensorFlow without Keras, and for TensorFlow Serving.",
        "-saved-model",
        TENSORFLOW,
        saved_model.write,
        saved_model.predict,
        "TensorFlow",
    ),
    Format(
        "litert",
        "LiteRT",
        "One small file for phones (TensorFlow Lite).",
        ".tflite",
        TENSORFLOW,
        litert.write,
        litert.predict,
        "LiteRT",
    ),
    Format(
        "litert-int8",
        "LiteRT, 8 bits",
        "LiteRT in whole numbers of 8 bits, for microcontrollers and accelerators: a quarter of the size, slightly "
        "less exact.",
        "-int8.tflite",
        TENSORFLOW,
        litert.write_int8,
        litert.predict,
        "LiteRT",
        exact=False,
    ),
    Format(
        "onnx",
        "ONNX",
        "One file for ONNX Runtime and other programs, also in browsers.",
        ".onnx",
        (*TENSORFLOW, "tf2onnx", "onnx", "onnxruntime"),
        onnx_file.write,
        onnx_file.predict,
        "ONNX Runtime",
    ),
    Format(
        "openvino",
        "OpenVINO",
        "A folder for OpenVINO, which is fast on Intel processors.",
        "-openvino",
        (*TENSORFLOW, "openvino"),
        openvino_folder.write,
        openvino_folder.predict,
        "OpenVINO",
    ),
    Format(
        "script",
        "Keras script",
        "A readable Python file that trains it again with Keras alone.",
        ".py",
        (),
        script.write,
        lacks=script.left_out,
    ),
    Format(
        "notebook",
        "Notebook",
        "A Jupyter notebook that trains it again with Keras alone, with the recorded learning curves.",
        ".ipynb",
        (),
        notebook.write,
        lacks=script.left_out,
    ),
    Format(
        "card",
        "Model card",
        "What it learned from, how good it is and where it fails, in Markdown.",
        ".md",
        (),
        card.write,
    ),
)
FORMATS = {format.name: format for format in _ALL}


def find(name: str) -> Format:
    """The format of that name.

    Raises:
        RunError: there is none; the message names those that there are.
    """
    if name in FORMATS:
        return FORMATS[name]
    raise RunError(f"There is no format {name[:40]!r}; there are: {', '.join(FORMATS)}.")
