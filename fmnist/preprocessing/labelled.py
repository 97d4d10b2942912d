"""Labelled images that somebody brings -> the form and the labels of a data set, to evaluate its models on."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.data.dataset import Arrays, DataSet, DatasetError
from fmnist.data.file_kinds import KINDS, kind_of
from fmnist.data.files import opening, pictures
from fmnist.data.files.pictures import Picture

from . import decoding


class Labelled(NamedTuple):
    """Labelled images in a data set's form, with its labels."""

    images: np.ndarray  # (N, *form.shape) uint8
    labels: np.ndarray  # (N,) uint8
    notes: tuple[str, ...] = ()  # sentences: what was left out


def of_dataset(other: DataSet, dataset: DataSet) -> Arrays:
    """The test images of one data set with the labels of another that has its classes.

    Raises:
        DatasetError: its form is another one, it has a class that the other lacks, or it is gone.
    """
    if other.form != dataset.form:
        raise DatasetError(
            f"{other.name} has images of {other.form}; expected {dataset.form}, as in {dataset.name}."
        )
    labels = np.array([_label(name, dataset, other.name) for name in other.class_names], np.uint8)
    images, given = other.load("test")
    return images, labels[given]


def of_pictures(path: Path, dataset: DataSet) -> Labelled:
    """Image files in a folder, or a ZIP file, with one folder for each class.

    They are framed as those of the data set. Of a folder that is divided, the test set is read.

    Raises:
        DatasetError: there is no image that can be read, or one of no class of the data set.
    """
    kind = kind_of(path)
    if kind == "folder":
        return _read(path, *pictures.in_folder(path), dataset)
    if kind != "zip":
        raise DatasetError(
            f"{path} is {KINDS[kind]}; expected a folder, or a ZIP file, with a folder of images for each class "
            f"of {dataset.name}, or the name of a data set."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, *pictures.in_archive(path, archive), dataset)
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None


def _read(
    path: Path,
    parts: dict[str, list[Picture]],
    skipped: list[pictures.Skipped],
    dataset: DataSet,
) -> Labelled:
    files = parts.get("test") or [file for part in parts.values() for file in part]
    labels = {
        name: _label(name, dataset, str(path))
        for name in {file.label for file in files if file.label}
    }
    images, found = [], []
    left_out = [f"{each.place} ({each.reason})" for each in skipped]
    left_out += [f"{file.place} ({pictures.NO_CLASS})" for file in files if not file.label]
    decoded = decoding.decode((file for file in files if file.label), dataset.form, dataset.framing)
    for each in decoded:
        if each.pixels is None:
            left_out.append(f"{each.place} ({each.reason})")
        else:
            images.append(each.pixels)
            found.append(labels[each.label])
    if not images:
        first = f" ({left_out[0]})" if left_out else ""
        raise DatasetError(
            f"{path} has no images that can be read{first}; expected a folder for each class, with its images."
        )
    return Labelled(np.stack(images), np.array(found, np.uint8), _notes(left_out))


def _notes(left_out: Sequence[str]) -> tuple[str, ...]:
    if not left_out:
        return ()
    more = ", ..." if len(left_out) > 3 else ""
    return (f"{len(left_out):,} files were left out: {', '.join(left_out[:3])}{more}.",)


def _label(name: str, dataset: DataSet, where: str) -> int:
    """The label of a class that is named, or numbered."""
    known = {each.casefold(): label for label, each in enumerate(dataset.class_names)}
    numbers = {str(label): label for label in range(dataset.classes)}
    try:
        return (numbers | known)[name.casefold()]
    except KeyError:
        names = ", ".join(dataset.class_names[:10]) + (", ..." if dataset.classes > 10 else "")
        raise DatasetError(
            f"{where} has images of {name[:80]!r}, which is not a class of {dataset.name}; expected {names}."
        ) from None
