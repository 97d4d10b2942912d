"""The Data page, without a browser: what it shows, and its message for a wrong link."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fmnist.data import fashion_mnist, library, overview
from fmnist.data.dataset import DataSet, Form
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import listing

from ..conftest import in_one_sentence
from .visiting import press, text_of, visit, words


def show(**query: str) -> AppTest:
    """The page as a link opens it."""
    return well(visit("data", **query))


def well(app: AppTest) -> AppTest:
    """The same page, which must not have broken off."""
    assert not app.exception, app.exception
    assert [title.value for title in app.title] == ["Data"]
    return app


def data_of(app: AppTest, key: str) -> dict | None:
    """What the page sends to the browser: "samples", "pixels" or "map"."""
    parts = [part.proto for part in app.get("bidi_component") if f"data.{key}" in part.proto.id]
    return json.loads(parts[0].json) if parts else None


def test_it_says_what_the_data_set_is_and_how_many_images_each_class_has():
    app = show()
    assert "70,000" in words(app)
    sections = data_of(app, "samples")
    assert sections["names"] == list(CLASS_NAMES)
    assert sections["counts"] == ["6,000 training, 1,000 test"] * 10


def test_each_class_has_its_mean_image_and_three_rows_of_its_images():
    images, labels = fashion_mnist.load("train")
    sections = data_of(show(), "samples")
    ids = np.array(sections["ids"])
    assert ids.shape == (10, 3 * 12)
    assert (labels[ids] == np.arange(10)[:, None]).all()
    image, columns, rows = (sections["sprite"][of] for of in ("image", "columns", "rows"))
    sprite = np.asarray(Image.open(io.BytesIO(base64.b64decode(image))))
    assert sprite.shape == (28 * rows, 28 * columns)
    cut = sprite.reshape(rows, 28, columns, 28).swapaxes(1, 2).reshape(-1, 28, 28)
    shown = np.concatenate([overview.mean_images(images, labels, 10), images[ids.ravel()]])
    assert (cut[: len(shown)] == shown).all()


def test_another_sample_shows_other_images():
    app = show()
    before = data_of(app, "samples")["ids"]
    assert data_of(press(app, "Show another sample"), "samples")["ids"] != before


def test_a_link_to_an_image_shows_its_label_and_its_numbers():
    images, labels = fashion_mnist.load("test")
    app = show(split="test", image="9999")
    assert f"Test image 9999, labelled **{CLASS_NAMES[labels[9999]]}**" in words(app)
    assert data_of(app, "pixels")["pixels"] == images[9999].ravel().tolist()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"split": "test", "image": "10000"},
            "no test image 10000; expected a number from 0 to 9999",
        ),
        ({"image": "60000"}, "no training image 60000; expected a number from 0 to 59999"),
        ({"image": "-1"}, "no training image -1;"),
        ({"image": "99999999999999999999999"}, "no training image 1e+23;"),
    ],
)
def test_a_number_that_no_image_has_is_one_sentence_and_the_rest_is_there(query, message):
    app = show(**query)
    (error,) = app.error
    assert message in error.value
    assert in_one_sentence(error.value)
    assert not data_of(app, "pixels")
    assert data_of(app, "samples")
    assert data_of(app, "map")


@pytest.mark.parametrize(
    "query",
    [*({"image": bad} for bad in ("x", "", "nan", "1e400")), {"split": "x", "map": "x"}],
)
def test_a_link_that_makes_no_sense_shows_the_first_image(query):
    app = show(**query)
    assert not app.error
    assert "Training image 0, labelled **Ankle boot**" in words(app)


def test_a_number_stays_when_the_split_changes():
    app = show(image="20000")
    well(app.segmented_control(key="split").set_value("test").run())
    assert "no test image 20000" in text_of(app.error)
    well(app.segmented_control(key="split").set_value("train").run())
    assert "Training image 20000" in words(app)


def test_surprise_me_shows_one_image_after_another():
    app, seen = show(split="test"), set()
    for _ in range(4):
        press(app, "Surprise me")
        assert not app.error
        seen.add(app.number_input(key="image").value)
    assert len(seen) > 1


def test_a_test_image_goes_on_to_the_try_page():
    app = show(split="test", image="7")
    (button,) = (button for button in app.button if button.label == "Classify this image")
    button.click().run()
    assert not app.exception
    assert app.session_state["try.test_image"] == 7
    assert app.session_state["try.source"] == "test image"


def test_no_training_image_goes_there_as_the_network_knows_it_already():
    assert "Classify this image" not in {button.label for button in show().button}


def points(app: AppTest) -> np.ndarray:
    """Where the points of the map are."""
    places = base64.b64decode(data_of(app, "map")["places"])
    return np.frombuffer(places, "<i2").reshape(-1, 2) / 32767


def test_the_map_shows_every_test_image_by_its_pixels_or_as_the_network_sees_it():
    images, labels = fashion_mnist.load("test")
    app = show()
    assert points(app) == pytest.approx(overview.map_of_pixels(images), abs=1e-4)
    assert base64.b64decode(data_of(app, "map")["labels"]) == labels.tobytes()
    app = show(map="predictions", model="mlp-256")
    probabilities, _ = listing.find("mlp-256").predictions()
    means = overview.mean_images(*fashion_mnist.load("train"), 10)
    places = overview.class_places(overview.ring(means))
    assert points(app) == pytest.approx(
        overview.map_of_predictions(probabilities, places), abs=1e-4
    )


def test_another_model_has_another_map(tiny):
    app = show(map="predictions", model="tiny-1")
    before = points(app)
    well(app.selectbox(key="model").select("mlp-256").run())
    assert (points(app) != before).any()


def test_predictions_that_are_damaged_are_one_sentence_and_the_map_of_pixels_is_there(tiny):
    (tiny.path / "predictions.npz").write_bytes(b"no archive")
    app = show(map="predictions", model="tiny-1")
    assert "predictions.npz" in text_of(app.error)
    well(app.segmented_control(key="map").set_value("pixels").run())
    assert not app.error
    assert data_of(app, "map")


# Any other data set


def colourful(classes: int, name: str = "own") -> DataSet:
    """A data set of random colour images, 12 for training and 3 for testing a class."""
    numbers = np.random.default_rng(0)

    def split(count: int):
        images = numbers.integers(0, 256, (count * classes, 32, 32, 3), np.uint8)
        return images, np.repeat(np.arange(classes, dtype=np.uint8), count)

    names = ["قطة 🐱 *bold*", *(f"class {label}" for label in range(1, classes))]
    splits = {"train": split(12), "test": split(3)}
    return library.add(name, names, Form(32, True), splits, origin="made [here](x)")


def test_a_link_shows_any_data_set_with_its_own_classes_counts_and_form():
    own = colourful(3)
    app = show(data="own")
    assert "45 images" in words(app)
    assert "32 x 32 pixels, colour" in words(app)
    sections = data_of(app, "samples")
    assert sections["names"] == list(own.class_names)
    assert sections["counts"] == ["12 training, 3 test"] * 3
    assert base64.b64decode(data_of(app, "map")["labels"]) == own.load("test")[1].tobytes()
    assert len(points(app)) == 9


def test_a_colour_image_is_three_numbers_a_pixel():
    own = colourful(3)
    app = show(data="own", split="test", image="8")
    shown = data_of(app, "pixels")
    assert shown["edge"] == 32
    assert shown["pixels"] == own.load("test")[0][8].reshape(-1, 3).tolist()
    assert "labelled **class 2**" in words(app)


def test_a_hundred_classes_are_shown_page_by_page_each_with_a_colour():
    colourful(100)
    app = show(data="own")
    sections = data_of(app, "samples")
    assert len(sections["ids"]) == len(sections["names"]) < 30
    assert len(set(data_of(app, "map")["colours"])) == 100


def test_choosing_another_data_set_begins_at_its_first_image():
    colourful(2)
    app = show(image="5000")
    well(app.selectbox(key="data").select("own").run())
    assert not app.error
    assert "Training image 0, labelled" in words(app)


def test_a_data_set_without_models_has_a_map_by_pixels_and_says_so():
    colourful(2)
    app = show(data="own", map="predictions")
    assert "No trained model on own" in words(app)
    assert len(points(app)) == 6


def test_the_data_set_of_a_link_that_there_is_not_is_a_sentence():
    app = show(data="gone")
    assert "no data set `gone`" in text_of(app.warning)
    assert "70,000" in words(app)
