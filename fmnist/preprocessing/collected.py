"""A collection of labelled drawings and photos -> a data set to train further on."""

from typing import NamedTuple

import numpy as np

from fmnist.data import library
from fmnist.data.collection import Collection, CollectionError, Item
from fmnist.data.dataset import Arrays, DataSet, Split
from fmnist.data.image_files import ImageFileError

from .framing import frame_like

FEWEST = 5  # items: four to learn from and one to test with


class Counts(NamedTuple):
    """How many items of a collection are trained on, and how many are held out."""

    training: int
    held_out: int


def counts(items: list[Item]) -> Counts:
    """Of these items."""
    held_out = sum(item.held_out for item in items)
    return Counts(len(items) - held_out, held_out)


def to_dataset(collection: Collection) -> DataSet:
    """The collection as it is now, as an own data set: the items that are held out are its test images.

    The same items with the same labels make the same data set, which is not kept twice.

    Raises:
        CollectionError: there are fewer than `FEWEST` items, or none to learn from or to test with.
        DatasetError: the data set cannot be kept.
    """
    base = collection.dataset
    images, left_out = _framed(collection)
    splits: dict[Split, Arrays] = {
        "train": _arrays(base, images, held_out=False),
        "test": _arrays(base, images, held_out=True),
    }
    if len(images) < FEWEST or not all(len(part[0]) for part in splits.values()):
        raise CollectionError(
            f"The collection has {len(images)} items; expected at least {FEWEST}, of which one in five is held "
            "out. Add more on the Try it page."
        )
    return library.add_once(
        f"{base.name}-collected",
        base.class_names,
        base.form,
        splits,
        framing=base.framing,
        origin=f"{len(images)} drawings and photos that were labelled in the app.",
        collected_for=base.name,
        notes={"left_out": left_out},
    )


def _framed(collection: Collection) -> tuple[list[tuple[Item, np.ndarray]], list[str]]:
    """Each item with its image, and the names of those that have none."""
    framed, left_out, base = [], [], collection.dataset
    for item in collection.items():
        try:
            framed.append((item, frame_like(collection.open(item), base).pixels))
        except ImageFileError:
            left_out.append(item.name)
    return framed, left_out


def _arrays(base: DataSet, framed: list[tuple[Item, np.ndarray]], held_out: bool) -> Arrays:
    """Images and labels of what is held out, or of what is not."""
    chosen = [(item, image) for item, image in framed if item.held_out == held_out]
    images = np.array([image for _, image in chosen], np.uint8).reshape(-1, *base.form.shape)
    labels = [base.class_names.index(item.label) for item, _ in chosen]
    return images, np.array(labels, np.uint8)
