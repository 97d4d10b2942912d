"""The data sets that who acts may see: Fashion-MNIST, and the user's own."""

import contextlib
import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.machine import folders
from fmnist.people import access, acting, mode, usage

from . import fashion_mnist, stored
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


def listing() -> list[DataSet]:
    """Fashion-MNIST, then the user's own data sets by name; folders that hold none are left out."""
    person = acting.person()
    own = [each for each in _everybodys() if access.may_see(person, stored.folder(each.name))]
    return [fashion_mnist.DATASET, *own]


def _everybodys() -> Iterator[DataSet]:
    """All own data sets by name, whoever asks."""
    with contextlib.suppress(OSError):
        for path in sorted(folders.datasets().iterdir()):
            if not path.name.startswith("."):
                with contextlib.suppress(DatasetError):
                    yield stored.read(path)


def find(name: str) -> DataSet:
    """The data set of that name.

    Raises:
        DatasetError: there is none, or its folder is damaged.
    """
    if name == fashion_mnist.DATASET.name:
        return fashion_mnist.DATASET
    if not (NAME.fullmatch(name) and stored.folder(name).is_dir() and _may_see(name)):
        names = ", ".join(dataset.name for dataset in listing()[:10])
        raise DatasetError(f"There is no data set {name[:80]!r}; there are {names}.")
    return stored.read(stored.folder(name))


def folders_of(dataset: DataSet) -> list[Path]:
    """Where an own data set is, with its `access.json`, and what has its images; none of Fashion-MNIST."""
    if dataset.name == fashion_mnist.DATASET.name:
        return []
    return [stored.folder(dataset.name), *(folders_of(dataset.base) if dataset.base else [])]


def _may_see(name: str) -> bool:
    return access.may_see(acting.person(), stored.folder(name))


def load(dataset: DataSet, split: Split) -> Arrays:
    """The arrays of a data set, as `DataSet.load` has it."""
    if dataset.name == fashion_mnist.DATASET.name:
        return fashion_mnist.load(split)
    check(dataset)
    return stored.load(dataset, split)


def check(dataset: DataSet) -> None:
    """See that a data set is still there.

    Raises:
        DatasetError: it is gone, damaged, or another one has its name now.
    """
    if find(dataset.name).digest != dataset.digest:
        raise DatasetError(
            f"The data set {dataset.name} is another one now; expected the one with the digest "
            f"{dataset.digest[:12]}. Add that one again under another name."
        )


def notes(name: str) -> dict[str, Any]:
    """How an own data set was made, as `add` was given it, and `created_at`, seconds since the epoch."""
    return stored.read_notes(name)


def add(
    name: str,
    class_names: Sequence[str],
    form: Form,
    splits: Mapping[Split, Arrays],
    *,
    framing: Framing = "cut-out",
    origin: str = "",
    collected_for: str = "",
    notes: Mapping[str, Any] | None = None,
) -> DataSet:
    """Keep an own data set, as a whole or not at all.

    Args:
        name: letters, digits, '-', '_' and '.'.
        class_names: by their labels.
        form: of each image.
        splits: images (N, *form.shape) uint8 and labels (N,) uint8 of "train" and "test".
        framing: how photos and drawings became these images, and others will.
        origin: where it came from, a sentence.
        collected_for: of a collection, the name of the data set whose classes it has.
        notes: what to remember of how it was made, for a JSON file.

    Raises:
        DatasetError: the name is taken or not possible, there are too few or too many classes, who acts may not have
            so many images, or the folder cannot be written.
    """
    mode.insist("keep", DatasetError)
    check_name(name)
    _check_limit(sum(len(labels) for _, labels in splits.values()))
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
        collected_for=collected_for,
        majority=_majority(splits["test"][1]),
    )
    images = {f"{split}-images": splits[split][0] for split in SPLITS}
    stored.write(dataset, images | _labels(splits), notes or {})
    return dataset


def _check_limit(images: int) -> None:
    own = [each for each in _everybodys() if access.is_mine(stored.folder(each.name))]
    there = sum(sum(each.counts.values()) for each in own if not each.base)
    if sentence := usage.images_refusal(there, images):
        raise DatasetError(sentence)


def _majority(labels: np.ndarray) -> float:
    """The share of the most frequent of (N,) uint8 labels."""
    return float(np.bincount(labels).max() / len(labels)) if len(labels) else 0.0


def add_once(
    name: str,
    class_names: Sequence[str],
    form: Form,
    splits: Mapping[Split, Arrays],
    **about: Any,
) -> DataSet:
    """As `add`, but the same classes, images and labels are kept once, and a name that is taken gets a number."""
    known = _of_digest(digest(class_names, splits))
    return known or add(free_name(name), class_names, form, splits, **about)


def relabel(base: DataSet, corrections: Mapping[Split, Mapping[int, int]]) -> DataSet:
    """Keep a data set with the images of another and some labels corrected; the other is not changed.

    Its notes have the `corrections`: split, image, and the class before and after. The same ones are kept once.

    Args:
        base: which has the images.
        corrections: the right label by the index of the image.

    Raises:
        DatasetError: nothing is corrected, the base is gone, or the data set cannot be kept.
    """
    splits: dict[Split, Arrays] = {}
    changes = []
    for split in SPLITS:
        images, given = base.load(split)
        labels = np.array(given)
        for image, label in sorted(corrections.get(split, {}).items()):
            before, after = (base.class_names[each] for each in (given[image], label))
            labels[image] = label
            if before != after:
                changes.append({"split": split, "image": image, "from": before, "to": after})
        splits[split] = images, labels
    if not changes:
        raise DatasetError(f"No label of {base.name} is corrected; correct one first.")
    made = digest(base.class_names, splits)
    if known := _of_digest(made):
        return known
    dataset = dataclasses.replace(
        base,
        name=free_name(f"{base.name}-corrected"),
        digest=made,
        origin=f"{base.name} with {len(changes)} corrected {'label' if len(changes) == 1 else 'labels'}.",
        base=base,
    )
    stored.write(dataset, _labels(splits), {"corrections": changes})
    return dataset


def remove(name: str) -> None:
    """Delete an own data set; what a process has loaded of it stays usable there.

    Raises:
        DatasetError: there is none of that name, it ships with the project or is somebody else's, another one has
            its images, or it cannot be deleted.
    """
    if find(name) == fashion_mnist.DATASET:
        raise DatasetError(f"{name} comes with the project and cannot be removed.")
    if others := [each.name for each in _everybodys() if each.base and each.base.name == name]:
        raise DatasetError(
            f"{name} cannot be removed: its images are those of {others[0]} as well. Remove that one first."
        )
    stored.delete(name)


def check_name(name: str) -> None:
    """Raise DatasetError unless an own data set can be given that name."""
    if not NAME.fullmatch(name):
        raise DatasetError(
            f"A data set's name must have only letters, digits, '-', '_' and '.', at most 64, not {name[:80]!r}."
        )
    if _is_taken(name):
        raise DatasetError(f"There is a data set {name!r} already; choose another name.")


def name_of(file: str) -> str:
    """A possible name for what is brought in a file or folder of that name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", file.partition(".")[0]).strip("-._")[:60] or "own"


def free_name(name: str) -> str:
    """The name, with a number where it is taken."""
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(each for each in names if not _is_taken(each))


def _is_taken(name: str) -> bool:
    return name == fashion_mnist.DATASET.name or stored.folder(name).exists()


def _labels(splits: Mapping[Split, Arrays]) -> dict[str, np.ndarray]:
    return {f"{split}-labels": splits[split][1] for split in SPLITS}


def _of_digest(digest: str) -> DataSet | None:
    return next((known for known in listing() if known.digest == digest), None)
