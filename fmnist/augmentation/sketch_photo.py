"""What people draw and photograph, made from the data set's own images.

A network that has seen shop photos alone knows nothing of outlines, of sleeves spread on a floor,
of shoes in pairs, of a cut that is not clean. `imitate` turns a share of the training images into
such, each another way each time. They are rendered from the distances to the silhouette and to the
edges within, so that strokes and edges stay smooth at 28 x 28 pixels however they are bent.
"""

import numpy as np

from .arrangements import arranged
from .drawings import draw
from .drawn.garments import garments
from .nothing import nothing
from .photographs import photograph

DRAWINGS, PHOTOS = 0.28, 0.36  # shares of the images; the others stay as they are, but for
NOTHING = 0.08  # which show nothing: whatever their labels, the network learns to be unsure
BY_CODE = 0.4  # share of the drawings that no image is the model of


def imitate(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a share of the images look drawn, and another photographed by a person.

    Args:
        images: (N, 28, 28) uint8, 0 as background.
        labels: (N,) uint8; a shoe comes in pairs, trousers do not.
        rng: where the randomness comes from.

    Returns:
        (N, 28, 28) uint8; the input is not changed.
    """
    kind = rng.random(len(images))
    coded = kind < DRAWINGS * BY_CODE
    drawn = ~coded & (kind < DRAWINGS)
    shot = (kind >= DRAWINGS) & (kind < DRAWINGS + PHOTOS)
    result = images.copy()
    result[drawn] = draw(images[drawn], labels[drawn], rng)
    result[coded] = garments(labels[coded], rng)
    scenes = arranged(images[shot], labels[shot], images, rng)
    result[shot] = photograph(scenes, labels[shot], rng)
    other = kind > 1 - NOTHING
    result[other] = nothing(images[other], rng)
    return result
