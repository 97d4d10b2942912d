"""The folder of an own data set.

    dataset.json        what it is: `DataSet`
    notes.json          how it was made: what was left out and why, and the like
    access.json         whose it is, and whether others may see it
    train-images.npy    (N, *shape) uint8; also train-labels, test-images and test-labels, (N,) uint8

One with corrected labels has no images: they are those of its base. A folder is made under another name and
renamed when it is whole, and hidden before it is removed: nobody meets half a data set, and who has one open
keeps what is mapped from the disk.
"""

import contextlib
import dataclasses
import functools
import json
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.people import access, mode, usage

from .dataset import Arrays, DataSet, DatasetError, Split

LARGEST_DESCRIPTION = 1_000_000  # bytes of dataset.json


def folder(name: str) -> Path:
    """Where the own data set of that name is, or would be."""
    return folders.datasets() / name


def read(path: Path) -> DataSet:
    """What a folder says that it is.

    Raises:
        DatasetError: its dataset.json is missing or damaged.
    """
    path = path / "dataset.json"
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
    return dataclasses.replace(dataset, name=path.parent.name)  # it may have been renamed by hand


def read_notes(name: str) -> dict[str, Any]:
    """How a data set was made; {} where nothing is known."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads((folder(name) / "notes.json").read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def load(dataset: DataSet, split: Split) -> Arrays:
    """One split's images and labels, as `DataSet.load` has them.

    Raises:
        DatasetError: a file is missing or damaged, or the base is gone.
    """
    place = folder(dataset.name)
    labels = _array(place / f"{split}-labels.npy", dataset.digest)
    if dataset.base:
        return dataset.base.load(split)[0], labels
    return _array(place / f"{split}-images.npy", dataset.digest), labels


@functools.lru_cache(maxsize=16)
def _array(path: Path, digest: str) -> np.ndarray:
    """Mapped from the disk, so that processes share it and only what is looked at is read."""
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{path} is damaged ({error}); remove the data set and add it again."
        ) from None
    return array


def write(dataset: DataSet, arrays: Mapping[str, np.ndarray], notes: Mapping[str, Any]) -> None:
    """Write a data set's folder, as a whole or not at all.

    Args:
        dataset: what it is.
        arrays: by the names of their files, "train-labels" say.
        notes: what to remember of how it was made.

    Raises:
        DatasetError: it cannot be written, there is one already, or its maker has no room left.
    """
    mode.insist("keep", DatasetError)
    if sentence := usage.refusal():
        raise DatasetError(sentence)
    hidden = folders.datasets() / f".new-{uuid.uuid4().hex}"
    try:
        hidden.mkdir(parents=True)
        for name, array in arrays.items():
            np.save(hidden / f"{name}.npy", np.ascontiguousarray(array, np.uint8))
        about = json.dumps({**notes, "created_at": time.time()})
        (hidden / "notes.json").write_text(about, "utf-8")
        (hidden / "dataset.json").write_text(json.dumps(dataset.as_json()), "utf-8")
        access.claim(hidden)
        hidden.rename(folder(dataset.name))
    except OSError as error:
        raise DatasetError(f"{dataset.name} cannot be kept: {explain(error)}") from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def delete(name: str) -> None:
    """Delete a data set's folder.

    Raises:
        DatasetError: it is somebody else's, or cannot be deleted.
    """
    mode.insist("keep", DatasetError)
    if sentence := access.refusal(folder(name)):
        raise DatasetError(sentence)
    hidden = folders.datasets() / f".gone-{uuid.uuid4().hex}"
    try:
        folder(name).rename(hidden)
    except OSError as error:
        raise DatasetError(f"{name} cannot be removed: {explain(error)}") from None
    shutil.rmtree(hidden, ignore_errors=True)
