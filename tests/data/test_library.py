"""Own data sets: kept as a whole, found by name, removed without harm to processes that use them."""

import json

import numpy as np
import pytest

from fmnist.data import library
from fmnist.data.dataset import DatasetError, Form, digest
from fmnist.machine import folders

from ..conftest import in_one_sentence

NAMES = ("circle", "مربع", "🔺")


def arrays(form: Form, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images of noise in that form, with labels 0, 1, 2, 0, ..."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, *form.shape), np.uint8)
    return images, np.arange(count, dtype=np.uint8) % len(NAMES)


def added(name: str = "shapes", form: Form = Form(32, colour=True), seed: int = 0):
    """A small data set of one's own."""
    splits = {"train": arrays(form, 30, seed), "test": arrays(form, 12, seed + 1)}
    return library.add(name, NAMES, form, splits, framing="squeezed", origin="Made by a test.")


@pytest.mark.parametrize("form", [Form(28), Form(48, colour=True)])
def test_what_was_added_is_found_with_all_that_belongs_to_it(home, form):
    made = added(form=form)
    found = library.find("shapes")
    assert found == made
    assert (found.class_names, found.form, found.framing) == (NAMES, form, "squeezed")
    assert found.counts == {"train": 30, "test": 12}
    images, labels = found.load("test")
    expected = arrays(form, 12, 1)
    assert (images == expected[0]).all()
    assert (labels == expected[1]).all()
    assert not images.flags.writeable
    assert library.notes("shapes")["created_at"] > 0


def test_what_guessing_reaches_is_the_share_of_the_most_frequent_class(home):
    images, labels = arrays(Form(28), 20)
    assert added().guess == pytest.approx(1 / 3)
    splits = {
        "train": (images, labels),
        "test": (images, np.repeat([2, 0], [15, 5]).astype(np.uint8)),
    }
    library.add("uneven", NAMES, Form(28), splits)
    assert library.find("uneven").guess == 0.75
    assert library.find("fashion-mnist").guess == 0.1


def test_fashion_mnist_is_the_first_and_its_digest_is_that_of_its_images(home):
    added()
    assert [dataset.name for dataset in library.listing()] == ["fashion-mnist", "shapes"]
    dataset = library.find("fashion-mnist")
    splits = {split: dataset.load(split) for split in ("train", "test")}
    assert digest(dataset.class_names, splits) == dataset.digest
    for split, (images, labels) in splits.items():
        assert images.shape == (dataset.counts[split], *dataset.form.shape)
        assert set(labels) == set(range(dataset.classes))


@pytest.mark.parametrize(
    "name", ["", "../outside", ".hidden", "a/b", "fashion-mnist", "x" * 65, "shapes"]
)
def test_a_name_that_is_taken_or_no_name_is_refused_and_nothing_is_written(home, name):
    added()
    before = sorted(path.name for path in folders.datasets().iterdir())
    with pytest.raises(DatasetError) as error:
        added(name)
    assert in_one_sentence(str(error.value))
    assert sorted(path.name for path in folders.datasets().iterdir()) == before


def test_a_removed_data_set_stays_usable_where_it_is_open(home):
    dataset = added()
    images, _ = dataset.load("train")
    library.remove("shapes")
    assert (images == arrays(dataset.form, 30)[0]).all()
    with pytest.raises(DatasetError, match="shapes"):
        dataset.load("train")
    assert list(folders.datasets().iterdir()) == []


def test_another_data_set_of_the_same_name_is_not_taken_for_the_first(home):
    first = added()
    library.remove("shapes")
    second = added(seed=5)
    assert len(second.load("test")[0]) == 12
    with pytest.raises(DatasetError, match=first.digest[:12]):
        first.load("test")


def test_what_ships_cannot_be_removed_and_what_is_not_there_neither(home):
    for name in ("fashion-mnist", "nothing", "../models"):
        with pytest.raises(DatasetError) as error:
            library.remove(name)
        assert in_one_sentence(str(error.value))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "shapes"}', "null"])
def test_a_damaged_data_set_is_a_sentence_and_hides_no_other(home, content):
    added(), added("others")
    (folders.datasets() / "shapes" / "dataset.json").write_text(content)
    with pytest.raises(DatasetError, match="damaged") as error:
        library.find("shapes")
    assert in_one_sentence(str(error.value))
    assert [dataset.name for dataset in library.listing()] == ["fashion-mnist", "others"]


def test_images_that_are_cut_short_are_a_sentence(home):
    dataset = added()
    path = folders.datasets() / "shapes" / "train-images.npy"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DatasetError, match="damaged"):
        dataset.load("train")


def test_a_description_survives_json(home):
    dataset = added()
    text = (folders.datasets() / "shapes" / "dataset.json").read_text("utf-8")
    assert json.loads(text) == json.loads(json.dumps(dataset.as_json()))


def test_corrected_labels_make_a_data_set_that_records_the_difference(home):
    base = added()
    images, labels = base.load("test")
    corrected = library.relabel(base, {"test": {4: 2, 5: int(labels[5])}})
    assert (corrected.name, corrected.base) == ("shapes-corrected", base)
    found_images, found = library.find("shapes-corrected").load("test")
    assert (found_images == images).all()
    assert np.flatnonzero(found != labels).tolist() == [4]
    assert found[4] == 2
    assert (base.load("test")[1] == labels).all()
    change = {"split": "test", "image": 4, "from": NAMES[labels[4]], "to": NAMES[2]}
    assert library.notes(corrected.name)["corrections"] == [change]
    assert library.relabel(base, {"test": {4: 2}}) == corrected


def test_a_data_set_whose_images_another_one_has_stays_until_that_is_removed(home):
    library.relabel(added(), {"train": {0: 2}})
    with pytest.raises(DatasetError, match="shapes-corrected"):
        library.remove("shapes")
    library.remove("shapes-corrected")
    library.remove("shapes")


def test_corrections_that_change_nothing_make_no_data_set(home):
    base = added()
    with pytest.raises(DatasetError, match="shapes"):
        library.relabel(base, {"train": {0: 0}})
    assert library.listing()[1:] == [base]
