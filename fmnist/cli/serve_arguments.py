"""The options of serve."""

import argparse
import math
from collections.abc import Callable
from typing import Any

from fmnist.data.image_files import LARGEST
from fmnist.recipes.registry import DEFAULT


def add_serve(command: Any) -> None:
    """The command's parser."""
    serve = command("serve", help="predict over HTTP, for programs")
    serve.add_argument(
        "--model",
        nargs="+",
        default=[DEFAULT],
        metavar="RUN",
        help=f"runs to serve, by name or directory; the first predicts unless a request names another (default: {DEFAULT})",
    )
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="where to listen; 0.0.0.0 lets others on the network in (default: this computer alone)",
    )
    serve.add_argument(
        "--port", type=_number(int, 0, 65535), default=8000, help="0 takes a free one"
    )
    serve.add_argument(
        "--cors",
        nargs="+",
        default=[],
        metavar="ORIGIN",
        help="web pages that may read the answers in a browser, as https://example.org; * for all (default: none)",
    )
    serve.add_argument("--log", action="store_true", help="print a line for each request")
    limits = serve.add_argument_group("limits")
    for option, kind, default, metavar, text in (
        ("--max-body", float, 20, "MB", "of a request's body"),
        ("--max-batch", int, 256, "N", "photos or images of a request"),
        ("--max-pixels", float, LARGEST / 1e6, "MILLIONS", "of pixels of a photo"),
        ("--max-requests", int, 32, "N", "requests at once, those that wait included"),
        ("--timeout", float, 30, "SECONDS", "for a request"),
    ):
        limits.add_argument(
            option,
            type=_number(kind, 1 if kind is int else 0.001, 100_000),
            default=default,
            metavar=metavar,
            help=f"{text} (default: {default:g})",
        )


def _number(kind: type, least: float, most: float) -> Callable[[str], Any]:
    """What reads a number within bounds."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(
                f"expected {what} from {least:g} to {most:,.0f}, not {text!r}"
            )
        return value

    return read
