"""Picture files of people -> pictures, upright; whatever is no usable picture is said so."""

import io
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.Image import Transpose

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `open_picture` refuses by LARGEST

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
LARGEST = 50_000_000  # pixels in a file; a decoded picture takes 4 bytes each
KEPT = 2048  # pixels along the longest edge of what is kept of a larger picture
SMALLEST = 8  # pixels along each edge
EXTENSIONS = ("jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif")  # of files that are read
TURNS = {  # what sets a picture upright, by its EXIF orientation; 1 is upright
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class PictureError(Exception):
    """A picture that cannot be used; the message says why and what can."""


def open_picture(source: Path | bytes) -> Image.Image:
    """Read a picture file, turned upright.

    Args:
        source: a path, or the file's content.

    Returns:
        An image in mode RGBA, at most KEPT pixels along each edge; of an animation, the first frame.

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
        image = _to_rgba(_upright(image))
        image.thumbnail((KEPT, KEPT))
        return image
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


def _upright(image: Image.Image) -> Image.Image:
    """The picture as its EXIF says it was held; as it is, if that cannot be read."""
    image.load()  # first: to look for EXIF, a PNG's pixels are read, and may be damaged
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # damaged metadata raise anything, and the picture may be fine
        orientation = None
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _to_rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits of grey, which Pillow would clip at 255
        values = np.asarray(image, np.float64)
        top = 65535 if values.max() > 255 else 255
        image = Image.fromarray((values.clip(0, top) * (255 / top)).astype(np.uint8))
    return image.convert("RGBA")
