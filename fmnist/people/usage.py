"""How much of this computer a person has taken, against their limits."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from fmnist.machine import folders

from . import access, acting, limits


def disk(id: str) -> int:
    """Bytes of all runs and data sets of the person with that id."""
    return sum(_size(folder) for folder in _folders() if access.read(folder).owner == id)


def refusal() -> str | None:
    """Why who acts may keep nothing more, in a sentence; None where they may."""
    person = acting.person()
    most = limits.of(person).disk
    if most is None or (taken := disk(person.id)) < most:
        return None
    return (
        f"Your runs and data sets take {taken / 1e6:,.0f} MB; each person may have {most / 1e6:,.0f} MB. "
        "Delete some of them first."
    )


def images_refusal(there: int, more: int) -> str | None:
    """Why who acts may not keep so many images more than there are, in a sentence; None where they may."""
    most = limits.of(acting.person()).images
    if most is None or there + more <= most:
        return None
    return (
        f"{more:,} images more are too many: you have {there:,}, and each person may have {most:,}. Bring fewer, or "
        "remove a data set first."
    )


def _folders() -> Iterator[Path]:
    for parent in (folders.home(), folders.datasets()):
        with contextlib.suppress(OSError):
            yield from parent.iterdir()


def _size(folder: Path) -> int:
    found = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                found += Path(path, name).lstat().st_size
    return found
