"""Photos: the item that stands out, cut out and in grey, light on black."""

from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from .person_removal import without_person
from .saliency import saliency
from .shapes import parts, without_small_holes

FOUND = 0.5  # saliency from which on a pixel belongs to the item
UNCLEAR = 0.3  # share of the item: with so many half salient pixels a cut is doubtful
ALL = 0.9  # share of the image: an item that covers so much was not told from anything
LEAST = 0.002  # share of the image that an item covers at least
COARSE = 64  # pixels along the longest edge: smaller images show too little to find items in
DIM = 30  # of 255: no part of an item is darker than this, once negated


class Cut(NamedTuple):
    """An item that was cut out of a photo."""

    steps: list[tuple[str, np.ndarray]]  # name and uint8 of each; the last is the item on black
    item: np.ndarray  # (H, W) bool
    doubtful: bool  # it could not be told from its background clearly


def cut_out(
    image: Image.Image,
    rgb: np.ndarray,
    mask: np.ndarray,
    background: np.ndarray | None,
    colour: bool = False,
) -> Cut:
    """An item cut out by what stands out, and on a plain background by what differs from it.

    Args:
        image: the photo.
        rgb: (H, W, 3) uint8, the photo at WORK size.
        mask: (H, W) bool, what differs from the colour of the edges.
        background: that colour if it is plain.
        colour: whether the item keeps its colours, (H, W, 3), or becomes light on black, (H, W).
    """
    is_plain = background is not None
    found = mask.astype(np.float32) if is_plain and max(image.size) < COARSE else saliency(rgb)
    item = found > FOUND
    if is_plain:
        item |= without_small_holes(mask)
    is_found = LEAST < item.mean() < ALL
    item = parts(item if item.mean() > LEAST else mask)
    unworn = without_person(image, rgb, item)
    if unworn is not None:
        item = parts(unworn)
    is_dark = background is not None and background.mean() < 64
    steps = [("Salient item", (255 * found.clip(0, 1)).astype(np.uint8))]
    if colour:
        steps.append(("Cut out", np.where(item[..., None], rgb.clip(DIM, 255), np.uint8(0))))
    else:
        steps += _in_grey(rgb, item, is_dark)
    unclear = ((found > 0.2) & (found < 0.8)).sum() > UNCLEAR * item.sum()
    return Cut(steps, item, doubtful=bool(unclear or not is_found))


def _in_grey(rgb: np.ndarray, item: np.ndarray, is_dark: bool) -> list[tuple[str, np.ndarray]]:
    """The steps from an item to its greys on black; negated unless its background is dark."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = grey if is_dark else 255 - grey
    stretched = light * (255 / max(60.0, float(np.percentile(light[item], 98))))
    value = np.where(item, stretched.clip(DIM, 255), 0).astype(np.uint8)
    cut = np.where(item[..., None], rgb, np.uint8(0 if is_dark else 255))
    return [("Cut out", cut), ("Grey" if is_dark else "Grey, inverted", value)]
