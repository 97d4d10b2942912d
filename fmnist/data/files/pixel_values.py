"""Grey values on any scale -> 0 to 255."""

import numpy as np

from fmnist.data.dataset import DatasetError

from .contents import Contents, form_of

SAMPLE = 1000  # images whose different values are counted
CHUNK = 8_000_000  # numbers at a time: a copy of all as float32 would take 800 MB
DIM = 128  # if no pixel is above it, a sentence reports that


def to_images(path: object, found: Contents, stretch: bool = False) -> tuple[np.ndarray, list[str]]:
    """Bring pixels of any scale to 0 to 255, as images.

    Known scales are 0 to 255, 0 to 1, -1 to 1, -0.5 to 0.5, and any other linear one of at most 256
    different values, such as pixels standardized by one mean and standard deviation.

    Args:
        path: the file, for messages.
        found: what the file has.
        stretch: whether to bring the brightest pixel of dim images to 255, as where pixels go from 0 to 16.

    Returns:
        (N, side, side) or (N, side, side, 3) uint8, and sentences about what was assumed.

    Raises:
        DatasetError: no scale fits all values; the message names the first that does not fit.
    """
    pixels = found.pixels
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite(low) or not np.isfinite(high):
        raise _refusal(path, found, ~np.isfinite(pixels))
    if stretch and low >= 0 and 1 < high <= DIM:
        notes = [f"Pixels go from 0 to {high:.4g}; they were scaled to 0 to 255."]
        return _as_images(_scaled(pixels, 0, high), notes)
    if pixels.dtype == np.uint8 and high > 1:
        return _as_images(pixels, _dim(high))
    black, white, notes = _scale(path, found, low, high)
    return _as_images(_scaled(pixels, black, white), notes)


def _scaled(pixels: np.ndarray, black: float, white: float) -> np.ndarray:
    scaled = np.empty(pixels.shape, np.uint8)
    step = max(1, CHUNK // pixels[0].size)
    for start in range(0, len(pixels), step):
        chunk = pixels[start : start + step].astype(np.float32)
        scaled[start : start + step] = ((chunk - black) * (255 / (white - black))).round()
    return scaled


def _as_images(pixels: np.ndarray, notes: list[str]) -> tuple[np.ndarray, list[str]]:
    """Rows of numbers as images; of three channels, all of one after the other or pixel by pixel."""
    if pixels.ndim > 2:
        return pixels, notes
    form = form_of(pixels.shape[1])
    assert form, "a reader took numbers for pixels that are no image"
    if not form.colour:
        return pixels.reshape(-1, *form.shape), notes
    by_pixel = pixels.reshape(-1, form.side, form.side, 3)
    by_channel = pixels.reshape(-1, 3, form.side, form.side).transpose(0, 2, 3, 1)
    if _roughness(by_channel) < _roughness(by_pixel):
        said = "Each image was read as its red, its green and its blue pixels, one after the other."
        return np.ascontiguousarray(by_channel), [*notes, said]
    said = "Each image was read as the red, green and blue of one pixel after the other."
    return by_pixel, [*notes, said]


def _roughness(images: np.ndarray) -> float:
    """The mean difference of neighbours: images are smooth, where their pixels are in order."""
    sample = images[: SAMPLE // 5].astype(np.float32)
    return float(np.abs(np.diff(sample, axis=2)).mean())


def _scale(
    path: object, found: Contents, low: float, high: float
) -> tuple[float, float, list[str]]:
    """The values of black and white, and a sentence about them."""
    pixels = found.pixels
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
    raise _refusal(path, found, (pixels < 0) | (pixels > 255))


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


def _refusal(path: object, found: Contents, wrong: np.ndarray) -> DatasetError:
    image, position = divmod(int(wrong.reshape(-1).argmax()), wrong[0].size)
    value = found.pixels[image].reshape(-1)[position]
    return DatasetError(
        f"{path}, {found.place(image, position)} is '{value:.6g}'; expected numbers from 0 to 255 (0 to 1 and "
        "-1 to 1 are also read)."
    )
