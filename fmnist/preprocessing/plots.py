"""Images of the data set that come back as plots and screenshots: framed, enlarged, in false colours."""

import functools
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

from fmnist.data.dataset import Form

from .shapes import brightest

FAINT = 24  # of 255: what differs less from the colour of the edges is background
PLAIN = 0.95  # share of the image's edge that has one colour if that is a frame
SQUARE = 0.03  # by how much a square's sides may differ, as a share
BLURRED = 0.2  # share of an enlarged image's contrast that its own pixels may leave out,
BLOCKS = 0.08  # and if each pixel is a block of one colour
LINE = 0.5  # share of the longest row or column of a rectangle that one of its own covers
MOST = 0.9  # share of a shape that its rectangle holds: the rest are ticks
THIN = 0.01  # of a rectangle's side: axes are not wider
SHARP = 0.97  # share of a rectangle's edge that stands out from the frame
FULL = 0.6  # share of a framed photo that differs from its frame
FLAT = 0.5  # share of neighbours in a photo that are exactly equal, at most
CONTRAST = 8  # of 255: standard deviation of the greys that a photo has at least
DARK = 16  # of 255: the data set's background is not brighter
# Pixels that an item's length lacks to the image's edge, shares of the edge that it may be off the middle
# and of the border that it leaves free: they hold for 99.5 % of Fashion-MNIST's test images.
LACKING, ASIDE, AROUND = 1, 0.11, 0.4
COLOURS = (  # false colours that plots have most often
    cv2.COLORMAP_VIRIDIS,
    cv2.COLORMAP_PLASMA,
    cv2.COLORMAP_INFERNO,
    cv2.COLORMAP_MAGMA,
    cv2.COLORMAP_CIVIDIS,
    cv2.COLORMAP_HOT,
    cv2.COLORMAP_JET,
)
NEAR = 12  # of 255: how far from a colour map's colours the pixels of a plot are, on average

Box = tuple[int, int, int, int]  # left, top, right, bottom


def pixels_of(image: Image.Image, form: Form) -> np.ndarray | None:
    """The pixels of an image of the data set that was enlarged or plotted.

    Args:
        image: RGB, the square alone.
        form: of the data set, whose images have their items centred on black.

    Returns:
        (*form.shape) uint8, or None if it is another image.
    """
    width, height = image.size
    if min(width, height) < form.side or abs(width - height) > SQUARE * width:
        return None
    small = image.resize((form.side, form.side), Image.Resampling.BOX)
    if (left_out := _left_out(image, small)) > BLURRED:
        return None
    colours = np.asarray(small)
    found = iter((colours,)) if form.colour else _greys(colours, negated=left_out < BLOCKS)
    return next((pixels for pixels in found if _has_its_form(pixels)), None)


def inner(image: Image.Image, least: int) -> Box | None:
    """The largest rectangle in a plain frame: a plot in its figure, a photo on a page.

    Args:
        image: RGB.
        least: pixels of its shorter edge.
    """
    mask = _inside_frame(image)
    if mask is None:
        return None
    count, places, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return None
    largest = 1 + np.argmax(figures[1:, cv2.CC_STAT_WIDTH] * figures[1:, cv2.CC_STAT_HEIGHT])
    return _rectangle(places == largest, least)


def is_photo(image: Image.Image, box: Box) -> bool:
    """Whether a rectangle in a frame is a photo: its edges are straight to the pixel, as no item's
    are, and inside are many tones, as neither in an outline nor in a plain shape.

    Args:
        image: RGB.
        box: what `inner` found in it.
    """
    left, top, right, bottom = box
    inside = _inside_frame(image)
    assert inside is not None, "not an image in which `inner` finds a frame"
    mask = inside[top:bottom, left:right]
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    grey = np.asarray(image.crop(box).convert("L"), np.float32)
    is_flat = (np.diff(grey, axis=1) == 0).mean() > FLAT
    is_sharp = min(edge.mean() for edge in edges) >= SHARP
    return bool(is_sharp and not is_flat and mask.mean() > FULL and grey.std() > CONTRAST)


def _inside_frame(image: Image.Image) -> np.ndarray | None:
    """What differs from the one colour of the edges: (H, W) bool; None if they have several."""
    pixels = np.asarray(image, np.int16)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    frame = np.median(border, axis=0)
    plain = np.abs(border - frame).max(axis=-1) < FAINT
    return brightest(np.abs(pixels - frame)) >= FAINT if plain.mean() >= PLAIN else None


def _left_out(image: Image.Image, small: Image.Image) -> float:
    """How much of an image's contrast is lost when it is made small, a share."""
    pixels = np.asarray(image, np.float32)
    contrast = np.abs(pixels - np.median(pixels[[0, -1]], axis=(0, 1))).mean()
    ways = (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)
    again = (np.asarray(small.resize(image.size, way), np.float32) for way in ways)
    nearest = min(float(np.abs(pixels - each).mean()) for each in again)
    return nearest / max(float(contrast), 1.0)


def _greys(colours: np.ndarray, negated: bool) -> Iterator[np.ndarray]:
    """What a plot's colours, (H, W, 3), may stand for: greys, perhaps their negative, false colours."""
    if np.ptp(colours.astype(int), axis=-1).mean() < NEAR:
        grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
        yield from (grey, 255 - grey) if negated else (grey,)
        return
    for table in map(_table, COLOURS):
        apart = np.linalg.norm(colours[:, :, None].astype(np.float32) - table, axis=-1)
        if apart.min(axis=-1).mean() < NEAR:
            yield apart.argmin(axis=-1).astype(np.uint8)


@functools.cache
def _table(colours: int) -> np.ndarray:
    """A colour map: (256, 3) uint8, RGB."""
    return cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], colours)[:, 0, ::-1]


def _has_its_form(pixels: np.ndarray) -> bool:
    """Whether an item on black reaches two opposite edges and is centred between the others."""
    item = (pixels if pixels.ndim == 2 else pixels.max(axis=-1)) > DARK
    ring = np.concatenate([item[0], item[-1], item[1:-1, 0], item[1:-1, -1]])
    if not item.any() or (~ring).mean() < AROUND:
        return False
    spans = [np.flatnonzero(item.any(axis=axis))[[0, -1]] for axis in (1, 0)]
    lengths = [last - first + 1 for first, last in spans]
    side = len(item)
    aside = [abs(first - (side - 1 - last)) for first, last in spans]
    centred = aside[int(np.argmin(lengths))] <= ASIDE * side
    return bool(max(lengths) >= side - LACKING and centred)


def _rectangle(mask: np.ndarray, least: int) -> Box | None:
    """The rectangle of a shape's long rows and columns: without ticks, which are short, or axes."""
    spans, insets = [], []
    for counts in (mask.sum(axis=0), mask.sum(axis=1)):
        long = np.flatnonzero(counts >= LINE * counts.max())
        first, last = int(long[0]), int(long[-1])
        spans.append((first, last))
        thin = max(1, round(THIN * (last - first)))
        inside = np.flatnonzero(counts[first : first + thin + 1] < LINE * counts[first])
        insets.append(int(inside[0]) + 1 if len(inside) else 0)  # and the pixel where axes fade
    if min(last - first for first, last in spans) < least:
        return None
    ((left, right), (top, bottom)), (across, down) = spans, insets
    if not all(mask[y, x] for y in (top, bottom) for x in (left, right)):
        return None
    if mask[top : bottom + 1, left : right + 1].sum() < MOST * mask.sum():  # where two bars cross
        return None
    return left + across, top + down, right + 1 - across, bottom + 1 - down
