"""What people say of the test images' labels: right, ambiguous or wrong.

Kept in `marks.jsonl` beside the user's runs: a line a judgement, the last one of an image counts.
Lines are only added, under a lock, so that two pages at the same moment lose nothing.
"""

import csv
import io
import json
import time
from collections.abc import Mapping
from pathlib import Path

import filelock
import numpy as np

from . import runs
from .datasets import TEST_IMAGES
from .labels import CLASS_NAMES

MARKS = ("right", "ambiguous", "wrong")
PATIENCE = 5  # seconds to wait for whoever else is writing


class MarkError(Exception):
    """A mark that there is not, or that cannot be written; the message says why."""


def place() -> Path:
    """The file with the marks."""
    return runs.home() / "marks.jsonl"


def read() -> dict[int, str]:
    """The marks that count: one of `MARKS` by the index of the test image, in order."""
    try:
        lines = place().read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise MarkError(f"The marks cannot be read: {runs.explain(error)}") from None
    last = dict(filter(None, map(_parse, lines)))
    return {image: last[image] for image in sorted(last) if last[image]}


def put(image: int, mark: str | None) -> None:
    """Mark a test image's label; None takes its mark back.

    Raises:
        MarkError: there is no such image or mark, or the file cannot be written.
    """
    if not 0 <= image < TEST_IMAGES:
        raise MarkError(f"There is no test image {image}: they are numbered from 0 to 9,999.")
    if mark is not None and mark not in MARKS:
        raise MarkError(f"A label is marked as one of {', '.join(MARKS)}; not as {mark!r}.")
    line = json.dumps({"image": image, "mark": mark, "at": time.time()}) + "\n"
    try:
        runs.home().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(runs.home() / ".marks.lock", timeout=PATIENCE):
            _append(line)
    except filelock.Timeout:
        raise MarkError("Somebody else is writing marks for too long; try again.") from None
    except OSError as error:
        raise MarkError(f"The mark cannot be written: {runs.explain(error)}") from None


def to_csv(marks: Mapping[int, str], labels: np.ndarray) -> str:
    """The marks as a table with the columns image, label and mark."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("image", "label", "mark"))
    table.writerows((image, CLASS_NAMES[labels[image]], mark) for image, mark in marks.items())
    return file.getvalue()


def _append(line: str) -> None:
    with open(place(), "a+b") as file:
        if file.tell():
            file.seek(-1, io.SEEK_END)
            if file.read(1) != b"\n":  # a torn last line must not spoil this one
                line = f"\n{line}"
        file.write(line.encode())


def _parse(line: str) -> tuple[int, str | None] | None:
    """Image and mark of a line; None for a line that says nothing."""
    try:
        row = json.loads(line)
        image, mark = row["image"], row["mark"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = type(image) is int and 0 <= image < TEST_IMAGES and (mark is None or mark in MARKS)
    return (image, mark) if known else None
