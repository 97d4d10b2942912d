"""Which form and framing suit images, by a sample of them."""

import contextlib
import itertools
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from PIL import Image

from fmnist.data.dataset import SIDES, DatasetError, Form, Framing
from fmnist.data.files import limits
from fmnist.data.files.encoded_images import EncodedImage
from fmnist.data.image_files import ImageFileError

from .decoding import opened

SAMPLE = 60  # images that are looked at
COLOURED = 24  # of 255: how far apart the channels of a pixel are that has a colour
PART, SHARE = (
    0.02,
    0.05,
)  # of an image's pixels, and of the images: from there on they are in colour
SQUARE = 1.25  # longer edge by shorter one: up to there squeezing does little harm
DARK, MOSTLY = 32, 0.8  # of 255: a dark edge; and the share of images that have one


class Look(NamedTuple):
    """What an image is like."""

    edge: int  # pixels, the shorter one
    ratio: float  # longer edge by shorter one
    coloured: bool
    on_black: bool  # whether its edges are dark

    @classmethod
    def at(cls, image: Image.Image) -> "Look":
        """Of one image."""
        pixels = np.asarray(image.convert("RGB")).astype(np.int16)
        edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        coloured = (np.ptp(pixels, axis=-1) > COLOURED).mean() > PART
        ratio = max(image.size) / min(image.size)
        return cls(min(image.size), ratio, bool(coloured), bool(np.median(edges) < DARK))


def at_encoded(files: Collection[EncodedImage]) -> list[Look]:
    """A sample of image files; those that cannot be read are left out."""
    step = max(1, len(files) // SAMPLE) if isinstance(files, list) else 1
    looks = []
    for encoded in itertools.islice(files, 0, SAMPLE * step, step):
        with contextlib.suppress(ImageFileError):
            looks.append(Look.at(opened(encoded)))
    return looks


def at_arrays(images: np.ndarray) -> list[Look]:
    """A sample of images, (N, side, side) or (N, side, side, 3) uint8."""
    step = max(1, len(images) // SAMPLE)
    return [Look.at(Image.fromarray(image)) for image in images[::step][:SAMPLE]]


def form_for(
    path: object, looks: list[Look], count: int, side: int | None, colour: bool | None
) -> Form:
    """The form that is asked for; what is not, as suits the images and the memory.

    Args:
        path: for messages.
        looks: at a sample of the images.
        count: of all images.
        side: pixels; None proposes the largest of `SIDES` that most images have.
        colour: None proposes it if some images are in colour.

    Raises:
        DatasetError: there is no such side, or too many images for the form.
    """
    if side is not None and side not in SIDES:
        raise DatasetError(f"The side is {side}; expected {', '.join(map(str, SIDES))} pixels.")
    if colour is None:
        colour = bool(looks) and float(np.mean([look.coloured for look in looks])) > SHARE
    if side is None:
        edge = float(np.median([look.edge for look in looks])) if looks else 0
        fitting = [
            each
            for each in SIDES
            if each <= edge and count * size(Form(each, colour)) <= limits.BYTES
        ]
        side = max([SIDES[0], *fitting])
    form = Form(side, colour)
    if count * size(form) > limits.BYTES:
        raise DatasetError(
            f"{path} has {count:,} images; expected at most {limits.BYTES // size(form):,} of {form}. Choose a "
            "smaller form, or fewer images."
        )
    return form


def framing_for(looks: list[Look], are_files: bool) -> Framing:
    """How files become images: those as a whole, or their central square where most are oblong.

    Images that are given as numbers stay as they are; if they are on black, as Fashion-MNIST's, the items
    of photos and drawings are best cut out to be like them.
    """
    if not looks:
        return "squeezed"
    if are_files:
        return "squeezed" if np.median([look.ratio for look in looks]) <= SQUARE else "cropped"
    return "cut-out" if np.mean([look.on_black for look in looks]) > MOSTLY else "squeezed"


def size(form: Form) -> int:
    """Bytes of an image."""
    return form.side**2 * form.channels
