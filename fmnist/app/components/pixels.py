"""An image beside its pixel values; pointing at either marks the same pixel in both."""

import numpy as np

from .component import register

_component = register("pixels")


def pixels(image: np.ndarray, name: str, key: str) -> None:
    """Show an image and its pixel values.

    Args:
        image: (S, S) or (S, S, 3) uint8.
        name: its accessible name.
        key: the component's key.
    """
    values = image.reshape(-1, *image.shape[2:]).tolist()  # of each pixel a number, or three
    _component(data={"pixels": values, "edge": len(image), "name": name}, key=key)
