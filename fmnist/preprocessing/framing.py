"""Any image -> one of a data set's form: cut out, squeezed or cropped, as the data set's own images were.

The Try page, the shell and the adding of data sets all bring images to a form here, so that a network is
given a drawing or photo in the way in which its training images were made.
"""

import contextlib
import dataclasses
import functools

import cv2
import numpy as np
from PIL import Image

from fmnist.data.dataset import DataSet, DatasetError, Form, Framing

from .preprocess import WORK, Prepared, Step, prepare

LOOKED_AT = 300  # training images whose background is looked at; and a share of them
MOST = (
    0.9  # that is dark, or light, makes a data set of light items on dark, or the other way round
)
DARK, LIGHT = 64, 191  # of 255: a background is darker, or lighter


def frame(image: Image.Image, form: Form, framing: Framing) -> Prepared:
    """Bring an image to a form.

    Args:
        image: in any mode, upright.
        form: of the data set.
        framing: "cut-out" finds the item and centres it on black (`preprocess.prepare`); "squeezed"
            takes the whole image, whatever its proportions; "cropped" its central square. These two
            change no brightness or colour; transparent parts become white.

    Raises:
        ImageFileError: an item is to be cut out, and nothing stands out from the background.
    """
    if framing == "cut-out":
        return prepare(image, form)
    whole = on_white(image)
    steps: list[Step] = [("Your image", _seen(whole))]
    if framing == "cropped":
        whole = _central_square(whole)
        steps.append(("Central square", _seen(whole)))
    pixels = resized(whole, form)
    steps.append((f"{form.size}, {framing}", pixels))
    return Prepared(pixels, tuple(steps), "whole")


def frame_like(image: Image.Image, dataset: DataSet) -> Prepared:
    """Bring an image to a data set's form, in its framing.

    A whole grey image on the opposite background, as a digit in black on white where the data set's are
    white on black, becomes its negative.

    Args:
        image: in any mode, upright.
        dataset: where its images are gone, nothing is negated.

    Raises:
        ImageFileError: see `frame`.
    """
    prepared = frame(image, dataset.form, dataset.framing)
    if prepared.kind != "whole" or dataset.form.colour:
        return prepared
    with contextlib.suppress(DatasetError):
        expected, (found,) = background(dataset), _backgrounds(prepared.pixels[None])
        if {expected, found} == {"dark", "light"}:
            negative = 255 - prepared.pixels
            steps = (*prepared.steps, ("Negative", negative))
            return dataclasses.replace(prepared, pixels=negative, steps=steps)
    return prepared


@functools.lru_cache(maxsize=16)
def background(dataset: DataSet) -> str:
    """ "dark" or "light" if the images of a data set are so at their edges; else "".

    Raises:
        DatasetError: they are gone.
    """
    found = _backgrounds(dataset.load("train")[0][:LOOKED_AT])
    return next((each for each in ("dark", "light") if found.count(each) > MOST * len(found)), "")


def _backgrounds(images: np.ndarray) -> list[str]:
    """The same of each image, (N, *shape) uint8."""
    edges = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    tones = np.median(edges.reshape(len(images), -1), axis=1)
    return ["dark" if tone < DARK else "light" if tone > LIGHT else "" for tone in tones]


def resized(image: Image.Image, form: Form) -> np.ndarray:
    """An RGB image squeezed into a form: (*form.shape) uint8.

    Where it has more pixels each is the mean of those that it stands for; where it has fewer they are
    interpolated.
    """
    side = form.side
    way = Image.Resampling.BOX if min(image.size) >= side else Image.Resampling.BICUBIC
    return np.asarray(image.convert("RGB" if form.colour else "L").resize((side, side), way))


def on_white(image: Image.Image) -> Image.Image:
    """As RGB, with white where it is transparent."""
    if image.mode in ("RGB", "L"):
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _central_square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = ((edge - side) // 2 for edge in image.size)
    return image.crop((left, top, left + side, top + side))


def _seen(image: Image.Image) -> np.ndarray:
    """The image at the size in which steps are shown, at most WORK pixels along an edge."""
    pixels = np.asarray(image)
    scale = WORK / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = [max(1, round(edge * scale)) for edge in image.size]
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
