"""The columns of a table -> contents: the common part of CSV and Parquet."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fmnist.data.dataset import DatasetError

from . import columns
from .contents import Contents, number
from .label_values import number_of
from .opening import Source


@dataclasses.dataclass
class Table:
    """Numbers of the columns that must be pixels, and texts of all others."""

    numbers: (
        np.ndarray
    )  # (N, numbers of columns) uint8 or float32, in the order of `Candidates.pixels`
    texts: Mapping[int, Sequence[str]]  # by column, (N,) each
    row_place: Callable[[int], str] = number  # "line 3", of row 2


def to_contents(path: Source, table: Table, candidates: columns.Candidates) -> Contents:
    """Find label and id, and put the pixels in order.

    Raises:
        DatasetError: see `columns.by_value`; or a value is not a number.
    """
    roles = columns.by_value(path, candidates, table.texts)
    names = candidates.names

    def place(image: int, column: int, what: str) -> str:
        return f"{table.row_place(image)}, column {column + 1} ({names[column] or what})"

    def pixel_place(image: int, pixel: int) -> str:
        return place(image, roles.pixels[pixel], f"pixel{pixel + 1}")

    pixels = _pixels(path, table, roles, pixel_place)
    found = Contents(pixels, assumptions=roles.notes)
    found.pixel_place = pixel_place
    if (label := roles.label) is not None:
        found.label_place = lambda image: place(image, label, "label")
        found.labels = table.texts[label]
    if roles.id is not None:
        found.ids = [text.strip() for text in table.texts[roles.id]]
        found.unlabelled = f"{columns.in_words(names, roles.id)} numbers the images"
    return found


def _pixels(
    path: Source, table: Table, roles: columns.Roles, place: Callable[[int, int], str]
) -> np.ndarray:
    """(N, numbers of an image), including the columns at the ends that turned out to be pixels."""
    parts, inner_done = [], False
    for position, column in enumerate(roles.pixels):
        if column in table.texts:
            parts.append(_numbers(path, table.texts[column], position, place))
        elif not inner_done:
            parts.append(table.numbers)
            inner_done = True
    if len(parts) == 1:
        return parts[0]
    dtype = np.result_type(*parts)
    return np.concatenate([part.astype(dtype) for part in parts], axis=1)


def _numbers(
    path: Source, texts: Sequence[str], position: int, place: Callable[[int, int], str]
) -> np.ndarray:
    """(N, 1) uint8, or float32 if it has other numbers."""
    try:
        values = np.array([float(text) for text in texts], np.float32)[:, None]
    except ValueError:
        image = next(i for i, text in enumerate(texts) if number_of(text) is None)
        raise DatasetError(
            f"{path}, {place(image, position)} is {texts[image][:30]!r}; expected a number from 0 "
            "to 255."
        ) from None
    return compact(values)


def compact(values: np.ndarray) -> np.ndarray:
    """Numbers as uint8 if all are whole and from 0 to 255, else as float32."""
    with np.errstate(invalid="ignore"):  # NaN differs from its conversion
        small = values.astype(np.uint8)
    return small if np.array_equal(small, values) else values.astype(np.float32, copy=False)
