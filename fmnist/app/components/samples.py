"""A sample of each class: its mean image, and beside it rows of images that are buttons."""

from collections.abc import Sequence

import numpy as np

from .component import register
from .gallery import sprite

COLUMNS = 12  # images in a row

_component = register("samples")


def samples(
    means: np.ndarray,
    images: np.ndarray,
    ids: Sequence[np.ndarray],
    names: Sequence[str],
    counts: Sequence[str],
) -> int | None:
    """Show a sample of each class.

    Args:
        means: (C, *shape) uint8, the mean image of each class.
        images: (N, *shape) uint8, all training images.
        ids: of each class (n,) indices of those to show.
        names: of the C classes.
        counts: how many images each class has, as a text.

    Returns:
        The index of the image that was just clicked, else None.
    """
    shown = np.concatenate([means, images[np.concatenate([*ids])]])
    data = {
        "sprite": sprite(shown),
        "ids": [row.tolist() for row in ids],
        "names": list(names),
        "counts": list(counts),
    }
    index: int | None = _component(
        data=data, key="data.samples", on_clicked_change=lambda: None
    ).clicked
    return index
