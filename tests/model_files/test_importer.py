"""A model file of anybody's becomes a run like any other."""

import json
import os
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fmnist.analysis import metrics
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference import classifier
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.model_files import importer
from fmnist.model_files.inspection import ModelFileError
from fmnist.recipes.recipe import Recipe
from fmnist.runs import listing, parents, table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


@pytest.fixture(scope="session")
def trained() -> keras.Model:
    """A network with a convolution that has learned from pixels from -1 to 1; its outputs are logits."""
    keras.utils.set_random_seed(1)
    layers = [
        keras.layers.Conv2D(8, 3, strides=3, activation="relu", name="first.conv"),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    images, labels = (array[:8_000] for array in fashion_mnist.load("train"))
    model.fit(images[..., None] / 127.5 - 1, labels, batch_size=64, epochs=2, verbose=0)
    return model


@pytest.fixture
def file(trained, tmp_path) -> Path:
    trained.save(tmp_path / "My model (1).keras")
    return tmp_path / "My model (1).keras"


@pytest.fixture(scope="session")
def imported(trained, tmp_path_factory) -> Path:
    """The directory of the run that such a file has become."""
    folder = tmp_path_factory.mktemp("imported")
    trained.save(folder / "model.h5")
    done = fmnist(
        "import", folder / "model.h5", env=os.environ | {"FMNIST_RUNS": str(folder / "runs")}
    )
    assert done.returncode == 0, done.stderr
    return folder / "runs" / "model"


def test_it_predicts_as_the_file_does_with_the_preprocessing_that_was_found(trained, imported):
    run = Run(imported)
    images, labels = fashion_mnist.load("test")
    logits = trained.predict(images[..., None] / 127.5 - 1, verbose=0).astype(np.float64)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = classifier.load_quietly(run.path).probabilities(images)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert run.imported["preprocessing"] == "minus1-1"
    assert run.result["test_accuracy"] == metrics.accuracy(found.argmax(axis=1), labels) > 0.75
    assert (run.predictions()[1] == found.argmax(axis=1)).all()
    plain = keras.saving.load_model(run.path / "model.keras")
    np.testing.assert_allclose(plain.predict(images[:50], verbose=0), expected[:50], atol=1e-3)


def test_what_is_not_known_of_it_is_not_told(imported):
    run = Run(imported)
    row = table.row(run)
    assert row["state"] == "finished"
    assert row["reported_accuracy"] is None
    assert not {"seconds", "seconds_in_all", "difference", "error"} & set(row)
    assert not run.recipe.independent  # it may have learned from the test images


def test_it_counts_as_having_learned_from_all_training_images(imported, monkeypatch):
    monkeypatch.setenv("FMNIST_RUNS", str(imported.parent))
    student = Recipe(name="mine", architecture="tiny", teachers=("model",))
    assert not len(parents.resolve(student).splits[0].validation)


def test_it_cannot_be_trained(imported):
    for do in (launcher.restart, launcher.resume):
        with pytest.raises(RunError) as error:
            do(Run(imported))
        assert in_one_sentence(str(error.value))


def test_embedding_and_feature_maps_are_those_of_the_network_itself(imported):
    outputs = classifier.load_quietly(imported).outputs(fashion_mnist.load("test")[0][:3])
    shapes = {name: array.shape for name, array in outputs.items()}
    assert shapes == {
        "probabilities": (3, 10),
        "embedding": (3, 8 * 9 * 9),
        "first.conv": (3, 9, 9, 8),
    }


def test_a_name_that_is_taken_or_none_is_refused_if_it_was_asked_for(file, home):
    (home / "My-model-1").mkdir(parents=True)
    with pytest.raises(RunError, match="There is a run My-model-1 already"):
        importer.add(file, "My-model-1")
    with pytest.raises(RunError, match="does not"):
        importer.add(file, "../mine")


def test_figures_that_guessing_may_give_are_doubted_in_the_table(imported, tmp_path):
    run = Run(shutil.copytree(imported, tmp_path / "model"))
    (run.path / "result.json").write_text(json.dumps(run.result | {"test_accuracy": 0.1}))
    row = table.row(run)
    assert row["error"] == row["doubt"]
    assert row["doubt"].startswith("Doubtful: ")


def test_a_file_that_is_no_model_leaves_nothing_behind(tmp_path, home):
    (tmp_path / "model.keras").write_text("no model")
    with pytest.raises(ModelFileError, match=r"^mine\.keras is a text"):
        importer.add(tmp_path / "model.keras", file_name="mine.keras")
    assert not [path for path in home.iterdir() if path.is_dir()]


@pytest.mark.slow
def test_predict_takes_a_model_file_and_names_its_preprocessing(file, tmp_path, capfd):
    pixels = 255 - fashion_mnist.load("test")[0][2]
    Image.fromarray(pixels).resize((280, 280)).save(tmp_path / "trouser.png")
    command = ["predict", "--model", str(file), str(tmp_path / "trouser.png")]
    assert main([*command, "--json"]) == 0
    row = json.loads(capfd.readouterr().out)
    assert (row["label"], row["preprocessing"]) == ("Trouser", "minus1-1")


def test_every_page_shows_it(imported, monkeypatch):
    monkeypatch.setenv("FMNIST_RUNS", str(imported.parent))
    for page, options in (
        *(("try_it", {}), ("data", {}), ("mistakes", {}), ("mistakes", {"image": "7"})),
        *(("models", {"tab": tab}) for tab in ("Architecture", "Training", "Kernels and maps")),
    ):
        app = AppTest.from_file(folders.ROOT / f"fmnist/app/{page}/page.py", default_timeout=60)
        for name, value in ({"model": "model"} | options).items():
            app.query_params[name] = value
        app.run()
        assert not [*app.exception, *app.error], (page, options)
        assert app.selectbox(key="model").value == "model"


@pytest.mark.slow
def test_a_file_is_added_on_the_models_page(file, home):
    (home / "My-model-1").mkdir(parents=True)  # the name is taken: it gets a number
    app = AppTest.from_file(folders.SCRIPT, default_timeout=120).run()
    app.switch_page("models/page.py").run()
    for name, content in (("a.keras", b"no model"), (file.name, file.read_bytes())):
        (uploader,) = app.get("file_uploader")
        uploader.set_value((name, content, "application/octet-stream")).run()
        next(button for button in app.button if button.label == "Add").click().run()
        assert not app.exception
        if name == "a.keras":
            assert any("is a text" in error.value for error in app.error)
    assert not app.error
    assert listing.find("My-model-1-2").usable
    assert not list(home.glob(".import-*"))
    assert app.selectbox(key="model").value == "My-model-1-2"
    assert any("Added **My-model-1-2**" in text.value for text in app.markdown)
