"""The disk is full or read-only when something is to be kept: a sentence says so, and all is as it was before."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fmnist.cli.commands import ERRORS
from fmnist.data import library
from fmnist.data.collection import Collection, CollectionError, from_zip, to_zip
from fmnist.data.dataset import Form
from fmnist.data.fashion_mnist import DATASET
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import annotations, changes, listing, manage
from fmnist.runs.annotations import MarkError
from fmnist.runs.writer import RunWriter

from ..app.visiting import visit
from ..conftest import fill_checkpoint, in_one_sentence
from ..ending import files_end_at, read_only

ARRAYS = np.zeros((60, 8, 8), np.uint8), np.arange(60, dtype=np.uint8) % 2
DRAWING = Image.effect_noise((64, 64), 90)


def everything(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but those that are locks and the list of numbers given."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and path.name != ".numbers.json"
    }


@pytest.fixture
def keep(home, tiny, running, stopped):
    """By name, what is kept: a function each."""
    collection = Collection(DATASET)
    collection.add(DRAWING, "Bag", kind="drawing")
    library.add("base", ("a", "b"), Form(8), {"train": ARRAYS, "test": ARRAYS})
    RunWriter(running).save_checkpoint(fill_checkpoint)
    exported = io.BytesIO()
    to_zip(collection, exported)
    (item,) = collection.items()
    collection.remove(item.name)
    collection.add(DRAWING, "Coat", kind="drawing")
    annotations.put(DATASET, 3, "wrong")
    splits = {"train": ARRAYS, "test": ARRAYS}
    return {
        "new run": lambda: launcher.create(registry.find("tiny")),
        "checkpoint": lambda: RunWriter(running).save_checkpoint(fill_checkpoint),
        "result": lambda: RunWriter(tiny).keep_operating_point({"least": 1.0, "sure": 2.0}),
        "change": lambda: changes.request(running, {"learning_rate": 0.02}),
        "data set": lambda: library.add("mine", ("a", "b"), Form(8), splits),
        "labels": lambda: library.relabel(library.find("base"), {"test": {0: 1}}),
        "item": lambda: collection.add(DRAWING, "Bag", kind="drawing"),
        "collection": lambda: from_zip(collection, exported),
        "resume": lambda: launcher.prepare_resume(stopped),
    }


@pytest.mark.parametrize("size", [0, 1, 60])
def test_what_cannot_be_kept_is_said_and_nothing_is_lost(size, keep, home):
    for name, work in keep.items():
        before, runs = everything(home), {run.name: run.state for run in listing.list_own_runs()}
        with files_end_at(size), pytest.raises((*ERRORS, CollectionError)) as error:
            work()
        assert in_one_sentence(str(error.value)), name
        assert everything(home) == before, name
        assert {run.name: run.state for run in listing.list_own_runs()} == runs, name
    for work in keep.values():  # once there is space
        work()


def test_in_a_read_only_folder_nothing_is_kept_and_all_is_shown(keep, home, tiny):
    annotations.put(DATASET, 3, "wrong")
    keep |= {
        "stop": lambda: launcher.stop(next(iter(listing.list_own_runs()))),
        "rename": lambda: manage.rename(tiny, "other"),
        "delete": lambda: manage.delete(tiny),
        "data set": lambda: library.remove("base"),
        "mark": lambda: annotations.put(DATASET, 4, "right"),
    }
    before, runs = everything(home), {run.name: run.state for run in listing.list_own_runs()}
    with read_only(home):
        for name, work in keep.items():
            with pytest.raises((*ERRORS, CollectionError, MarkError)) as error:
                work()
            assert in_one_sentence(str(error.value)), name
        for page in ("train", "data"):
            app = visit(page)
            assert not app.exception, app.exception
        assert {run.name: run.state for run in listing.list_own_runs()} == runs
    assert everything(home) == before


def test_a_mark_that_did_not_fit_is_said_and_the_next_one_is_kept(home):
    annotations.put(DATASET, 3, "wrong")
    for size in (0, 100, 130):
        with files_end_at(size), pytest.raises(MarkError, match="cannot be written") as error:
            annotations.put(DATASET, 4, "right")
        assert in_one_sentence(str(error.value))
        assert annotations.read(DATASET) == {3: "wrong"}
    annotations.put(DATASET, 5, "right")
    assert annotations.read(DATASET) == {3: "wrong", 5: "right"}


def test_on_a_full_disk_a_run_can_be_renamed_and_deleted(tiny, home):
    with files_end_at(0):
        renamed = manage.rename(tiny, "other")
        assert renamed.usable
        manage.delete(renamed)
    assert listing.list_own_runs() == []
