"""The ZIP of a run that another copy exported becomes a run, whose code is never run."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference import classifier
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.model_files import importer, received
from fmnist.model_files.exports import card, script
from fmnist.networks.layer_kinds import NetworkError
from fmnist.runs import family, listing, manage, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, tells
from .zips import changed, files_of, refused, zipped

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)
SHIPPED = listing.find("mlp-256")

SOURCE = """
from keras import Input, Sequential, layers
from pathlib import Path
Path("{mark}").touch()

def build(shape, classes):
    return Sequential([Input(shape), layers.Flatten(), layers.Dense(classes, activation="softmax")])
"""


def of_code(home: Path, mark: Path) -> Run:
    """A run with code of its network, described as it is once it was received."""
    run = Run(shutil.copytree(SHIPPED.path, home / "brought"))
    described = json.loads((run.path / "run.json").read_text())
    source = SOURCE.format(mark=mark)
    described["recipe"] |= {
        "architecture": "file",
        "builder": "net.py:build",
        "builder_source": source,
    }
    described["recipe"]["name"] = "net"
    (run.path / "run.json").write_text(json.dumps(described))
    return run


@pytest.fixture
def foreign(tmp_path, home) -> Run:
    """A run with code that came from another copy, without the seconds of evaluating it."""
    run = of_code(home, tmp_path / "was_run")
    described = json.loads((run.path / "run.json").read_text())
    recipe = received._recipe(run.recipe, run.dataset, "brought.zip")
    described["recipe"] = json.loads(json.dumps(recipe.__dict__))
    described["received"] = {"file": "brought.zip", "sha256": "", "at": 1.0}
    (run.path / "run.json").write_text(json.dumps(described))
    return run


def test_its_code_is_never_run(foreign, tmp_path, home, capfd):
    stopped = foreign.figures | {"stopped": True}
    for do in (launcher.restart, launcher.start):
        with pytest.raises(RunError) as error:
            do(foreign if do is launcher.restart else foreign.recipe)
        assert tells(str(error.value), "net.py:build", "never run")
    with pytest.raises(NetworkError):
        foreign.recipe.network.build((28, 28), 10)
    (foreign.path / "result.json").write_text(json.dumps(stopped))
    with pytest.raises(RunError, match="never run"):
        launcher.resume(foreign)
    for command in (
        ("restart", foreign.name),
        ("resume", foreign.name),
        ("train", "--pretrained", foreign.name, "--run", str(tmp_path / "mine")),
    ):
        assert main(list(command)) == 1
        assert tells(capfd.readouterr().err, "never run")
    assert script.source(foreign)
    assert card.card(foreign)
    assert any("read it before" in sentence for sentence in script.left_out(foreign))
    assert not (tmp_path / "was_run").exists()
    assert [run.name for run in listing.list_own_runs()] == [foreign.name]


def test_every_page_shows_it_without_running_its_code(foreign, tmp_path):
    app = AppTest.from_file(folders.SCRIPT, default_timeout=60).run()
    for page, options in (
        ("try_it", {}),
        ("mistakes", {}),
        *(("models", {"tab": tab}) for tab in ("Architecture", "Training", "Files")),
    ):
        app.switch_page(f"{page}/page.py")
        for name, value in ({"model": foreign.name} | options).items():
            app.query_params[name] = value
        app.run()
        assert not [*app.exception, *app.error], (page, options)
    assert not (tmp_path / "was_run").exists()


def test_the_train_page_says_why_it_is_not_trained_again(foreign, tmp_path):
    (foreign.path / "result.json").write_text(json.dumps(foreign.figures | {"stopped": True}))
    app = AppTest.from_file(folders.SCRIPT, default_timeout=60).run()
    app.switch_page("train/page.py")
    app.query_params["run"] = foreign.name
    app.run()
    next(button for button in app.button if button.label == "Start again").click().run()
    assert not app.exception
    assert any("never run" in error.value for error in app.error)
    assert not (tmp_path / "was_run").exists()
    assert listing.list_own_runs() == [foreign]


def test_a_parent_of_the_same_name_here_is_not_taken_for_its_own(tiny, files, tmp_path):
    described = json.loads(files["run.json"])
    (tmp_path / "run.json").write_text(
        json.dumps(
            described | {"recipe": described["recipe"] | {"teachers": [tiny.name, "quality"]}}
        )
    )
    recipe = received._recipe(Run(tmp_path).recipe, fashion_mnist.DATASET, "brought.zip")
    assert recipe.teachers == (f"{tiny.name} (elsewhere)", "quality")
    again = received._recipe(recipe, fashion_mnist.DATASET, "brought.zip")
    assert again.teachers == recipe.teachers
    with pytest.raises(RunError, match="elsewhere"):
        parents.resolve(recipe)


@pytest.mark.slow
def test_a_run_of_another_copy_is_the_same_here(tiny, tmp_path, home, capsys):
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        manage.write_archive(tiny, file)
    before, curve = tiny.result, tiny.metrics()
    predicted = tiny.predictions()[1]
    manage.delete(tiny)
    assert main(["import", str(path)]) == 0
    assert "measured here" in capsys.readouterr().out
    run = listing.find(tiny.name)
    assert run.usable
    assert run.result["test_accuracy"] == pytest.approx(before["test_accuracy"], abs=1e-3)
    assert run.result["layers"] == before["layers"]
    assert run.result["validation_accuracy"] == before["validation_accuracy"]
    assert run.metrics() == curve
    assert (run.predictions()[1] == predicted).mean() > 0.999
    images = fashion_mnist.load("test")[0][:100]
    found = classifier.load_quietly(run.path).probabilities(images)
    assert (found.argmax(axis=1) == predicted[:100]).mean() > 0.98
    assert run.received["file"] == "a.zip"
    assert not family.relations(run)
    importer.add(path)  # a second time it gets a number
    assert listing.find(f"{tiny.name}-2").usable


@pytest.mark.slow
def test_a_model_that_is_not_the_one_described_is_refused(tiny, files, tmp_path, home):
    own = files_of(tiny)
    manage.delete(tiny)
    swapped = {
        "other predictions": own | {"predictions.npz": files["predictions.npz"]},
        "another model": own | {"model.keras": files["model.keras"]},
        "no Keras model": own | {"model.keras": b"PK but not really"},
        "a better figure": changed(own, "result.json", test_accuracy=0.99),
    }
    for what, content in swapped.items():
        assert tells(refused(zipped(tmp_path / "a.zip", content), home), "brought.zip"), what


@pytest.mark.slow
def test_no_litert_model_of_another_copy_is_loaded(tiny, tmp_path):
    own = files_of(tiny)
    manage.delete(tiny)
    own["model.tflite"] = b"TFL3 but not really"
    run = importer.add(zipped(tmp_path / "a.zip", own))
    images = fashion_mnist.load("test")[0][:10]
    assert classifier.load_quietly(run.path).outputs(images)["probabilities"].shape == (10, 10)


@pytest.mark.slow
def test_it_is_added_on_the_models_page(files, tmp_path, home):
    content = zipped(tmp_path / "a.zip", files).read_bytes()
    app = AppTest.from_file(folders.SCRIPT, default_timeout=120).run()
    app.switch_page("models/page.py").run()
    for torn in (content[:5000], content):
        (uploader,) = app.get("file_uploader")
        uploader.set_value(("brought.zip", torn, "application/zip")).run()
        next(button for button in app.button if button.label == "Add").click().run()
        assert not app.exception
        assert bool(app.error) == (torn is not content)
    assert listing.find("brought").usable
    assert app.selectbox(key="model").value == "brought"
    app.query_params["tab"] = "Training"
    app.run()
    assert any("came from another copy" in info.value for info in app.info)


@pytest.mark.slow
def test_a_large_ensemble_comes_over(tmp_path, home):
    run = listing.find("ensemble")
    path = zipped(tmp_path / "a.zip", files_of(run), "ensemble")
    brought = importer.add(path)
    assert brought.name == "ensemble-2"
    assert brought.result["parameters"] == run.result["parameters"]
    assert brought.result["test_accuracy"] == pytest.approx(run.result["test_accuracy"], abs=2e-3)
    assert brought.recipe.ensemble_member == "compact"
