"""Any file or folder of labelled images -> arrays, with a sentence about each assumption."""

import zipfile
from pathlib import Path

import numpy as np

from fmnist.data.dataset import DatasetError
from fmnist.data.file_kinds import KINDS, kind_of

from . import (
    appearance,
    array_files,
    folders,
    idx_files,
    label_values,
    opening,
    pixel_values,
)
from .contents import SIZE, Contents, DataFile, LabelledFile
from .opening import Source

READ = "a CSV file, .npz, Parquet, IDX files, or a folder of images for each class"


def read(path: Path, split: str = "test") -> DataFile:
    """Read labelled images from a CSV, .npz, Parquet or IDX file, a folder or zip of them, or of images.

    Args:
        path: a file or folder.
        split: "train" or "test", if a folder or file has both.

    Returns:
        Images in the form of the data set: (N, 28, 28) uint8, light on dark, upright, with labels 0 to
        9. `assumptions` lists what was changed or assumed.

    Raises:
        DatasetError: names the error and its place, what was expected, and what to do.
    """
    found = _contents(path, split)
    pixels, notes = pixel_values.to_uint8(path, found.pixels, found.pixel_place)
    assumptions = found.assumptions + notes
    for look in (appearance.light_on_dark, appearance.upright):
        pixels, notes = look(pixels)
        assumptions += notes
    labels = None
    if found.labels is not None:
        labels, notes = _labels(path, found, pixels)
        assumptions += notes
    ids = None if found.ids is None else tuple(found.ids)
    return DataFile(pixels, labels, tuple(assumptions), ids, found.unlabelled)


def is_table(path: Path) -> bool:
    """Whether the file has many images in the data set's form, and is not a photo or drawing."""
    return kind_of(path) in ("text", "npz", "parquet", "idx-images", "zip")


def read_labelled(path: Path, split: str = "test") -> LabelledFile:
    """`read` images with labels.

    Raises:
        DatasetError: see `read`; or the images have no labels.
    """
    found = read(path, split)
    if found.labels is None:
        raise DatasetError(
            f"{path} has no labels to compare with: {found.unlabelled}; `python -m fmnist predict` "
            "predicts them."
        )
    return LabelledFile(found.images, found.labels, found.assumptions, found.ids)


def _labels(path: Path, found: Contents, images: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """(N,) uint8, 0 to 9."""
    assert found.labels is not None, "labels were looked for before"
    numbers = label_values.numbers(path, found.labels, found.label_place)
    labels, notes = appearance.from_zero(images, numbers)
    if labels.max() > 9:
        index = int(labels.argmax())
        raise label_values.refusal(path, found.label_place(index), str(labels[index]))
    return labels.astype(np.uint8), notes


def _contents(path: Source, split: str) -> Contents:
    """The content of any kind of file or folder."""
    kind = kind_of(path) if isinstance(path, Path) else _kind_by_name(path.name)
    if kind == "zip":
        return _of_zip(path, split)
    if kind == "folder":
        return _of_folder(path, split)
    if kind == "text":
        from . import csv_files  # it loads pyarrow, which only tables need

        return csv_files.read(path)
    if kind == "npz":
        return array_files.read(path, split)
    if kind == "parquet":
        from . import parquet_files

        return parquet_files.read(path)
    if kind in ("idx-images", "idx-labels"):
        return _of_idx_file(path, kind)
    if kind == "missing":
        raise DatasetError(f"{path} cannot be read: No such file or directory.")
    raise DatasetError(f"{path} is {KINDS[kind]}{ADVICE.get(kind, f'; expected {READ}')}.")


def _kind_by_name(name: str) -> str:
    """The kind of a file in a zip archive, by its name."""
    ending = name.lower().removesuffix(".gz").rpartition(".")[2]
    return ending if ending in ("npz", "parquet", "zip") else "text"


ADVICE = {
    "empty": "; download or copy it again",
    "git-lfs": "; `git lfs pull` fetches it",
    "html": "; download the data itself",
    "arff": "; save it as CSV",
    "excel": "; save it as CSV",
    "npy": ", images or labels only; save both in one file with np.savez(path, x=images, y=labels)",
    "matlab": "; save its arrays with np.savez(path, x=images, y=labels)",
    "image": "; `python -m fmnist predict` takes images",
    "tar": "; unpack it and name the folder",
    "archive": "; unpack it and name the folder",
    "keras": "; it is a model and stands in the place of MODEL; after --data expected " + READ,
    "pickle": "; save its arrays with np.savez(path, x=images, y=labels)",
}


def _of_folder(folder: Source, split: str) -> Contents:
    try:
        found = folders.read(folder, split)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror}.") from None
    if isinstance(found, Contents):
        return found
    contents = _contents(found, split)
    contents.assumptions.insert(0, f"{found.name} was read.")
    return contents


def _of_zip(path: Source, split: str) -> Contents:
    if not isinstance(path, Path):
        raise DatasetError(f"{path} is a zip archive in another; unpack it and name what is in it.")
    try:
        return _of_folder(zipfile.Path(path), split)
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None


def _of_idx_file(path: Source, kind: str) -> Contents:
    """Read one file of a pair, together with the other if that is in the same folder."""
    other = idx_files.partner(path, idx_files.nearby(Path(path.parent)))
    if other:
        pair = (path, other) if kind == "idx-images" else (other, path)
        found = idx_files.read_pair(*pair)
        found.assumptions.append(f"{other.name} beside it was read as well.")
        return found
    if kind == "idx-labels":
        raise DatasetError(
            f"{path} has only labels; expected its images beside it, such as t10k-images-idx3-ubyte."
        )
    found = Contents(idx_files.read_array(path, (SIZE, SIZE)))
    found.unlabelled = "its labels, such as t10k-labels-idx1-ubyte, are not beside it"
    return found
