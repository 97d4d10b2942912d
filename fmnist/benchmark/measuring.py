"""Times of actions as rows: a group, what was measured, its unit, median, minimum and maximum.

Competitors run in turn and in changing order, to spread the load of other programs evenly.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from fmnist.machine import description, versions
from fmnist.machine.instructions import has_avx512, has_bfloat16

Row = dict[str, Any]
GROUPS = (
    "peak",
    "training",
    "prediction",
    "scaling",
    "learning",
)  # parts that can be measured alone


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


def line(row: Row) -> str:
    """A row for the terminal."""
    return f"{row['group']:10}{row['what']:60}{''.join(f'{text:>10}' for text in figures(row))}  {row['unit']}"


def header() -> str:
    """The head of the lines."""
    return f"{'group':10}{'what':60}{'median':>10}{'min':>10}{'max':>10}  unit"


def machine() -> dict[str, Any]:
    """The machine, as `fmnist.machine` describes it, and whether its processor has AVX-512 and bfloat16."""
    yes = {True: "yes", False: "no"}
    return description() | {"avx512": yes[has_avx512()], "bfloat16": yes[has_bfloat16()]}


def machine_line() -> str:
    """The machine and the versions in one line."""
    return ", ".join(f"{key} {value}" for key, value in (machine() | versions()).items())


def figures(row: Row) -> list[str]:
    """Its median, minimum and maximum, for a reader."""
    numbers = [row[key] for key in ("median", "min", "max")]
    return ["-" if x is None else f"{x:,.0f}" if x >= 1000 else f"{x:.3g}" for x in numbers]
