"""Times of actions as rows: a group, what was measured, its unit, median, minimum and maximum.

Competitors run in turn and in changing order, to spread the load of other programs evenly.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def row(group: str, what: str, unit: str, values: list[float]) -> Row:
    """The row of some values; its figures are None if there are no values."""
    figures = (statistics.median(values), min(values), max(values)) if values else (None,) * 3
    return {"group": group, "what": what, "unit": unit} | dict(
        zip(("median", "min", "max"), figures, strict=True)
    )


def timed(action: Callable[[], Any], times: int) -> list[float]:
    """Seconds of each call, after a warm-up call."""
    return in_turn({"": action}, times)[""]


def in_turn(actions: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """Seconds of each call, after a warm-up round; every other round runs in reverse order."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(turns + 1):
        for name in list(actions)[:: -1 if turn % 2 else 1]:
            began = time.perf_counter()
            actions[name]()
            seconds[name].append(time.perf_counter() - began)
    return {name: values[1:] for name, values in seconds.items()}
