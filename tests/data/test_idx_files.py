"""IDX files, alone or in pairs: read by any of their names, or one sentence says what is wrong."""

import gzip
import shutil
import struct

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.data.files import reader

from ..conftest import tells
from ..data_inputs import IMAGES, LABELS, holds, refusal, said, write, write_idx, zipped

NAMES = [
    "{}-idx{}-ubyte",
    "t10k-{}-idx{}-ubyte",
    "t10k-{}.idx{}-ubyte",
    "test-{}-idx{}-ubyte.gz",
    "a/t10k-{}-idx{}-ubyte",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_an_idx_folder_is_read_by_any_of_its_names(tmp_path, name, packed):
    folder = write_idx(tmp_path / "data", IMAGES[:7], LABELS[:7], name=name.format)
    found = reader.read(zipped(folder) if packed else tmp_path)
    holds(found, 7)
    assert not found.assumptions


def test_each_split_has_its_pair_of_files(tmp_path):
    write_idx(tmp_path)
    write_idx(tmp_path, IMAGES[:5], LABELS[:5], name="train-{}-idx{}-ubyte".format)
    holds(reader.read(tmp_path, "train"), 5)
    holds(reader.read(tmp_path, "test"))


def test_a_folder_of_another_split_alone_is_refused_and_its_file_named(tmp_path):
    write_idx(tmp_path, name="train-{}-idx{}-ubyte".format)
    assert tells(refusal(tmp_path), "no test set", "only train")


@pytest.mark.parametrize("what", ["images-idx3", "labels-idx1"])
def test_one_idx_file_is_read_with_its_partner_beside_it(tmp_path, what):
    write_idx(tmp_path)
    write_idx(tmp_path, IMAGES[:5], LABELS[:5], name="train-{}-idx{}-ubyte".format)
    found = reader.read(tmp_path / f"train-{what}-ubyte")
    holds(found, 5)
    assert "beside it was read" in said(found)


def test_idx_images_without_labels_are_read_and_labels_alone_refused(tmp_path):
    write_idx(tmp_path)
    images, labels = tmp_path / "t10k-images-idx3-ubyte", tmp_path / "t10k-labels-idx1-ubyte"
    shutil.move(labels, tmp_path / "else")
    found = reader.read(images)
    holds(found, labels=False)
    assert "t10k-labels-idx1-ubyte" in found.unlabelled
    assert "has no t10k-labels-idx1-ubyte" in refusal(tmp_path)
    images.unlink()
    (tmp_path / "else").rename(labels)
    assert "only labels" in refusal(labels)


def test_our_own_folder_is_one():
    for split in ("train", "test"):
        found = reader.read(fashion_mnist.FOLDER, split)
        np.testing.assert_array_equal(found.images, fashion_mnist.load(split)[0])
        np.testing.assert_array_equal(found.labels, fashion_mnist.load(split)[1])
        assert not found.assumptions


def load_mnist(path, kind):
    """As `utils/mnist_reader.py` of https://github.com/zalandoresearch/fashion-mnist reads it."""
    with gzip.open(path / f"{kind}-labels-idx1-ubyte.gz", "rb") as file:
        labels = np.frombuffer(file.read(), dtype=np.uint8, offset=8)
    with gzip.open(path / f"{kind}-images-idx3-ubyte.gz", "rb") as file:
        images = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
    return images.reshape(len(labels), 784), labels


@pytest.mark.parametrize(("kind", "split"), [("train", "train"), ("t10k", "test")])
def test_the_data_sets_own_reader_reads_our_folder(kind, split):
    images, labels = load_mnist(fashion_mnist.FOLDER, kind)
    np.testing.assert_array_equal(images.reshape(-1, 28, 28), fashion_mnist.load(split)[0])
    np.testing.assert_array_equal(labels, fashion_mnist.load(split)[1])


def test_images_and_labels_of_different_counts_are_refused(tmp_path):
    images = tmp_path / "t10k-images-idx3-ubyte"
    text = refusal(write_idx(tmp_path, labels=LABELS[:49]), images)
    assert tells(text, "60 images", "t10k-labels-idx1-ubyte", "49 labels")


def test_a_label_above_nine_is_named_by_its_byte(tmp_path):
    labels = LABELS.copy()
    labels[4] = 11
    text = refusal(write_idx(tmp_path, labels=labels))
    assert tells(text, "t10k-labels-idx1-ubyte", "byte 12", "label 5", "'11'")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda data: data[:-1], "has 47,039 bytes after its header, which promises 47,040"),
        (lambda data: data + b"0", "has more than 47,040 bytes"),
        (lambda data: data[:10], "ends within its header of 16 bytes"),
        (lambda data: b"", "ends within its header"),
        (
            lambda data: b"\0\0\x08\x01" + data[4:],
            "begins with 2049; expected the magic number 2051",
        ),
        (lambda data: struct.pack(">4i", 2051, 50, 32, 30) + data[16:], "images of 32 x 30"),
        (lambda data: struct.pack(">4i", 2051, 2**31 - 1, 28, 28), "more than 250,000 images"),
        (lambda data: struct.pack(">4i", 2051, 0, 28, 28), "has no images"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_damaged_idx_file_is_refused(tmp_path, ending, change, fault):
    write_idx(tmp_path, name=("t10k-{}-idx{}-ubyte" + ending).format)
    path = tmp_path / f"t10k-images-idx3-ubyte{ending}"
    data = path.read_bytes()
    write(path, change(gzip.decompress(data) if ending else data))
    assert fault in refusal(tmp_path, path)


def test_an_idx_gzip_file_that_was_cut_short_is_refused(tmp_path):
    write_idx(tmp_path, name="t10k-{}-idx{}-ubyte.gz".format)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    assert "damaged or cut short" in refusal(tmp_path, path)
