"""Fashion-MNIST as people pass it on: a CSV file or a folder of IDX files -> uint8 arrays."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow
import pyarrow.csv

from .datasets import PREFIX, DatasetError
from .labels import CLASS_NAMES

MOST = 250_000  # images in a file: 196 MB as uint8
COLUMNS = 785  # label, pixel1 ... pixel784
LONGEST = 100_000  # characters in a line of CSV; 785 numbers have at most 3,925
BLOCK = 4 << 20  # bytes of CSV at a time
LABELS = [name.lower() for name in CLASS_NAMES]  # in the place of their numbers they are no header
GZIP = b"\x1f\x8b"
DAMAGED = (OSError, EOFError, zlib.error)


def read(path: Path, split: str = "test") -> tuple[np.ndarray, np.ndarray]:
    """Read a CSV file, or one split of a folder of IDX files, gzipped or not.

    Returns:
        Images, (N, 28, 28) uint8, 0 is background; labels, (N,) uint8, 0 to 9.

    Raises:
        DatasetError: in one sentence, which file is wrong, where, and what would be right.
    """
    if path.is_dir():
        return read_idx_folder(path, split)
    return read_csv(path)


# CSV


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a CSV file: one image a line, its label and then 784 pixels, row by row.

    A first line that begins with a word is taken for the columns' names. 60,000 images take
    about a second.

    Returns:
        As `read`.

    Raises:
        DatasetError: as `read`.
    """
    with _opened(path) as file:
        skip = int(_is_header(path, next(_lines(path, file), "")))
    rows = _csv_rows(path, skip)
    if not len(rows) or rows[:, 0].max() > 9:
        raise _fault(path, skip)
    return rows[:, 1:].reshape(-1, 28, 28), np.ascontiguousarray(rows[:, 0])


def _csv_rows(path: Path, skip: int) -> np.ndarray:
    """(N, 785) uint8; N is 0 if something in the file is no such number."""
    blocks = [np.empty((0, COLUMNS), np.uint8)]
    try:
        with _opened(path) as file:
            blocks += _csv_blocks(path, file, skip)
    except (pyarrow.ArrowInvalid, *DAMAGED):
        return blocks[0]
    return np.concatenate(blocks)


def _csv_blocks(path: Path, file: BinaryIO, skip: int) -> Iterator[np.ndarray]:
    """(rows, 785) uint8, again and again, so that a file of any length takes bounded memory."""
    names = [str(column) for column in range(COLUMNS)]
    blocks = pyarrow.csv.open_csv(
        file,
        pyarrow.csv.ReadOptions(column_names=names, skip_rows=skip, block_size=BLOCK),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.uint8()), null_values=[]
        ),
    )
    count = 0
    for block in blocks:
        count += block.num_rows
        _check_count(path, count)
        yield np.stack([column.to_numpy() for column in block.columns], axis=1)


def _is_header(path: Path, line: str) -> bool:
    """Whether the first line holds names; `label` must be the first of them."""
    names = [name.strip(' "\r\n').lower() for name in line.split(",")]
    if names[0].lstrip("-").replace(".", "").isdigit() or names[0] in ("", *LABELS):
        return False
    if "label" in names[1:]:
        raise DatasetError(
            f"{path} has its label in column {names.index('label') + 1}; it must be column 1, "
            "before pixel1 to pixel784."
        )
    return True


def _fault(path: Path, skip: int) -> DatasetError:
    """Go through the file line by line to the first thing that is wrong."""
    with _opened(path) as file:
        for number, line in enumerate(_lines(path, file), 1):
            values = next(csv.reader([line]), [])
            if values and len(values) != COLUMNS:
                return DatasetError(
                    f"{path}, line {number} has {_counted(len(values), 'column')}; {COLUMNS} are "
                    "right, separated by commas: the label and 784 pixels."
                )
            if values and number > skip and (wrong := _wrong_value(values)):
                return DatasetError(f"{path}, line {number}, {wrong}")
    return DatasetError(f"{path} has no images; one a line is right, its label first.")


def _wrong_value(values: list[str]) -> str | None:
    for column, value in enumerate(values):
        highest = 255 if column else 9
        if not (value.isascii() and value.isdecimal() and int(value[:9]) <= highest):
            name = f"pixel{column}" if column else "label"
            return (
                f"column {column + 1} ({name}) is {value[:30]!r}; a whole number from 0 to "
                f"{highest} is right."
            )
    return None


def _lines(path: Path, file: BinaryIO) -> Iterator[str]:
    try:
        with io.TextIOWrapper(file, "utf-8-sig", errors="replace") as text:
            while line := text.readline(LONGEST):
                yield line
    except DAMAGED as error:
        raise DatasetError(f"{path} is damaged or cut short ({error}).") from None


# IDX


def read_idx_folder(folder: Path, split: str = "test") -> tuple[np.ndarray, np.ndarray]:
    """Read `train-images-idx3-ubyte` and its labels, or the `t10k-` pair; `.gz` or not.

    Args:
        folder: where the files are.
        split: "train" or "test".

    Returns:
        As `read`.

    Raises:
        DatasetError: as `read`.
    """
    images_path = _idx_path(folder, f"{PREFIX[split]}-images-idx3-ubyte")
    labels_path = _idx_path(folder, f"{PREFIX[split]}-labels-idx1-ubyte")
    images, labels = _read_idx(images_path, (28, 28)), _read_idx(labels_path, ())
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_path} has {_counted(len(images), 'image')} but {labels_path.name} has "
            f"{_counted(len(labels), 'label')}; one label an image is right."
        )
    if len(wrong := np.flatnonzero(labels > 9)):
        raise DatasetError(
            f"{labels_path}, byte {8 + wrong[0]} (label {wrong[0] + 1}) is {labels[wrong[0]]}; "
            "a label from 0 to 9 is right."
        )
    return images, labels


def _idx_path(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise DatasetError(f"{folder} has no {name}.gz and no {name}; an IDX folder has one of them.")


def _read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The array of an IDX file whose items have that shape; `datasets.read_idx` tells the form."""
    magic = 0x0801 + len(shape)
    with _opened(path) as file:
        length = 8 + 4 * len(shape)
        header = _read(path, file, length)
        if len(header) < length:
            raise DatasetError(f"{path} ends within its header of {length} bytes.")
        found_magic, count, *found = np.frombuffer(header, ">u4").tolist()
        if found_magic != magic:
            raise DatasetError(
                f"{path} begins with {found_magic}; the magic number {magic} is right."
            )
        if tuple(found) != shape:
            raise DatasetError(
                f"{path} has images of {' x '.join(map(str, found))}; 28 x 28 is right."
            )
        _check_count(path, count)
        expected = count * int(np.prod(shape))
        data = _read(path, file, expected + 1)
    if len(data) != expected:
        had = f"more than {expected:,}" if len(data) > expected else f"{len(data):,}"
        raise DatasetError(
            f"{path} has {had} bytes after its header, which promises {expected:,} for "
            f"{count:,} images."
        )
    if not count:
        raise DatasetError(f"{path} has no images; at least one is needed.")
    return np.frombuffer(data, np.uint8).reshape(count, *shape)


def _read(path: Path, file: BinaryIO, count: int) -> bytes:
    """At most so many bytes: a small gzip file can hold any amount."""
    try:
        return file.read(count)
    except DAMAGED as error:
        raise DatasetError(f"{path} is damaged or cut short ({error}).") from None


# Both


def _opened(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where they are gzipped, whatever its name."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
        return gzip.open(path) if packed else path.open("rb")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from None


def _check_count(path: Path, count: int) -> None:
    if count > MOST:
        raise DatasetError(f"{path} has more than {MOST:,} images, the most that are read.")


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("s" if count != 1 else "")
