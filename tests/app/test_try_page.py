"""Try it: a drawing, a photo or a test image, and its prediction."""

import base64
import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.runtime import caching
from streamlit.testing.v1 import AppTest

from fmnist.app.components.sketch import Drawing, read
from fmnist.app.try_it.inputs import Photo
from fmnist.app.try_it.tips import tip
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.data.fashion_mnist import DATASET
from fmnist.data.image_files import open_image
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference import classifier
from fmnist.inference.prediction import predict
from fmnist.machine import folders
from fmnist.preprocessing.examples import examples
from fmnist.recipes import registry
from fmnist.runs import listing
from fmnist.runs.writer import RunWriter

from ..conftest import in_one_sentence
from ..images import prepare
from .visiting import buttons, choose, press, still_well, text_of, words
from .visiting import show as show_page


def show() -> AppTest:
    """A visitor's first look at the page."""
    return show_page("try_it")


def png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def trouser() -> bytes:
    images, labels = fashion_mnist.load("test")
    pixels = images[np.flatnonzero(labels == 1)[0]]
    return png(Image.fromarray(255 - pixels).resize((280, 280)))


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return upload_all(app, (name, content))


def upload_all(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    (box,) = app.file_uploader
    given = [(name, content, "image/png") for name, content in files]
    return still_well(box.set_value(given).run())


def test_the_first_page_shows_a_prediction_before_anybody_has_done_anything():
    app = AppTest.from_file(folders.SCRIPT, default_timeout=60).run()
    assert text_of(app.title) == "Try it"
    assert any(name in text_of(app.header) for name in CLASS_NAMES)
    for image in app.get("image"):
        assert image.value[0].endswith(".png")  # JPEG would smear the pixels


def test_surprise_me_takes_one_test_image_after_another():
    app, seen = show(), set()
    for _ in range(4):
        app = press(app, "Surprise me")
        (caption,) = (c.value for c in app.caption if c.value.startswith("Test image"))
        index, label = caption.removeprefix("Test image ").split(", labelled ")
        assert label == CLASS_NAMES[fashion_mnist.load("test")[1][int(index)]]
        seen.add(index)
    assert len(seen) > 1


def test_an_uploaded_photo_is_classified_and_can_be_uploaded_again():
    app = show()
    for _ in "ab":  # after the first, the upload box is empty again
        assert [box.value for box in app.file_uploader] == [[]]
        app = upload(app, "my jeans.png", trouser())
        assert "Your photo, my jeans" in words(app)
        assert "Trouser" in text_of(app.header)


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def several(*files: tuple[str, bytes]) -> AppTest:
    """The page once it has a row for each of these."""
    app = upload_all(show(), *files)
    until = time.monotonic() + 60
    while not app.header and time.monotonic() < until:
        app = still_well(app.run())
    return app


def test_several_photos_are_a_table_and_one_that_is_broken_does_not_stop_the_others():
    labelled = zipped(**{"Trouser/a.png": trouser(), "Bag/b.png": trouser()})
    app = several(("jeans.png", trouser()), ("cut.png", trouser()[:300]), ("more.zip", labelled))
    assert text_of(app.header) == (
        "4 photos: 3 sure, 1 not read. 1 of 2 labelled are correct (50%)."
    )
    photos = app.session_state["try.several"]
    found = photos.predictions(listing.find(registry.DEFAULT))
    rows = [row.outcome for row in found.rows]
    assert [row.file for row in rows] == ["jeans.png", "cut.png", "Bag/b.png", "Trouser/a.png"]
    assert [row.certainty for row in rows] == ["sure", "not read", "sure", "sure"]
    assert in_one_sentence(rows[1].problem)
    assert photos.predictions(listing.find(registry.DEFAULT)) is found  # nothing is computed again
    app.session_state["try.photo"] = Photo("Your photo, jeans.png", trouser(), row=0)
    app.session_state["try.source"] = "photo"
    app = still_well(app.run())
    assert "Trouser" in text_of(app.header)
    app = press(app, "All 4 photos")
    assert text_of(app.header).startswith("4 photos")
    assert app.session_state["try.several"] is photos


def test_photos_that_are_cancelled_keep_what_is_known_and_can_be_continued():
    photos = several(*[(f"{name}.png", trouser()) for name in "abc"]).session_state["try.several"]
    run = listing.find(registry.DEFAULT)
    found = photos.predictions(run)
    known, found.rows = found.rows, found.rows[:1]
    found.cancel()
    assert photos.predictions(run).rows == known[:1]
    assert not found.is_working
    found.resume()
    found.wait(60)
    assert [row.outcome.file for row in found.rows] == ["a.png", "b.png", "c.png"]
    assert found.rows[0] is known[0]


def test_photos_are_predicted_only_while_somebody_has_the_page_open():
    app = several(*[(f"{name}.png", trouser()) for name in "abc"])
    photos, run = app.session_state["try.several"], listing.find(registry.DEFAULT)
    found = photos.predictions(run)
    found.rows = []
    found.go_on()
    caching.clear_session_resource_cache("test session id")  # as when a browser leaves
    found.wait(60)
    assert not found.is_complete
    app = still_well(app.run())  # it is back
    found.wait(60)
    assert found.is_complete


def test_an_operating_point_that_is_chosen_meanwhile_holds_for_what_is_shown(tiny):
    app = choose(upload(show(), "jeans.png", trouser()), "Model", tiny.name)
    assert "I can't tell" not in text_of(app.header)
    RunWriter(tiny).keep_operating_point({"least": 99.0, "sure": 99.0})
    assert "I can't tell" in text_of(still_well(app.run()).header)


def saved(image: Image.Image, form: str) -> bytes:
    content = io.BytesIO()
    image.convert("RGB").save(content, form)
    return content.getvalue()


@pytest.mark.parametrize(
    "name", ["photo.jfif", "photo.heic", "large.tif", "noise.webp", "line.png"]
)
def test_page_and_command_line_predict_the_same_in_the_same_words(name, tmp_path, capsys):
    line = Image.new("RGB", (320, 320), "white")
    ImageDraw.Draw(line).line([60, 200, 250, 120], "black", 9)
    images = {
        "photo": examples()["Dress, photo"],
        "large": examples()["Sneaker, photo"].resize((3000, 3000)),
        "noise": Image.open(io.BytesIO(noise())),
        "line": line,
    }
    stem, extension = name.split(".")
    content = saved(images[stem], Image.registered_extensions()[f".{extension}"])
    app = upload(show(), name, content)
    (tmp_path / name).write_bytes(content)
    main(["predict", str(tmp_path / name)])
    printed = capsys.readouterr().out.strip()
    assert printed.startswith(f"{tmp_path / name}: {text_of(app.header).replace('**', '')}")
    assert ("I can't tell" in printed) == (stem in ("noise", "line"))


def test_what_is_kept_of_a_photo_is_not_large():
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    large = io.BytesIO()
    Image.fromarray(noise).resize((4000, 3000)).save(large, "JPEG")
    kept = upload(show(), "large.jpg", large.getvalue()).session_state["try.photo"]
    assert max(Image.open(io.BytesIO(kept.content)).size) <= 2048


def test_a_file_s_name_is_shown_as_it_is():
    app = upload(show(), "**:material/bug_report: $x$ " + 60 * "long" + ".png", trouser())
    (caption,) = (text for text in words(app).splitlines() if text.startswith("Your photo"))
    assert r"\*\*\:material" in caption
    assert len(caption) < 100


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("list.png", b"eggs and milk", "The file is a text; expected PNG,"),
        ("empty.png", b"", "empty"),
        ("cut.png", trouser()[:300], "damaged or cut short"),
        ("dot.png", png(Image.new("RGB", (1, 1))), "1 x 1 pixels"),
        ("blank.png", png(Image.new("RGB", (99, 99), "white")), "blank"),
    ],
)
def test_a_bad_upload_is_one_sentence_and_the_page_stays_usable(name, content, problem):
    app = upload(show(), name, content)
    (error,) = app.error
    assert error.value.startswith("Your photo, ")
    assert problem in error.value
    assert in_one_sentence(error.value)
    assert not app.header  # no prediction of the input before
    assert not [image for image in app.get("image") if "28 x 28" in str(image.captions)]
    app = press(app, "Surprise me")
    assert not app.error
    assert app.header


def classify(content: bytes | None) -> AppTest:
    """As if the canvas had sent a drawing."""
    app = show()
    app.session_state["sketch.drawing"] = Drawing(1, content)
    app.session_state["try.source"] = "drawing"
    return still_well(app.run())


def test_a_drawing_is_classified_and_survives_a_change_of_page():
    app = classify(trouser())
    assert "Your drawing" in words(app)
    assert "Trouser" in text_of(app.header)
    app.switch_page("mistakes/page.py").run()
    app.switch_page("try_it/page.py").run()
    assert "Your drawing" in words(still_well(app))


def test_an_empty_canvas_gets_a_hint_instead_of_a_prediction():
    app = classify(None)
    assert "Draw the outline" in text_of(app.info)
    assert not app.header
    app = classify(png(Image.new("RGB", (320, 320), "white")))
    assert "Your drawing: The image is blank" in text_of(app.error)


def test_what_the_canvas_sends_is_read_and_nothing_else():
    content = png(Image.new("RGB", (320, 320)))
    sent = base64.b64encode(content).decode()
    assert read({"id": 7, "png": sent}) == Drawing(7, content)
    assert read({"id": 8, "png": None}) == Drawing(8, None)
    other = base64.b64encode(png(Image.new("RGB", (9, 9)))).decode()
    for forged in (None, "x", {}, {"id": "7", "png": sent}, {"id": 7, "png": 7}, {"id": 7}):
        assert read(forged) is None
    for text in (other, "no base64", sent[:20], "A" * 10_000_000):
        assert read({"id": 7, "png": text}) is None


def noise() -> bytes:
    """What no garment looks like."""
    greys = np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)
    return png(Image.fromarray(greys).resize((320, 320), Image.Resampling.NEAREST))


def test_preprocessing_is_shown_step_by_step():
    app = upload(show(), "dress.png", png(examples()["Dress, photo"]))
    assert "from your image to the network's input" in words(app)
    captions = [caption for image in app.get("image") for caption in image.captions]
    assert "28 x 28, centred" in captions
    assert len(captions) >= 4


def classify_example(name: str) -> AppTest:
    """As if its thumbnail had been clicked."""
    app = show()
    app.session_state["try.photo"] = Photo(f"Example: {name}", png(examples()[name]))
    app.session_state["try.source"] = "photo"
    return still_well(app.run())


@pytest.mark.parametrize("name", examples())
def test_every_example_is_classified_correctly(name):
    thing = name.split(",")[0]
    found = predict(
        png(examples()[name]), classifier.load_quietly(folders.SHIPPED / registry.DEFAULT)
    )
    labels = {"T-shirt": "T-shirt/top", "Trousers": "Trouser", "Boot": "Ankle boot"}
    assert found.label == labels.get(thing, thing)


def test_an_example_is_named_and_answered():
    app = classify_example("Dress, photo")
    assert "Example: Dress, photo" in words(app)
    assert "Dress" in text_of(app.header).split(" (")[0]


def test_what_no_garment_looks_like_gets_no_name_but_tips():
    app = upload(show(), "noise.png", noise())
    assert text_of(app.header).startswith("I can't tell.")
    assert "plain background" in words(app)


def strokes(width: int, *points: tuple[int, int]) -> bytes:
    """A scribble that no garment looks like."""
    image = Image.new("RGB", (320, 320), "white")
    ImageDraw.Draw(image).line(points, "black", width, joint="curve")
    return png(image)


STAR = [(160, 30), (240, 290), (40, 120), (280, 120), (80, 290), (160, 30)]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (strokes(9, *STAR[:3]), "Close the outline"),
        (strokes(9, *STAR), "straps of a sandal"),  # what is filled needs no closing
        (noise(), "plain background"),
    ],
)
def test_a_tip_suits_what_was_drawn(content, advice):
    assert advice in tip(prepare(open_image(content)), DATASET)


def test_a_photo_can_be_turned_and_left_for_the_drawing():
    app = classify_example("Dress, photo")
    upright = text_of(app.header)
    app = press(app, "Turn left")
    assert text_of(app.header) != upright
    app = press(app, "Turn right")
    assert text_of(app.header) == upright
    app = press(app, "Draw")
    assert not {"Turn left", "Turn right"} & buttons(app)
    assert "Draw the outline" in text_of(app.info)


def test_the_part_of_a_photo_can_be_set_without_dragging_a_box():
    app = upload(show(), "trouser.png", trouser())
    whole = text_of(app.header)
    too_narrow = set_box(app, (100, 101), (0, 280))
    assert text_of(too_narrow.header) == whole
    assert text_of(set_box(app, (0, 280), (0, 100)).header) != whole  # the upper third alone
    assert text_of(press(app, "Use whole photo").header) == whole


def set_box(app: AppTest, *edges: tuple[int, int]) -> AppTest:
    for slider, ends in zip(app.slider, edges, strict=True):
        slider.set_value(ends)
    return press(app, "Use this box")


def test_another_model_gives_its_own_prediction(tiny):
    (_, answers), (_, best) = tiny.predictions(), listing.find(registry.DEFAULT).predictions()
    index = int((answers != best).argmax())  # the first test image that they disagree about
    app = show()
    app.session_state["try.test_image"] = index
    assert f"**{CLASS_NAMES[best[index]]}**" in app.run().header[0].value
    app = choose(app, "Model", "tiny-1")
    assert f"**{CLASS_NAMES[answers[index]]}**" in text_of(app.header).split(" (")[0]


def test_a_model_file_that_is_damaged_is_one_sentence(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    app = choose(show(), "Model", "tiny-1")
    assert "model.tflite" in text_of(app.error)
