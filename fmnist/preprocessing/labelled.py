"""Labelled images that somebody brings -> the form and the labels of a data set, to evaluate its models on."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.data.dataset import Arrays, DataSet, DatasetError
from fmnist.data.files import finding, reader
from fmnist.data.files.contents import Contents
from fmnist.data.files.encoded_images import EncodedImage
from fmnist.data.files.folders import Skipped

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


def of_files(path: Path, dataset: DataSet) -> Labelled:
    """Labelled images in any file, folder or ZIP file that `finding.find` knows.

    Image files are framed as those of the data set; images given as numbers have its form. Of what is
    divided, the test set is read.

    Raises:
        DatasetError: there is no image that can be read, or one of no class of the data set.
    """
    found = finding.find(path)
    part = reader.chosen(path, found)
    if not isinstance(part, Contents):
        return _framed(path, part, found.skipped, dataset)
    data = reader.of_contents(path, part, dataset)
    if data.labels is None:
        raise DatasetError(f"{path} has no labels to compare with: {data.unlabelled}.")
    return Labelled(data.images, data.labels, data.assumptions)


def _framed(
    path: Path, files: Iterable[EncodedImage], skipped: Sequence[Skipped], dataset: DataSet
) -> Labelled:
    images, labels = [], []
    left_out = [f"{each.place} ({each.reason})" for each in skipped]
    for encoded, read in decoding.decode(files, dataset.form, dataset.framing):
        if not encoded.label:
            left_out.append(f"{encoded.place} (it has no label)")
        elif read.pixels is None:
            left_out.append(f"{encoded.place} ({read.reason})")
        else:
            labels.append(_label(encoded.label, dataset, str(path)))
            images.append(read.pixels)
    if not images:
        first = f" ({left_out[0]})" if left_out else ""
        raise DatasetError(
            f"{path} has no images that can be read{first}; expected a folder for each class, with its images."
        )
    return Labelled(np.stack(images), np.array(labels, np.uint8), _notes(left_out))


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
