"""The files in a folder or a zip archive, within bounds: nothing is unpacked to the disk, no link followed."""

import itertools
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fmnist.data.dataset import DatasetError

from . import limits
from .opening import Source

CLUTTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir"}  # of file managers
UTF_8 = 0x800  # the flag of a name in UTF-8 in a zip archive
ENCRYPTED = 0x1  # that of a member with a password

LINK = "a symbolic link, which is not followed"
OUTSIDE = "its path leads out of the archive"
UNREADABLE = "it cannot be read"
NO_FILE = "not a regular file"
DEEP = f"more than {limits.DEPTH} folders deep"


class File(NamedTuple):
    """A file in a folder or an archive."""

    source: Source
    above: tuple[str, ...]  # the folders that it lies in, from the top
    name: str

    @property
    def place(self) -> str:
        """Its path below what was named, with slashes."""
        return "/".join((*self.above, self.name))


class Skipped(NamedTuple):
    """A file that is not read."""

    place: str  # its path below what was named, with slashes
    reason: str


def files_in(path: Path, is_archive: bool) -> tuple[list[File], list[Skipped]]:
    """All files in the order of their paths, and those that are not looked at.

    What file managers leave behind, such as .DS_Store and Thumbs.db, is in neither.

    Raises:
        DatasetError: there are too many files; or an archive has a password or promises too much.
        OSError: the folder cannot be read.
        zipfile.BadZipFile: the archive is damaged.
    """
    skipped: list[Skipped] = []
    found = _members(path, skipped) if is_archive else _walk(path, (), skipped)
    files = list(itertools.islice(found, limits.FILES + 1))
    if len(files) + len(skipped) > limits.FILES:
        raise DatasetError(f"{path} has more than {limits.FILES:,} files, the limit.")
    return sorted(files, key=lambda file: file.place), skipped


def _walk(folder: Path, above: tuple[str, ...], skipped: list[Skipped]) -> Iterator[File]:
    for entry in folder.iterdir():
        name = _printable(entry.name)
        place = "/".join((*above, name))
        if _is_clutter(name):
            continue
        if entry.is_symlink():
            skipped.append(Skipped(place, LINK))
        elif entry.is_file():
            yield File(entry, above, name)
        elif not entry.is_dir():  # a pipe would never end
            skipped.append(Skipped(place, NO_FILE))
        elif len(above) >= limits.DEPTH:
            skipped.append(Skipped(place, DEEP))
        else:
            try:
                yield from _walk(entry, (*above, name), skipped)
            except OSError:
                skipped.append(Skipped(place, UNREADABLE))


def _members(path: Path, skipped: list[Skipped]) -> Iterator[File]:
    archive = zipfile.ZipFile(path)  # open as long as a file of it is to be read
    _check(path, archive.infolist())
    for member in archive.infolist():
        name = _printable(_decoded(member))
        *above, last = name.split("/")
        if member.is_dir() or any(map(_is_clutter, (*above, last))):
            continue
        if name.startswith("/") or ".." in above or re.match(r"[A-Za-z]:", name):
            skipped.append(Skipped(name, OUTSIDE))
        elif stat.S_ISLNK(member.external_attr >> 16):
            skipped.append(Skipped(name, LINK))
        elif len(above) > limits.DEPTH:
            skipped.append(Skipped(name, DEEP))
        else:
            yield File(zipfile.Path(archive, member.filename), tuple(above), last)


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    locked = next((member for member in members if member.flag_bits & ENCRYPTED), None)
    if locked:
        raise DatasetError(
            f"{path} has a password (for {locked.filename[:80]}); unpack it and name the folder."
        )
    if len(members) > limits.FILES:
        raise DatasetError(f"{path} has more than {limits.FILES:,} files, the limit.")
    if (size := sum(member.file_size for member in members)) > limits.UNPACKED:
        raise DatasetError(
            f"{path} would unpack to {size / 1e9:,.0f} GB; expected at most {limits.UNPACKED / 1e9:.0f} GB."
        )


def _decoded(member: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without saying so."""
    name = member.filename.replace("\\", "/")
    if member.flag_bits & UTF_8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _printable(name: str) -> str:
    """A name with spaces for line breaks, and without what turns the text after it around."""
    return "".join(map(_letter, name))


def _letter(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"


def _is_clutter(name: str) -> bool:
    return name.lower() in CLUTTER or (name.startswith(".") and name != "..")
