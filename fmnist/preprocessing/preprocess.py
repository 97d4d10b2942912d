"""Any drawing or photo -> its item, cut out and centred on black, in a data set's form.

Fashion-MNIST's images were photos on white that were cut out, shrunk to 28 pixels along the
longest edge, centred and negated (arXiv 1708.07747, section 2): a bright garment on black that
touches two opposite edges. A network that learned from them expects just that.
In colour an item keeps its own colours.
"""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image

from fmnist.data.dataset import Form
from fmnist.data.image_files import ImageFileError

from . import plots
from .drawings import drawing
from .photos import cut_out
from .shapes import box, brightest, centred, separate

WORK = 256  # pixels along the longest edge while looking for the garment

FAINT = 24  # of 255: what differs less from the background is background
PLAIN = 0.75  # share of the image's edge that is of one colour if the background is plain
ITEM = 0.25  # share of the largest part of a photo that another item has at least
ROOM = 0.05  # share of an item's edge that is left around it

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Step = tuple[str, np.ndarray]  # name; (H, W) or (H, W, 3) uint8


@dataclasses.dataclass(frozen=True)
class Prepared:
    """An image as the network gets it, and how it came to be so."""

    pixels: np.ndarray  # (*form.shape) uint8
    steps: tuple[Step, ...]
    kind: str  # "drawing" or "photo"; "whole" where no item was looked for, "image" of the data set
    readings: tuple[Step, ...] = ()  # the same item shown in other ways, predicted together with it
    doubtful: bool = False  # the item could not be told from its background clearly
    items: tuple[Box, ...] = ()  # of a photo of several, in its pixels, the largest first
    item_pixels: tuple[np.ndarray, ...] = ()  # of each of them, (*form.shape) uint8, as in `pixels`


def prepare(image: Image.Image, form: Form) -> Prepared:
    """Bring an image to the data set's form: found, filled if it is an outline, cut, centred.

    Args:
        image: a drawing or photo of one item, in any mode.
        form: of the data set.

    Raises:
        ImageFileError: nothing stands out from the background.
    """
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return _framed_or_plotted(image, flat.convert("RGB"), form) or _found(image, form)


def _framed_or_plotted(image: Image.Image, flat: Image.Image, form: Form) -> Prepared | None:
    """An image of the data set as it is, and any photo without its frame; None if there is neither.

    Args:
        image: in any mode.
        flat: the same as RGB.
        form: of the data set.
    """
    box = plots.inner(flat, form.side)
    parts = [*([flat.crop(box)] if box else []), flat]
    for part in parts:
        if (pixels := plots.pixels_of(part, form)) is not None:
            return Prepared(pixels, (_whole(image), (f"{form.size}, unchanged", pixels)), "photo")
    if box is None or not plots.is_photo(flat, box):
        return None
    found = prepare(image.crop(box), form)
    (_, photo), *others = found.steps
    steps = (_whole(image), ("Frame removed", photo), *others)
    items = tuple(tuple(np.add(item, box[:2] * 2).tolist()) for item in found.items)
    return dataclasses.replace(found, steps=steps, items=items)


def _whole(image: Image.Image) -> Step:
    return "Your image", _on_background(image)


def _found(image: Image.Image, form: Form) -> Prepared:
    """An item that is found by what stands out from its background; arguments as for `prepare`."""
    rgb = _on_background(image)
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(int)
    background = np.median(border, axis=0)
    ink = brightest(np.abs(rgb - background)).astype(np.uint8)
    if ink.max() < FAINT:
        raise ImageFileError(
            "The image is blank: expected an item that stands out from its background."
        )
    plain = (np.abs(border - background).max(axis=-1) < FAINT).mean()
    otsu, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    mask = ink >= max(FAINT, otsu / 2)
    if plain < PLAIN:
        return _photo(image, rgb, mask, None, form)
    if drawn := drawing(ink, mask, rgb if form.colour else None):
        return _prepared("drawing", rgb, drawn.steps, drawn.readings, form)
    if plain < 1:  # the gaps between boards or tiles are no part of the item
        broad = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5))) > 0
        mask = broad if broad.any() else mask
    return _photo(image, rgb, mask, background, form)


def _photo(
    image: Image.Image,
    rgb: np.ndarray,
    mask: np.ndarray,
    background: np.ndarray | None,
    form: Form,
) -> Prepared:
    cut = cut_out(image, rgb, mask, background, form.colour)
    prepared = _prepared("photo", rgb, cut.steps, (), form)
    prepared = dataclasses.replace(prepared, doubtful=cut.doubtful)
    found = separate(cut.item, ITEM)
    if len(found) < 2:
        return prepared
    _, value = cut.steps[-1]
    item_pixels = tuple(centred(_only(value, part), form.side) for part in found)
    items = tuple(_in_photo(box(part), image.size) for part in found)
    return dataclasses.replace(prepared, items=items, item_pixels=item_pixels)


def _only(value: np.ndarray, part: np.ndarray) -> np.ndarray:
    """A part, (H, W) bool, of (H, W) or (H, W, 3) uint8 on black."""
    return np.where(part if value.ndim == 2 else part[..., None], value, np.uint8(0))


def _in_photo(part: Box, size: tuple[int, int]) -> Box:
    """A box at WORK size in the pixels of a photo of that size, with some room."""
    left, top, right, bottom = part
    across, down = ROOM * (right - left), ROOM * (bottom - top)
    grown = np.multiply(
        [left - across, top - down, right + across, bottom + down], max(size) / WORK
    )
    left, top, right, bottom = np.rint(grown).clip(0, [*size, *size]).astype(int).tolist()
    return left, top, right, bottom


def _prepared(
    kind: str, rgb: np.ndarray, steps: list[Step], readings: Sequence[Step], form: Form
) -> Prepared:
    """The item of the last step and of each reading, all on black, in the data set's form."""
    _, value = steps[-1]
    pixels = centred(value, form.side)
    begin, end = (f"Your {kind}", rgb), (f"{form.size}, centred", pixels)
    others = tuple((name, centred(other, form.side)) for name, other in readings)
    return Prepared(pixels, (begin, *steps, end), kind, others)


def _on_background(image: Image.Image) -> np.ndarray:
    """(H, W, 3) uint8 at WORK size; transparent becomes white, or black behind a light item."""
    image = image.convert("RGBA")
    scale = WORK / max(image.size)
    size = [max(1, round(edge * scale)) for edge in image.size]
    reduced = image.reduce(max(1, int(1 / (2 * scale))))  # fast, and nothing is lost
    pixels = np.asarray(reduced.resize(size, Image.Resampling.BILINEAR), np.float32)
    rgb, alpha = pixels[..., :3], pixels[..., 3:] / 255
    opaque = alpha[..., 0] > 0.5
    is_light = opaque.any() and not opaque.all() and rgb[opaque].mean() > 200
    return (rgb * alpha + (0 if is_light else 255) * (1 - alpha)).astype(np.uint8)
