"""What the command `capacity` takes."""

import argparse
from typing import Any

from .options import add_json

LIKE = "sprint"
MOST = 1e9


def add_capacity(command: Any) -> None:
    """Add the command."""
    capacity = command(
        "capacity",
        help="what many visitors and trainings need (replicas, nodes, memory, disk, cost), and what breaks first",
    )
    number = {"type": _amount, "metavar": "NUMBER"}
    capacity.add_argument(
        "--visitors", **number, default=0.0, help="who have a page open at the same time"
    )
    capacity.add_argument("--trainings-an-hour", **number, default=0.0, help="that are started")
    capacity.add_argument(
        "--like", default=LIKE, metavar="RUN", help=f"each training is like this run's ({LIKE})"
    )
    capacity.add_argument(
        "--every", **number, default=10.0, help="seconds between two strokes of a visitor (10)"
    )
    capacity.add_argument("--keep-days", **number, default=1.0, help="that runs are kept (1)")
    prices = capacity.add_argument_group("prices, in any currency; these are not measured")
    prices.add_argument(
        "--node-price", **number, default=0.1, help="an hour of 2 cores and 8 GB (0.10)"
    )
    prices.add_argument("--disk-price", **number, default=0.3, help="a GB and month (0.30)")
    prices.add_argument("--traffic-price", **number, default=0.09, help="a GB to visitors (0.09)")
    add_json(capacity)


def _amount(text: str) -> float:
    """A number from 0.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to {MOST:g}, not {text[:40]!r}")
    return number
