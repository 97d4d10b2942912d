"""The numbers of the user's runs: each is given once, so that a link to a run never shows another.

`.numbers.json` beside the runs holds the last number of each recipe. Where it is damaged or gone, the names
that are still in use anywhere are counted instead.
"""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import filelock
from msgspec import Meta

from . import files
from .files import RunError

PATIENCE = 10  # seconds to wait for another process that takes a number
NUMBERED = re.compile(r"(?:\.deleted-)?(.+?)-([1-9]\d{0,5})(?:-[0-9a-f]{8})?")

Numbers = dict[str, Annotated[int, Meta(ge=0, le=10**9)]]


def take(home: Path, stem: str, names: Iterable[str]) -> str:
    """The next name `<stem>-<number>`, which no run had before.

    Args:
        home: the folder of the user's runs.
        stem: the recipe's name.
        names: those in use.

    Raises:
        OSError: the folder cannot be written to.
    """
    with filelock.FileLock(home / ".numbers.lock", timeout=PATIENCE):
        numbers = _read(home)
        for name in (*names, *_names_in(home), *_names_in(home / ".derived")):
            _count(numbers, name)
        numbers[stem] = numbers.get(stem, 0) + 1
        files.write(home / ".numbers.json", numbers)
    return f"{stem}-{numbers[stem]}"


def retire(home: Path, name: str) -> None:
    """See that the name of a run that is renamed or deleted is not given again."""
    if not NUMBERED.fullmatch(name):
        return
    with (
        contextlib.suppress(OSError),
        filelock.FileLock(home / ".numbers.lock", timeout=PATIENCE),
    ):
        before = _read(home)
        if _count(numbers := dict(before), name) != before:
            files.write(home / ".numbers.json", numbers)


def _count(numbers: dict[str, int], name: str) -> dict[str, int]:
    if found := NUMBERED.fullmatch(name):
        stem, number = found[1], int(found[2])
        numbers[stem] = max(number, numbers.get(stem, 0))
    return numbers


def _read(home: Path) -> dict[str, int]:
    with contextlib.suppress(RunError):
        return files.read(home / ".numbers.json", Numbers)
    return {}


def _names_in(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [path.name for path in folder.iterdir()]
    return []
