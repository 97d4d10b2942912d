"""Image files in folders: which split and class each is of. None is decoded here."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fmnist.data.image_files import EXTENSIONS, ImageFileError

from . import limits
from .folders import File
from .opening import DAMAGED, Source

# A word of a folder's name that makes it a split: "train", "seg_train", "test_set"
SPLITS = {
    "train": re.compile(r"(?<![a-z])(train|training)(?![a-z])"),
    "test": re.compile(r"(?<![a-z])(test|testing|t10k)(?![a-z])"),
    "validation": re.compile(r"(?<![a-z])(val|valid|validation|dev)(?![a-z])"),
}


class EncodedImage(NamedTuple):
    """An image file, not decoded."""

    place: str  # its path below what was named, with slashes; or "row 3"
    label: str  # the name of its class; "" where nothing says it
    content: Callable[[], bytes]  # raises what `opening.DAMAGED` has
    label_place: str  # where its label stands


def is_image(file: File) -> bool:
    """Whether it is an image file by its name."""
    return is_image_name(file.name)


def is_image_name(name: str) -> bool:
    """Whether a file of that name is an image file."""
    return name.rpartition(".")[2].lower() in EXTENSIONS


def by_split(files: Sequence[File]) -> dict[str, list[EncodedImage]]:
    """Image files by split, "" where folders divide them in none, with the class that folders give them."""
    found: dict[str, list[EncodedImage]] = {}
    places = arranged([file.above for file in files])
    for file, (split, name) in zip(files, places, strict=True):
        encoded = EncodedImage(file.place, name, reader(file.source), f"the folder of {file.place}")
        found.setdefault(split, []).append(encoded)
    return found


def reader(source: Source) -> Callable[[], bytes]:
    """A function that reads an image file, up to a byte more than it may have."""

    def content() -> bytes:
        with source.open("rb") as file:
            return file.read(limits.IMAGE_FILE + 1)

    return content


def content_of(encoded: EncodedImage) -> bytes:
    """The content of an image file.

    Raises:
        ImageFileError: it cannot be read, or has too many bytes.
    """
    try:
        content = encoded.content()
    except DAMAGED as error:
        reason = getattr(error, "strerror", None)
        if reason:
            raise ImageFileError(f"The file cannot be read: {reason}.") from None
        raise ImageFileError("The file is damaged or cannot be read.") from None
    check_size(content)
    return content


def check_size(content: bytes) -> None:
    """Refuse an image file with too many bytes.

    Raises:
        ImageFileError: it has.
    """
    if len(content) > limits.IMAGE_FILE:
        raise ImageFileError(
            f"The file is too large; expected at most {limits.IMAGE_FILE // 10**6} MB. "
            "Save a smaller copy of the image."
        )


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
    if len(splits) < 2 or any(
        not split for (split, _), each in zip(divided, folders, strict=True) if each
    ):
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
