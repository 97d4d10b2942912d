"""“This is wrong”: a drawing or photo is kept with its right label, and can be taken back."""

import io

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from fmnist.app.try_it.inputs import Photo
from fmnist.data.collection import Collection
from fmnist.data.fashion_mnist import DATASET

from .visiting import buttons, choose, press, show, still_well, words


def photo() -> bytes:
    """A trouser-like shape on white, as a PNG file."""
    image = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(image).polygon(
        [(60, 20), (140, 20), (160, 180), (110, 180), (100, 80), (90, 180), (40, 180)], "navy"
    )
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def uploaded(home) -> AppTest:
    """The Try page with a photo."""
    app = show("try_it")
    (box,) = app.file_uploader
    return still_well(box.set_value(("jeans.png", photo(), "image/png")).run())


def test_a_photo_is_kept_with_its_right_label_and_can_be_taken_back(uploaded):
    app = choose(uploaded, "It is a …", "Coat")
    assert "Data page" in words(app)  # what keeping it means is said before
    app = press(app, "Agree, and keep it with this label")
    (item,) = Collection(DATASET).items()
    assert (item.label, item.predicted in DATASET.class_names) == ("Coat", True)
    assert Collection(DATASET).open(item).size == (200, 200)
    assert "Kept as **Coat**" in words(app)
    app = press(app, "Undo")
    assert Collection(DATASET).items() == []
    assert "Agree, and keep it with this label" not in buttons(app)  # consent was given


def test_the_label_of_one_photo_of_several_is_in_their_table(home):
    app = show("try_it")
    (box,) = app.file_uploader
    jeans = ("jeans.png", photo(), "image/png")
    app = still_well(box.set_value([jeans, jeans]).run())
    app.session_state["try.photo"] = Photo("Your photo, jeans.png", photo(), row=1)
    app.session_state["try.source"] = "photo"
    app = choose(still_well(app.run()), "It is a …", "Coat")
    app = press(app, "Agree, and keep it with this label")
    photos = app.session_state["try.several"]
    assert photos.labels == {1: "Coat"}
    app = press(press(app, "Undo"), "All 2 photos")
    assert photos.labels == {}


def test_nothing_is_kept_before_a_label_is_chosen(uploaded):
    (button,) = (each for each in uploaded.button if each.label.startswith("Agree"))
    assert button.disabled


def test_a_test_image_has_its_label_already(home):
    assert "It is a …" not in [box.label for box in show("try_it").selectbox]


def test_the_data_page_shows_the_collection_and_how_many_are_held_out(home):
    collection = Collection(DATASET)
    assert "This is wrong" in words(show("data"))  # how to begin one
    for _ in range(6):
        collection.add(Image.open(io.BytesIO(photo())), "Coat", kind="photo")
    (collection.folder / f"{collection.items()[0].name}.png").unlink()  # the others are shown
    assert "6 items, 1 held out" in words(show("data"))
