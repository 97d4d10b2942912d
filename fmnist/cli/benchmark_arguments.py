"""What `benchmark` takes on the command line."""

import argparse
from typing import Any

from fmnist.benchmark.measuring import GROUPS

from .options import MODEL, add_json, path


def add_benchmark(command: Any) -> None:
    """The command `benchmark`, and what stands behind it."""
    benchmark = command("benchmark", help="how fast this machine trains and predicts")
    benchmark.add_argument(
        "--quick", action="store_true", help="a short version, with the recipe tiny only"
    )
    benchmark.add_argument(
        "--only",
        action="append",
        choices=GROUPS,
        default=[],
        help="measure only this part; can be repeated. In DIR the other parts stay as they are",
    )
    benchmark.add_argument(
        "--out", type=path, metavar="DIR", help="where to write a table, a JSON file and a plot"
    )
    add_json(benchmark)
    whats = benchmark.add_subparsers(
        metavar="[serving | compare DIR ... | pictures DIR ...]", dest="what"
    )
    compare = whats.add_parser("compare", help="what several machines measured, side by side")
    compare.add_argument(
        "folders", nargs="+", type=path, metavar="DIR", help="what --out of benchmark was"
    )
    compare.add_argument(
        "--into",
        type=path,
        metavar="FILE",
        help="a Markdown file that gets the tables between its two comments, instead of the terminal",
    )
    _add_pictures(whats.add_parser)
    serving = whats.add_parser("serving", help="predictions a second that `serve` gives")
    serving.add_argument("--model", metavar="RUN", default="quality", help="default: quality")
    serving.add_argument(
        "--batch", type=int, metavar="N", default=32, help="images of a request (default: 32)"
    )
    serving.add_argument("--turns", type=int, metavar="N", default=5, help="default: 5")
    serving.add_argument("--seconds", type=float, default=5.0, help="of a turn (default: 5)")
    add_json(serving, default=argparse.SUPPRESS)


def _add_pictures(command: Any) -> None:
    collection = command("pictures", help="accuracy on folders of drawings and photos")
    collection.add_argument(
        "folders", nargs="+", type=path, metavar="DIR", help="a folder with a labels.csv"
    )
    collection.add_argument("--model", **MODEL)
    collection.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="KIND",
        help="a kind of images to leave out; may be given several times",
    )
    collection.add_argument(
        "--simply",
        action="store_true",
        help="also with the simple preparations of most demos, to compare with",
    )
    collection.add_argument(
        "--choose-threshold",
        action="store_true",
        help="choose on these images when the model can't tell and when it is sure, and keep that with it",
    )
    # An option of `benchmark` that stands before `images` keeps its value after it.
    add_json(collection, default=argparse.SUPPRESS)
