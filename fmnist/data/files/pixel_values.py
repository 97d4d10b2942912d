"""Grey values on any scale -> 0 to 255."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fmnist.data.dataset import DatasetError

SAMPLE = 1000  # images whose different values are counted
CHUNK = 10_000  # images at a time: a copy of all as float32 would take 800 MB
DIM = 128  # if no pixel is above it, a sentence reports that


def to_uint8(
    path: Path, pixels: np.ndarray, place: Callable[[int, int], str]
) -> tuple[np.ndarray, list[str]]:
    """Bring pixels of any scale to 0 to 255.

    Known scales are 0 to 255, 0 to 1, -1 to 1, -0.5 to 0.5, and any other linear one of at most 256
    different values, such as pixels standardized by one mean and standard deviation.

    Args:
        path: the file, for messages.
        pixels: (N, 28, 28), any numbers.
        place: where pixel j of image i stands.

    Returns:
        (N, 28, 28) uint8, and sentences about what was assumed.

    Raises:
        DatasetError: no scale fits all values; the message names the first that does not fit.
    """
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite(low) or not np.isfinite(high):
        raise _refusal(path, pixels, ~np.isfinite(pixels), place)
    if pixels.dtype == np.uint8 and high > 1:
        return pixels, _dim(high)
    black, white, notes = _scale(path, pixels, low, high, place)
    scaled = np.empty(pixels.shape, np.uint8)
    for start in range(0, len(pixels), CHUNK):
        chunk = pixels[start : start + CHUNK].astype(np.float32)
        scaled[start : start + CHUNK] = ((chunk - black) * (255 / (white - black))).round()
    return scaled, notes


def _scale(
    path: Path, pixels: np.ndarray, low: float, high: float, place: Callable[[int, int], str]
) -> tuple[float, float, list[str]]:
    """The values of black and white, and a sentence about them."""
    if low >= 0 and high <= 1:
        return 0, 1, [] if high == 0 else ["Pixels go from 0 to 1; they were multiplied by 255."]
    if low >= 0 and high <= 255:
        return 0, 255, _dim(high) + _rounded(pixels)
    if low < 0 and max(-low, high) <= 1:
        edge = 0.5 if max(-low, high) <= 0.5 else 1.0
        if -low == edge or high == edge:
            notes = f"Pixels go from -{edge:g} to {edge:g}; they were scaled to 0 to 255."
            return -edge, edge, [notes]
    if low < 0 and high < 255 and _is_linear(pixels):
        notes = f"Pixels go from {low:.4g} to {high:.4g}, as if standardized; they were scaled to 0 to 255."
        return low, high, [notes]
    raise _refusal(path, pixels, (pixels < 0) | (pixels > 255), place)


def _is_linear(pixels: np.ndarray) -> bool:
    """Whether the values are at most 256 and evenly spaced, like scaled grey values."""
    if pixels.dtype.kind != "f":
        return False
    values = np.unique(pixels[:SAMPLE].astype(np.float32))
    if not 32 <= len(values) <= 256:
        return False
    steps = (values - values[0]) * (255 / (values[-1] - values[0]))
    return bool(np.abs(steps - steps.round()).max() < 0.05)


def _dim(high: float) -> list[str]:
    return [f"No pixel is above {high:.4g} of 255: the images are dim."] if 0 < high <= DIM else []


def _rounded(pixels: np.ndarray) -> list[str]:
    sample = pixels[:SAMPLE]
    if pixels.dtype.kind != "f" or (sample == np.round(sample)).all():
        return []
    return ["Pixels have fractions; they were rounded to whole numbers."]


def _refusal(
    path: Path, pixels: np.ndarray, wrong: np.ndarray, place: Callable[[int, int], str]
) -> DatasetError:
    image, pixel = divmod(int(wrong.reshape(-1).argmax()), wrong[0].size)
    value = pixels[image].reshape(-1)[pixel]
    return DatasetError(
        f"{path}, {place(image, pixel)} is '{value:.6g}'; expected numbers from 0 to 255 (0 to 1 and "
        "-1 to 1 are also read)."
    )
