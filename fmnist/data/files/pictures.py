"""Image files in folders or an archive: which split and class each is of. None is decoded here."""

import dataclasses
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fmnist.data.dataset import DatasetError
from fmnist.data.image_files import EXTENSIONS

from . import limits

# A word of a folder's name that makes it a split: "train", "seg_train", "test_set"
SPLITS = {
    "train": re.compile(r"(?<![a-z])(train|training)(?![a-z])"),
    "test": re.compile(r"(?<![a-z])(test|testing|t10k)(?![a-z])"),
    "validation": re.compile(r"(?<![a-z])(val|valid|validation|dev)(?![a-z])"),
}
CLUTTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir"}  # of file managers
UTF_8 = 0x800  # the flag of a name in UTF-8 in a zip archive
ENCRYPTED = 0x1  # that of a member with a password

NO_IMAGE = "not an image by its name"
NO_CLASS = "in no folder of a class"
LINK = "a symbolic link, which is not followed"
OUTSIDE = "its path leads out of the archive"
UNREADABLE = "it cannot be read"
DEEP = f"more than {limits.DEPTH} folders deep"


class Skipped(NamedTuple):
    """A file that is not read."""

    place: str  # its path below what was named, with slashes
    reason: str


@dataclasses.dataclass(frozen=True)
class Picture:
    """An image file, not decoded."""

    place: str  # its path below what was named, with slashes; or "row 3"
    label: str  # the name of its class; "" where nothing says it
    content: Callable[[], bytes]  # raises OSError or what `opening.DAMAGED` has


@dataclasses.dataclass(frozen=True)
class _File:
    folders: tuple[str, ...]
    name: str
    content: Callable[[], bytes]

    @property
    def place(self) -> str:
        return "/".join((*self.folders, self.name))


def in_folder(folder: Path) -> tuple[dict[str, list[Picture]], list[Skipped]]:
    """The image files below a folder, by split: "" where folders divide them in none.

    Links are not followed, and files of file managers (.DS_Store, Thumbs.db) are not mentioned.

    Raises:
        DatasetError: the folder cannot be read, or has too many files.
    """
    skipped: list[Skipped] = []
    try:
        files = list(_counted(folder, _walk(folder, (), skipped)))
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror}.") from None
    return _by_split(sorted(files, key=lambda file: file.place), skipped), skipped


def in_archive(
    path: Path, archive: zipfile.ZipFile
) -> tuple[dict[str, list[Picture]], list[Skipped]]:
    """The same of an open zip archive. Nothing is unpacked to the disk.

    Raises:
        DatasetError: it has a password, too many files, or promises too many bytes.
    """
    members = archive.infolist()
    if locked := [member for member in members if member.flag_bits & ENCRYPTED]:
        raise DatasetError(
            f"{path} has a password (for {locked[0].filename}); unpack it and name the folder."
        )
    if (size := sum(member.file_size for member in members)) > limits.UNPACKED:
        raise DatasetError(
            f"{path} would unpack to {size / 1e9:,.0f} GB; expected at most "
            f"{limits.UNPACKED / 1e9:.0f} GB."
        )
    skipped: list[Skipped] = []
    files = list(_counted(path, _members(archive, members, skipped)))
    return _by_split(sorted(files, key=lambda file: file.place), skipped), skipped


def _counted(path: Path, files: Iterator[_File]) -> Iterator[_File]:
    for count, file in enumerate(files):
        if count >= limits.FILES:
            raise DatasetError(f"{path} has more than {limits.FILES:,} files, the limit.")
        yield file


def _walk(folder: Path, above: tuple[str, ...], skipped: list[Skipped]) -> Iterator[_File]:
    for entry in sorted(folder.iterdir()):
        place = "/".join((*above, entry.name))
        if _is_clutter(entry.name):
            continue
        if entry.is_symlink():
            skipped.append(Skipped(place, LINK))
        elif not entry.is_dir():
            yield _File(above, entry.name, lambda entry=entry: _content(entry))  # type: ignore[misc]
        elif len(above) >= limits.DEPTH:
            skipped.append(Skipped(place, DEEP))
        else:
            try:
                yield from _walk(entry, (*above, entry.name), skipped)
            except OSError:
                skipped.append(Skipped(place, UNREADABLE))


def _content(path: Path) -> bytes:
    if not path.is_file():  # a pipe would never end
        raise OSError(UNREADABLE)
    with path.open("rb") as file:
        return file.read(limits.IMAGE_FILE + 1)


def _members(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], skipped: list[Skipped]
) -> Iterator[_File]:
    for member in members:
        name = _decoded(member)
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
            yield _File(tuple(above), last, lambda member=member: _unpacked(archive, member))  # type: ignore[misc]


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return file.read(limits.IMAGE_FILE + 1)


def _decoded(member: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without saying so."""
    name = member.filename.replace("\\", "/")
    if member.flag_bits & UTF_8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _is_clutter(name: str) -> bool:
    return name.lower() in CLUTTER or (name.startswith(".") and name != "..")


def _by_split(files: Sequence[_File], skipped: list[Skipped]) -> dict[str, list[Picture]]:
    images = []
    for file in files:
        if file.name.rpartition(".")[2].lower() in EXTENSIONS:
            images.append(file)
        else:
            skipped.append(Skipped(file.place, NO_IMAGE))
    found: dict[str, list[Picture]] = {}
    for file, (split, name) in zip(
        images, arranged([file.folders for file in images]), strict=True
    ):
        found.setdefault(split, []).append(Picture(file.place, name, file.content))
    return found


def arranged(folders: Sequence[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Split and class of each file, by the folders that it lies in.

    A split's folder lies above or below those of the classes; a folder that holds all others says
    nothing; folders within a class's folder are of that class.

    Args:
        folders: of each file, from the top.

    Returns:
        "train", "test", "validation" or "" of each; and the name of its class, "" where it lies in none.
    """
    divided = [_divided(each) for each in folders]
    splits = {split for split, _ in divided}
    if len(splits) < 2 or any(not split for (split, _), each in zip(divided, folders) if each):  # noqa: B905
        splits = {""}
        divided = [("", each) for each in folders]
    depths = {split: _wrappers([rest for of, rest in divided if of == split]) for split in splits}
    return [(split, _name(rest[depths[split] :])) for split, rest in divided]


def _divided(folders: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The first split that a folder names, and the other folders."""
    for index, name in enumerate(folders):
        for split, word in SPLITS.items():
            if word.search(name.lower()):
                return split, folders[:index] + folders[index + 1 :]
    return "", folders


def _wrappers(folders: Sequence[tuple[str, ...]]) -> int:
    """How many folders at the top hold all others, and so are no class."""
    depth = 0
    while True:
        inside = [each for each in folders if len(each) > depth]
        is_shared = len({each[depth] for each in inside}) == 1
        if not is_shared or not any(len(each) > depth + 1 for each in inside):
            return depth
        depth += 1


def _name(folders: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFC", folders[0]).strip() if folders else ""
