"""A labelled data set: its classes, the form of its images, and where its arrays are found."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta

SIDES = (28, 32, 48)  # pixels: the sizes that an own data set may have
FEWEST_CLASSES, MOST_CLASSES = 2, 100

Split = Literal["train", "test"]
SPLITS: tuple[Split, Split] = ("train", "test")
Arrays = tuple[np.ndarray, np.ndarray]  # images (N, *shape) uint8, labels (N,) uint8

# How a photo or drawing becomes an image: its item found, cut out and centred on black; or the whole
# of it, squeezed to a square or cropped to its central one.
Framing = Literal["cut-out", "squeezed", "cropped"]

_Count = Annotated[int, Meta(ge=0, le=10**7)]
_Text = Annotated[str, Meta(max_length=5_000)]


class DatasetError(Exception):
    """Data is missing, damaged or of another form; the message says what was expected."""


@dataclasses.dataclass(frozen=True)
class Form:
    """The form of each image of a data set: a square, grey or in colour, 0 to 255, 0 is black."""

    side: Annotated[int, Meta(ge=1, le=256)]  # pixels
    colour: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """(side, side), in colour (side, side, 3) as red, green, blue."""
        return (self.side, self.side, 3) if self.colour else (self.side, self.side)

    @property
    def channels(self) -> int:
        """Numbers a pixel: 1, in colour 3."""
        return 3 if self.colour else 1

    @property
    def size(self) -> str:
        """ "28 x 28", for a reader."""
        return f"{self.side} x {self.side}"

    def __str__(self) -> str:
        return f"{self.size} pixels, {'colour' if self.colour else 'grey'}"


@dataclasses.dataclass(frozen=True)
class DataSet:
    """What a data set is. A run keeps it, so that its classes are known after the arrays are gone."""

    name: Annotated[str, Meta(max_length=64)]
    class_names: Annotated[
        tuple[Annotated[str, Meta(max_length=200)], ...],
        Meta(min_length=FEWEST_CLASSES, max_length=MOST_CLASSES),
    ]  # by their labels, from 0
    form: Form
    training_images: _Count
    test_images: _Count
    digest: _Text  # of all that a network learns from or is tested with: see `digest`
    framing: Framing = "cut-out"
    origin: _Text = ""  # where it came from, a sentence
    majority: Annotated[float, Meta(ge=0, le=1)] = (
        0.0  # share of the test images of the largest class
    )
    base: "DataSet | None" = None  # whose images it has, with labels of its own
    collected_for: _Text = ""  # of a collection: the name of the data set whose classes it has

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.class_names)

    @property
    def guess(self) -> float:
        """The accuracy of a model that always predicts the most frequent class, or any at random."""
        return max(1 / self.classes, self.majority)

    @property
    def counts(self) -> dict[Split, int]:
        """Images of each split."""
        return {"train": self.training_images, "test": self.test_images}

    def is_like(self, other: "DataSet") -> bool:
        """Whether both have the same classes and form: then a network for one predicts for the other."""
        return (self.class_names, self.form) == (other.class_names, other.form)

    def load(self, split: Split) -> Arrays:
        """One split's arrays.

        Returns:
            Images, (N, *form.shape) uint8; labels, (N,) uint8, indices into `class_names`. Both are
            read-only: every caller in the process shares them. They are in no order: the first ones are
            a sample of all.

        Raises:
            DatasetError: the data set is gone, damaged, or another one has its name now.
        """
        from . import library  # which knows where, and needs this module

        return library.load(self, split)

    def as_json(self) -> dict[str, Any]:
        """All of it, for a JSON file."""
        return dataclasses.asdict(self)


def digest(class_names: Sequence[str], splits: Mapping[Split, Arrays]) -> str:
    """The SHA-256 of class names, images and labels, in hexadecimal digits.

    Args:
        class_names: by their labels.
        splits: images (N, *shape) uint8 and labels (N,) uint8 of "train" and "test".
    """
    made = hashlib.sha256(json.dumps(list(class_names)).encode())
    for split in SPLITS:
        for array in splits[split]:
            made.update(f"{split} {array.shape} {array.dtype}".encode())
            made.update(np.ascontiguousarray(array).data)
    return made.hexdigest()
