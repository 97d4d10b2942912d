"""A demo on the internet: it shows all that ships, trains nothing, and keeps nothing."""

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.context import ContextProxy

from fmnist.app.server.person_cookie import NAME
from fmnist.data import fashion_mnist, library
from fmnist.data.collection import CollectionError, collection_for
from fmnist.data.dataset import DatasetError, Form
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.model_files import importer
from fmnist.model_files.exports import exporting
from fmnist.model_files.exports.formats import FORMATS
from fmnist.people import mode, person
from fmnist.recipes import registry
from fmnist.runs import annotations, listing, manage
from fmnist.runs.annotations import MarkError
from fmnist.runs.files import RunError

from .visiting import buttons, show, text_of, words

DATA = fashion_mnist.DATASET
ACTS = {
    "Start",
    "Add",
    "Add a data set",
    "Export",
    "Right",
    "Ambiguous",
    "Wrong",
    "Rename",
    "Delete",
}


@pytest.fixture
def _public(monkeypatch, tmp_path):
    monkeypatch.setenv("FMNIST_MODE", "public")
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(ContextProxy, "cookies", {NAME: person.new_secret()})


@pytest.mark.usefixtures("_public")
@pytest.mark.parametrize("page", ["train", "sweep", "models", "data"])
def test_a_page_has_no_button_that_acts_but_says_why(page):
    app = show(page)
    assert not buttons(app) & ACTS
    assert "Install the app on your own computer" in f"{words(app)}\n{text_of(app.info)}"
    assert not list(folders.home().glob("*"))


def small_set():
    images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20, dtype=np.uint8) % 2
    return library.add(
        "own", ["a", "b"], Form(28), {"train": (images, labels), "test": (images, labels)}
    )


@pytest.mark.usefixtures("_public")
@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda _: launcher.start(registry.find("tiny")), RunError),
        (lambda _: annotations.put(DATA, 0, "wrong"), MarkError),
        (
            lambda _: collection_for(DATA).add(Image.new("L", (9, 9)), "Bag", kind="drawing"),
            CollectionError,
        ),
        (lambda _: small_set(), DatasetError),
        (lambda path: importer.add(path / "model.keras"), RunError),
        (
            lambda path: exporting.export(listing.find("mlp-256"), FORMATS["keras"], path / "e"),
            RunError,
        ),
    ],
)
def test_what_acts_refuses_whoever_asks(act, error, tmp_path):
    with pytest.raises(error, match="This demo"):
        act(tmp_path)
    assert not folders.home().exists()


def test_a_run_that_somebody_left_there_is_neither_renamed_nor_deleted(tiny, monkeypatch):
    monkeypatch.setenv("FMNIST_MODE", "public")
    with pytest.raises(RunError, match=mode.refusal("keep")):
        manage.delete(tiny)
    assert tiny.path.exists()
