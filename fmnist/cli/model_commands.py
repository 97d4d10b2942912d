"""The commands that take any model, a run or a file: evaluate, predict, import."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.data.files import reader
from fmnist.data.files.label_values import is_fashion
from fmnist.data.image_files import ImageFileError, image_files
from fmnist.inference import familiarity
from fmnist.inference.classifier import Classifier
from fmnist.inference.prediction import in_words, predict, predict_all
from fmnist.model_files import evaluation, importer
from fmnist.preprocessing import labelled
from fmnist.recipes.registry import DEFAULT
from fmnist.runs import remarks

Row = tuple[dict[str, Any], str]  # what JSON holds of an image, and a line in words


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
    """A line for each image of the files and folders; 1 if one of them could not be read."""
    status = 0
    with importer.chosen(options.model or DEFAULT, options.preprocessing) as model:
        if model.about and not options.json:
            print(model.about, file=sys.stderr)
        if problem := familiarity.problem(model.classifier):
            print(problem, file=sys.stderr)
        given = {"preprocessing": model.preprocessing} if model.preprocessing else {}
        for path in options.pictures:
            rows = _table_rows if reader.is_table(path) else _image_rows
            for row, words in rows(path, model.classifier, options):
                status = 1 if "error" in row else status
                row = {"file": str(path)} | row | given
                print(json.dumps(row) if options.json else words)
    return status


def _image_rows(path: Path, model: Classifier, options: argparse.Namespace) -> Iterator[Row]:
    """For an image file, or each of a folder."""
    turns = None if options.turn is None else options.turn // 90
    for file in image_files(path):
        try:
            found = predict(file, model, turns=turns, item=options.item)
        except ImageFileError as error:
            yield {"file": str(file), "error": str(error)}, f"{file}: {error}"
        else:
            why = f" {found.reason}" if found.reason else ""
            yield {"file": str(file)} | found.row(), f"{file}: {in_words(found)}{why}"


def _table_rows(path: Path, model: Classifier, options: argparse.Namespace) -> Iterator[Row]:
    """For each image of a CSV, .npz, Parquet or IDX file."""
    try:
        data = reader.read(path, dataset=model.dataset)
    except DatasetError as error:
        yield {"error": str(error)}, str(error)
        return
    said = " ".join((f"{path}: assumed of the data:", *data.assumptions)) + "\n"
    for index, found in enumerate(predict_all(data.images, model)):
        row: dict[str, Any] = {"image": index + 1}
        name = f"image {index + 1}"
        if data.ids:
            row["id"] = data.ids[index]
            name += f" (id {data.ids[index]})"
        row |= found.row() | {"assumptions": list(data.assumptions)}
        before = said if data.assumptions and not index else ""
        yield row, f"{before}{path}, {name}: {in_words(found)}"


def add(options: argparse.Namespace) -> int:
    """Make a run of a model file."""
    with evaluation.progress() as progress:
        run = importer.add(options.file, options.name, options.preprocessing, progress)
    print(f"Added {options.file} as {run.name} in {run.path}")
    result, imported = run.figures, run.imported
    print(f"Test accuracy {result['test_accuracy']:.2%}, loss {result['test_loss']:.4f}")
    for sentence in (remarks.remark(run, run.state), imported and imported["about"]):
        if sentence:
            print(sentence)
    return 0
