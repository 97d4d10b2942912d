"""People's judgements of images' labels: right, ambiguous or wrong, and then which would be right.

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Required, TypedDict

import filelock
import msgspec
import numpy as np
from msgspec import Meta

from fmnist.data.dataset import SPLITS, DataSet, Split
from fmnist.machine import folders
from fmnist.machine.disk import explain, replacing
from fmnist.people import access, acting, mode

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
    split: Split  # "test" where it is not said
    image: Required[Annotated[int, Meta(ge=0)]]  # index into the images of the split
    mark: Required[Literal["right", "ambiguous", "wrong"] | None]
    label: Annotated[str, Meta(max_length=200)]  # with "wrong": the right class
    at: float  # seconds since the epoch
    by: Annotated[str, Meta(max_length=64)]  # who: the id of a person


_decoder = msgspec.json.Decoder(Mark)


def read(dataset: DataSet) -> dict[int, str]:
    """The marks that count: one of `MARKS` by the index of the test image, in order."""
    return counting(read_all(dataset))


def read_all(dataset: DataSet, split: Split = "test") -> list[Mark]:
    """All judgements of the images of a split that who acts may see, in the order in which they were given.

    In a class students see their own, the teacher all. Damaged lines are skipped.

    Raises:
        MarkError: the file cannot be read.
    """
    if not files.is_there(place()):
        return []
    try:
        lines = files.read_bytes(place()).splitlines()
    except RunError as error:
        raise MarkError(f"The marks cannot be read: {error}") from None
    found, person = [], acting.person()
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):
            mark = _decoder.decode(line)
            is_of_split = (mark["data"], mark.get("split", "test")) == (dataset.name, split)
            is_known = is_of_split and mark["image"] < dataset.counts[split]
            if is_known and access.is_own(person, mark.get("by", "")):
                found.append(mark)
    return found


def corrections(dataset: DataSet) -> dict[Split, dict[int, int]]:
    """The right labels of images that are marked wrong, by split and index of the image.

    Raises:
        MarkError: as `read_all`.
    """
    return {split: _corrected(read_all(dataset, split), dataset) for split in SPLITS}


def _corrected(said: Iterable[Mark], dataset: DataSet) -> dict[int, int]:
    last = {each["image"]: each for each in said}
    names = dataset.class_names
    return {
        image: names.index(mark["label"])
        for image, mark in sorted(last.items())
        if mark["mark"] == "wrong" and mark.get("label") in names
    }


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


def put(
    dataset: DataSet,
    image: int,
    mark: str | None,
    by: str | None = None,
    *,
    label: str | None = None,
    split: Split = "test",
) -> None:
    """Mark the label of an image; None takes its mark back.

    Args:
        dataset: the image's.
        image: its index.
        mark: one of `MARKS`.
        by: who does it, in 64 letters at most; None for who acts.
        label: of one that is marked wrong, the name of the right class.
        split: where the image is.

    Raises:
        MarkError: there is no such image, mark or class, or the file cannot be written.
    """
    mode.insist("keep", MarkError)
    count = dataset.counts[split]
    if not 0 <= image < count:
        raise MarkError(
            f"There is no {split} image {image}: they are numbered from 0 to {count - 1:,}."
        )
    if mark is not None and mark not in MARKS:
        raise MarkError(f"A label is marked as one of {', '.join(MARKS)}; not as {mark!r}.")
    if label is not None and label not in dataset.class_names:
        raise MarkError(f"{dataset.name} has no class {label[:60]!r}; expected one of its own.")
    said = {"data": dataset.name, "split": split, "image": image, "mark": mark, "at": time.time()}
    by = acting.person().id if by is None else by[:64]
    said |= {"by": by} | ({"label": label} if label else {})
    line = json.dumps(said) + "\n"
    with _writing():
        _append(line)


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """The file for one writer at a time; the disk's errors in words."""
    try:
        folders.home().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folders.home() / ".marks.lock", timeout=PATIENCE):
            yield
    except filelock.Timeout:
        raise MarkError(
            "The labels' marks are being written by another process; try again."
        ) from None
    except OSError as error:
        raise MarkError(f"The mark cannot be written: {explain(error)}") from None


def forget(is_theirs: Callable[[str], bool]) -> None:
    """Drop for good what people with such ids have given.

    Raises:
        MarkError: the file cannot be read or written.
    """
    if not files.is_there(place()):
        return
    with _writing():
        lines = files.read_bytes(place()).splitlines(keepends=True)
        with replacing(place()) as new:
            new.write_bytes(b"".join(line for line in lines if not is_theirs(_by(line))))


def _by(line: bytes) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        return _decoder.decode(line).get("by", "")
    return ""


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
