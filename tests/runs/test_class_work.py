"""What is left of a class after its end: nothing of the students, all of the teacher."""

import numpy as np
import pytest
from PIL import Image

from fmnist.data import collection, fashion_mnist, library
from fmnist.data.dataset import Form
from fmnist.people import acting, classroom, members
from fmnist.people.person import OWNER, Person
from fmnist.recipes import registry
from fmnist.runs import annotations, class_work, creation, listing
from fmnist.runs.writer import RunWriter

ANNA, TEACHER = Person("a" * 16), Person("c" * 16, teacher=True)


@pytest.fixture(autouse=True)
def at_school(in_class):
    classroom.begin("correct horse")
    members.teach(TEACHER.id, "correct horse")


def make(person: Person, name: str) -> None:
    """A run, a data set and one with corrected labels, a mark and a labelled drawing."""
    images, labels = np.zeros((4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8) % 2
    images[1::2] = 9
    images[2:] += 100 + len(name)  # those of each person differ
    splits = {"train": (images, labels), "test": (images[:2] + 50, labels[:2])}
    with acting.acting_as(person):
        RunWriter(creation.create(registry.find("tiny"))).update_status(state="stopped")
        base = library.add(name, ("a", "b"), Form(28, colour=False), splits)
        library.relabel(base, {"train": {0: 1}})
        annotations.put(fashion_mnist.DATASET, 3, "wrong")
        kept = collection.collection_for(fashion_mnist.DATASET)
        kept.add(Image.new("RGBA", (20, 20)), "Shirt", predicted="Bag", kind="drawing")


def left() -> tuple[int, ...]:
    """How much of each there is."""
    kept = collection.collection_for(fashion_mnist.DATASET)
    marks = annotations.read_all(fashion_mnist.DATASET)
    return len(listing.everybodys()), len(library.listing()) - 1, len(marks), len(kept.items())


def test_the_next_class_finds_nothing_of_the_students(home):
    make(ANNA, "annas")
    make(TEACHER, "teachers")
    assert left() == (2, 4, 2, 2)
    class_work.forget_students()
    assert left() == (1, 2, 1, 1)
    assert all(class_work.owner(run) == TEACHER.id for run in listing.everybodys())
    assert acting.person() == OWNER
