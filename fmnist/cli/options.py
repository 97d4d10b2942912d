"""Options and kinds of arguments that several commands share."""

import argparse
from pathlib import Path
from typing import Any


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
