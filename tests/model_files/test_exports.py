"""A run is exported, loaded again by another runtime, compared, and only then put in its place."""

import json
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from fmnist.cli.commands import main
from fmnist.data import library
from fmnist.machine import folders
from fmnist.model_files.exports import exporting, formats, worker
from fmnist.runs import listing
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, python, tells

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def refusal(*arguments, **options) -> str:
    with pytest.raises(RunError) as error:
        exporting.export(*arguments, **options)
    return str(error.value)


def example(format: str) -> str:
    """The code of docs/export.md that loads a format."""
    page = (folders.ROOT / "docs" / "export.md").read_text()
    heading = page.index(f"### {format}\n")
    return re.search("```python\n(.*?)```", page[heading:], re.DOTALL)[1]


MODELS = [name for name, format in formats.FORMATS.items() if format.predict]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_an_export_is_compared_and_the_manuals_code_loads_it(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "sprint", "--to", name, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    (written,) = tmp_path.iterdir()
    assert Path(row["path"]) == written
    assert row["images"] == 1000
    assert row["agreement"] > 0.98
    if formats.FORMATS[name].exact:
        assert row["difference"] < 1e-4
    run = listing.find("sprint")
    np.save("images.npy", run.dataset.load("test")[0][:10])
    first = "import numpy as np\nimages = np.load('images.npy')\n"
    python(first + example(name) + "np.save('found.npy', probabilities)", cwd=tmp_path)
    own = run.predictions()[0][:10]
    np.testing.assert_allclose(
        np.load("found.npy"), own, atol=2e-3 if row["difference"] < 1e-4 else 0.1
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["litert", "onnx", "openvino"])
def test_a_colour_model_of_an_own_data_set_is_exported_even_when_that_is_gone(name, own, tmp_path):
    format = formats.FORMATS[name]
    report = exporting.export(own, format, tmp_path / "export").report.with_run
    assert (report.images, report.difference < 1e-4) == (60, True)
    assert report.accuracy == report.original_accuracy > 0.5
    library.remove(own.dataset.name)
    report = exporting.export(own, format, tmp_path / "again").report.with_run
    assert (report.images, report.accuracy) == (1000, None)


@pytest.mark.slow
def test_what_a_format_lacks_is_named_and_gelu_is_not_among_it(tmp_path):
    for function, lacking in ((keras.ops.gelu, ()), (keras.ops.erfinv, ("onnx", "openvino"))):
        run = Run(tmp_path / function.__name__)
        shutil.copytree(listing.find("mlp-256").path, run.path)
        images = keras.Input((28, 28))
        values = function(keras.layers.Flatten()(images) / 300)
        classes = keras.layers.Dense(10, activation="softmax")(values)
        keras.Model(images, classes).save(run.path / "model.keras")
        for name in ("onnx", "openvino"):
            path = tmp_path / f"{name}-{function.__name__}"
            if name in lacking:
                format = formats.FORMATS[name]
                assert tells(refusal(run, format, path), run.name, format.title, "Erfinv")
                assert not path.exists()
            else:
                exporting.export(run, formats.FORMATS[name], path)


def test_a_full_disk_is_named(tmp_path):
    def write(run: Run, path: Path) -> None:
        Path("/dev/full").write_bytes(b"any")

    format = formats.FORMATS["card"]._replace(write=write)
    worker.work(listing.find("mlp-256"), format, tmp_path / "new", tmp_path)
    message = (tmp_path / "error.txt").read_text()
    assert tells(message, "mlp-256", format.title, "no space left")


def test_a_run_without_a_model_is_refused(running, broken, failed, tmp_path):
    for run in (running, broken, failed):
        message = refusal(run, formats.FORMATS["keras"], tmp_path / "new.keras")
        assert tells(message, run.name, run.state)


def test_what_exists_is_never_replaced_and_a_missing_folder_is_named(tmp_path):
    run, format = listing.find("mlp-256"), formats.FORMATS["keras"]
    (tmp_path / "file").write_text("mine")
    assert tells(refusal(run, format, tmp_path / "file"), str(tmp_path / "file"))
    assert tells(refusal(run, format, tmp_path / "gone" / "file"), str(tmp_path / "gone"))
    assert (tmp_path / "file").read_text() == "mine"


def test_a_missing_package_is_named_with_what_installs_it(tmp_path):
    format = formats.FORMATS["keras"]._replace(needs=("keras", "not_installed_here"))
    message = refusal(listing.find("mlp-256"), format, tmp_path / "new.keras")
    assert tells(message, "not_installed_here", "pip install")


def test_a_cancelled_export_leaves_nothing(tiny, tmp_path):
    class Cancelled(Exception):
        pass

    def cancel(stage: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        exporting.export(tiny, formats.FORMATS["keras"], tmp_path / "new.keras", cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_run_that_is_deleted_meanwhile_is_reported(tiny, tmp_path):
    def delete(stage: str) -> None:
        shutil.rmtree(tiny.path, ignore_errors=True)

    message = refusal(tiny, formats.FORMATS["keras"], tmp_path / "new.keras", delete)
    assert tells(message, tiny.name)
    assert not list(tmp_path.glob("*.keras"))
