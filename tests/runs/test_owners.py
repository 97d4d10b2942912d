"""In a class everybody has what they made; others neither see nor change it."""

import io

import numpy as np
import pytest
from PIL import Image

from fmnist.app.shared import predictions
from fmnist.data import fashion_mnist, library
from fmnist.data.collection import CollectionError, collection_for, from_zip, to_zip
from fmnist.data.dataset import DatasetError, Form
from fmnist.jobs import launcher
from fmnist.model_files.exports import exporting, formats
from fmnist.people import access, limits
from fmnist.people.access import Access, AccessError
from fmnist.people.acting import acting_as
from fmnist.people.person import OWNER, Person
from fmnist.recipes import registry
from fmnist.runs import annotations, changes, class_work, creation, listing, manage
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

ANNA, BEN, NOBODY = Person("a" * 16), Person("b" * 16), Person("")
TEACHER = Person("c" * 16, teacher=True)
OTHERS = (BEN, NOBODY)
DATASET = fashion_mnist.DATASET


pytestmark = pytest.mark.usefixtures("in_class")


@pytest.fixture
def annas() -> Run:
    with acting_as(ANNA):
        return creation.create(registry.find("tiny"))


def add_data_set(name: str):
    splits = {
        split: (np.zeros((4, 8, 8), np.uint8), np.arange(4) % 2) for split in ("train", "test")
    }
    return library.add(name, ["a", "b"], Form(8), splits)


def test_who_starts_a_run_owns_it_and_the_teacher_sees_it(annas):
    assert access.read(annas.path) == Access(ANNA.id)
    for person in (ANNA, TEACHER, OWNER):
        with acting_as(person):
            assert annas in listing.list_runs()
            assert listing.find(annas.name) == annas
    for person in OTHERS:
        with acting_as(person):
            assert annas not in listing.list_runs()
            with pytest.raises(RunError, match="There is no run") as refused:
                listing.find(annas.name)
            assert annas.name not in str(refused.value).partition("there are")[2]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("person", OTHERS)
@pytest.mark.parametrize(
    "change",
    [
        launcher.stop,
        launcher.resume,
        manage.delete,
        lambda run: manage.rename(run, "mine"),
        lambda run: manage.write_archive(run, io.BytesIO()),
        lambda run: changes.request(run, {"learning_rate": 0.1}),
        lambda run: class_work.stop([run]),
        lambda run: exporting.export(run, formats.FORMATS["keras"]),
    ],
)
def test_what_changes_a_run_is_refused_to_others_in_a_sentence(annas, change, person, shared):
    access.write(annas.path, Access(ANNA.id, shared))
    before = sorted((path, path.read_bytes()) for path in annas.path.iterdir())
    with acting_as(person), pytest.raises(RunError, match=f"{annas.name} is somebody else's"):
        change(annas)
    assert sorted((path, path.read_bytes()) for path in annas.path.iterdir()) == before


def test_a_run_that_is_shared_is_seen_by_others(annas):
    access.write(annas.path, Access(ANNA.id, shared=True))
    with acting_as(BEN):
        assert listing.find(annas.name) == annas


def test_models_that_ship_are_everybodys_to_take_along():
    with acting_as(BEN):
        manage.write_archive(listing.find("compact"), io.BytesIO())


def test_nobody_trains_further_from_what_they_may_not_see(tiny):
    access.write(tiny.path, Access(ANNA.id))
    recipe = registry.find("tiny").changed(pretrained=tiny.name)
    with acting_as(BEN), pytest.raises(RunError, match=tiny.name):
        launcher.create(recipe)
    with acting_as(ANNA):
        launcher.create(recipe)


def test_nobody_reads_a_run_by_its_folder(annas):
    with acting_as(BEN), pytest.raises(RunError):
        listing.named(str(annas.path))


def test_own_data_sets_are_their_makers(home):
    with acting_as(ANNA):
        made = add_data_set("shoes")
        made.load("train")
    with acting_as(BEN):
        assert made not in library.listing()
        for use in (library.find, library.remove, lambda name: made.load("train")):
            with pytest.raises(DatasetError):
                use("shoes")
    access.write(library.folders_of(made)[0], Access(ANNA.id, shared=True))
    with acting_as(BEN):
        assert library.find("shoes") == made
        with pytest.raises(DatasetError, match="somebody else's"):
            library.remove("shoes")
    with acting_as(TEACHER):
        library.remove("shoes")


def test_marks_and_collections_are_their_makers(home):
    image = Image.new("RGB", (20, 20), "red")
    with acting_as(ANNA):
        annotations.put(DATASET, 3, "wrong")
        item = collection_for(DATASET).add(image, "Coat", kind="photo")
        to_zip(collection_for(DATASET), exported := io.BytesIO())
    with acting_as(BEN):
        collection = collection_for(DATASET)
        assert annotations.read_all(DATASET) == collection.items() == []
        assert collection.is_empty
        for change in (collection.remove, lambda name: collection.relabel(name, "Bag")):
            with pytest.raises(CollectionError):
                change(item.name)
        assert from_zip(collection, exported) == (0, 0)  # hers stays hers
    with acting_as(TEACHER):
        assert annotations.read(DATASET) == {3: "wrong"}
        assert collection_for(DATASET).items() == [item]
        collection_for(DATASET).remove(item.name)
    with acting_as(BEN):
        assert from_zip(collection_for(DATASET), exported) == (1, 0)
        assert [each.by for each in collection_for(DATASET).items()] == [BEN.id]


def test_images_that_are_hidden_again_are_not_shown_from_memory(own):
    (data,) = library.folders_of(own.dataset)
    access.write(own.path, Access(ANNA.id, shared=True))
    access.write(data, Access(ANNA.id, shared=True))
    with acting_as(BEN):
        assert len(predictions.load_predictions(own).images)
        access.write(data, Access(ANNA.id))
        with pytest.raises(DatasetError, match="There is no data set"):
            predictions.load_predictions(own)
    with acting_as(ANNA):
        assert len(predictions.load_predictions(own).images)


def test_each_person_has_a_limit_of_images_and_of_the_disk(annas):
    limits.change(limits.Limits(images=9, disk=1_000))
    with acting_as(BEN):
        add_data_set("first")
        with pytest.raises(DatasetError, match="8 images more are too many"):
            add_data_set("second")
        collection_for(DATASET).add(Image.new("RGB", (9, 9)), "Coat", kind="photo")
    (annas.path / "log.txt").write_bytes(b"." * 1_000)
    with acting_as(ANNA):
        for keep in (lambda: creation.create(registry.find("tiny")), lambda: add_data_set("third")):
            with pytest.raises((RunError, DatasetError), match="each person may have 0 MB"):
                keep()
    with acting_as(TEACHER):
        add_data_set("second")


def test_an_import_adds_no_more_to_the_collection_than_its_limit():
    collection, file = collection_for(DATASET), io.BytesIO()
    with acting_as(ANNA):
        items = [collection.add(Image.new("RGB", (9, 9)), "Coat", kind="photo") for _ in range(3)]
        to_zip(collection, file)
        for item in items:
            collection.remove(item.name)
    limits.change(limits.Limits(images=2))
    with acting_as(BEN):
        assert from_zip(collection, file) == (2, 1)


def test_only_who_made_it_and_the_teacher_show_it_to_others(annas):
    with acting_as(BEN), pytest.raises(AccessError, match="somebody else's"):
        access.share(annas.path, True)
    for person, shared in ((ANNA, True), (TEACHER, False)):
        with acting_as(person):
            access.share(annas.path, shared)
        assert access.read(annas.path) == Access(ANNA.id, shared)
