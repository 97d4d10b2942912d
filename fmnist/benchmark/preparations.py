"""The simple preparations of most demos, to compare ours with: an image -> pixels in a data set's form."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from fmnist.data.dataset import Form
from fmnist.preprocessing.framing import on_white

Preparation = Callable[[Image.Image, Form], np.ndarray]


def resized(image: Image.Image, form: Form) -> np.ndarray:
    """Squeeze to (*form.shape) uint8, like many demos."""
    return np.asarray(_coloured(on_white(image), form).resize((form.side, form.side)))


def inverted(image: Image.Image, form: Form) -> np.ndarray:
    """`resized`, inverted."""
    return 255 - resized(image, form)


def seven_steps(image: Image.Image, form: Form) -> np.ndarray:
    """The steps of the data set's paper (arXiv 1708.07747, section 2), taken literally.

    Trim edges within 5 % of the corner's colour, subsample the longest edge to that of the form,
    sharpen (a Gaussian of 1.0), extend to a square, invert, convert to grey.
    """
    rgb, side = on_white(image), form.side
    pixels = np.asarray(rgb, float)
    differs = np.linalg.norm(pixels - pixels[0, 0], axis=-1) > 0.05 * 255 * np.sqrt(3)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if len(rows):
        rgb = rgb.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    scale = side / max(rgb.size)
    small = rgb.resize([max(1, round(edge * scale)) for edge in rgb.size], Image.Resampling.NEAREST)
    small = small.filter(ImageFilter.UnsharpMask(radius=1.0, percent=100, threshold=0))
    extended = Image.new("RGB", (side, side), "white")
    extended.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    return 255 - np.asarray(_coloured(extended, form))


def _coloured(image: Image.Image, form: Form) -> Image.Image:
    """Grey, unless the form has colours."""
    return image.convert("RGB" if form.colour else "L")


PREPARATIONS: dict[str, Preparation] = {
    "resized": resized,
    "resized and inverted": inverted,
    "the paper's seven steps": seven_steps,
}
