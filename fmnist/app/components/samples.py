"""A sample of each class: its mean image, and beside it three rows of images that are buttons."""

import numpy as np

from fmnist.data.labels import CLASS_NAMES

from .component import register
from .gallery import sprite

ROWS, COLUMNS = 3, 12  # of images of each class

_component = register("samples")


def samples(
    means: np.ndarray, images: np.ndarray, ids: np.ndarray, counts: list[str]
) -> int | None:
    """Show a sample of each class.

    Args:
        means: (10, 28, 28) uint8, the mean image of each class.
        images: (N, 28, 28) uint8, all training images.
        ids: (10, ROWS * COLUMNS) indices of those to show, a row a class.
        counts: how many images each class has, as a text.

    Returns:
        The index of the image that was just clicked, else None.
    """
    shown = np.concatenate([means, images[ids.ravel()]])
    data = {"sprite": sprite(shown), "ids": ids.tolist(), "names": CLASS_NAMES, "counts": counts}
    index: int | None = _component(
        data=data, key="data.samples", on_clicked_change=lambda: None
    ).clicked
    return index
