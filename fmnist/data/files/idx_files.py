"""IDX files -> contents: a pair of images and labels, found by their names."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fmnist.data.dataset import DatasetError
from fmnist.data.fashion_mnist import PREFIX

from . import opening
from .contents import Contents, form_of
from .opening import Source, counted

# train-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte, emnist-letters-test-images-idx3-ubyte
NAME = re.compile(r"(.*?)(images?|labels?)([-_. ]?idx)[13](.*)", re.IGNORECASE)
SPLITS = {"train": ("train",), "test": ("t10k", "test")}  # what names of files have in them


def is_idx(name: str) -> bool:
    """Whether a file's name is one of an IDX pair."""
    return NAME.fullmatch(name) is not None


def read_split(folder: Source, files: Sequence[Source], split: str) -> Contents:
    """Read a split's pair of files, wherever in the folder they are.

    Raises:
        DatasetError: in one sentence, which of the two is missing or wrong.
    """
    if not split:
        return read_pair(
            _only(folder, files, "images", "test"), _only(folder, files, "labels", "test")
        )
    of_any = [file for each in SPLITS for file in _of_split(files, each)]
    inside = _of_split(files, split) or [file for file in files if file not in of_any]
    if not inside:
        raise DatasetError(
            f"{folder} has no {PREFIX[split]}-images-idx3-ubyte and no {PREFIX[split]}-labels-idx1-ubyte; "
            f"expected the {split} set; name {files[0].name} itself to read that set."
        )
    return read_pair(_only(folder, inside, "images", split), _only(folder, inside, "labels", split))


def splits(files: Sequence[Source]) -> list[str]:
    """The splits that files are of, "train" and "test"; "" if their names have none."""
    return [split for split in SPLITS if _of_split(files, split)] or [""]


def read_one(path: Source, are_images: bool) -> Contents:
    """Read one file of a pair, together with the other if that is in the same folder."""
    other = partner(path, nearby(Path(str(path)).parent)) if isinstance(path, Path) else None
    if other:
        found = read_pair(path, other) if are_images else read_pair(other, path)
        found.assumptions.append(f"{other.name} beside it was read as well.")
        return found
    if not are_images:
        raise DatasetError(
            f"{path} has only labels; expected its images beside it, such as t10k-images-idx3-ubyte."
        )
    found = Contents(read_array(path, 3))
    found.unlabelled = "its labels, such as t10k-labels-idx1-ubyte, are not beside it"
    return found


def partner(path: Source, files: Sequence[Source]) -> Source | None:
    """The labels of a file of images, or the reverse: the file whose name differs only in that word."""
    if not NAME.fullmatch(path.name):
        return None
    other = {"images": "labels", "labels": "images"}[_what(path)]
    found = [file for file in files if _what(file) == other and _set(file) == _set(path)]
    return next(iter(found), None)


def nearby(folder: Path) -> list[Path]:
    """The IDX files in a folder and in the folders right below it."""
    files = [*folder.glob("*idx*"), *folder.glob("*/*idx*")]
    return sorted(file for file in files if is_idx(file.name) and file.is_file())


def read_pair(images_path: Source, labels_path: Source) -> Contents:
    """Read images and their labels.

    Raises:
        DatasetError: in one sentence, which file is wrong, where, and what was expected.
    """
    images, labels = read_array(images_path, 3), read_array(labels_path, 1)
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_path} has {counted(len(images), 'image')} but {labels_path.name} has "
            f"{counted(len(labels), 'label')}; expected one label per image."
        )
    found = Contents(images, labels)
    found.label_place = lambda image: f"{labels_path.name}, byte {8 + image} (label {image + 1})"
    return found


def read_array(path: Source, axes: int) -> np.ndarray:
    """The array of an IDX file, 1 axis for labels and 3 for images; `fashion_mnist.read_idx` has the format."""
    magic = 0x0800 + axes
    with opening.opened(path) as file:
        length = 4 + 4 * axes
        header = opening.read(path, file, length)
        if len(header) < length:
            raise DatasetError(f"{path} ends within its header of {length} bytes.")
        found_magic, count, *shape = np.frombuffer(header, ">u4").tolist()
        if found_magic != magic:
            raise DatasetError(
                f"{path} begins with {found_magic}; expected the magic number {magic}."
            )
        numbers = math.prod(shape)
        form = form_of(numbers)
        if shape and (form is None or tuple(shape) != form.shape):
            raise DatasetError(
                f"{path} has images of {' x '.join(map(str, shape))}; expected a square, as 28 x 28."
            )
        opening.check_count(path, count, numbers)
        expected = count * numbers
        data = opening.read(path, file, expected + 1)
    if len(data) != expected:
        had = f"more than {expected:,}" if len(data) > expected else f"{len(data):,}"
        raise DatasetError(
            f"{path} has {had} bytes after its header, which promises {expected:,} for "
            f"{count:,} images; download or copy it again."
        )
    if not count:
        raise DatasetError(f"{path} has no images; expected at least one.")
    return np.frombuffer(data, np.uint8).reshape(count, *shape)


def _of_split(files: Sequence[Source], split: str) -> list[Source]:
    return [file for file in files if any(word in file.name.lower() for word in SPLITS[split])]


def _only(folder: Source, files: Sequence[Source], what: str, split: str) -> Source:
    """The split's file of images or of labels; of a packed and an unpacked one, the packed."""
    found = sorted((file for file in files if _what(file) == what), key=lambda file: file.name[-3:])
    if not found:
        raise _missing(folder, what, split)
    different = {_set(file) for file in found}
    if len(different) > 1:
        names = " and ".join(sorted(file.name for file in found)[:2])
        raise DatasetError(f"{folder} has several {split} sets ({names}); name one of these files.")
    return next((file for file in found if file.name.endswith(".gz")), found[0])


def _missing(folder: Source, what: str, split: str) -> DatasetError:
    """The error for a missing file, with the place of one in a neighbouring folder."""
    name = f"{PREFIX[split]}-{what}-idx{3 if what == 'images' else 1}-ubyte"
    near = nearby(folder.parent) if isinstance(folder, Path) else []
    elsewhere = [file for file in _of_split(near, split) if _what(file) == what]
    advice = f"name {folder.parent}, which has it" if elsewhere else "add it"
    return DatasetError(
        f"{folder} has no {name} (or {name}.gz); expected both images and labels of the {split} "
        f"set; {advice}."
    )


def _what(path: Source) -> str:
    """ "images" or "labels"; "" for other files."""
    match = NAME.fullmatch(path.name)
    return match[2].lower().rstrip("s") + "s" if match else ""


def _set(path: Source) -> str:
    """The part of the name that images and labels of one set have in common."""
    match = NAME.fullmatch(path.name)
    assert match, "not the name of an IDX file"
    before = match[1]
    return before.lower().strip("-_. ")
