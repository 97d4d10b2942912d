"""Many image files -> images of one form, on two threads and in bounded memory."""

import collections
import concurrent.futures
import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from fmnist.data.dataset import Form, Framing
from fmnist.data.files.encoded_images import EncodedImage, content_of
from fmnist.data.image_files import ImageFileError, open_image

from .framing import frame
from .preprocess import WORK

THREADS = 2  # decoders leave Python while they compute; more would hold more images at a time
FINER = 4  # times an image's side: what is kept of a file that becomes an image as a whole
AHEAD = 16  # files that are read before they are needed


class Decoded(NamedTuple):
    """An image file that was read; or why it was not."""

    pixels: np.ndarray | None  # (*form.shape) uint8
    digest: bytes  # of what the file shows: equal for copies of it
    reason: str = ""


def decode(
    images: Iterable[EncodedImage], form: Form, framing: Framing
) -> Iterator[tuple[EncodedImage, Decoded]]:
    """Read image files in their order; what cannot be used is a reason, not an error."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        waiting: collections.deque[tuple[EncodedImage, concurrent.futures.Future[Decoded]]]
        waiting = collections.deque()
        try:
            for encoded in images:
                waiting.append((encoded, pool.submit(_decoded, encoded, form, framing)))
                if len(waiting) > AHEAD:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()
        finally:  # their reader may have stopped
            for _, future in waiting:
                future.cancel()


def _decoded(encoded: EncodedImage, form: Form, framing: Framing) -> Decoded:
    try:
        image = opened(encoded, WORK if framing == "cut-out" else FINER * form.side)
        pixels = frame(image, form, framing).pixels
    except ImageFileError as error:
        return Decoded(None, b"", str(error))
    seen = hashlib.blake2b(f"{image.size}".encode() + image.tobytes(), digest_size=16).digest()
    return Decoded(pixels, seen)


def opened(encoded: EncodedImage, kept: int = WORK) -> Image.Image:
    """The image in mode RGBA, at most `kept` pixels along an edge.

    Raises:
        ImageFileError: it cannot be used; the message says why.
    """
    return open_image(content_of(encoded), kept)
