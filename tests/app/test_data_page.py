"""The Data page, without a browser: what it shows, and its message for a wrong link."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fmnist.data import fashion_mnist, overview
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
    shown = np.concatenate([overview.mean_images(images, labels), images[ids.ravel()]])
    assert (cut[: len(shown)] == shown).all()


def test_another_sample_shows_other_images():
    app = show()
    before = data_of(app, "samples")["ids"]
    assert data_of(press(app, "Show another sample"), "samples")["ids"] != before


def test_a_link_to_a_image_shows_its_label_and_its_numbers():
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
    """Where the 10,000 points of the map are."""
    places = base64.b64decode(data_of(app, "map")["places"])
    return np.frombuffer(places, "<i2").reshape(10_000, 2) / 32767


def test_the_map_shows_every_test_image_by_its_pixels_or_as_the_network_sees_it():
    images, labels = fashion_mnist.load("test")
    app = show()
    assert points(app) == pytest.approx(overview.map_of_pixels(images), abs=1e-4)
    assert base64.b64decode(data_of(app, "map")["labels"]) == labels.tobytes()
    app = show(map="predictions", model="mlp-256")
    probabilities, _ = listing.find("mlp-256").predictions()
    assert points(app) == pytest.approx(overview.map_of_predictions(probabilities), abs=1e-4)


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
