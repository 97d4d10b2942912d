"""NumPy archives (.npz) -> contents: images and labels by their shapes and names, without pickle."""

import dataclasses
import math
import re
import tokenize
import zipfile
from collections.abc import Sequence

import numpy as np

from fmnist.data.dataset import DatasetError

from . import limits, opening
from .contents import Contents, form_of
from .opening import Source

MOST_ARRAYS = 100
NUMBERS = "biuf"  # kinds of values: no complex numbers, dates, Python objects
MOST_CLASSES = 100  # columns of one-hot rows
SPLITS = {
    "test": re.compile("test|t10k"),
    "train": re.compile("train"),
    "validation": re.compile("(?<![a-z])(val|valid|validation|dev)(?![a-z])"),
}
UNREADABLE = (  # what NumPy raises for a header, which it evaluates
    *(ValueError, SyntaxError, tokenize.TokenError),
    *(TypeError, LookupError, RecursionError, MemoryError),
)
POSITIONAL = ("x_train", "y_train", "x_test", "y_test")  # usual order of arrays without names


@dataclasses.dataclass(frozen=True)
class Member:
    """One array of the archive, by its header."""

    file: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def split(self) -> str:
        """ "test", "train", "validation", or "" if its name has none."""
        found = (split for split, words in SPLITS.items() if words.search(self.name.lower()))
        return next(found, "")

    @property
    def inner(self) -> tuple[int, ...]:
        """The shape of one item, without axes of length 1."""
        return tuple(length for length in self.shape[1:] if length != 1)

    @property
    def are_images(self) -> bool:
        """Whether it has the shape of images: (N, 28, 28), (N, 28, 28, 1 or 3), (N, 3, 28, 28), (N, 784)
        or that of another square."""
        form = form_of(math.prod(self.inner))
        return form is not None and (
            len(self.inner) == 1 or self.inner in (form.shape, (3, form.side, form.side))
        )

    @property
    def are_labels(self) -> bool:
        """Whether it has the shape of labels, (N,), (N, 1) or one-hot (N, classes)."""
        is_flat = len(self.shape) == 2 and self.shape[1] <= MOST_CLASSES
        return len(self.shape) == 1 or (is_flat and not self.are_images)


def splits(path: Source) -> list[str]:
    """The splits whose images an archive has: "train" and the like; "" if it has images of one kind.

    Raises:
        DatasetError: it is damaged, or has no images.
    """
    found = {member.split for member in _images(path, _members(path))}
    return sorted(found) if len(found) > 1 else [""]


def read(path: Source, split: str) -> Contents:
    """Read the images and labels of one split, or the only ones.

    Raises:
        DatasetError: there are none, or several candidates; the message has their names.
    """
    try:
        images, labels = _chosen(path, _members(path), split)
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            pixels = _array(path, archive, images, NUMBERS).reshape(-1, *images.inner)
            if pixels.ndim == 4 and pixels.shape[-1] != 3:  # channels first, as PyTorch has them
                pixels = pixels.transpose(0, 2, 3, 1)
            found = Contents(pixels)
            if labels:
                found.labels = _array(path, archive, labels, NUMBERS + "SU")
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None
    found.unlabelled = f"beside {images.name} it has no array of {len(pixels):,} labels"
    return found


def _members(path: Source) -> list[Member]:
    """The arrays of the archive, by their headers."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            names = archive.namelist()[:MOST_ARRAYS]
            return _named([_member(path, archive, name) for name in names])
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None


def _member(path: Source, archive: zipfile.ZipFile, name: str) -> Member:
    """The array's shape and type, from its header alone."""
    with archive.open(name) as file:
        try:
            version = np.lib.format.read_magic(file)
            read = {(1, 0): np.lib.format.read_array_header_1_0}
            shape, _, dtype = read.get(version, np.lib.format.read_array_header_2_0)(file)
        except UNREADABLE:
            raise DatasetError(f"{path}, {name} is damaged; expected a NumPy array.") from None
    return Member(name, name.removesuffix(".npy"), shape, dtype)


def _named(members: Sequence[Member]) -> list[Member]:
    """Name arrays that were saved without names by their usual order."""
    if [member.name for member in members] == [f"arr_{i}" for i in range(4)]:
        pairs = zip(members, POSITIONAL, strict=True)
        return [
            dataclasses.replace(member, name=f"{member.name} (as {name})") for member, name in pairs
        ]
    return list(members)


def _chosen(path: Source, members: Sequence[Member], split: str) -> tuple[Member, Member | None]:
    """The split's images, and their labels if there are any."""
    images = _images(path, members)
    chosen = images if len(images) == 1 else [i for i in images if i.split == split]
    if len(chosen) != 1:
        names = ", ".join(member.name for member in images[:6])
        raise DatasetError(
            f"{path} has several arrays of images ({names}); expected one with {split} in its name, "
            f"such as x_{split}."
        )
    of_length = [m for m in members if m.are_labels and m.shape[0] == chosen[0].shape[0]]
    labels = [member for member in of_length if member.split == chosen[0].split]
    if len(labels) > 1:
        names = ", ".join(member.name for member in labels[:6])
        raise DatasetError(
            f"{path} has several arrays of labels ({names}); expected one for {chosen[0].name}."
        )
    return chosen[0], next(iter(labels), None)


def _images(path: Source, members: Sequence[Member]) -> list[Member]:
    """The arrays of images; rows of numbers only where there is nothing else."""
    found = [member for member in members if member.are_images]
    if not found:
        shapes = ", ".join(f"{member.name} {member.shape}" for member in members[:6]) or "no array"
        raise DatasetError(
            f"{path} has {shapes}; expected images of shape (N, 28, 28), (N, 28, 28, 3) or (N, 784), or of "
            "another square."
        )
    return [member for member in found if len(member.inner) > 1] or found


def _array(path: Source, archive: zipfile.ZipFile, member: Member, kinds: str) -> np.ndarray:
    """The array, unless it is too large or its values are of another kind."""
    opening.check_count(path, member.shape[0], max(1, math.prod(member.shape[1:])))
    size = math.prod(member.shape) * member.dtype.itemsize
    if member.dtype.kind not in kinds:
        raise DatasetError(
            f"{path}, {member.name} holds values of the type {member.dtype.name[:40]}, which are not read; expected numbers."
        )
    if size > limits.ARRAY:
        raise DatasetError(
            f"{path}, {member.name} holds {size / 2**30:.1f} GB; expected at most {limits.ARRAY / 2**30:.1f} GB."
        )
    if (
        size > limits.SUSPICIOUS
        and size > limits.MOST_PACKED * archive.getinfo(member.file).compress_size
    ):
        raise DatasetError(
            f"{path}, {member.name} unpacks to {size / 1e6:,.0f} MB, more than {limits.MOST_PACKED} times its size; expected images."
        )
    if not member.shape[0]:
        raise DatasetError(f"{path}, {member.name} has no images; expected at least one.")
    with archive.open(member.file) as file:
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except ValueError as error:
            raise opening.damaged(path, error) from None
