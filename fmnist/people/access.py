"""Who made a run or a data set, and whether others may see it: `access.json` in its folder.

A folder without one belongs to whoever sits at this computer: others neither see nor change it.
"""

import contextlib
from pathlib import Path

import msgspec

from fmnist.machine.disk import replacing

from . import mode
from .person import Person

FILE = "access.json"
LARGEST = 4_096  # bytes


class Access(msgspec.Struct, frozen=True):
    """What the file holds."""

    owner: str = ""  # the id of a person; "" is whoever sits at this computer
    shared: bool = False  # with everybody here


def read(folder: Path) -> Access:
    """Who owns a folder; a damaged file is as none."""
    with contextlib.suppress(OSError, ValueError), open(folder / FILE, "rb") as file:
        return msgspec.json.decode(file.read(LARGEST), type=Access)
    return Access()


def write(folder: Path, access: Access) -> None:
    """Say who owns a folder.

    Raises:
        OSError: it cannot be written to.
    """
    with replacing(folder / FILE) as new:
        new.write_bytes(msgspec.json.encode(access))


def may_see(person: Person, folder: Path) -> bool:
    """Whether a person may see what is in a folder that is not shipped."""
    found = read(folder)
    return found.shared or _owns(person, found)


def may_change(person: Person, folder: Path) -> bool:
    """Whether a person may stop, rename, share or delete it."""
    return _owns(person, read(folder))


def _owns(person: Person, access: Access) -> bool:
    return person.teacher or mode.current() == "personal" or access.owner == person.id != ""
