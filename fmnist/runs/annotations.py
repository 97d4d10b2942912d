"""People's judgements of the test images' labels: right, ambiguous or wrong.

Kept in `marks.jsonl` beside the user's runs: a line a judgement with who gave it, the last one of an image
counts. Lines are only added, under a lock, so that two pages at the same moment lose nothing, and a mark that
another person overwrites can still be seen.
"""

import contextlib
import csv
import io
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Required, TypedDict, cast

import filelock
import msgspec
import numpy as np
from msgspec import Meta

from fmnist.data.dataset import DataSet
from fmnist.machine import folders
from fmnist.machine.disk import explain

from . import files
from .files import RunError

MARKS = ("right", "ambiguous", "wrong")
PATIENCE = 5  # seconds to wait for another process that is writing


class MarkError(Exception):
    """A mark that does not exist or cannot be written; the message gives the reason."""


def place() -> Path:
    """The file with the marks."""
    return folders.home() / "marks.jsonl"


class Mark(TypedDict, total=False):
    """A line of the file; `mark` None takes the image's mark back."""

    data: Required[Annotated[str, Meta(max_length=64)]]  # the name of the data set
    image: Required[Annotated[int, Meta(ge=0)]]  # index into its test images
    mark: Required[Literal["right", "ambiguous", "wrong"] | None]
    at: float  # seconds since the epoch
    by: Annotated[str, Meta(max_length=64)]  # who: a browser's session


_decoder = msgspec.json.Decoder(Mark)


def read(dataset: DataSet) -> dict[int, str]:
    """The marks that count: one of `MARKS` by the index of the test image, in order."""
    return counting(read_all(dataset))


def read_all(dataset: DataSet) -> list[Mark]:
    """All judgements of a data set's test images, in the order in which they were given.

    Damaged lines are skipped.

    Raises:
        MarkError: the file cannot be read.
    """
    if not files.is_there(place()):
        return []
    try:
        lines = files.read_bytes(place()).splitlines()
    except RunError as error:
        raise MarkError(f"The marks cannot be read: {error}") from None
    found = []
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):
            mark = _decoder.decode(line)
            if mark["data"] == dataset.name and mark["image"] < dataset.test_images:
                found.append(mark)
    return found


def counting(said: Iterable[Mark]) -> dict[int, str]:
    """The last mark of each image, in the images' order."""
    last = {each["image"]: each["mark"] for each in said}
    return {image: mark for image, mark in sorted(last.items()) if mark}


def by_others(said: Iterable[Mark], by: str) -> dict[int, Counter[str]]:
    """How others marked an image: how many of them have each mark as their last word.

    Args:
        said: as `read_all` gives it.
        by: who is not counted.

    Returns:
        By the index of the image; images that no other has marked are left out.
    """
    last = {}
    for each in said:
        last[each["image"], each.get("by", "")] = each["mark"]
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (image, author), mark in last.items():
        if mark and author != by:
            found[image][mark] += 1
    return dict(found)


def put(dataset: DataSet, image: int, mark: str | None, by: str = "") -> None:
    """Mark a test image's label; None takes its mark back. `by` names who does it, in 64 letters at most.

    Raises:
        MarkError: there is no such image or mark, or the file cannot be written.
    """
    if not 0 <= image < dataset.test_images:
        raise MarkError(
            f"There is no test image {image}: they are numbered from 0 to {dataset.test_images - 1:,}."
        )
    if mark is not None and mark not in MARKS:
        raise MarkError(f"A label is marked as one of {', '.join(MARKS)}; not as {mark!r}.")
    said: Mark = {"data": dataset.name, "image": image, "mark": cast(Any, mark), "at": time.time()}
    line = json.dumps({**said, "by": by[:64]}) + "\n"
    try:
        folders.home().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folders.home() / ".marks.lock", timeout=PATIENCE):
            _append(line)
    except filelock.Timeout:
        raise MarkError(
            "The labels' marks are being written by another process; try again."
        ) from None
    except OSError as error:
        raise MarkError(f"The mark cannot be written: {explain(error)}") from None


def to_csv(said: Sequence[Mark], labels: np.ndarray, class_names: Sequence[str]) -> str:
    """The marks that count as a table: image, label, mark, who gave it, and what others said last.

    Args:
        said: as `read_all` gives it.
        labels: (N,) uint8, of the test images.
        class_names: by the labels.
    """
    authors = {each["image"]: each.get("by", "") for each in said}
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("image", "label", "mark", "author", "others"))
    for image, mark in counting(said).items():
        others = by_others((each for each in said if each["image"] == image), authors[image])
        table.writerow(
            (
                image,
                class_names[labels[image]],
                mark,
                authors[image],
                in_words(others.get(image, {})),
            )
        )
    return file.getvalue()


def in_words(counts: Mapping[str, int]) -> str:
    """How many gave which mark: "wrong 2, right 1"."""
    return ", ".join(f"{mark} {counts[mark]}" for mark in MARKS if counts.get(mark))


def _append(line: str) -> None:
    with open(place(), "a+b") as file:
        if file.tell():
            file.seek(-1, io.SEEK_END)
            if file.read(1) != b"\n":  # a torn last line must not spoil this one
                line = f"\n{line}"
        file.write(line.encode())
