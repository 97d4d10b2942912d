"""Users' image files -> images, upright and of bounded size; an error names the kind of other files."""

import contextlib
import io
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.Image import Transpose

from .file_kinds import KINDS, kind_of

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `open_image` refuses by MEMORY and LARGEST
pillow_heif.register_heif_opener()

FORMATS = {  # most bytes of memory that decoding takes per pixel
    "PNG": 4,
    "JPEG": 8,  # progressive: the coefficients of four channels
    "WEBP": 16,
    "HEIF": 8,
    "AVIF": 16,
    "TIFF": 12,  # 16 bits in one strip
    "BMP": 8,
    "GIF": 8,
}
EXTENSIONS = (  # of files that can be read
    *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp"),
    *("heic", "heif", "hif", "avif", "tif", "tiff", "bmp", "gif"),
)
MEMORY = 400_000_000  # bytes that decoding may take
LARGEST = 50_000_000  # pixels, in any format
LONGEST = 100_000_000  # bytes of a file
ALONE = 4_000_000  # pixels; larger images are decoded one at a time
KEPT = 1024  # pixels along the longest edge, to which larger images are reduced
SMALLEST = 8  # pixels along each edge
TURNS = {  # makes an image upright, by its EXIF orientation; 1 is upright
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
EXPECTED = "expected PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF"
ADVICE = {  # what to do about a file of another kind
    "html": "Open the page and save the image itself.",
    "git-lfs": "Run `git lfs pull` to download the image itself.",
    "video": "Save one frame of it as an image.",
    "keras": "To evaluate a model, use `python -m fmnist evaluate`.",
    "hdf5": "To evaluate a model, use `python -m fmnist evaluate`.",
    "zip": "Unpack it first.",
    **dict.fromkeys(("svg", "pdf", "raw", "layers", "other-image"), "Export it as PNG or JPEG."),
}
_DECODING = threading.Lock()

Source = str | os.PathLike[str] | bytes | Image.Image | np.ndarray  # what `open_image` reads


class ImageFileError(Exception):
    """An image that cannot be used; the message names the error, what was expected and what to do."""


class NotAnImageError(ImageFileError):
    """The file is of another kind."""


class ImageTooLargeError(ImageFileError):
    """The image has more pixels than may be."""


def open_image(source: Source, kept: int = KEPT, largest: int = LARGEST) -> Image.Image:
    """Read an image file, or take an image, turned upright.

    Args:
        source: a path; the file's content; a PIL image; or pixels from 0 to 255 as uint8, (H, W) grey,
            (H, W, 3) RGB or (H, W, 4) RGBA.
        kept: pixels along the longest edge, to which larger images are reduced.
        largest: pixels that it may have before.

    Returns:
        An image in mode RGBA, at most `kept` pixels along each edge; of an animation or of several
        pages, the first.

    Raises:
        ImageFileError: the file is not an image, is damaged, or is too small or too large.
    """
    try:
        image = _not_decoded(source)
        _check_size(image, largest)
        if image is not source:  # which stays as it is
            image.draft("RGB", (kept, kept))  # a large JPEG decodes at a fraction of its size
        with _DECODING if image.width * image.height > ALONE else contextlib.nullcontext():
            image.load()  # before reading EXIF, which a PNG has after its pixels
            return _upright(_reduced(image, kept), image)
    except ImageFileError:
        raise
    except Exception:  # decoders raise many kinds of errors on damaged files
        raise ImageFileError(DAMAGED) from None


DAMAGED = "The image is damaged or cut short; expected a whole file. Save or download it again."


def _not_decoded(source: Source) -> Image.Image:
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, np.ndarray):
        return _of_pixels(source)
    data = source if isinstance(source, bytes) else _content(_path(source))
    kind = kind_of(data)
    if kind not in ("image", "unknown"):
        raise NotAnImageError(_refusal(kind))
    try:
        return Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except UnidentifiedImageError:
        if kind == "unknown":
            raise NotAnImageError(_refusal(kind)) from None
        raise ImageFileError(DAMAGED) from None


def _of_pixels(pixels: np.ndarray) -> Image.Image:
    is_image = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))
    if pixels.dtype != np.uint8 or not is_image:
        raise ImageFileError(
            f"The array has the shape {pixels.shape} and the type {pixels.dtype}; expected (height, width), (height, "
            "width, 3) or (height, width, 4) of uint8, from 0 to 255."
        )
    return Image.fromarray(pixels)


def _path(source: Any) -> Path:
    if isinstance(source, str | os.PathLike):
        return Path(source)
    raise ImageFileError(
        f"A photo was given as {type(source).__name__}; expected a file's path, its content as bytes, a PIL image or "
        "a NumPy array."
    )


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise ImageFileError(f"The folder holds no images; {EXPECTED}. Name another one.")
    try:
        if (size := path.stat().st_size) > LONGEST:
            raise ImageFileError(
                f"The file has {size / 1e6:,.0f} MB; expected at most {LONGEST / 1e6:.0f} MB. "
                "Save a smaller copy of the image."
            )
        with path.open("rb") as file:
            return file.read(LONGEST)
    except (OSError, ValueError) as error:  # ValueError: its name cannot be one
        reason = error.strerror if isinstance(error, OSError) else error
        raise ImageFileError(f"The file cannot be read: {reason}.") from None


def _refusal(kind: str) -> str:
    advice = ADVICE.get(kind, "Choose an image file.")
    return f"The file is {KINDS[kind]}; {EXPECTED}. {advice}"


def _check_size(image: Image.Image, largest: int) -> None:
    width, height = image.size
    most = min(largest, MEMORY // FORMATS.get(image.format or "", 8))
    if width * height > most:
        where = f" in a {image.format} file" if image.format else ""
        raise ImageTooLargeError(
            f"The image has {width:,} x {height:,} pixels; expected at most {most / 1e6:.4g} "
            f"million{where}. Save a smaller copy of it."
        )
    if min(width, height) < SMALLEST:
        raise ImageFileError(
            f"The image has {width} x {height} pixels; expected at least {SMALLEST} x {SMALLEST}. "
            "Choose a larger one."
        )


def _reduced(image: Image.Image, kept: int) -> Image.Image:
    """Reduce to at most `kept` pixels along each edge, in mode RGBA; strip by strip, to save memory."""
    factor = max(1, max(image.size) // kept)
    small = Image.new("RGBA", [-(-edge // factor) for edge in image.size])
    is_deep = image.mode.startswith(
        ("I", "F")
    )  # these have one channel, whose extremes are two numbers
    depth = 65535 if is_deep and np.max(image.getextrema()) > 255 else 255
    rows = factor * max(1, ALONE // (factor * image.width))
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows)))
        small.paste(_to_rgba(strip, depth).reduce(factor), (0, top // factor))
    small.thumbnail((kept, kept))
    return small


def _to_rgba(image: Image.Image, white: int) -> Image.Image:
    """Convert to RGBA; greys of 16 or 32 bits, which Pillow would clip, are scaled from `white` to 255."""
    if image.mode.startswith(("I", "F")):
        values = np.nan_to_num(np.asarray(image, np.float32))
        image = Image.fromarray((values.clip(0, white) * (255 / white)).astype(np.uint8))
    return image.convert("RGBA")


def _upright(image: Image.Image, read: Image.Image) -> Image.Image:
    """Turn the image by the EXIF orientation of the file `read`; unchanged if that is damaged."""
    try:
        orientation = read.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # damaged metadata raise many kinds of errors, but the image may be intact
        orientation = None
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image
