"""Any drawing, photo or upload -> a picture in the data set's own form. Pillow and NumPy only.

Fashion-MNIST's pictures were photos on white that were cut out, shrunk to 28 pixels along the
longest edge, centred and negated (arXiv 1708.07747, section 2): a bright garment on black that
touches two opposite edges. A network that learned from them expects just that.
"""

import dataclasses
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `open_picture` refuses by LARGEST

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
LARGEST = 50_000_000  # pixels in a file; a decoded picture takes 4 bytes each
SMALLEST = 8  # pixels along each edge
WORK = 128  # pixels along the longest edge while looking for the garment
SIZE = 28

FAINT = 24  # of 255: what differs less from the background is background
CLOSE = 7  # pixels at WORK size: gaps of an outline up to this wide are closed
OUTLINE = 1.6  # a shape with this much more area than its strokes is an outline
FILL = 0.75  # brightness of the inside of an outline, a share of that of its strokes


class PictureError(Exception):
    """A picture that cannot be used; the message says why and what can."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A picture as the network gets it, and how it came to be so."""

    pixels: np.ndarray  # (28, 28) uint8, 0 is background
    steps: tuple[tuple[str, np.ndarray], ...]  # name and (H, W) uint8 of each step


def open_picture(source: Path | bytes) -> Image.Image:
    """Read a picture file, turned upright.

    Args:
        source: a path, or the file's content.

    Returns:
        An image in mode RGBA; of an animation, the first frame.

    Raises:
        PictureError: it is no picture, is damaged, or is too small or too large.
    """
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise PictureError(f"The file cannot be read: {error.strerror}.") from None
    if not data:
        raise PictureError("The file is empty.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(*image.size)
        image.draft("RGB", (1024, 1024))  # lets a large JPEG decode at a fraction of its size
        return _to_rgba(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise PictureError(f"The file is no picture of a known kind: {_KINDS}.") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise PictureError("The picture is damaged or cut short; save it anew.") from None


_MOST = f"at most {LARGEST // 1_000_000} million pixels can be read"
_KINDS = "PNG, JPEG, WebP, BMP and GIF can be read"


def _check_size(width: int, height: int) -> None:
    if width * height > LARGEST:
        raise PictureError(f"The picture has {width:,} x {height:,} pixels; {_MOST}.")
    if min(width, height) < SMALLEST:
        raise PictureError(
            f"The picture has {width} x {height} pixels; it needs at least {SMALLEST} x {SMALLEST}."
        )


def _to_rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits of grey, which Pillow would clip at 255
        values = np.asarray(image, np.float64)
        top = 65535 if values.max() > 255 else 255
        image = Image.fromarray((values.clip(0, top) * (255 / top)).astype(np.uint8))
    return image.convert("RGBA")


def prepare(image: Image.Image) -> Prepared:
    """Bring a picture to the data set's form: found, filled if it is an outline, cut, centred.

    Args:
        image: a drawing or photo of one item, dark on light or light on dark.

    Raises:
        PictureError: nothing stands out from the background.
    """
    small = image.convert("RGBA")
    small.thumbnail((WORK, WORK))
    grey = _on_background(small)
    ink = _difference_from_border(grey)
    if ink.max() < FAINT:
        raise PictureError("The picture is blank: nothing stands out from its background.")
    mask = ink >= max(FAINT, _otsu(ink) // 2)
    filled = _fill(mask)
    steps = [("Grey", grey), ("Difference from the background", ink)]
    if filled.sum() > OUTLINE * mask.sum():
        ink = np.where(mask, ink, np.where(filled, int(FILL * np.median(ink[mask])), 0))
        ink = ink.astype(np.uint8)
        steps.append(("Outline filled", ink))
    else:
        ink = np.where(filled, ink, 0).astype(np.uint8)
        steps.append(("Background removed", ink))
    pixels = _frame(ink)
    return Prepared(pixels, (*steps, ("28 x 28, centred", pixels)))


def _on_background(image: Image.Image) -> np.ndarray:
    """Grey (H, W) uint8; what is transparent becomes white, or black behind a light item."""
    grey, alpha = np.asarray(image.convert("L"), float), np.asarray(image.getchannel("A"), float)
    opaque = alpha > 127
    behind = 0 if opaque.any() and not opaque.all() and grey[opaque].mean() > 200 else 255
    return (grey * alpha / 255 + behind * (1 - alpha / 255)).astype(np.uint8)


def _difference_from_border(grey: np.ndarray) -> np.ndarray:
    """How much each pixel differs from the median of the picture's edge, stretched to 255."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = np.abs(grey.astype(int) - int(np.median(border)))
    if difference.max() < FAINT:
        return difference.astype(np.uint8)
    return (difference * (255 / difference.max())).astype(np.uint8)


def _otsu(values: np.ndarray) -> int:
    """The threshold that best separates two groups of grey values (Otsu, 1979)."""
    counts = np.bincount(values.ravel(), minlength=256).astype(float)
    below = np.cumsum(counts)
    sums = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    apart = sums / np.maximum(below, 1) - (sums[-1] - sums) / np.maximum(above, 1)
    return int(np.argmax(below * above * apart**2))


def _fill(mask: np.ndarray) -> np.ndarray:
    """The shape without its holes; gaps of the outline up to CLOSE are closed first."""
    pad = CLOSE + 1
    shape = Image.fromarray(np.pad(mask, pad).astype(np.uint8) * 255)
    walls = np.asarray(shape.filter(ImageFilter.MaxFilter(CLOSE))) > 0
    inside = Image.fromarray((~_outside(walls)).astype(np.uint8) * 255)
    inside = inside.filter(ImageFilter.MinFilter(CLOSE))
    return (np.asarray(inside)[pad:-pad, pad:-pad] > 0) | mask


def _outside(walls: np.ndarray) -> np.ndarray:
    """What can be reached from the top left corner without crossing a wall: (H, W) bool."""
    reached = np.zeros_like(walls)
    reached[0, 0] = True
    while True:
        before = reached.sum()
        for turn in range(4):  # a sweep in each direction
            turned, turned_walls = np.rot90(reached, turn), np.rot90(walls, turn)
            place = np.arange(turned.shape[1])
            last_reached = np.maximum.accumulate(np.where(turned, place, -1), axis=1)
            last_wall = np.maximum.accumulate(np.where(turned_walls, place, -1), axis=1)
            reached = np.rot90(last_reached > last_wall, -turn)
        if reached.sum() == before:
            return reached


def _frame(ink: np.ndarray) -> np.ndarray:
    """Cut to what is not background, longest edge 28, centred on black: (28, 28) uint8."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = SIZE / max(cut.size)
    cut = cut.resize([max(1, round(edge * scale)) for edge in cut.size], Image.Resampling.BOX)
    framed = Image.new("L", (SIZE, SIZE))
    framed.paste(cut, ((SIZE - cut.width) // 2, (SIZE - cut.height) // 2))
    return np.asarray(framed)
