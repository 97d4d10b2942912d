"""The commands that take any model, a run or a file: evaluate, predict, import."""

import argparse
import contextlib
import dataclasses
import errno
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.data.files import reader
from fmnist.data.files.label_values import is_fashion
from fmnist.data.files.photos import photos_in
from fmnist.inference import doubt
from fmnist.inference.batch import COLUMNS, Outcome, Table, predict_one, summary
from fmnist.inference.classifier import Classifier
from fmnist.inference.prediction import predict_all
from fmnist.machine.disk import explain
from fmnist.model_files import evaluation, importer, received
from fmnist.preprocessing import labelled
from fmnist.recipes.registry import DEFAULT
from fmnist.runs import remarks

Row = tuple[Outcome, dict[str, Any]]  # of an image, and what else JSON holds of it


def evaluate(options: argparse.Namespace) -> int:
    """Loss and accuracy on the model's test set, or on data of the user's."""
    dataset = evaluation.dataset_of(options.model)
    images, labels, assumptions = _labelled(options.data, dataset)
    found = evaluation.measure(options.model, images, labels, options.preprocessing)
    if options.json:
        print(json.dumps(found.row() | {"assumptions": assumptions}))
        return 0
    what = f"images of {options.data}" if options.data else "test images"
    print(*found.in_words(what), sep="\n")
    if assumptions:
        print("Assumed of the data:", *assumptions)
    return 0


def _labelled(data: Path | None, dataset: DataSet) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Images, labels, and what was assumed, of a path, a data set's name, or the data set's own test set."""
    if data is None:
        return *dataset.load("test"), []
    if not data.exists() and str(data) in (each.name for each in library.listing()):
        return *labelled.of_dataset(library.find(str(data)), dataset), []
    if is_fashion(dataset):
        file = reader.read_labelled(data)
        return file.images, file.labels, list(file.assumptions)
    found = labelled.of_files(data, dataset)
    return found.images, found.labels, list(found.notes)


def predict_files(options: argparse.Namespace) -> int:
    """A line for each image of the files, folders and archives, and a summary; 1 if one could not be read."""
    outcomes: list[Outcome] = []
    with importer.chosen(options.model or DEFAULT, options.preprocessing) as model:
        if model.about and not options.json:
            print(model.about, file=sys.stderr)
        if problem := doubt.problem(model.classifier):
            print(problem, file=sys.stderr)
        given = {"preprocessing": model.preprocessing} if model.preprocessing else {}
        with _table(options, model.classifier) as add:
            for outcome, more in _rows(options, model.classifier):
                row = outcome.row() | more | given
                print(json.dumps(row) if options.json else outcome.in_words(), flush=True)
                add(outcome)
                outcomes.append(outcome.light())
    if len(outcomes) > 1 and not options.json:
        print(summary(outcomes, "image"))
    return int(any(outcome.problem for outcome in outcomes))


@contextlib.contextmanager
def _table(options: argparse.Namespace, model: Classifier) -> Iterator[Callable[[Outcome], None]]:
    """What writes a line of the CSV file that was asked for, as soon as it is known."""
    path = options.csv
    if path is None:
        yield lambda outcome: None
        return
    if path.suffix.lower() != ".csv" or path in options.pictures or not _is_free(path):
        raise DatasetError(f"--csv would write to {path}; expected a new name that ends in .csv.")
    try:
        with path.open("w", newline="", encoding="utf-8", buffering=1) as file:
            yield Table(file, model.dataset.class_names).add
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        if not _is_free(path):  # not even its first line is whole
            path.unlink()
        raise DatasetError(f"{path} lacks the last images: {explain(error)}") from None


def _is_free(path: Path) -> bool:
    """Whether a table may be written there: nothing has that name, or an earlier table."""
    if not path.exists():
        return True
    first = ",".join(COLUMNS)
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(len(first)) == first


def _rows(options: argparse.Namespace, model: Classifier) -> Iterator[Row]:
    for path in options.pictures:
        try:
            rows = _table_rows if reader.is_table(path) else _image_rows
            yield from rows(path, model, options)
        except DatasetError as error:
            yield Outcome(str(path), problem=str(error)), {}


def _image_rows(path: Path, model: Classifier, options: argparse.Namespace) -> Iterator[Row]:
    """For an image file, or each in a folder or an archive."""
    turns = None if options.turn is None else options.turn // 90
    found = photos_in(path)
    for place, reason in found.skipped:
        print(f"{path / place} was skipped: {reason}.", file=sys.stderr)
    for photo in found.photos:
        outcome = predict_one(photo, model, turns, options.item)
        file = path if found.is_single else path / photo.place
        yield dataclasses.replace(outcome, file=str(file)), {}


def _table_rows(path: Path, model: Classifier, options: argparse.Namespace) -> Iterator[Row]:
    """For each image of a CSV, .npz, Parquet or IDX file."""
    data = reader.read(path, dataset=model.dataset)
    if data.assumptions and not options.json:
        print(f"{path}: assumed of the data:", *data.assumptions)
    for index, found in enumerate(predict_all(data.images, model)):
        more: dict[str, Any] = {"file": str(path), "image": index + 1}
        name = f"{path}, image {index + 1}"
        if data.ids:
            more["id"] = data.ids[index]
            name += f" (id {data.ids[index]})"
        yield Outcome(name, found), more | {"assumptions": list(data.assumptions)}


def add(options: argparse.Namespace) -> int:
    """Make a run of a model file, or of a run's ZIP."""
    with evaluation.progress() as progress:
        run = importer.add(options.file, options.name, options.preprocessing, progress)
    print(f"Added {options.file} as {run.name} in {run.path}")
    result, imported = run.figures, run.imported
    print(f"Test accuracy {result['test_accuracy']:.2%}, loss {result['test_loss']:.4f}")
    about = received.about(run) if run.received else imported and imported["about"]
    for sentence in (remarks.remark(run, run.state), about):
        if sentence:
            print(sentence)
    return 0
