"""Who made a run or a data set, and whether others may see it: `access.json` in its folder.

A folder without one belongs to whoever sits at this computer: others neither see nor change it.
"""

import contextlib
from pathlib import Path

import msgspec

from fmnist.machine.disk import explain, replacing

from . import acting, mode
from .person import Person

FILE = "access.json"
LARGEST = 4_096  # bytes


class AccessError(Exception):
    """What may not be shared, or cannot be; the message says why."""


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


def claim(folder: Path) -> None:
    """Make who acts the owner of a new folder.

    Raises:
        OSError: it cannot be written to.
    """
    if owner := acting.person().id:
        write(folder, Access(owner))


def may_see(person: Person, folder: Path) -> bool:
    """Whether a person may see what is in a folder that is not shipped."""
    return _may_all(person) or (found := read(folder)).shared or found.owner == person.id != ""


def may_change(person: Person, folder: Path) -> bool:
    """Whether a person may stop, rename, share or delete it."""
    return _may_all(person) or read(folder).owner == person.id != ""


def refusal(folder: Path) -> str | None:
    """Why who acts may not change what is in a folder, in a sentence; None where they may."""
    if may_change(acting.person(), folder):
        return None
    return f"{folder.name} is somebody else's: only they and the teacher can change it or take it along."


def share(folder: Path, shared: bool) -> None:
    """Let everybody here see what is in a folder, or its owner alone again.

    Raises:
        AccessError: it is somebody else's, or cannot be written to.
    """
    if sentence := refusal(folder):
        raise AccessError(sentence)
    try:
        write(folder, msgspec.structs.replace(read(folder), shared=shared))
    except OSError as error:
        raise AccessError(f"{folder.name} stays as it is: {explain(error)}") from None


def is_mine(folder: Path) -> bool:
    """Whether who acts has made what is in a folder."""
    return mode.current() == "personal" or read(folder).owner == acting.person().id


def is_own(person: Person, by: str) -> bool:
    """Whether a person may see and change what one of that id has marked or collected."""
    return _may_all(person) or by == person.id != ""


def _may_all(person: Person) -> bool:
    return person.teacher or mode.current() == "personal"
