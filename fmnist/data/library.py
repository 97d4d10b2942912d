"""The data sets that there are: Fashion-MNIST, and the user's own, each a folder.

    dataset.json        what it is: `DataSet`
    notes.json          how it was made: what was left out and why, and the like
    train-images.npy    (N, *shape) uint8; also train-labels, test-images and test-labels, (N,) uint8

A folder is made under another name and renamed when it is whole, and hidden before it is removed: nobody
meets half a data set, and who has one open keeps what is mapped from the disk.
"""

import contextlib
import dataclasses
import functools
import itertools
import json
import re
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from fmnist.machine import folders
from fmnist.machine.disk import explain

from . import fashion_mnist
from .dataset import (
    FEWEST_CLASSES,
    MOST_CLASSES,
    SPLITS,
    Arrays,
    DataSet,
    DatasetError,
    Form,
    Framing,
    Split,
    digest,
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LARGEST_DESCRIPTION = 1_000_000  # bytes of dataset.json


def listing() -> list[DataSet]:
    """Fashion-MNIST, then the user's own data sets by name; folders that hold none are left out."""
    own = []
    with contextlib.suppress(OSError):
        for path in sorted(folders.datasets().iterdir()):
            if not path.name.startswith("."):
                with contextlib.suppress(DatasetError):
                    own.append(_read(path))
    return [fashion_mnist.DATASET, *own]


def find(name: str) -> DataSet:
    """The data set of that name.

    Raises:
        DatasetError: there is none, or its folder is damaged.
    """
    if name == fashion_mnist.DATASET.name:
        return fashion_mnist.DATASET
    if not NAME.fullmatch(name) or not _folder(name).is_dir():
        names = ", ".join(dataset.name for dataset in listing()[:10])
        raise DatasetError(f"There is no data set {name[:80]!r}; there are {names}.")
    return _read(_folder(name))


def load(dataset: DataSet, split: Split) -> Arrays:
    """The arrays of a data set, as `DataSet.load` has it."""
    if dataset.name == fashion_mnist.DATASET.name:
        return fashion_mnist.load(split)
    if find(dataset.name).digest != dataset.digest:
        raise DatasetError(
            f"The data set {dataset.name} is another one now; expected the one with the digest "
            f"{dataset.digest[:12]}. Add that one again under another name."
        )
    return _arrays(_folder(dataset.name), split, dataset.digest)


def add(
    name: str,
    class_names: Sequence[str],
    form: Form,
    splits: Mapping[Split, Arrays],
    *,
    framing: Framing = "cut-out",
    origin: str = "",
    notes: Mapping[str, Any] | None = None,
) -> DataSet:
    """Keep an own data set, as a whole or not at all.

    Args:
        name: letters, digits, '-', '_' and '.'.
        class_names: by their labels.
        form: of each image.
        splits: images (N, *form.shape) uint8 and labels (N,) uint8 of "train" and "test".
        framing: how pictures became these images, and others will.
        origin: where it came from, a sentence.
        notes: what to remember of how it was made, for a JSON file.

    Raises:
        DatasetError: the name is taken or not possible, there are too few or too many classes, or the
            folder cannot be written.
    """
    check_name(name)
    if not FEWEST_CLASSES <= len(class_names) <= MOST_CLASSES:
        raise DatasetError(
            f"{name} has {len(class_names)} classes; expected {FEWEST_CLASSES} to {MOST_CLASSES}."
        )
    dataset = DataSet(
        name=name,
        class_names=tuple(class_names),
        form=form,
        training_images=len(splits["train"][0]),
        test_images=len(splits["test"][0]),
        digest=digest(class_names, splits),
        framing=framing,
        origin=origin,
    )
    hidden = folders.datasets() / f".new-{uuid.uuid4().hex}"
    try:
        hidden.mkdir(parents=True)
        _write(hidden, dataset, splits, {**(notes or {}), "created_at": time.time()})
        hidden.rename(_folder(name))
    except OSError as error:
        if _folder(name).exists():  # another process was faster
            raise _taken(name) from None
        raise DatasetError(f"{name} cannot be kept: {explain(error)}") from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return dataset


def add_once(
    name: str,
    class_names: Sequence[str],
    form: Form,
    splits: Mapping[Split, Arrays],
    **about: Any,
) -> DataSet:
    """As `add`, but the same classes, images and labels are kept once, and a name that is taken gets a number."""
    wanted = digest(class_names, splits)
    for known in listing():
        if known.digest == wanted:
            return known
    taken = {known.name for known in listing()}
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    free = next(each for each in names if each not in taken and not _folder(each).exists())
    return add(free, class_names, form, splits, **about)


def check_name(name: str) -> None:
    """Raise DatasetError unless an own data set can be given that name."""
    if not NAME.fullmatch(name):
        raise DatasetError(
            f"A data set's name must have only letters, digits, '-', '_' and '.', at most 64, not {name[:80]!r}."
        )
    if name == fashion_mnist.DATASET.name or _folder(name).exists():
        raise _taken(name)


def notes(name: str) -> dict[str, Any]:
    """How an own data set was made, as `add` was given it; {} where nothing is known."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads((_folder(name) / "notes.json").read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def remove(name: str) -> None:
    """Delete an own data set; what a process has loaded of it stays usable there.

    Raises:
        DatasetError: there is none of that name, it ships with the project, or it cannot be deleted.
    """
    if find(name) == fashion_mnist.DATASET:
        raise DatasetError(f"{name} comes with the project and cannot be removed.")
    hidden = folders.datasets() / f".gone-{uuid.uuid4().hex}"
    try:
        _folder(name).rename(hidden)
    except OSError as error:
        raise DatasetError(f"{name} cannot be removed: {explain(error)}") from None
    shutil.rmtree(hidden, ignore_errors=True)


def _folder(name: str) -> Path:
    return folders.datasets() / name


def _taken(name: str) -> DatasetError:
    return DatasetError(f"There is a data set {name!r} already; choose another name.")


def _write(
    folder: Path, dataset: DataSet, splits: Mapping[Split, Arrays], about: Mapping[str, Any]
) -> None:
    for split in SPLITS:
        for kind, array in zip(("images", "labels"), splits[split], strict=True):
            np.save(folder / f"{split}-{kind}.npy", np.ascontiguousarray(array, np.uint8))
    (folder / "notes.json").write_text(json.dumps(about), "utf-8")
    (folder / "dataset.json").write_text(json.dumps(dataset.as_json()), "utf-8")


def _read(folder: Path) -> DataSet:
    """What a folder says that it is.

    Raises:
        DatasetError: its dataset.json is missing or damaged.
    """
    path = folder / "dataset.json"
    try:
        found = path.stat()
        if found.st_size > LARGEST_DESCRIPTION:
            raise DatasetError(f"{path} is too large; remove the data set and add it again.")
        return _decoded(path, found.st_mtime_ns, found.st_ino)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {explain(error)}") from None


@functools.lru_cache(maxsize=256)
def _decoded(path: Path, *version: int) -> DataSet:
    try:
        dataset = msgspec.json.decode(path.read_bytes(), type=DataSet)
    except (ValueError, RecursionError) as error:
        raise DatasetError(
            f"{path} is damaged ({error}); remove the data set and add it again."
        ) from None
    return dataclasses.replace(
        dataset, name=path.parent.name
    )  # its folder may have been renamed by hand


@functools.lru_cache(maxsize=8)
def _arrays(folder: Path, split: Split, digest: str) -> Arrays:
    """Mapped from the disk, so that processes share them and only what is looked at is read."""
    try:
        images, labels = (
            np.load(folder / f"{split}-{kind}.npy", mmap_mode="r", allow_pickle=False)
            for kind in ("images", "labels")
        )
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{folder} is damaged ({error}); remove the data set and add it again."
        ) from None
    return images, labels
