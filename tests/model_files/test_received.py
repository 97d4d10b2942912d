"""The ZIP of a run that another copy exported becomes a run; one that somebody has changed does not."""

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference import classifier
from fmnist.jobs import launcher
from fmnist.machine import folders
from fmnist.model_files import archive, importer, received
from fmnist.model_files.exports import card, script
from fmnist.model_files.inspection import ModelFileError
from fmnist.networks.layer_kinds import NetworkError
from fmnist.runs import family, listing, manage, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, tells

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)
SHIPPED = listing.find("mlp-256")


def zipped(path: Path, files: dict[str, bytes], run: str = "brought") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(f"{run}/{name}", content)
    return path


def files_of(run: Run) -> dict[str, bytes]:
    """The files of a run's ZIP by their names."""
    content = io.BytesIO()
    manage.write_archive(run, content)
    with zipfile.ZipFile(content) as file:
        return {Path(entry.filename).name: file.read(entry) for entry in file.infolist()}


@pytest.fixture
def files() -> dict[str, bytes]:
    return files_of(SHIPPED)


def changed(files: dict[str, bytes], name: str, **fields) -> dict[str, bytes]:
    """The files, with other fields in a JSON file; of run.json "recipe" and "data" are changed themselves."""
    content = json.loads(files[name])
    for field, value in fields.items():
        inner = isinstance(value, dict) and isinstance(content.get(field), dict)
        content[field] = content[field] | value if inner else value
    return files | {name: json.dumps(content).encode()}


def refused(path: Path, home: Path) -> str:
    """Why a file is refused; nothing of it may be left."""
    with pytest.raises(ModelFileError) as error:
        importer.add(path, file_name="brought.zip")
    assert not [each for each in home.iterdir() if each.is_dir()]
    assert str(home) not in str(error.value)
    return str(error.value)


def without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {each: content for each, content in files.items() if each != name}


CHANGES: dict[str, tuple[Callable, tuple[str, ...]]] = {
    "no result": (lambda f: without(f, "result.json"), ("result.json",)),
    "no model": (lambda f: without(f, "model.keras"), ("model.keras",)),
    "a file too many": (lambda f: f | {"run.py": b"import os"}, ("run.py", "does not know")),
    "a field too many": (lambda f: changed(f, "run.json", spell=1), ("spell", "does not know")),
    "a newer recipe": (
        lambda f: changed(f, "run.json", recipe={"dreams": 3}),
        ("run.json", "dreams", "does not know"),
    ),
    "a newer result": (lambda f: changed(f, "result.json", joy=1), ("result.json", "joy")),
    "no JSON": (lambda f: f | {"run.json": b"{"}, ("run.json",)),
    "an impossible recipe": (
        lambda f: changed(f, "run.json", recipe={"epochs": -1}),
        ("run.json", "Epochs"),
    ),
    "an impossible result": (
        lambda f: changed(f, "result.json", test_accuracy=7),
        ("result.json",),
    ),
    "another data set": (
        lambda f: changed(f, "run.json", data={"digest": "0" * 64, "name": "pets"}),
        ("pets", "not here"),
    ),
    "a parent that is none": (
        lambda f: changed(f, "run.json", recipe={"teachers": ["../secret"]}),
        ("../secret",),
    ),
    "a builder that is none": (
        lambda f: changed(
            f,
            "run.json",
            recipe={"architecture": "file", "builder": "![](x)", "builder_source": "x=1"},
        ),
        ("![](x)",),
    ),
    "half of the predictions": (
        lambda f: f | {"predictions.npz": f["predictions.npz"][:5000]},
        ("predictions.npz",),
    ),
    "no description of its file": (
        lambda f: changed(f, "run.json", recipe={"architecture": "imported"}),
        ("run.json",),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_has_changed_is_refused_in_a_sentence(change, files, tmp_path, home):
    home.mkdir(parents=True)
    alter, words = CHANGES[change]
    message = refused(zipped(tmp_path / "a.zip", alter(files)), home)
    assert tells(message, "brought.zip" if change not in (NOT_OF_A_FILE) else "", *words)


NOT_OF_A_FILE = ("another data set", "a parent that is none", "a builder that is none")


def link(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.external_attr = (stat.S_IFLNK | 0o777) << 16
    return found


@pytest.mark.parametrize(
    "entry",
    [
        "../run.json",
        "/etc/passwd",
        "brought/../../x",
        "C:\\model.keras",
        "brought/deep/er/model.keras",
        "other/model.tflite",
        link("brought/log.txt"),
        link("brought/changes.json"),
    ],
    ids=str,
)
def test_no_entry_gets_out_of_its_folder(entry, files, tmp_path, home):
    home.mkdir(parents=True)
    path = zipped(tmp_path / "a.zip", files)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(entry, b"x")
    assert tells(refused(path, home), "brought.zip")
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "runs"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_a_bomb_and_a_torn_zip_are_refused(files, tmp_path, home):
    home.mkdir(parents=True)
    path = zipped(tmp_path / "a.zip", files)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("brought/run.json", b"{}")
    assert tells(refused(path, home), "run.json", "more than once")
    nothing = dict.fromkeys(archive.NEEDED, b"")
    bomb = zipped(tmp_path / "bomb.zip", nothing | {"model.keras": bytes(30_000_000)})
    assert tells(refused(bomb, home), "brought.zip", "times its size")
    huge = zipped(tmp_path / "huge.zip", files | {"run.json": b" " * 2_000_000})
    assert tells(refused(huge, home), "run.json", "2 MB")
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[: len(whole) // 2] + whole[-200:]):
        (tmp_path / "torn.zip").write_bytes(content)
        assert tells(refused(tmp_path / "torn.zip", home), "brought.zip")
    flipped = bytearray(zipped(tmp_path / "b.zip", files).read_bytes())
    flipped[len(flipped) // 2] ^= 255
    (tmp_path / "flipped.zip").write_bytes(flipped)
    assert tells(refused(tmp_path / "flipped.zip", home), "brought.zip", "damaged")


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
    app = AppTest.from_file(folders.ROOT / "streamlit_app.py", default_timeout=60).run()
    for page, options in (
        ("try_it", {}),
        ("mistakes", {}),
        *(("models", {"tab": tab}) for tab in ("Architecture", "Training", "Files")),
    ):
        app.switch_page(f"fmnist/app/{page}/page.py")
        for name, value in ({"model": foreign.name} | options).items():
            app.query_params[name] = value
        app.run()
        assert not [*app.exception, *app.error], (page, options)
    assert not (tmp_path / "was_run").exists()


def test_the_train_page_says_why_it_is_not_trained_again(foreign, tmp_path):
    (foreign.path / "result.json").write_text(json.dumps(foreign.figures | {"stopped": True}))
    app = AppTest.from_file(folders.ROOT / "streamlit_app.py", default_timeout=60).run()
    app.switch_page("fmnist/app/train/page.py")
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
        "another LiteRT model": own | {"model.tflite": files["model.tflite"]},
        "no LiteRT model": own | {"model.tflite": b"TFL3 but not really"},
        "no Keras model": own | {"model.keras": b"PK but not really"},
        "a better figure": changed(own, "result.json", test_accuracy=0.99),
    }
    for what, content in swapped.items():
        assert tells(refused(zipped(tmp_path / "a.zip", content), home), "brought.zip"), what


@pytest.mark.slow
def test_a_large_ensemble_comes_over(tmp_path, home):
    run = listing.find("everyday")
    path = zipped(tmp_path / "a.zip", files_of(run), "everyday")
    brought = importer.add(path)
    assert brought.name == "everyday-2"
    assert brought.result["parameters"] == run.result["parameters"]
    assert brought.result["test_accuracy"] == pytest.approx(run.result["test_accuracy"], abs=2e-3)
    assert brought.recipe.ensemble_member == "compact"


def test_a_zip_with_a_model_alone_is_no_run(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("model.keras", b"x")
    assert not archive.is_run(tmp_path / "a.zip")
    assert archive.is_run(zipped(tmp_path / "b.zip", {"run.json": b""}))
