"""An image file + a classifier -> a prediction, the same on the page and at the shell."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from .evaluation import TELLING
from .labels import CLASS_NAMES
from .picture_files import open_picture
from .pictures import Prepared, prepare

SURE = 0.9  # probability from which on a prediction is called sure

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

NOT_CONFIDENT = f"No class reaches {TELLING:.0%}."
NOT_SEPARATED = "The item could not be separated from its background."


class Classifier(Protocol):
    """What predicts: a trained run's model or any other."""

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, 10) float32 for (N, 28, 28) uint8."""


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What a classifier predicts for one item, and how its 28 x 28 pixels came about."""

    probabilities: np.ndarray  # (10,) float32
    prepared: Prepared
    reason: str  # why it is unsure, a sentence; empty if it is not
    familiar: bool = True  # like the images that the classifier learned from
    items: tuple[Box, ...] = ()  # in `photo`'s pixels, the largest first, if several were found
    turned: int = 0  # quarter turns counter-clockwise that the photo was given
    photo: Image.Image | None = None  # as it was read, upright and turned: boxes are in its pixels

    @property
    def index(self) -> int:
        """Of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def label(self) -> str:
        """The name of the most probable class."""
        return CLASS_NAMES[self.index]

    @property
    def confidence(self) -> float:
        """The highest probability."""
        return float(self.probabilities.max())

    @property
    def unsure(self) -> bool:
        """Whether it says "I can't tell"."""
        return bool(self.reason)

    @property
    def sure(self) -> bool:
        """Whether it says "I am sure"."""
        return self.confidence >= SURE and self.familiar and not self.unsure

    def row(self) -> dict[str, Any]:
        """What a table or a JSON line holds of it."""
        return {
            "label": self.label,
            "index": self.index,
            "confidence": self.confidence,
            "probabilities": self.probabilities.tolist(),
            "unsure": self.unsure,
            "sure": self.sure,
            "reason": self.reason,
            "kind": self.prepared.kind,
            "turned": 90 * self.turned,
            "items": [list(box) for box in self.items],
        }


def predict(
    source: Path | bytes,
    classifier: Classifier,
    box: Box | None = None,
    turns: int | None = None,
    item: int | None = None,
) -> Prediction:
    """Predict the class of the item in a photo or drawing.

    Args:
        source: an image file, or its content.
        classifier: predicts for 28 x 28 pixels.
        box: the part of the photo to look at, in pixels of the turned photo.
        turns: quarter turns counter-clockwise; None finds them out where the upright photo leaves
            the classifier unsure.
        item: which of several items, from 1, in the order of `items`; the box comes first.

    Raises:
        PictureError: the file or its image cannot be used.
    """
    photo = open_picture(source)
    if turns:
        photo = photo.rotate(90 * turns, expand=True)
    prepared = prepare(photo.crop(box) if box else photo)
    probabilities = classifier.probabilities(prepared.pixels[None])[0]
    return Prediction(
        probabilities,
        prepared,
        _doubt(probabilities, prepared.doubtful),
        turned=(turns or 0) % 4,
        photo=photo,
    )


def predict_pixels(pixels: np.ndarray, classifier: Classifier) -> Prediction:
    """The same of an image in the data set's form, (28, 28) uint8: one of the test set, say."""
    return next(predict_all(pixels[None], classifier))


def predict_all(images: np.ndarray, classifier: Classifier) -> Iterator[Prediction]:
    """The same of many images, (N, 28, 28) uint8."""
    for pixels, probabilities in zip(images, classifier.probabilities(images), strict=True):
        prepared = Prepared(pixels, (), "image")
        yield Prediction(probabilities, prepared, _doubt(probabilities, False))


def _doubt(probabilities: np.ndarray, not_separated: bool) -> str:
    """Why the prediction is unsure; empty if it is not."""
    if not_separated:
        return NOT_SEPARATED
    return NOT_CONFIDENT if probabilities.max() < TELLING else ""


def in_words(prediction: Prediction, bold: bool = False) -> str:
    """The prediction as a sentence that says how sure it is.

    Args:
        prediction: of one item.
        bold: the class names in bold, as Markdown.
    """
    mark = "**" if bold else ""
    first, second = prediction.probabilities.argsort()[::-1][:2]
    best, next_best = (
        f"{mark}{CLASS_NAMES[index]}{mark} ({prediction.probabilities[index]:.0%})"
        for index in (first, second)
    )
    if prediction.unsure:
        return f"I can't tell. At best {best} or {next_best}."
    if prediction.sure:
        return f"I am sure: {best}."
    return f"Probably {best}, perhaps {next_best}."
