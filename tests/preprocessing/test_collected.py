"""A collection becomes a data set whose test images were held out from the start."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist.data import library
from fmnist.data.collection import Collection, CollectionError, collection_for
from fmnist.data.fashion_mnist import DATASET
from fmnist.preprocessing.collected import to_dataset

from ..conftest import in_one_sentence
from ..images import prepare


def drawing(width: int) -> Image.Image:
    """A filled box, as wide as that."""
    image = Image.new("RGBA", (100, 100), "white")
    ImageDraw.Draw(image).rectangle((10, 10, 10 + width, 90), fill="black")
    return image


@pytest.fixture
def collection(home) -> Collection:
    """Eleven boxes of different widths, of two classes."""
    collection = Collection(DATASET)
    for number in range(11):
        label = ("Trouser", "Bag")[number % 2]
        collection.add(drawing(20 + 5 * number), label, kind="drawing")
    return collection


def test_each_item_is_prepared_as_it_was_predicted_for(collection):
    dataset = to_dataset(collection)
    assert (dataset.class_names, dataset.form) == (DATASET.class_names, DATASET.form)
    assert dataset.counts == {"train": 9, "test": 2}
    assert (
        collection_for(dataset) == collection
    )  # what learned from it is corrected in the same one
    images, labels = dataset.load("test")
    held_out = [item for item in collection.items() if item.held_out]
    for item, image, label in zip(held_out, images, labels, strict=True):
        assert (image == prepare(collection.open(item)).pixels).all()
        assert DATASET.class_names[label] == item.label


def test_the_same_collection_is_kept_once_and_a_grown_one_beside_it(collection):
    first = to_dataset(collection)
    assert to_dataset(collection) == first
    collection.add(drawing(3), "Trouser", kind="drawing")
    second = to_dataset(collection)
    assert second.name != first.name
    assert library.listing() == [DATASET, first, second]


def test_an_empty_photo_is_left_out_and_named(collection):
    blank = collection.add(Image.new("RGBA", (50, 50), "white"), "Bag", kind="photo")
    dataset = to_dataset(collection)
    assert sum(dataset.counts.values()) == 11
    assert library.notes(dataset.name)["left_out"] == [blank.name]


def test_too_few_items_are_one_sentence(home):
    collection = Collection(DATASET)
    for number in range(4):
        collection.add(drawing(20 + number), "Bag", kind="drawing")
    with pytest.raises(CollectionError, match="4 items") as error:
        to_dataset(collection)
    assert in_one_sentence(str(error.value))
    assert np.array_equal([dataset.name for dataset in library.listing()], ["fashion-mnist"])
