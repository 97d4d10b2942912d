"""A finished run -> probabilities, embeddings and feature maps. LiteRT, no TensorFlow."""

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from .runs import RunError

CHUNK = 250  # pictures at a time: feature maps of all 10,000 at once would need gigabytes


class Classifier:
    """Answers for one trained model; safe to share between threads."""

    def __init__(self, path: Path, threads: int = 2):
        """Load `model.tflite` from the run directory `path`.

        Raises:
            RunError: the file is missing or is no model.
        """
        self._lock = threading.Lock()  # an interpreter holds one picture's state at a time
        try:
            interpreter = Interpreter(str(path / "model.tflite"), num_threads=threads)
            self._run = interpreter.get_signature_runner()
            (self._input,) = self._run.get_input_details()
        except (OSError, ValueError, RuntimeError):
            raise RunError(f"{path / 'model.tflite'} is damaged: it is no LiteRT model.") from None

    def outputs(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Everything the model tells of some pictures.

        Args:
            images: (N, 28, 28) uint8, in the data set's form; N up to a few hundred.

        Returns:
            `probabilities` (N, 10), `embedding` (N, D), and feature maps (N, H, W, C) by the name
            of their convolution; all float32.
        """
        with self._lock:
            return self._run(**{self._input: images.astype(np.float32)})

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, 10) float32 for (N, 28, 28) uint8; any N above 0."""
        chunks = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
        return np.concatenate([self.outputs(chunk)["probabilities"] for chunk in chunks])
