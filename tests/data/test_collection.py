"""Labelled drawings and photos: kept without metadata, changed, removed, exported and imported."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from fmnist.data import library
from fmnist.data.collection import Collection, CollectionError, collection_for, from_zip, to_zip
from fmnist.data.dataset import SPLITS, DatasetError
from fmnist.data.fashion_mnist import DATASET
from fmnist.data.image_files import ImageFileError

from ..conftest import in_one_sentence


@pytest.fixture
def collection(home) -> Collection:
    """An empty collection."""
    return Collection(DATASET)


def scene(seed: int = 0, size: tuple[int, int] = (40, 30)) -> Image.Image:
    """An item of noise, with a part that is transparent."""
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (size[1], size[0], 4), np.uint8), "RGBA")


def fill(collection: Collection, count: int) -> None:
    """Add that many coats, which were taken for shirts."""
    for seed in range(count):
        collection.add(scene(seed), "Coat", predicted="Shirt", kind="photo", by="ann")


def test_an_item_is_kept_with_its_label(collection):
    added = collection.add(scene(), "Coat", predicted="Shirt", kind="photo", by="ann")
    (item,) = collection.items()
    assert item == added
    assert (item.label, item.predicted, item.kind, item.by) == ("Coat", "Shirt", "photo", "ann")
    assert (np.asarray(collection.open(item)) == np.asarray(scene())).all()


def test_where_a_photo_was_taken_is_not_kept(collection):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    scene().convert("RGB").save(file, "JPEG", exif=exif, comment=b"a secret place")
    item = collection.add(Image.open(file), "Bag", kind="photo")
    assert b"secret" not in (collection.folder / f"{item.name}.png").read_bytes()


def test_every_fifth_is_held_out_and_stays_so(collection):
    fill(collection, 11)
    assert [item.held_out for item in collection.items()].count(True) == 2
    held_out = {item.name for item in collection.items() if item.held_out}
    collection.remove(next(item.name for item in collection.items() if not item.held_out))
    collection.relabel(next(iter(held_out)), "Bag")
    assert {item.name for item in collection.items() if item.held_out} == held_out


def test_a_label_is_changed_and_an_item_removed(collection):
    fill(collection, 2)
    first, second = collection.items()
    collection.relabel(first.name, "Dress")
    collection.remove(second.name)
    assert [item.label for item in collection.items()] == ["Dress"]
    with pytest.raises(ImageFileError):
        collection.open(second)


@pytest.mark.parametrize(
    "act",
    [
        lambda collection: collection.add(scene(), "Hat", kind="drawing"),
        lambda collection: collection.relabel("0" * 32, "Coat"),
        lambda collection: collection.remove("../../models"),
        lambda collection: from_zip(collection, io.BytesIO(b"no archive")),
        lambda collection: from_zip(collection, archive({"other.txt": b"?"})),
        lambda collection: from_zip(collection, archive({"collection.json": b"{}"})),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(collection, act):
    fill(collection, 1)
    before = collection.items()
    with pytest.raises(CollectionError) as error:
        act(collection)
    assert in_one_sentence(str(error.value))
    assert collection.items() == before


def archive(files: dict[str, bytes]) -> io.BytesIO:
    """A ZIP file with these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return file


def test_an_exported_collection_is_imported_as_it_was_and_only_once(
    collection, tmp_path, monkeypatch
):
    fill(collection, 6)
    file = io.BytesIO()
    to_zip(collection, file)
    items = collection.items()
    assert from_zip(collection, file) == (0, 0)
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "another"))
    assert collection.items() == []
    assert from_zip(collection, file) == (6, 0)
    assert collection.items() == items


def test_a_damaged_item_of_an_archive_is_left_out_and_the_others_are_added(
    collection, tmp_path, monkeypatch
):
    fill(collection, 3)
    first = collection.items()[0]
    (collection.folder / f"{first.name}.png").write_bytes(b"damaged")
    file = io.BytesIO()
    to_zip(collection, file)
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "another"))
    assert from_zip(collection, file) == (2, 1)


def test_a_data_set_and_what_was_made_of_it_have_one_collection(collection):
    corrected = library.relabel(DATASET, {"test": {0: 1}})
    form, names = DATASET.form, DATASET.class_names
    splits = {
        split: (np.zeros((2, *form.shape), np.uint8), np.arange(2, dtype=np.uint8))
        for split in SPLITS
    }
    learned = library.add("learned", names, form, splits, collected_for=corrected.base.name)
    for dataset in (DATASET, corrected, learned):
        assert collection_for(dataset) == collection
    orphan = dataclasses.replace(learned, collected_for="gone")
    with pytest.raises(DatasetError, match="gone"):
        collection_for(orphan)


def test_what_is_damaged_hides_nothing_else(collection):
    fill(collection, 2)
    first, second = collection.items()
    (collection.folder / f"{first.name}.json").write_text("{")
    assert collection.items() == [second]
