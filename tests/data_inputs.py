"""The first test images in the forms in which people pass them on."""

import gzip
import shutil
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.data.files import reader
from fmnist.data.files.contents import DataFile

from .conftest import in_one_sentence

IMAGES, LABELS = (array[:60] for array in fashion_mnist.load("test"))
PIXEL_NAMES = [f"pixel{number}" for number in range(1, 785)]
HEADER = ["label", *PIXEL_NAMES]


def cells(images: np.ndarray = IMAGES, labels: Sequence | None = LABELS) -> list[list]:
    """A table's rows: label, then 784 pixels."""
    rows = images.reshape(len(images), -1).tolist()
    return rows if labels is None else [[y, *x] for y, x in zip(labels, rows, strict=True)]


def label_last(rows: list[list]) -> list[list]:
    return [[*row[1:], row[0]] for row in rows]


def write(path: Path, content: str | bytes | Sequence[Sequence], separator: str = ",") -> Path:
    """A file of that content, or of those cells; gzipped if its name says so."""
    if not isinstance(content, str | bytes):
        content = "".join(separator.join(map(str, row)) + "\n" for row in content)
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path


def write_idx(
    folder: Path,
    images: np.ndarray = IMAGES,
    labels: np.ndarray = LABELS,
    name: Callable[[str, int], str] = "t10k-{}-idx{}-ubyte".format,
) -> Path:
    """A pair of IDX files; `name` gets "images" and 3, or "labels" and 1."""
    image_header = struct.pack(">4i", 2051, len(images), 28, 28)
    write(folder / name("images", 3), image_header + images.tobytes())
    label_header = struct.pack(">2i", 2049, len(labels))
    write(folder / name("labels", 1), label_header + labels.tobytes())
    return folder


def zipped(folder: Path) -> Path:
    """The folder in a zip archive beside it."""
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def holds(found: DataFile, count: int = len(IMAGES), labels: bool = True) -> None:
    """Whether these are the first test images, pixel by pixel."""
    assert found.images.dtype == np.uint8
    np.testing.assert_array_equal(found.images, IMAGES[:count])
    if labels:
        assert found.labels.dtype == np.uint8
        np.testing.assert_array_equal(found.labels, LABELS[:count])
    else:
        assert found.labels is None


def said(found: DataFile) -> str:
    """All assumptions, each of which is a sentence."""
    assert all(text[0].isalnum() and text.endswith(".") for text in found.assumptions)
    return " ".join(found.assumptions)


def refusal(path: Path, named: Path | None = None, split: str = "test") -> str:
    """The one sentence with which a file is refused; it begins with the path of what is wrong."""
    with pytest.raises(DatasetError) as error:
        reader.read(path, split)
    assert in_one_sentence(str(error.value))
    assert str(error.value).startswith(str(named or path))
    return str(error.value)
