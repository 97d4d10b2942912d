"""How pictures become images, in words."""

from fmnist.data.dataset import Framing

FRAMINGS: dict[Framing, str] = {
    "cut-out": "the item is found, cut out and centred on black",
    "squeezed": "the whole picture, squeezed to a square",
    "cropped": "the central square of the picture",
}
