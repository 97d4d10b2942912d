"""Options and kinds of arguments that several commands share."""

import argparse
from pathlib import Path
from typing import Any

from fmnist.recipes.registry import DEFAULT

RUN = {"metavar": "RUN", "help": "a run's name, or its directory"}
MODEL = {
    "metavar": "MODEL",
    "help": f"a run's name, or a .keras or .h5 file (default: {DEFAULT})",
}


def add_json(parser: argparse.ArgumentParser, **options: Any) -> None:
    """The option --json."""
    parser.add_argument("--json", action="store_true", help="JSON in place of text", **options)


def path(text: str) -> Path:
    """A path that was given.

    Raises:
        ArgumentTypeError: it is empty.
    """
    if not text:  # it would be the current folder
        raise argparse.ArgumentTypeError("expected a path, not an empty text")
    return Path(text)


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """The option --cluster, which sets FMNIST_CLUSTER for the command."""
    parser.add_argument(
        "--cluster",
        nargs="?",
        const="auto",
        type=_address,
        metavar="ADDRESS",
        help="train on a Ray cluster: ray://HOST:PORT, or auto (the default) for one of this machine; as FMNIST_CLUSTER",
    )


def _address(text: str) -> str:
    """The address of a cluster, as far as one sees.

    Raises:
        ArgumentTypeError: it is something else, such as the argument that follows the option.
    """
    if text != "auto" and not text.startswith("ray://"):
        raise argparse.ArgumentTypeError(
            f'expected "auto" or ray://HOST:PORT, not {text!r}; without an address, write --cluster at the end'
        )
    return text
