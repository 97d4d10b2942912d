"""A picture beside the 28 x 28 numbers that it is; whoever points at either sees which is which."""

import numpy as np

from .component import register

_component = register("pixels")


def pixels(picture: np.ndarray, name: str, key: str) -> None:
    """Show a picture, (28, 28) uint8, and its numbers; `name` is what a screen reader says."""
    _component(data={"pixels": picture.ravel().tolist(), "name": name}, key=key)
