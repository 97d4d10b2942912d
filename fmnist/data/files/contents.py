"""The content of a data file: as stored, and as returned by `reader.read`."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

SIZE = 28  # pixels along each edge
PIXELS = SIZE * SIZE


@dataclasses.dataclass(frozen=True)
class DataFile:
    """Labelled images in the form of the data set."""

    images: np.ndarray  # (N, 28, 28) uint8, 0 is background
    labels: np.ndarray | None  # (N,) uint8, 0 to 9; None if the file has none
    assumptions: tuple[str, ...] = ()  # sentences about what was assumed or changed
    ids: tuple[str, ...] | None = None  # the images' names in the file
    unlabelled: str = "no column or folder holds labels"  # why `labels` is None


@dataclasses.dataclass(frozen=True)
class LabelledFile(DataFile):
    """A data file that has labels."""

    labels: np.ndarray


def number(index: int) -> str:
    """The place of image `index` in a file without lines, in words."""
    return f"image {index + 1:,}"


@dataclasses.dataclass
class Contents:
    """Images and labels as stored in a file, with any scale and any labels."""

    pixels: np.ndarray  # (N, 28, 28), any numbers
    labels: Sequence[str] | np.ndarray | None = None  # (N,) words or numbers, or (N, 10)
    assumptions: list[str] = dataclasses.field(default_factory=list)
    ids: Sequence[str] | None = None
    unlabelled: str = DataFile.unlabelled
    label_place: Callable[[int], str] = number  # "line 3, column 1 (label)", of image 2
    pixel_place: Callable[[int, int], str] = lambda image, pixel: (
        f"{number(image)}, row {pixel // SIZE + 1}, column {pixel % SIZE + 1}"
    )
