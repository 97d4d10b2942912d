"""An image file + a classifier -> a prediction, the same on the page and at the command line."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, get_args

import numpy as np
from PIL import Image

from fmnist.analysis.metrics import evidence
from fmnist.data.image_files import ImageFileError, Source, open_image
from fmnist.data.labels import FOOTWEAR
from fmnist.preprocessing.framing import frame_like
from fmnist.preprocessing.preprocess import Box, Prepared, Step

from .doubt import Classifier, are_sure, reason

Certainty = Literal["sure", "probably", "can't tell"]
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)

ALIKE = 0.6  # smallest ratio of the widths, and of the heights, of two shoes that are a pair

SIDEWAYS = {1: "90° counter-clockwise", 3: "90° clockwise"}  # by quarter turns


@dataclasses.dataclass(frozen=True, repr=False)
class Prediction:
    """A classifier's prediction for one item, and the steps to its pixels."""

    probabilities: np.ndarray  # (C,) float32
    prepared: Prepared
    class_names: tuple[str, ...]  # C
    reason: str  # a sentence why it is unsure; empty if it is not
    sure: bool = False  # whether the sentence is "I am sure"
    items: tuple[Box, ...] = ()  # in `photo`'s pixels, the largest first, if several were found
    item: int | None = None  # which of them was predicted, from 1; None for both of a pair
    pair: bool = False  # the items are two shoes
    turned: int = 0  # quarter turns counter-clockwise applied to the photo
    photo: Image.Image | None = None  # upright and turned; boxes are in its pixels

    @property
    def index(self) -> int:
        """The index of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def label(self) -> str:
        """The name of the most probable class."""
        return self.class_names[self.index]

    @property
    def confidence(self) -> float:
        """The highest probability."""
        return float(self.probabilities.max())

    @property
    def by_class(self) -> dict[str, float]:
        """The probability of each class by its name, the most probable first."""
        order = self.probabilities.argsort()[::-1]
        return {self.class_names[index]: float(self.probabilities[index]) for index in order}

    @property
    def pixels(self) -> np.ndarray:
        """What the network got: (*shape) uint8, in the data set's form."""
        return self.prepared.pixels

    @property
    def steps(self) -> tuple[Step, ...]:
        """From the photo or drawing to `pixels`: names, and (H, W) or (H, W, 3) uint8; none for an image of the data set."""
        return self.prepared.steps

    @property
    def unsure(self) -> bool:
        """Whether the sentence is "I can't tell"."""
        return bool(self.reason)

    @property
    def certainty(self) -> Certainty:
        """How its sentence begins, in a word."""
        return "can't tell" if self.unsure else "sure" if self.sure else "probably"

    def __str__(self) -> str:
        """What the page and the shell say."""
        return f"{in_words(self)} {self.reason}".rstrip()

    def __repr__(self) -> str:
        """The same, without the arrays."""
        return f"<Prediction: {self}>"

    def shown(self, box: Box | None = None) -> Image.Image | None:
        """What this is about: the box of the photo, or else its chosen item, or else all of it."""
        if self.photo is None:
            return None
        part = box or (self.items[self.item - 1] if self.item else None)
        return self.photo.crop(part) if part else self.photo

    def row(self) -> dict[str, Any]:
        """The fields of a table row or a JSON line."""
        return {
            "label": self.label,
            "index": self.index,
            "confidence": self.confidence,
            "probabilities": self.probabilities.tolist(),
            "evidence": float(evidence(self.probabilities)),
            "unsure": self.unsure,
            "sure": self.sure,
            "reason": self.reason,
            "kind": self.prepared.kind,
            "turned": 90 * self.turned,
            "items": [list(box) for box in self.items],
            "item": self.item,
        }


def predict(
    source: Source,
    classifier: Classifier,
    box: Box | None = None,
    turns: int | None = None,
    item: int | None = None,
) -> Prediction:
    """Predict the class of the item in a photo or drawing.

    Args:
        source: an image file, or an image; see `open_image`.
        classifier: its data set says how images are brought to its form.
        box: the part of the photo to use, in pixels of the turned photo.
        turns: quarter turns counter-clockwise to apply to the photo; None applies none, but `reason`
            names the one that would make an unsure prediction sure.
        item: which of several items to predict, from 1, in the order of `items`; by default the
            largest, or both of a pair of shoes. Ignored if a box is given.

    Raises:
        ImageFileError: the file or its image cannot be used, or the item does not exist.
    """
    photo = open_image(source)
    if turns:
        photo = photo.rotate(90 * turns, expand=True)
    dataset = classifier.dataset
    prepared = frame_like(photo.crop(box) if box else photo, dataset)
    items = () if box else prepared.items
    if not box:
        _check(item, len(items))
    pair = not box and _is_pair(prepared, classifier)
    chosen = (item or (None if pair else 1)) if items else None
    if chosen:
        prepared = frame_like(photo.crop(items[chosen - 1]), dataset)
    found = _read(prepared, classifier)
    is_to_turn = found.unsure and turns is None and prepared.kind == "photo"
    advice = _turned(prepared.pixels, classifier) if is_to_turn else ""
    return dataclasses.replace(
        found,
        reason=found.reason + advice,
        items=items,
        item=chosen,
        pair=pair,
        turned=(turns or 0) % 4,
        photo=photo,
    )


def _check(item: int | None, count: int) -> None:
    last = max(1, count)
    if item is not None and not 1 <= item <= last:
        raise ImageFileError(f"There is no item {item}; expected 1 to {last}.")


def _read(prepared: Prepared, classifier: Classifier) -> Prediction:
    """The prediction for an image, in all readings that the classifier can read."""
    if not classifier.knows_outlines:
        prepared = dataclasses.replace(prepared, readings=())
    others = [pixels[None] for _, pixels in prepared.readings]
    found = next(predict_all(prepared.pixels[None], classifier, prepared.doubtful, others))
    return dataclasses.replace(found, prepared=prepared)


def predict_pixels(pixels: np.ndarray, classifier: Classifier) -> Prediction:
    """Predict an image in the data set's form, (*shape) uint8, such as a test image."""
    return next(predict_all(pixels[None], classifier))


def predict_all(
    images: np.ndarray,
    classifier: Classifier,
    not_separated: bool = False,
    others: Sequence[np.ndarray] = (),
) -> Iterator[Prediction]:
    """Predict many images.

    Args:
        images: (N, *shape) uint8.
        classifier: a trained model.
        not_separated: makes all predictions unsure.
        others: further readings of all the images, each (N, *shape) uint8; the mean probabilities of an
            image and its readings are its prediction.
    """
    each = classifier.probabilities(np.concatenate([images, *others]))
    probabilities = each.reshape(1 + len(others), len(images), -1).mean(axis=0)
    point, names = classifier.operating_point, classifier.dataset.class_names
    sure = np.zeros(len(images), bool)
    if not not_separated:
        sure = are_sure(images, probabilities, classifier)
    for pixels, row, is_sure in zip(images, probabilities, sure, strict=True):
        prepared, why = Prepared(pixels, (), "image"), reason(row, not not_separated, point)
        yield Prediction(row, prepared, names, why, bool(is_sure) and not why)


def _is_pair(prepared: Prepared, classifier: Classifier) -> bool:
    """Whether a photo's items are two shoes: alike in size, and footwear together or one by one."""
    if len(prepared.items) != 2:
        return False
    sizes = np.array([(right - left, end - top) for left, top, right, end in prepared.items])
    if (sizes.min(axis=0) < ALIKE * sizes.max(axis=0)).any():
        return False
    readings = np.stack([prepared.pixels, *prepared.item_pixels])
    classes = classifier.probabilities(readings).argmax(axis=1)
    return bool(FOOTWEAR & {classifier.dataset.class_names[index] for index in classes})


def _turned(pixels: np.ndarray, classifier: Classifier) -> str:
    """A further sentence if a quarter turn would make an unsure prediction sure."""
    turned = np.stack([np.rot90(pixels, turns) for turns in SIDEWAYS])
    probabilities = classifier.probabilities(turned)
    sure = are_sure(turned, probabilities, classifier)
    best = np.where(sure, probabilities.max(axis=1), 0).argmax()
    if not sure[best]:
        return ""
    label = classifier.dataset.class_names[probabilities[best].argmax()]
    share = probabilities[best].max()
    return f" Turned by {list(SIDEWAYS.values())[best]} it would be {label} ({share:.0%})."


def in_words(prediction: Prediction, named: Callable[[str], str] = str) -> str:
    """The prediction as a sentence with its confidence.

    Args:
        prediction: of one item.
        named: how a class name stands in it, as in bold.
    """
    first, second = prediction.probabilities.argsort()[::-1][:2]
    best, next_best = (
        f"{named(prediction.class_names[index])} ({prediction.probabilities[index]:.0%})"
        for index in (first, second)
    )
    if prediction.unsure:
        sentence = f"I can't tell. At best {best} or {next_best}."
    elif prediction.sure:
        sentence = f"I am sure: {best}."
    else:
        sentence = f"Probably {best}, perhaps {next_best}."
    if prediction.item:
        return f"Item {prediction.item} of {len(prediction.items)}: {sentence}"
    return sentence
