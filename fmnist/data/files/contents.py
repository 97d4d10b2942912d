"""What a reader finds in a file, and what `reader.read` makes of it."""

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from fmnist.data.dataset import Form

from . import limits


@dataclasses.dataclass(frozen=True)
class DataFile:
    """Labelled images in the form of a data set."""

    images: np.ndarray  # (N, *form.shape) uint8, 0 is background
    labels: np.ndarray | None  # (N,) uint8, by the data set's classes; None if the file has none
    assumptions: tuple[str, ...] = ()  # sentences: what was assumed or changed
    ids: tuple[str, ...] | None = None  # ids of the images in the file
    unlabelled: str = "no column or folder holds labels"  # why `labels` is None


@dataclasses.dataclass(frozen=True)
class LabelledFile(DataFile):
    """A data file that has labels."""

    labels: np.ndarray


def number(index: int) -> str:
    """The place of image `index` in a file without lines."""
    return f"image {index + 1:,}"


def form_of(count: int) -> Form | None:
    """The form of an image of so many numbers: a square, grey or of three channels; None if it has none."""
    for channels in (1, 3):
        side = math.isqrt(max(count, 0) // channels)
        is_possible = limits.SMALLEST_SIDE <= side <= limits.LARGEST_SIDE
        if is_possible and side * side * channels == count:
            return Form(side, colour=channels == 3)
    return None


@dataclasses.dataclass
class Contents:
    """Images and labels as they stand in a file: any scale, any labels."""

    pixels: (
        np.ndarray
    )  # (N, side, side), (N, side, side, 3) or (N, numbers of an image), any numbers
    labels: Sequence[str] | np.ndarray | None = (
        None  # (N,) words or numbers, or one-hot (N, classes)
    )
    assumptions: list[str] = dataclasses.field(default_factory=list)
    ids: Sequence[str] | None = None
    unlabelled: str = DataFile.unlabelled
    label_place: Callable[[int], str] = number  # "line 3, column 1 (label)", of image 2
    pixel_place: Callable[[int, int], str] | None = (
        None  # of a number of an image, in the file's order
    )

    def place(self, image: int, position: int) -> str:
        """Where a number of an image is, by its position among the image's numbers."""
        if self.pixel_place:
            return self.pixel_place(image, position)
        channels, width = (3 if self.pixels.ndim == 4 else 1), self.pixels.shape[2]
        row, column = divmod(position // channels, width)
        return f"{number(image)}, row {row + 1}, column {column + 1}"
