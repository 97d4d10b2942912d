"""An image beside its 28 x 28 pixel values; pointing at either marks the same pixel in both."""

import numpy as np

from .component import register

_component = register("pixels")


def pixels(image: np.ndarray, name: str, key: str) -> None:
    """Show an image, (28, 28) uint8, and its pixel values; `name` is its accessible name."""
    _component(data={"pixels": image.ravel().tolist(), "name": name}, key=key)
