"""How photos and drawings become images of a data set, in words."""

from fmnist.data.dataset import Framing

FRAMINGS: dict[Framing, str] = {
    "cut-out": "the item is found, cut out and centred on black",
    "squeezed": "the whole of it, squeezed to a square",
    "cropped": "its central square",
}
