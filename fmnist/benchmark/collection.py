"""Folders of labelled drawings and photos, and what a model predicts for each."""

import contextlib
import csv
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.data.dataset import DatasetError
from fmnist.data.image_files import ImageFileError, open_image
from fmnist.inference.classifier import Classifier
from fmnist.inference.prediction import predict

from .preparations import PREPARATIONS

COLUMNS = ("file", "label", "kind", "style")
NO_CLASS = -1  # the label of an image of no class; empty in the file


@dataclasses.dataclass(frozen=True)
class Entry:
    """One image of a folder."""

    path: Path
    label: int  # or NO_CLASS
    group: tuple[str, str]  # kind and style
    folder: str  # its name


@dataclasses.dataclass(frozen=True)
class Answer:
    """What is kept of the prediction for an image; of one that cannot be read, that it is unsure."""

    entry: Entry
    probabilities: np.ndarray | None = None  # (C,); None: the image cannot be read
    unsure: bool = True
    sure: bool = False
    separated: bool = True  # its item, clearly from the background
    simply: dict[str, int] = dataclasses.field(default_factory=dict)  # classes, by PREPARATIONS

    @property
    def labelled(self) -> bool:
        """Whether the image is of a class."""
        return self.entry.label != NO_CLASS

    @property
    def right(self) -> bool:
        """Whether the class is the most probable one."""
        return self.probabilities is not None and self.entry.label == self.probabilities.argmax()


def read_all(folders: Sequence[Path], classes: int, without: Sequence[str] = ()) -> list[Entry]:
    """The images of several folders.

    Args:
        folders: of the images, each with a labels.csv.
        classes: how many the labels may name, from 0.
        without: kinds to leave out.

    Raises:
        DatasetError: as `read`; or a folder is given twice, or nothing is left.
    """
    whole = [folder.resolve() for folder in folders]
    for folder, path in zip(folders, whole, strict=True):
        if whole.count(path) > 1:
            raise DatasetError(f"{folder} is given twice; expected different folders.")
    names = [path.name for path in whole]
    if len(set(names)) < len(names):
        names = list(map(str, whole))
    parts = [read(folder, classes, name) for folder, name in zip(folders, names, strict=True)]
    found = [entry for part in parts for entry in part if entry.group[0] not in without]
    if not found:
        raise DatasetError(f"Without {' and '.join(without)} no images are left to predict.")
    return found


def read(folder: Path, classes: int, name: str = "") -> list[Entry]:
    """The images listed in a folder's labels.csv.

    Args:
        folder: of the images.
        classes: how many the labels may name, from 0.
        name: of the folder.

    Raises:
        DatasetError: the file is missing, a row of it is invalid, or an image does not exist.
    """
    path = folder / "labels.csv"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise DatasetError(f"{path} is not a CSV file in UTF-8.") from None
    entries = [
        _entry(folder, name, number, row, classes) for number, row in enumerate(rows, start=2)
    ]
    if not entries:
        raise DatasetError(f"{path} lists no images; expected the columns {', '.join(COLUMNS)}.")
    for number, entry in enumerate(entries, start=2):
        if not entry.path.is_file():
            raise DatasetError(f"{path}, line {number}: {entry.path} does not exist.")
    return entries


def _entry(folder: Path, name: str, line: int, row: dict[str, Any], classes: int) -> Entry:
    where = f"{folder / 'labels.csv'}, line {line}"
    if missing := [
        name for name in COLUMNS if row.get(name) is None or (name != "label" and not row[name])
    ]:
        raise DatasetError(
            f"{where}: {missing[0]} is missing; each row needs {', '.join(COLUMNS)}."
        )
    if row["label"] not in ("", *map(str, range(classes))):
        raise DatasetError(
            f"{where}: the label is {row['label']!r}; expected 0 to {classes - 1}, or none for something else."
        )
    label, group = int(row["label"] or NO_CLASS), (row["kind"], row["style"])
    return Entry(folder / row["file"], label, group, name)


def answers(entries: list[Entry], classifier: Classifier, simply: bool) -> Iterator[Answer]:
    """The prediction for each image.

    Args:
        entries: the images.
        classifier: the model.
        simply: whether to predict also with each of PREPARATIONS.
    """
    for entry in entries:
        answer = Answer(entry)
        with contextlib.suppress(ImageFileError):
            found = predict(entry.path, classifier)
            classes = _simply(entry.path, classifier) if simply else {}
            separated = not found.prepared.doubtful
            told = (found.probabilities, found.unsure, found.sure, separated)
            answer = Answer(entry, *told, classes)
        yield answer


def _simply(path: Path, classifier: Classifier) -> dict[str, int]:
    """The class predicted with each of PREPARATIONS."""
    image, form = open_image(path), classifier.dataset.form
    pixels = np.stack([prepare(image, form) for prepare in PREPARATIONS.values()])
    predicted = classifier.probabilities(pixels).argmax(axis=1)
    return dict(zip(PREPARATIONS, map(int, predicted), strict=True))
