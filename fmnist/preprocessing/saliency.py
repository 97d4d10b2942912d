"""Salient item in a photo: U²-Netp, a small network for salient objects, by LiteRT.

It was trained by its authors (Qin et al., arXiv 2005.09007) on photos of all kinds, and knows no
garments: it says where the item is, never which. See resources/u2netp/README.md.
"""

import functools
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

MODEL = Path(__file__).parents[1] / "resources" / "u2netp" / "u2netp.tflite"
SIDE = 256  # pixels of its input
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of the photos it learned from
_LOCK = threading.Lock()


def saliency(rgb: np.ndarray) -> np.ndarray:
    """How likely each pixel belongs to the item that stands out.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) float32, 0 to 1.
    """
    inputs = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    inputs = (inputs / max(inputs.max(), 1) - np.array(MEAN, np.float32)) / np.array(
        DEVIATION, np.float32
    )
    with _LOCK:  # an interpreter holds one image's state at a time
        network = _network()
        network.set_tensor(network.get_input_details()[0]["index"], inputs[None])
        network.invoke()
        found = network.get_tensor(network.get_output_details()[0]["index"])[0, ..., 0]
    return np.asarray(cv2.resize(found, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR))


@functools.cache
def _network() -> Any:
    from ai_edge_litert.interpreter import Interpreter  # only who prepares a photo pays for it

    network = Interpreter(str(MODEL), num_threads=2)
    network.allocate_tensors()
    return network
