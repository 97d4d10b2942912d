"""The arguments of the commands that take any trained model: evaluate, predict, import, export."""

import argparse
from typing import Any

from fmnist.model_files.exports.formats import FORMATS
from fmnist.model_files.preprocessings import NAMES, USUAL

from .options import MODEL, RUN, add_json, path


def add_model_commands(command: Any) -> None:
    """The commands, in this order."""
    _add_evaluate(command)
    _add_predict(command)
    _add_import(command)
    _add_export(command)


def _add_evaluate(command: Any) -> None:
    evaluate = command("evaluate", help="loss and accuracy on the test set")
    evaluate.add_argument("model", metavar="MODEL", help="a run's name, or a .keras or .h5 file")
    evaluate.add_argument(
        "--data",
        type=path,
        metavar="PATH|NAME",
        help="a CSV, .npz, Parquet or IDX file, a folder of images for each class, a zip of one of "
        "these, or the name of a data set (default: the test set of the model's own)",
    )
    _add_preprocessing(evaluate)
    add_json(evaluate)


def _add_predict(command: Any) -> None:
    predict = command("predict", help="the classes of images")
    predict.add_argument(
        "pictures",
        nargs="+",
        type=path,
        metavar="IMAGE",
        help="an image file, a folder or ZIP file of them, or a table of images (CSV, .npz, Parquet, IDX)",
    )
    predict.add_argument("--model", **MODEL)
    predict.add_argument(
        "--item",
        type=int,
        metavar="N",
        help="which item of a photo of several (default: the largest, or both of a pair)",
    )
    predict.add_argument(
        "--turn",
        type=int,
        choices=(0, 90, 180, 270),
        metavar="DEGREES",
        help="turn the photos counter-clockwise by 90, 180 or 270 degrees first",
    )
    predict.add_argument(
        "--csv", type=path, metavar="OUT", help="write the predictions to a CSV file, too"
    )
    _add_preprocessing(predict)
    add_json(predict)


def _add_import(command: Any) -> None:
    add = command(
        "import",
        help="make a run from a model file, or from the ZIP of a run of another copy; the app then shows it like any other",
    )
    add.add_argument(
        "file", type=path, metavar="FILE", help="a .keras or .h5 file, or a run's .zip"
    )
    add.add_argument("--name", help="of the run (default: its own, or the file's)")
    _add_preprocessing(add)


def _add_export(command: Any) -> None:
    export = command(
        "export", help="a run as a file or folder for other programs, compared with the run's model"
    )
    export.add_argument("run", **RUN)
    about = "; ".join(f"{format.name}: {format.help.rstrip('.')}" for format in FORMATS.values())
    export.add_argument(
        "--to", choices=FORMATS, metavar="FORMAT", required=True, help=about.replace("%", "%%")
    )
    export.add_argument(
        "--out",
        type=path,
        metavar="PATH",
        help="the file or folder to make (default: the run's name with the format's ending, here)",
    )
    add_json(export)


def _add_preprocessing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--preprocessing",
        choices=NAMES,
        metavar="NAME",
        help="the preprocessing that a file's model expects (default: the most accurate on training images); "
        f"{', '.join(USUAL)}, each also with transposed- before it",
    )
