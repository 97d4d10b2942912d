"""What a data set looks like tells whether it is inverted or turned and what its labels count from."""

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.data.files import appearance, reader
from fmnist.data.labels import CLASS_NAMES

from ..data_inputs import HEADER, cells, refusal, said, write

IMAGES, LABELS = fashion_mnist.load("test")
FEW = slice(0, 200)


@pytest.mark.parametrize("kind", [*range(10), "all", "ten"])
def test_images_of_the_data_set_are_left_as_they_are(kind):
    chosen = {"all": slice(None), "ten": slice(0, 10)}.get(kind, kind == LABELS)
    images, labels = IMAGES[chosen], LABELS[chosen].astype(int)
    for look in (appearance.light_on_dark, appearance.upright):
        found, assumed = look(images)
        assert found is images
        assert not assumed
    found, assumed = appearance.from_zero(images, labels)
    assert found is labels
    assert not assumed


@pytest.mark.parametrize(
    ("turn", "assumed"),
    [
        (lambda images: 255 - images, "dark on light; they were inverted"),
        (lambda images: images.transpose(0, 2, 1), "transposed"),
        (lambda images: 255 - images.transpose(0, 2, 1), "transposed"),
        (lambda images: np.rot90(images, 1, (1, 2)), "by a quarter counter-clockwise"),
        (lambda images: np.rot90(images, 3, (1, 2)), "by a quarter clockwise"),
        (lambda images: images[:, ::-1], "mirrored top to bottom"),
    ],
)
def test_images_that_are_inverted_or_turned_are_set_right(tmp_path, turn, assumed):
    rows = cells(turn(IMAGES[FEW]), LABELS[FEW])
    found = reader.read(write(tmp_path / "test.csv", [HEADER, *rows]))
    np.testing.assert_array_equal(found.images, IMAGES[FEW])
    np.testing.assert_array_equal(found.labels, LABELS[FEW])
    assert assumed in said(found)


def test_a_mixture_of_light_and_dark_is_said_and_left(tmp_path):
    images = IMAGES[FEW].copy()
    images[::2] = 255 - images[::2]
    found, assumed = appearance.light_on_dark(images)
    assert found is images
    assert "50% of the images are dark on light" in assumed[0]


@pytest.mark.parametrize("without", [None, 0, 9], ids=["1 to 10", "2 to 10", "1 to 9"])
def test_labels_counted_from_one_are_shifted(tmp_path, without):
    chosen = np.flatnonzero(LABELS[FEW] != without)
    rows = cells(IMAGES[chosen], LABELS[chosen].astype(int) + 1)
    found = reader.read(write(tmp_path / "test.csv", [HEADER, *rows]))
    np.testing.assert_array_equal(found.labels, LABELS[chosen])
    assert "Labels look shifted by one" in said(found)


def test_classes_numbered_by_the_alphabet_are_renumbered(tmp_path):
    by_name = [sorted(CLASS_NAMES).index(CLASS_NAMES[label]) for label in LABELS[FEW]]
    found = reader.read(write(tmp_path / "test.csv", [HEADER, *cells(IMAGES[FEW], by_name)]))
    np.testing.assert_array_equal(found.labels, LABELS[FEW])
    assert "alphabetical order" in said(found)


def test_labels_that_suit_no_numbering_are_doubted(tmp_path):
    mixed = np.roll(LABELS[FEW], 7)
    found = reader.read(write(tmp_path / "test.csv", [HEADER, *cells(IMAGES[FEW], mixed)]))
    np.testing.assert_array_equal(found.labels, mixed)
    assert "of the labels fit the images" in said(found)


def test_a_single_label_of_ten_is_a_fault_where_the_others_suit(tmp_path):
    labels = LABELS[:20].astype(int)
    labels[labels == 0] = 1
    labels[4] = 10
    path = write(tmp_path / "test.csv", [HEADER, *cells(IMAGES[:20], labels)])
    assert "line 6, column 1 (label) is '10'" in refusal(path)
