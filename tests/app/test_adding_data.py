"""Data sets that a visitor adds and removes on the Data page, without a browser."""

import io
import json
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fmnist.app.shared.job import Job
from fmnist.data import library
from fmnist.data.dataset import DatasetError, Form
from fmnist.runs.run import Run

from ..conftest import in_one_sentence, wait_until
from .visiting import button, buttons, field, press, text_of, visit, words


def zipped(classes: dict[str, int], broken: int = 0) -> bytes:
    """A ZIP of pictures of random pixels, 40 x 30, with a folder for each class."""
    numbers, file = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, count in classes.items():
            for index in range(count):
                png = io.BytesIO()
                Image.fromarray(numbers.integers(0, 256, (30, 40, 3), np.uint8)).save(png, "PNG")
                archive.writestr(f"{name}/{index}.png", png.getvalue())
        for index in range(broken):
            archive.writestr(f"{next(iter(classes))}/broken-{index}.png", b"no image")
    return file.getvalue()


TWO = {"yes": 12, "no 🐱": 15}


def upload(content: bytes, name: str = "my set.zip", **others: bytes) -> AppTest:
    """The page after a visitor has uploaded that, and it was read."""
    app = press(visit("data"), "Add a data set")
    files = {name: content, **others}.items()
    app.file_uploader[0].set_value([(*file, "application/octet-stream") for file in files]).run()
    return until_read(app)


def until_read(app: AppTest) -> AppTest:
    """A progress bar takes the place of the page's next step while there is work."""

    def step() -> bool:
        return not app.run().get("progress")

    wait_until(step, "what was uploaded to be read")
    assert not app.exception, app.exception
    return app


def test_a_zip_of_folders_is_shown_before_it_is_kept_and_then_shown_as_a_data_set():
    app = upload(zipped(TWO, broken=2))
    assert len(library.listing()) == 1
    assert "27 images of 2 classes" in words(app)
    assert "2 left out" in words(app)
    assert "broken-0.png" in words(app)
    assert field(app, "Name").value == "my-set"
    until_read(press(app, "Add"))
    own = library.find("my-set")
    assert own.class_names == ("no 🐱", "yes")
    assert own.counts == {"train": 22, "test": 5}
    assert app.selectbox(key="data").value == "my-set"
    assert {"Train on it", "Add a data set", "Remove"} <= buttons(app)
    assert "2 left out" in words(app)


def test_form_framing_and_split_are_the_visitors_choice():
    app = upload(zipped(TWO))
    app.button_group(key="data.add.side").set_value(48)
    app.button_group(key="data.add.colour").set_value(True)
    app.button_group(key="data.add.framing").set_value("squeezed")
    field(app, "Held out to test").set_value(50)
    field(app, "Name").set_value("choices")
    app.run()
    assert "48 x 48 pixels, colour, squeezed" in words(app)
    assert "13 to train and 14 to test" in words(app)
    until_read(press(app, "Add"))
    own = library.find("choices")
    assert (own.form, own.framing) == (Form(48, True), "squeezed")
    assert own.counts == {"train": 13, "test": 14}


def test_the_same_pictures_are_shown_in_each_framing():
    app = upload(zipped(TWO))
    framed = [part.proto for part in app.get("bidi_component") if "framed" in part.proto.id]
    assert len(framed) == 4  # as uploaded, cut out, squeezed, cropped


def arrays() -> tuple[np.ndarray, np.ndarray]:
    """Thirty images, (30, 28, 28) uint8, and their labels, 0 to 2."""
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    return images, np.arange(30, dtype=np.uint8) % 3


def as_npz() -> dict[str, bytes]:
    file, (images, labels) = io.BytesIO(), arrays()
    np.savez(file, x_train=images, y_train=labels, x_test=images[::-1] // 2, y_test=labels[::-1])
    return {"mine.npz": file.getvalue()}


def as_csv() -> dict[str, bytes]:
    rows = np.column_stack([arrays()[1], arrays()[0].reshape(30, -1)])
    head = ",".join(["label", *(f"pixel{pixel}" for pixel in range(784))])
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    return {"mine.csv": "\n".join(lines).encode()}


def as_idx() -> dict[str, bytes]:
    def head(array: np.ndarray) -> bytes:
        return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()

    files = zip(("train-images-idx3-ubyte", "train-labels-idx1-ubyte"), arrays(), strict=True)
    return {name: head(array) + array.tobytes() for name, array in files}


@pytest.mark.parametrize("made", [as_npz, as_csv, as_idx])
def test_arrays_and_tables_are_uploaded_too_in_one_file_or_two(made):
    (name, content), *others = made().items()
    app = upload(content, name, **dict(others))
    assert not app.error, text_of(app.error)
    until_read(press(app, "Add"))
    (own,) = library.listing()[1:]
    assert own.counts == ({"train": 30, "test": 30} if made is as_npz else {"train": 24, "test": 6})
    assert own.form == Form(28)


@pytest.mark.parametrize(
    ("content", "name", "fact"),
    [
        (b"no archive", "my.zip", "my.zip"),
        (zipped({"one": 12}), "one.zip", "one.zip"),
        (zipped({"one": 12, "two": 3}), "few.zip", "'two'"),
    ],
)
def test_what_is_no_data_set_is_one_sentence_and_another_can_be_uploaded(content, name, fact):
    app = upload(content, name)
    (error,) = app.error
    assert fact in error.value
    assert "/" not in error.value
    assert in_one_sentence(error.value)
    assert app.file_uploader
    assert len(library.listing()) == 1


def test_a_name_that_is_not_possible_is_one_sentence_and_what_was_read_stays():
    app = upload(zipped(TWO))
    for name in ("fashion-mnist", "", "../x", "a b"):
        field(app, "Name").set_value(name)
        press(app, "Add")
        assert in_one_sentence(text_of(app.error)), name
        assert "27 images of 2 classes" in words(app)
    field(app, "Name").set_value("good")
    until_read(press(app, "Add"))
    assert not app.error
    assert library.find("good")


def test_what_was_uploaded_is_deleted_when_it_is_kept_or_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for label in ("Add", "Cancel"):
        app = upload(zipped(TWO))
        assert list(tmp_path.glob("fmnist-*/*.zip"))
        until_read(press(app, label))
        assert not list(tmp_path.glob("fmnist-*"))
    assert [each.name for each in library.listing()] == ["fashion-mnist", "my-set"]


def test_the_next_click_trains_on_it():
    app = until_read(press(upload(zipped(TWO)), "Add"))
    button(app, "Train on it").click().run()
    assert not app.exception
    assert app.selectbox(key="data").value == "my-set"
    assert app.selectbox(key="recipe").value == "sprint"


def test_work_reports_its_progress_ends_when_cancelled_and_says_what_failed():
    begun, goes_on = threading.Event(), threading.Event()

    def work(report):
        report(0.5, "half")
        begun.set()
        goes_on.wait(20)
        report(1.0, "all")
        return "result"

    job = Job(work, "It failed")
    assert begun.wait(20)
    assert (job.share, job.words, job.over) == (0.5, "half", False)
    job.cancel()
    goes_on.set()
    job.wait(20)
    assert (job.over, job.result, job.problem) == (True, None, None)

    def fail(report):
        raise DatasetError("It has no images.")

    job = Job(fail, "It failed")
    job.wait(20)
    assert (job.result, job.problem) == (None, "It has no images.")


# Removing


def test_removing_asks_first_and_names_the_runs_that_were_trained_on_it(tiny):
    app = until_read(press(upload(zipped(TWO)), "Add"))
    trained = trained_on_own(tiny, "my-set")
    press(app, "Remove")
    assert trained.name in words(app)
    assert library.find("my-set")
    press(app, "Remove it")
    assert len(library.listing()) == 1


def test_runs_on_a_data_set_that_is_gone_keep_their_names_and_say_so_where_images_are_needed(tiny):
    until_read(press(upload(zipped(TWO)), "Add"))
    trained_on_own(tiny, "my-set")
    library.remove("my-set")
    app = visit("data", data="my-set")
    assert not app.exception
    assert "my-set" in text_of(app.error)
    assert in_one_sentence(text_of(app.error))
    assert "tiny-1" in words(app)
    for page in ("models", "mistakes"):
        app = visit(page, data="my-set", model="tiny-1")
        assert not app.exception, app.exception
        assert app.selectbox(key="model").value == "tiny-1"
    assert "my-set" in text_of(app.error)


def trained_on_own(run: Run, name: str) -> Run:
    """The run as if it had been trained on that data set: its predictions are by chance."""
    own = library.find(name)
    described = json.loads((run.path / "run.json").read_text())
    described["data"] = own.as_json()
    described["recipe"]["data"] = name
    (run.path / "run.json").write_text(json.dumps(described))
    made = np.full((own.test_images, own.classes), 1 / own.classes, np.float16)
    np.savez(
        run.path / "predictions.npz",
        probabilities=made,
        predicted=np.zeros(own.test_images, np.uint8),
    )
    return run
